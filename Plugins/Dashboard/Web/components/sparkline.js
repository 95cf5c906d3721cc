// SPDX-License-Identifier: Apache-2.0
// A line as small as a word: where a number came from.

import { svg } from "../core/dom.js";
import { number } from "../core/format.js";

const [width, height, edge] = [120, 28, 2];

/** @param {number[]} values oldest first; what is no number leaves a gap @param {{label: string}} what for who cannot see it */
export function sparkline(values, { label }) {
  const finite = values.filter(Number.isFinite);
  const picture = svg("svg.sparkline", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": finite.length ? `${label}: from ${number(finite[0])} to ${number(finite.at(-1))}` : `${label}: no values yet` });
  if (finite.length < 2) return picture;
  const least = Math.min(...finite);
  const span = Math.max(...finite) - least || 1;
  const x = (index) => edge + (index / (values.length - 1)) * (width - 2 * edge);
  const y = (value) => height - edge - ((value - least) / span) * (height - 2 * edge);
  let isNew = true;
  const path = values.map((value, index) => {
    if (!Number.isFinite(value)) return ((isNew = true), "");
    const part = `${isNew ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    isNew = false;
    return part;
  });
  const last = values.findLastIndex(Number.isFinite);
  picture.append(svg("path", { d: path.join("") }), svg("circle", { cx: x(last).toFixed(1), cy: y(values[last]).toFixed(1), r: "2" }));
  return picture;
}
