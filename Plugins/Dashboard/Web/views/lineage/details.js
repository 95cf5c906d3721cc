// SPDX-License-Identifier: Apache-2.0
// What is known of the run one stands on: how it came about, what differs from its parents, what it gained, and what can be done.

import { stateBadge } from "../../components/badge.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { ago, count, number } from "../../core/format.js";
import { href } from "../../core/route.js";
import { steeringMenu } from "../run/steering.js";
import { edgeWords, gainWords } from "./words.js";

const own = new Set(["from", "at_step", "init_from", "region", "subset_count", "selection", "mode", "kind", "parents", "paths", "run_gen",
    "display_name", "strategy"]);
const differences = new Map();

/** @param {{session: object, pick: (id: string) => void, isPicked: (id: string) => boolean}} page */
export function details({ session, pick, isPicked }) {
  const element = h("aside.lineage-details", { "aria-label": "The run in focus" });
  let shown = null;
  let menu = null;

  function show(node, graph) {
    if (!node) return clear();
    if (shown !== node.id) renew(node);
    const nameOf = (id) => graph.nodes.get(id)?.name ?? id;
    const family = graph.ancestors(node.id);
    const held = element.contains(document.activeElement) ? document.activeElement.textContent : null;
    const facts = [["Steps", count(node.steps)], ["Last loss", number(node.last_loss)],
      ["Best validation loss", number(node.best_val_loss)], ["Project", node.project ?? "–"], ["Changed", ago(node.updated)],
      node.archived ? ["Archived", ago(node.archived)] : null];
    replace(element, h("h2", node.name), h("div.bar", stateBadge(node.state),
        node.id !== node.name ? h("span.quiet.small", node.id) : null),
      h("dl.facts", facts.filter(Boolean).map(([name, value]) => [h("dt", name), h("dd", value)])),
      node.parents.length ? h("h3", node.parents.length === 1 ? "Came from" : `Came from ${count(node.parents.length)} runs`) : null,
      node.parents.map((edge) => h("div.origin", h("p", edgeWords(edge, nameOf)),
          gainWords(edge.loss_gained) ? h("p.small.quiet", `The parent's loss was ${number(edge.loss_at_fork)} then.`) : null,
          difference(edge))),
      h("div.bar", h("a.button", { href: href(["runs", node.id]) }, "Open"), menu.element,
        h("button", { type: "button", "aria-pressed": String(isPicked(node.id)), onclick: () => pick(node.id) },
          isPicked(node.id) ? "Picked for merging" : "Pick for merging"),
        family.length > 1 ? h("a.button", { href: href(["compare"], { runs: family.join(",") }) }, "Overlay with its ancestors") : null));
    if (held) [...element.querySelectorAll("a, button")].find(({ textContent }) => textContent === held)?.focus();
  }

  function renew(node) {
    menu?.unmount();
    shown = node.id;
    menu = steeringMenu(node, { session });
  }

  function difference(edge) {
    const place = h("div.config-difference");
    const key = `${edge.from}\n${edge.to}`;
    if (!differences.has(key)) differences.set(key,
      call("runs.compare", { runs: [edge.from, edge.to],
          metrics: [] }).then(({ differences: found }) => found.filter(({ member }) => !own.has(member.split(".")[0])), () => []));
    differences.get(key).then((found) => {
      if (!found.length) return;
      replace(place, h("table", h("caption", "What differs"),
          h("thead", h("tr", h("th", { scope: "col" }, "Setting"), h("th", { scope: "col" }, "Parent"), h("th", { scope: "col" }, "Here"))),
        h("tbody", found.map(({ member, values }) => h("tr", h("th", { scope: "row" }, member), h("td", words(values[edge.from])),
              h("td", words(values[edge.to])))))));
    });
    return place;
  }

  function clear() {
    shown = null;
    replace(element, h("p.quiet", "Point at a run, or move to one with the arrow keys."));
  }

  clear();
  return {
    element,
    show,
    unmount: () => menu?.unmount(),
  };
}

function words(value) {
  if (value === null || value === undefined) return "–";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
