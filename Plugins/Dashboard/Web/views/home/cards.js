// SPDX-License-Identifier: Apache-2.0
// The cards of the overview. A card with nothing to say is left out.

import { stateBadge } from "../../components/badge.js";
import { sparkline } from "../../components/sparkline.js";
import { h } from "../../core/dom.js";
import { ago, bytes, count, number, time } from "../../core/format.js";
import { href } from "../../core/route.js";
import { goesOn } from "./tiles.js";

/** The last trainings, with the way of their loss. */
export function runsCard({ runs, more, series }) {
  if (!runs.length) return null;
  const rows = runs.map((run) => h("tr",
    h("td", h("a", { href: href(["runs", run.id]) }, run.name ?? run.id), run.project ? h("span.quiet.small.under", run.project) : null),
    h("td", stateBadge(run.state)), h("td.spark", sparkline(series[run.id] ?? [], { label: `loss of ${run.name ?? run.id}` })),
    h("td.number", number(run.last_loss)), h("td.number", count(run.last_step)), h("td.number.quiet", { title: time(run.updated) }, ago(run.updated))));
  const head = [["Run"], ["State"], ["Loss so far"], ["Loss", "number"], ["Step", "number"], ["Heard", "number"]];
  return h("section.card.recent", { aria: { label: "Recent trainings" } }, headOf("Recent trainings", ["runs"], more ? "All runs" : "Runs"),
    h("div.scroll", { tabindex: "0", role: "region", aria: { label: "Recent trainings, table" } }, h("table", h("thead", h("tr", head.map(([text, kind]) => h("th", { scope: "col", class: kind ?? "" }, text)))), h("tbody", rows))));
}

/** What the watches raised and has not ended. */
export function alertsCard({ alerts }) {
  if (!alerts.length) return null;
  const items = alerts.slice(0, 5).map(({ severity, sentence, run, ts }) => h("li", stateBadge(severity === "critical" ? "critical" : severity), h("span", sentence, run ? [" ", h("a", { href: href(["runs", run]) }, "Show the run")] : null, h("span.quiet.small.under", ago(ts)))));
  return h("section.card", { aria: { label: "Alerts" } }, headOf("Alerts", ["health"], alerts.length > 5 ? `All ${alerts.length}` : "Health"), h("ul.plain-list", items));
}

/** Kernels that are up. */
export function kernelsCard({ kernels }) {
  if (!kernels.length) return null;
  const items = kernels.slice(0, 5).map(({ name, id, status, memory, documents }) => h("li", stateBadge(status), h("span", name ?? id, h("span.quiet.small.under", [documents?.map((path) => path.split("/").at(-1)).join(", "), memory ? bytes(memory) : null].filter(Boolean).join(" · ")))));
  return h("section.card", { aria: { label: "Kernels" } }, headOf("Kernels", ["kernels"], "Kernels"), h("ul.plain-list", items));
}

/** Scripts, those that run first. */
export function scriptsCard({ scripts }) {
  if (!scripts.length) return null;
  const some = [...scripts.filter(goesOn), ...scripts.filter((run) => !goesOn(run))].slice(0, 4);
  const items = some.map(({ run, name, state, started, command }) => h("li", stateBadge(state), h("span", h("a", { href: href(["scripts"], { run }) }, name), h("span.quiet.small.under", ago(started), h("code", (command ?? []).join(" "))))));
  return h("section.card", { aria: { label: "Scripts" } }, headOf("Scripts", ["scripts"], "Scripts"), h("ul.plain-list", items));
}

/** How the host itself is. */
export function hostCard({ status }) {
  const trouble = status.plugins.filter(({ state }) => ["failed", "refused", "quarantined"].includes(state));
  const active = status.plugins.filter(({ state }) => state === "active").length;
  const words = trouble.length ? trouble.map(({ id, state, reason }) => h("li", stateBadge(state), h("span", h("a", { href: href(["host"], { plugin: id }) }, id), reason ? ` ${reason}` : ""))) : [];
  return h("section.card", { aria: { label: "Host" } }, headOf("Host", ["host"], "Plugins"), h("p.host-line", stateBadge(status.state), `${active} of ${status.plugins.length} plugins at work, ${bytes(status.residentBytes)}`), words.length ? h("ul.plain-list", words) : null);
}

function headOf(title, parts, link) {
  return h("header.card-head", h("h2", title), h("a", { href: href(parts) }, link));
}
