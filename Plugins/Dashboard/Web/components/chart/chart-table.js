// SPDX-License-Identifier: Apache-2.0
// The data of a chart as a table: what the lines show, row by row. Only the rows one sees exist.

import { h, replace } from "../../core/dom.js";

const ROW = 28;
const SPARE = 10;

/**
 * Makes the table: `{element, update(lines, axis, format)}`, lines as `[{name, data}]`.
 *
 * @param {string} name what it is the data of
 */
export function chartTable(name) {
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { aria: { label: name } }, head, body);
  const element = h("div.chart-table", { tabindex: "0", role: "region", aria: { label: `${name}: data` } }, table);
  let rows = [];
  let say = String;
  let format = String;
  const draw = () => {
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - SPARE);
    const after = Math.min(rows.length, first + Math.ceil(element.clientHeight / ROW) + 2 * SPARE);
    table.setAttribute("aria-rowcount", String(rows.length + 1));
    replace(
      body,
      space(first),
      rows.slice(first, after).map((row, index) => rowOf(row, first + index)),
      space(rows.length - after),
    );
  };
  const rowOf = ({ name: line, data, index }, at) => {
    const isOne = data.lo[index] === data.hi[index] || !Number.isFinite(data.mid[index]);
    return h(
      "tr",
      { aria: { rowindex: at + 2 } },
      h("td", line),
      h("td.number", say(data.x[index])),
      h("td.number", Number.isFinite(data.mid[index]) ? format(data.mid[index]) : "not a number"),
      h("td.number", isOne ? "" : format(data.lo[index])),
      h("td.number", isOne ? "" : format(data.hi[index])),
    );
  };
  element.addEventListener("scroll", () => requestAnimationFrame(draw));
  return {
    element,
    update(lines, axis, number) {
      ({ say } = axis);
      format = number;
      replace(
        head,
        h(
          "tr",
          ["Run", "Place", "Value or mean", "Least", "Greatest"].map((title, index) =>
            h("th", { scope: "col", class: index ? "number" : "" }, title),
          ),
        ),
      );
      rows = lines.flatMap(({ name: line, data }) => Array.from({ length: data.length }, (_, index) => ({ name: line, data, index })));
      draw();
    },
  };
}

function space(count) {
  return count > 0 ? h("tr.space", { aria: { hidden: "true" } }, h("td", { colspan: 5, style: { height: `${count * ROW}px` } })) : null;
}
