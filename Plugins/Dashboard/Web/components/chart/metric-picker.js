// SPDX-License-Identifier: Apache-2.0
// Chooses which metrics are shown as charts.

import { h } from "../../core/dom.js";
import { openDialog } from "../dialog.js";
import { metricInfo } from "./metrics.js";

/** Asks; gives the metrics in their order, those shown before first, or null when the reader left it. */
export async function pickMetrics(all, shown) {
  const boxes = new Map(all.map((name) => [name, h("input", { type: "checkbox", checked: shown.includes(name) })]));
  const rows = [...boxes].map(([name, box]) =>
    h(
      "li",
      { dataset: { text: `${name} ${metricInfo(name).title}`.toLowerCase() } },
      h("label", box, h("span", metricInfo(name).title), metricInfo(name).title === name ? null : h("code.quiet", name)),
    ),
  );
  const search = h("input", {
    type: "search",
    placeholder: "Search",
    aria: { label: "Search metrics" },
    oninput: () => {
      for (const row of rows) row.hidden = !row.dataset.text.includes(search.value.toLowerCase());
    },
  });
  const set = (isOn) => rows.forEach((row) => !row.hidden && (row.querySelector("input").checked = isOn));
  const body = h(
    "div.metric-picker",
    h(
      "div.bar",
      search,
      h("button", { type: "button", onclick: () => set(true) }, "Show all"),
      h("button", { type: "button", onclick: () => set(false) }, "None"),
    ),
    h("ul", rows),
  );
  const answer = await openDialog({
    title: "Metrics to show",
    body,
    actions: [
      { label: "Cancel", value: null },
      { label: "Show", value: "show", primary: true },
    ],
  });
  if (answer !== "show") return null;
  const chosen = all.filter((name) => boxes.get(name).checked);
  return [...shown.filter((name) => chosen.includes(name)), ...chosen.filter((name) => !shown.includes(name))];
}
