// SPDX-License-Identifier: Apache-2.0
// The card of one metric: lines of one or several runs, with all that a reader can do with them.

import { h, replace } from "../../core/dom.js";
import { ago } from "../../core/format.js";
import { menuButton } from "../menu.js";
import { createChart } from "./chart.js";
import { chartTable } from "./chart-table.js";
import { cardMenu } from "./card-menu.js";
import { gestures } from "./gestures.js";
import { legend } from "./legend.js";
import { markTip } from "./mark-tip.js";
import { bestOf, metricInfo, rangeOf } from "./metrics.js";
import { yScale } from "./scale.js";
import { describe, nearest, valuesOf } from "./readings.js";

const SUMMARY_MS = 15000;

/**
 * Makes a chart card.
 *
 * @param {{metric: string, runs: {id: string, name: string, index: number}[], group: object, y?: "linear"|"log"|"symlog", title?: string,
 *   yChanged?: (kind: string) => void, actions?: () => object[], level?: number}} options `group`: as `chartGroup` makes it; `actions`: more of the menu
 * @returns {{element: HTMLElement, setRuns: (runs: object[]) => void, destroy: () => void}}
 */
export function lineChart(options) {
  return new LineChart(options);
}

class LineChart {
  constructor(options) {
    Object.assign(this, {
      ...options,
      feed: options.group.feed,
      info: metricInfo(options.metric),
      kind: options.y ?? "linear",
      shown: false,
    });
    this.build();
    this.leaveGroup = this.group.join(this);
    this.leaveFeed = this.feed.join(this);
    this.endGestures = gestures(this.plot, { chart: () => this.chart, group: this.group, near: (x, y) => nearest(this, x, y) });
    this.watcher = new IntersectionObserver(([{ isIntersecting }]) => this.show(isIntersecting), { rootMargin: "120px" });
    this.watcher.observe(this.element);
    this.clock = setInterval(() => this.shown && this.tell(), 1000);
  }

  build() {
    const name = this.title ?? this.info.title;
    this.name = name;
    this.now = h("span.chart-now");
    this.age = h("span.chart-age");
    this.summary = h("p.hidden-name", { aria: { live: "polite" } });
    this.place = h("span.chart-place");
    this.plot = h("div.chart-plot", {
      tabindex: "0",
      role: "group",
      aria: { label: `${name}, chart. Arrows move the cursor, plus and minus zoom, 0 shows all`, roledescription: "chart" },
    });
    this.note = h("p.chart-note", { hidden: true });
    this.legend = legend(this.group);
    this.tip = markTip(this);
    const help = h(
      "button.plain.icon.chart-help",
      { type: "button", aria: { label: `What ${name} means` }, title: this.info.help, onclick: () => this.tellHelp() },
      "?",
    );
    this.help = h("p.chart-note", { hidden: true }, this.info.help);
    this.element = h(
      "section.card.chart-card",
      { dataset: { metric: this.metric }, aria: { label: name } },
      h(
        "header.chart-head",
        h(`h${this.level ?? 3}`, name),
        help,
        h("span.grow"),
        this.now,
        this.age,
        menuButton("⋯", () => cardMenu(this), { name: `${name}: more`, plain: true }),
      ),
      this.help,
      h("div.chart-body", this.plot, this.note),
      h("div.chart-foot", { class: this.runs.length === 1 && this.runs[0].isAlone ? "alone" : "" }, this.place, this.legend.element),
      this.summary,
    );
  }

  tellHelp() {
    this.help.hidden = !this.help.hidden;
  }

  isShown() {
    return this.shown;
  }

  width() {
    return this.plot.clientWidth || 400;
  }

  async show(isShown) {
    if (this.shown === isShown) return;
    this.shown = isShown;
    if (!isShown) return;
    this.drawLegend();
    this.feed.want();
    this.making ??= createChart(this.plot, {
      get x() {
        return this.axis().ticks;
      },
      axis: () => this.feed.axis,
      labelX: (value, ticks) => this.feed.axis.label?.(value, ticks),
      labelY: this.metric === "lr" ? (value) => this.info.format(value) : undefined,
      drawn: () => this.cursorMoved(),
    }).then((chart) => {
      if (this.isGone) return chart.destroy();
      this.chart = chart;
      this.plot.dataset.renderer = chart.renderer.name;
      this.changed();
    });
    if (this.chart && this.isOld) this.changed();
  }

  /** Many runs make many rows: they are made when the card is first seen. */
  drawLegend() {
    if (this.listed === this.runs) return;
    this.listed = this.runs;
    this.legend.setRuns(this.runs);
  }

