// SPDX-License-Identifier: Apache-2.0
// Takes what a chart shows out of the page: as a picture, and as numbers.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";

const PAGE = 100000;
const MOST = 3000000;

/** One cell of a CSV file (RFC 4180). Texts that a spreadsheet would take for a formula get a quote before them. */
export function cell(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of cells as the text of a CSV file. */
export function csv(rows) {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** What lines show between two places, as rows with a head. */
export function shownRows(metric, lines, [from, to]) {
  const rows = [["run", "metric", "x", "from_step", "to_step", "min", "max", "mean", "smoothed", "values"]];
  for (const { run, data } of lines) {
    for (let index = 0; index < data.length; index += 1) {
      const x = data.x[index];
      if (x < from || x > to) continue;
      rows.push([
        run,
        metric,
        x,
        data.from[index],
        data.to[index],
        data.lo[index],
        data.hi[index],
        data.mid[index],
        data.smooth?.[index] ?? null,
        data.count?.[index] ?? 1,
      ]);
    }
  }
  return rows;
}

/**
 * All values of a metric of runs, page by page, as the parts of a CSV file.
 *
 * @param {(count: number) => void} [told] hears how many values are there
 */
export async function allValues(runs, metric, told) {
  const parts = ["run,metric,step,value\r\n"];
  let total = 0;
  for (const run of runs) {
    let from = null;
    do {
      const { series } = await call("runs.series", { run, metrics: [metric], limit: PAGE, ...(from !== null && { from }) });
      const [{ steps, values, next }] = series;
      parts.push(steps.map((step, index) => `${cell(run)},${cell(metric)},${step},${cell(values[index])}\r\n`).join(""));
      total += steps.length;
      told?.(total);
      from = next;
    } while (from !== null && from !== undefined && total < MOST);
  }
  return { parts, total, isCut: total >= MOST };
}

/** Gives the reader a file. */
export function download(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** A name that is a file's on every system. */
export const fileName = (...parts) =>
  `${parts
    .join("-")
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .slice(0, 120)}`;
