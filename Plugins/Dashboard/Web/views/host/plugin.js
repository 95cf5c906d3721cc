// SPDX-License-Identifier: Apache-2.0
// One plugin: what can be done with it, and all that is known of it.

import { confirm } from "../../components/dialog.js";
import { menuButton } from "../../components/menu.js";
import { stateBadge } from "../../components/badge.js";
import { problem } from "../../components/toast.js";
import { host } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { href, setQuery } from "../../core/route.js";

/** A menu with what can be done with a plugin as it is. */
export function pluginActions({ id, state }, changed) {
  const doIt = (method, text) => async () => {
    await host(`plugin/${method}`, { id });
    changed();
    return text;
  };
  const disable = async () => {
    const isMeant = await confirm({ title: `Disable ${id}?`, text: "It stops, its commands are gone, and it stays off after a restart. Calls that are under way are ended.", action: "Disable it", danger: true });
    return isMeant ? doIt("disable", `${id} is off.`)() : undefined;
  };
  const reload = async () => {
    const isMeant = await confirm({ title: `Reload ${id}?`, text: "It stops, and what lies on disk now is started. Calls that are under way are ended.", action: "Reload it" });
    return isMeant ? doIt("reload", `${id} was started anew.`)() : undefined;
  };
  const allow = async () => {
    const isMeant = await confirm({ title: `Allow ${id} as it is now?`, text: "Its files are not those that were allowed before. Allow them only when you know who changed them.", action: "Allow it", danger: true });
    return isMeant ? doIt("allow", `${id} is allowed.`)() : undefined;
  };
  const items = [
    { label: "Enable", run: doIt("enable", `${id} is on.`), disabled: state !== "disabled" },
    { label: "Disable …", run: disable, disabled: state === "disabled", danger: true },
    { label: "Reload …", run: reload, disabled: state === "disabled" },
    { label: "Allow its files …", run: allow, disabled: state !== "refused", hint: "For a plugin whose files were changed" },
  ];
  return menuButton("Act", items, { name: `Act on ${id}`, plain: true });
}

/** The details. @returns {{id: string, element: HTMLElement, update: (row: object|undefined) => void, focus: () => void}} */
export function pluginDrawer(id, session, changed) {
  const state = h("span");
  const acts = h("span");
  const queues = h("div");
  const body = h("div", h("p.quiet", "asking …"));
  const heading = h("h2", { tabindex: "-1" }, id);
  const close = h("button.plain.icon", { type: "button", aria: { label: "Close the details" }, onclick: () => setQuery({ plugin: null }, { push: true }) }, "✕");
  const element = h("section.card.drawer", { aria: { label: `Plugin ${id}` }, onkeydown: (event) => event.key === "Escape" && close.click() }, h("header.view-head", heading, state, acts, close), body, queues);
  let shown = null;

  host("plugin/info", { id }).then((info) => replace(body, infoOf(info, session)), (error) => (replace(body, h("p.problem", error.message)), problem(error)));
  return {
    id,
    element,
    focus: () => heading.focus(),
    update(row) {
      if (!row) return;
      if (row.state !== shown) {
        replace(state, stateBadge(row.state));
        if (!session.read_only) replace(acts, pluginActions(row, changed));
        shown = row.state;
      }
      replace(queues, row.subscriptions?.length ? queuesOf(row.subscriptions) : null);
    },
  };
}

function infoOf({ manifest = {}, sha256, reason, path }, session) {
  const panels = session.panels?.filter((panel) => panel.plugin === manifest.id) ?? [];
  return [
    manifest.summary || manifest.description ? h("p", manifest.summary ?? manifest.description) : null,
    reason ? h("p.problem", reason) : null,
    h("dl.facts", [["version", manifest.version], ["files", path], ["sha256", sha256]].filter(([, text]) => text).map(([name, text]) => h("div", h("dt", name), h("dd.mono", String(text))))),
    listOf("Commands", (manifest.commands ?? []).map(({ name, summary }) => [h("code", name), summary])),
    listOf("Topics", (manifest.publishes ?? manifest.topics ?? []).map((topic) => [h("a", { href: href(["events"], { topic: topic.name ?? topic }) }, h("code", topic.name ?? topic)), topic.summary ?? topic.description ?? ""])),
    listOf("Panels", panels.map((panel) => [h("a", { href: href(["panels", panel.plugin, panel.id]) }, panel.title), `may call ${panel.commands?.join(", ") || "nothing"}`])),
  ];
}

function listOf(title, rows) {
  if (!rows.length) return null;
  return h("details", { open: rows.length <= 12 }, h("summary", `${title} (${rows.length})`), h("dl.facts.listed", rows.map(([name, text]) => h("div", h("dt", name), h("dd", text ?? "")))));
}

function queuesOf(list) {
  const row = ({ topic, queued, capacity, delivered, dropped, refused }) => h("tr", h("td", h("code", topic)), [`${count(queued)} of ${count(capacity)}`, count(delivered), count(dropped), count(refused)].map((text) => h("td.number", text)));
  const head = ["Topic", "Queued", "Delivered", "Dropped", "Refused"].map((text, index) => h("th", { scope: "col", class: index ? "number" : "" }, text));
  return h("div.scroll", { tabindex: "0", role: "region", aria: { label: "Events it hears" } }, h("h3", "Events it hears"), h("table", h("thead", h("tr", head)), h("tbody", list.map(row))));
}