  /** Other runs are shown. */
  setRuns(runs) {
    this.runs = runs;
    if (this.shown) this.drawLegend();
    this.changed();
  }

  setY(kind) {
    this.kind = kind;
    this.yChanged?.(kind);
    this.changed();
  }

  /** The lines that are there and not hidden. */
  lines() {
    return this.runs
      .filter(({ id }) => !this.group.hidden.has(id))
      .map((run) => ({ ...run, data: this.feed.line(run.id, this.metric) }))
      .filter(({ data }) => data);
  }

  /** Other data came, or the looks changed. */
  changed() {
    this.isOld = !this.chart || !this.shown;
    if (this.isOld) return;
    const lines = this.lines();
    this.chart.setSeries(lines.map(({ id, index, data }) => ({ id, index, data, isRaised: this.group.highlighted === id })));
    this.chart.setMarks(this.group.marks);
    this.fit(lines);
    this.table?.update(lines, this.feed.axis, this.info.format);
    this.tell();
  }

  /** Values came at the end of lines. */
  appended() {
    if (!this.chart || !this.shown) return;
    this.fit(this.lines());
    if (performance.now() - (this.told ?? 0) > 200) this.tell();
  }

  /** Chooses what is seen: the group's part of the x axis, and the values in it. */
  fit(lines) {
    const x = this.group.seen();
    let extent = null;
    for (const { data } of lines) {
      const own = data.extent(...(this.feed.range ?? []));
      if (own) extent = extent ? [Math.min(extent[0], own[0]), Math.max(extent[1], own[1])] : own;
    }
    const loaded = this.runs.some(({ id }) => this.feed.line(id, this.metric));
    this.note.hidden = extent !== null;
    this.note.textContent = loaded ? (this.feed.range ? "No values in this part." : "No values yet.") : "Loading…";
    const largest = extent ? Math.max(Math.abs(extent[0]), Math.abs(extent[1])) : 1;
    const scale = yScale(this.kind, 10 ** (Math.floor(Math.log10(largest || 1)) - 3));
    this.chart.setRange({ x, y: rangeOf(this.metric, extent ?? [0, 1], scale), scale });
  }

  rangeChanged() {
    this.isOld ||= !this.shown;
    if (this.chart && this.shown) this.fit(this.lines());
  }

  looksChanged() {
    this.changed();
  }

  marksChanged() {
    this.isOld ||= !this.shown;
    if (this.shown) this.chart?.setMarks(this.group.marks);
  }

  cursorMoved() {
    if (!this.chart || !this.shown) return;
    this.chart.setCursor(this.group.cursor);
    this.tip.show(this.group.cursor);
    this.tell();
  }

  /** Says in numbers what is drawn. */
  tell() {
    this.told = performance.now();
    const lines = this.lines();
    const { cursor } = this.group;
    this.legend.update(valuesOf(this, lines, cursor));
    const { axis } = this.feed;
    this.place.textContent = cursor === null ? "" : axis.say(cursor);
    const [first] = lines;
    const isOne = this.runs.length === 1 && first;
    replace(this.now, isOne && first.data.last !== null ? this.info.format(first.data.last) : "");
    this.age.textContent = isOne && first.data.lastTime ? ago(first.data.lastTime) : "";
    if (this.told - (this.described ?? -Infinity) > 1000) this.announce(lines);
  }

  announce(lines) {
    this.described = this.told;
    const text = describe(this, lines);
    this.plot.setAttribute("aria-description", text);
    const now = Date.now();
    if (document.activeElement !== this.plot || now - (this.announced ?? 0) < SUMMARY_MS) return;
    this.announced = now;
    this.summary.textContent = text;
  }

  /** Puts the data as a table in the place of the picture, or the picture back. */
  toggleTable() {
    const body = this.plot.parentElement;
    if (this.table) {
      this.table.element.remove();
      this.table = null;
    } else {
      this.table = chartTable(this.name);
      body.append(this.table.element);
    }
    this.plot.hidden = this.table !== null;
    this.changed();
    (this.table?.element ?? this.plot).focus();
  }

  /** The best value a run ever had, as far as it is known. */
  best({ id, stats }) {
    const { least = Infinity, greatest = -Infinity } = this.feed.line(id, this.metric) ?? {};
    const known = stats?.[this.metric];
    const best = bestOf(this.metric, { min: Math.min(least, known?.min ?? Infinity), max: Math.max(greatest, known?.max ?? -Infinity) });
    return Number.isFinite(best) ? best : null;
  }

  destroy() {
    this.isGone = true;
    clearInterval(this.clock);
    this.watcher.disconnect();
    this.endGestures();
    this.leaveGroup();
    this.leaveFeed();
    this.chart?.destroy();
    this.element.remove();
  }
}
