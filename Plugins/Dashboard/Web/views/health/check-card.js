// SPDX-License-Identifier: Apache-2.0
// One check of a training: its verdict in words, what was measured, and how it was before.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { ago, count, time } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { problem } from "../../components/toast.js";
import { safeText } from "../results/output/safe-text.js";
import { jsonTree } from "../results/output/json-tree.js";
import { textBlock } from "../results/output/stream-text.js";
import { fieldText, sentenceCase, verdictBadge } from "./words.js";

const mostFields = 8;
const trends = { better: "↗ better than before", same: "→ as before", worse: "↘ worse than before" };

/**
 * A card for a check.
 *
 * @param {{id: string, name: string, about: string}} check
 * @param {string} run
 * @param {{check: () => Promise<string>, confirm: () => object, mayWrite: boolean}} options
 * @returns {{element: HTMLElement, update(entry: object): void, busy(is: boolean): void, gate(reason: string|null): void}}
 */
export function checkCard(check, run, { check: make, confirm, mayWrite }) {
  const state = h("span", { role: "status" });
  const body = h("div.hl-body");
  const button = mayWrite ? actionButton("Check now…", make, { confirm, name: `Check ${check.name.toLowerCase()} now` }) : null;
  const past = h("details.hl-past", { ontoggle: () => past.open && fill() }, h("summary", "History"), h("div"));
  const element = h("article.hl-card.card", { aria: { label: check.name }, dataset: { check: check.id } },
    h(
      "header.hl-head", h("div", h("h3", check.name), h("p.quiet.small", check.about)), h("span.grow"), state,
    ), body, past, h("footer.bar", button));

  async function fill() {
    try {
      const { results } = await call("health.list", { run, check: check.id, limit: 20 });
      replace(past.lastElementChild, results.length ? h("ol.hl-history", results.map(historyRow)) : h("p.quiet", "It was never made."));
    } catch (error) {
      problem(error, "History");
    }
  }

  function update({ latest, before, trend, changed }) {
    replace(state, verdictBadge(latest?.verdict));
    past.hidden = !latest;
    if (past.open) fill();
    if (!latest) return replace(body, h("p.quiet", "Never made of this run."));
    replace(body,
      h("p.hl-sentence", safeText(latest.sentence ?? "")),
      h("p.quiet.small", when(latest), before ? ` · ${trends[trend] ?? ""} (${before.verdict}, ${ago(before.ts)})` : ""),
      fields(latest.fields, changed),
      latest.text ? h(
        "details", h("summary", "The trainer's own report"), h("div.hl-report", { tabindex: "0" }, textBlock(latest.text)),
      ) : null);
  }

  return {
    element,
    update,
    busy: (is) => {
      element.setAttribute("aria-busy", String(is));
      if (is) replace(state, h("span.badge.info", "being made"));
    },
    gate: (reason) => {
      if (!button) return;
      button.disabled = reason !== null;
      button.title = reason ?? "";
    },
  };
}

function when({ ts, step, epoch }) {
  const place = [
    Number.isFinite(step) ? `step ${count(step)}` : null, Number.isFinite(epoch) ? `epoch ${epoch}` : null,
  ].filter(Boolean).join(", ");
  return [h("time", { datetime: new Date(ts * 1000).toISOString(), title: time(ts) }, ago(ts)), place ? ` at ${place}` : ""];
}

function fields(told, changed) {
  const all = told ?? {};
  const before = changed ?? {};
  const names = Object.keys(all);
  if (!names.length) return null;
  const plain = names.filter((name) => typeof all[name] !== "object" || all[name] === null).sort((a, b) => (b in before) - (a in before));
  const row = (name) => [
    h("dt", sentenceCase(name)),
    h(
      "dd", safeText(fieldText(name, all[name])),
      name in before ? h("span.quiet.small", ` was ${fieldText(name, before[name].before)}`) : null,
    ),
  ];
  const isMore = names.length > Math.min(mostFields, plain.length);
  return [
    h("dl.hl-fields", plain.slice(0, mostFields).map(row)),
    isMore ? h("details", h("summary", `All ${count(names.length)} fields`), jsonTree(all)) : null,
  ];
}

function historyRow(result) {
  return h("li", h("div.bar", verdictBadge(result.verdict), h("span.quiet.small", when(result))), h("p", safeText(result.sentence ?? "")));
}
