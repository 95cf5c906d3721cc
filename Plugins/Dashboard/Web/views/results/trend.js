// SPDX-License-Identifier: Apache-2.0
// A small line that shows how a number went.

import { svg } from "../../core/dom.js";
import { plainText } from "./output/safe-text.js";

const [width, height, edge] = [120, 28, 3];

/**
 * A line through values, the oldest first.
 *
 * @param {number[]} values
 * @param {{label: string, from?: number}} options `label` says in words what is drawn; `from`: where the axis begins when not at the least
 */
export function trend(values, { label, from }) {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(from ?? Infinity, ...finite);
  const span = Math.max(...finite) - least;
  const x = (index) => edge + (index * (width - 2 * edge)) / Math.max(1, values.length - 1);
  const y = (value) => (span ? height - edge - ((value - least) * (height - 2 * edge)) / span : height / 2);
  const point = (value, index) => (Number.isFinite(value) ? `${x(index).toFixed(1)},${y(value).toFixed(1)}` : null);
  const points = values.map(point).filter(Boolean);
  const last = values.findLastIndex(Number.isFinite);
  return svg("svg.trend", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": plainText(label), preserveAspectRatio: "none" },
    svg("polyline", { points: points.join(" ") }),
    last >= 0 ? svg("circle", { cx: x(last), cy: y(values[last]), r: 2.5 }) : null);
}
