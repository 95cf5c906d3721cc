// SPDX-License-Identifier: Apache-2.0
// What differs in how the runs were started.

import { h, replace } from "../../core/dom.js";
import { flat } from "../run/info.js";

/** Makes the table: `{element}`. */
export function differences({ runs, differences: list }) {
  const rows = list.flatMap(({ member, values }) => members(member, values, runs)).filter(({ member }) => member !== "display_name");
  const place = h("div.scroll");
  const draw = (isAll) => replace(place, table(runs, isAll ? everything(runs) : rows));
  const all = h("input", { type: "checkbox", onchange: () => draw(all.checked) });
  draw(false);
  return {
    element: h(
      "section.card.compare-card",
      h("div.bar", h("h2", "Configuration"), h("span.grow"), h("label.small", all, "Also what is equal")),
      place,
    ),
  };
}

/** A member that is an object becomes its own members, those that differ. */
function members(member, values, runs) {
  const parts = new Map();
  for (const { id } of runs)
    for (const [name, value] of flat(values[id] ?? null, member)) parts.set(name, { ...parts.get(name), [id]: value });
  return [...parts]
    .map(([name, of]) => ({ member: name, values: of }))
    .filter(({ values: of }) => new Set(runs.map(({ id }) => JSON.stringify(of[id] ?? null))).size > 1);
}

function everything(runs) {
  const parts = new Map();
  for (const { id, meta } of runs)
    for (const [name, value] of flat(meta ?? {})) if (name && name !== "display_name") parts.set(name, { ...parts.get(name), [id]: value });
  return [...parts].map(([member, values]) => ({ member, values }));
}

function table(runs, rows) {
  if (!rows.length)
    return h(
      "p.quiet",
      runs.some(({ meta }) => flat(meta ?? {}).some(([name]) => name && name !== "display_name"))
        ? "Nothing differs."
        : "None of the runs told its configuration.",
    );
  const text = (value) =>
    value === undefined || value === null
      ? "–"
      : typeof value === "string"
        ? value
        : typeof value === "number"
          ? String(Number(value.toPrecision(12)))
          : JSON.stringify(value);
  const isDifferent = ({ values }) => new Set(runs.map(({ id }) => JSON.stringify(values[id] ?? null))).size > 1;
  return h(
    "table",
    h(
      "thead",
      h(
        "tr",
        h("th", { scope: "col" }, "Setting"),
        runs.map(({ name }) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      rows.map((row) =>
        h(
          "tr",
          { class: isDifferent(row) ? "different" : "" },
          h("th", { scope: "row" }, row.member),
          runs.map(({ id }) => h("td.mono", text(row.values[id]))),
        ),
      ),
    ),
  );
}
