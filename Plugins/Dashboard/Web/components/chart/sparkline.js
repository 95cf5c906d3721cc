// SPDX-License-Identifier: Apache-2.0
// A small line without axes, for a row or a card.

import { svg } from "../../core/dom.js";
import { loadStyles } from "../../core/styles.js";

const [WIDTH, HEIGHT] = [120, 28];

/**
 * Draws values one after the other; those that are no finite numbers interrupt the line.
 *
 * @param {number[]} values
 * @param {{label: string, index?: number}} options `label`: what it shows, for who does not see it; `index`: of the colour
 * @returns {SVGElement}
 */
export function sparkline(values, { label, index = 0 }) {
  loadStyles(new URL("./chart.css", import.meta.url));
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const x = (place) => 2 + (values.length > 1 ? place / (values.length - 1) : 0.5) * (WIDTH - 4);
  const y = (value) => (high > low ? HEIGHT - 3 - ((value - low) / (high - low)) * (HEIGHT - 6) : HEIGHT / 2);
  let path = "";
  values.forEach((value, place) => {
    if (Number.isFinite(value))
      path += `${path && Number.isFinite(values[place - 1]) ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return svg(
    "svg.swatch.sparkline",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", aria: { label } },
    svg("path", {
      class: `series-${(index % 8) + 1}`,
      d: path,
      fill: "none",
      "stroke-width": 1.5,
      "stroke-linejoin": "round",
      "stroke-linecap": "round",
    }),
  );
}
