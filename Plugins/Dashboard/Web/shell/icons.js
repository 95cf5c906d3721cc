// SPDX-License-Identifier: Apache-2.0
// Small pictures of our own, drawn with lines of one width.

import { svg } from "../core/dom.js";

const paths = {
  home: "M3 9.5 10 4l7 5.5M5 8.5V16h10V8.5M8.5 16v-4h3v4",
  runs: "M3 3v14h14M6 13l3-4 3 2 4-6",
  compare: "M3 15c3 0 4-9 7-9s4 6 7 6M3 10c3 0 4 5 7 5s4-9 7-9",
  lineage: "M6 5v10M6 8c0 3 8 1 8 5M6 5a1.5 1.5 0 1 0 0-.01M6 16.5a1.5 1.5 0 1 0 0-.01M14 14.5a1.5 1.5 0 1 0 0-.01",
  samples: "M3 17h14M5 17v-4M8 17V8M11 17V4M14 17v-7M17 17v-3",
  health: "M3 10h3l2-5 3 10 2.5-5H17",
  logs: "M4 5h12M4 8.5h8M4 12h12M4 15.5h6",
  kernels: "M6 6h8v8H6zM8 3v3M12 3v3M8 14v3M12 14v3M3 8h3M3 12h3M14 8h3M14 12h3",
  results: "M5 3h10v14H5zM8 7h4M8 10h4M3 6h2M3 10h2M3 14h2",
  scripts: "M3 4h14v12H3zM6 8l2.5 2L6 12M10.5 12.5H14",
  panels: "M3 4h6v5H3zM11 4h6v5h-6zM3 11h6v5H3zM11 11h6v5h-6z",
  host: "M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.01M6 13.5h.01M9 6.5h5M9 13.5h5",
  events: "M11 3 5 11h4.5L9 17l6-8h-4.5z",
  settings: "M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4M3 10h5M12 10h5M10 8v4",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M12.7 12.7 17 17",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  light: "M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4",
  dark: "M15.5 12A6.5 6.5 0 0 1 8 4.5a6.5 6.5 0 1 0 7.500 7.500",
  system: "M3 4h14v9H3zM7 17h6M10 13v4",
  help: "M7.500 7.500A2.500 2.500 0 1 1 10 10v1.500M10 14.500h.01M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15",
  collapse: "M12 5 7 10l5 5",
  question: "M4 4h12v9H9l-4 3v-3H4zM8 7.500h4M8 10h3",
};

/** A picture of one of the names above; it says nothing by itself, so words must stand beside it. */
export function icon(name) {
  return svg("svg.icon", { viewBox: "0 0 20 20", width: "20", height: "20", "aria-hidden": "true", focusable: "false" }, svg("path", { d: paths[name] ?? paths.panels }));
}
