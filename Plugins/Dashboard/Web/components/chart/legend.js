// SPDX-License-Identifier: Apache-2.0
// The names of the lines, with the value at the cursor, or the last and the best one. A button shows or hides its line; pointing at it raises it.

import { h, replace, svg } from "../../core/dom.js";
import { href } from "../../core/route.js";
import { dashOf } from "./paint.js";

/** A list of more rows is cut, until the reader wants all. */
const MOST = 10;
const CUT = 6;

/** Makes the legend of a card: `{element, setRuns(runs), update(values)}`; values are texts by run: `{main, more}`. */
export function legend(group) {
  const element = h("ul.chart-legend");
  const rows = new Map();
  let last = new Map();
  return {
    element,
    setRuns(runs, isWhole = runs.length <= MOST) {
      rows.clear();
      const more = h(
        "button.plain.small",
        { type: "button", onclick: () => this.setRuns(runs, true) },
        `and ${runs.length - CUT} more runs`,
      );
      replace(
        element,
        (isWhole ? runs : runs.slice(0, CUT)).map((run) => {
          const row = makeRow(run, group);
          rows.set(run.id, row);
          return row.element;
        }),
        isWhole ? null : h("li", more),
      );
      element.classList.toggle("whole", isWhole && runs.length > MOST);
      this.update(last);
    },
    update(values) {
      last = values;
      for (const [id, row] of rows) {
        const { main, more } = values.get(id) ?? { main: "–", more: "" };
        if (row.main.textContent !== main) row.main.textContent = main;
        if (row.more.textContent !== more) row.more.textContent = more;
        const isHidden = group.hidden.has(id);
        row.button.setAttribute("aria-pressed", String(!isHidden));
        row.element.classList.toggle("off", isHidden);
        row.element.classList.toggle("raised", group.highlighted === id);
      }
    },
  };
}

function makeRow(run, group) {
  const main = h("span.chart-value");
  const more = h("span.chart-more");
  const button = h(
    "button.plain",
    { type: "button", aria: { pressed: "true" }, title: "Show or hide this line", onclick: () => group.toggle(run.id) },
    swatch(run.index),
    h("span.chart-name", run.name),
  );
  const raise = () => group.highlight(run.id);
  const lower = () => group.highlight(null);
  if (run.isAlone) return { element: h("li", main, more), button, main, more };
  const element = h(
    "li",
    { onpointerenter: raise, onpointerleave: lower, onfocusin: raise, onfocusout: lower },
    button,
    main,
    more,
    h("a.chart-open", { href: href(["runs", run.id]), aria: { label: `Open ${run.name}` } }, "→"),
  );
  return { element, button, main, more };
}

/** A piece of the line as it is drawn: colour and dashes. */
export function swatch(index) {
  return svg(
    "svg.swatch",
    { viewBox: "0 0 22 8", width: 22, height: 8, aria: { hidden: "true" } },
    svg("line", {
      class: `series-${(index % 8) + 1}`,
      x1: 1,
      x2: 21,
      y1: 4,
      y2: 4,
      "stroke-width": 2.5,
      "stroke-dasharray": dashOf(index).join(" ") || "none",
    }),
  );
}
