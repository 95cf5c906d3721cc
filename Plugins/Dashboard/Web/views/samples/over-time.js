// SPDX-License-Identifier: Apache-2.0
// The same samples over the run's reports: how the whole distribution moved, and single samples within it.

import { h, replace, svg } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { current } from "../../core/route.js";
import { lossesOf } from "./losses.js";
import { ticks } from "./ticks.js";

const HEIGHT = 240;
const EDGE = { left: 52, right: 16, top: 12, bottom: 38 };
const bands = [[0.05, 0.95, "outer", "5 to 95 %"], [0.25, 0.75, "inner", "25 to 75 %"]];
const MOST = 24;

/** @param {{losses: object, reports: object[]}} state of the panel */
export function overTime(state) {
  const reports = state.reports.filter((report) => report.subset_on === state.losses.set).slice(0, MOST).reverse();
  const place = h("div.over-time");
  const element = h("section.card", { "aria-labelledby": "samples-time" }, h("h2", { id: "samples-time" }, "Over the reports"), place);
  let all = null;
  let width = 640;
  let watched = (current().query.get("watch") ?? "").split(",").filter(Boolean).map(Number);
  let isGone = false;
  const watching = new ResizeObserver(([entry]) => {
    const next = Math.round(entry.contentRect.width);
    if (!next || next === width) return;
    width = next;
    if (all) draw();
  });
  watching.observe(place);

  async function load() {
    if (reports.length < 2) return replace(place,
      h("p.quiet", "With a second report this shows how the distribution moves, and how the samples you follow in the table move in it."));
    replace(place, h("p.quiet", `Loading ${count(reports.length)} reports…`));
    const loaded = [];
    for (const report of reports) {
      loaded.push(await lossesOf(report.id));
      if (isGone) return;
    }
    all = loaded.filter((losses) => losses.count).map((losses) => ({ losses, step: losses.step ?? 0,
          at: bands.map(([low, high]) => [losses.quantile(low), losses.quantile(high)]), median: losses.quantile(0.5) }));
    draw();
  }

  function draw() {
    const followed = watched.map((sample) => ({ sample, values: all.map(({ losses }) => losses.of(sample)) }));
    const highest = Math.max(...all.map(({ at }) => at[0][1]), ...followed.flatMap(({ values }) => values.filter(Number.isFinite)));
    const lowest = Math.min(0, ...all.map(({ at }) => at[0][0]));
    const isSteps = all[all.length - 1].step > all[0].step;
    const place_ = (index) => (isSteps ? (all[index].step - all[0].step) / (all[all.length - 1].step - all[0].step)
      : index / Math.max(1, all.length - 1));
    const x = (index) => EDGE.left + place_(index) * (width - EDGE.left - EDGE.right);
    const y = (value) => HEIGHT - EDGE.bottom - ((value - lowest) / (highest - lowest || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
    const line = (values) => values.map((value, index) => (Number.isFinite(value)
        ? `${index && Number.isFinite(values[index - 1]) ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}` : "")).join("");
    const back = (band) => all.map(({ at }, index) => `L${x(index).toFixed(1)} ${y(at[band][0]).toFixed(1)}`).reverse().join("");
    const area = (band) => `${line(all.map(({ at }) => at[band][1]))}${back(band)}Z`;
    const picture = svg("svg.bands", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
        "aria-label": "Quantiles of the losses over the reports; the table below has the numbers" },
      ticks(lowest, highest, 4).map((value) => [svg("line.grid", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
          svg("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value, 3))]),
      bands.map(([, , kind], band) => svg("path", { class: `band ${kind}`, d: area(band) })),
        svg("path.median", { d: line(all.map(({ median }) => median)) }),
      followed.map(({ values }, index) => [svg("path.followed", { class: `series-${index + 1}`, d: line(values) }),
          values.map((value, at) => (Number.isFinite(value)
            ? svg("circle.followed", { class: `series-${index + 1}`, cx: x(at), cy: y(value), r: 3 }) : null))]),
      spread(all, x).map((index) => svg("text", { x: x(index), y: HEIGHT - EDGE.bottom + 16,
            "text-anchor": index === 0 ? "start" : x(index) > width - 60 ? "end" : "middle" }, count(all[index].step))),
      svg("text.title", { x: (EDGE.left + width - EDGE.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "step of the report"));
    const isOpen = place.querySelector("details")?.open ?? false;
    replace(place, picture, legend(followed), numbers(followed, isOpen));
  }

  function legend(followed) {
    return h("ul.legend", h("li", h("span.swatch.median"), "median"),
      bands.map(([, , kind, words]) => h("li", h("span.swatch", { class: kind }), words)),
      followed.map(({ sample }, index) => h("li", h("span.swatch", { class: `series-${index + 1}` }), `sample ${sample}`)));
  }

  function numbers(followed, isOpen) {
    const head = h("tr", h("th", { scope: "col" }, "Step"),
      ["5 %", "25 %", "median", "75 %", "95 %"].map((text) => h("th.number", { scope: "col" }, text)),
      followed.map(({ sample }) => h("th.number", { scope: "col" }, `sample ${sample}`)));
    const rows = all.map(({ step, at, median }, index) => h("tr", h("th", { scope: "row" }, count(step)),
        [at[0][0], at[1][0], median, at[1][1], at[0][1],
          ...followed.map(({ values }) => values[index])].map((value) => h("td.number", number(value)))));
    return h("details", { open: isOpen }, h("summary", "The numbers"), h("div.scroll", h("table", h("thead", head), h("tbody", rows))));
  }

  load().catch((error) => replace(place, h("p.problem", error.message)));
  return {
    element,
    watching(samples) {
      watched = samples;
      if (all) draw();
    },
    unmount() {
      isGone = true;
      watching.disconnect();
    },
  };
}

// Which steps are written below: as many as do not touch.
function spread(all, x) {
  const list = [];
  for (const index of all.keys()) if (!list.length || x(index) - x(list[list.length - 1]) > 70) list.push(index);
  return list;
}
