// SPDX-License-Identifier: Apache-2.0
// A board of chart cards over one or several runs: which metrics, in which order, over which axis. All of it stands in the address.

import { h, replace } from "../../core/dom.js";
import { current, setQuery } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { loadStyles } from "../../core/styles.js";
import { problem } from "../toast.js";
import { boardTools } from "./board-tools.js";
import { createFeed } from "./feed.js";
import { chartGroup } from "./group.js";
import { lineChart } from "./line-chart.js";
import { FIRST_METRICS, inOrder } from "./metrics.js";
import { pickMetrics } from "./metric-picker.js";

const SCALES = ["log", "symlog"];

/**
 * Makes a board.
 *
 * @param {{runs: {id: string, name: string, index: number, started?: number}[], metrics: string[], memory: string, tools?: Node[]}} options
 *   `memory`: the name under which the choice of cards is remembered; `tools`: more for the bar above the cards
 * @returns {{element, group, setRuns(runs), setMetrics(names), setMarks(marks), update(query), unmount()}}
 */
export function chartBoard(options) {
  loadStyles(new URL("./chart.css", import.meta.url));
  return new Board(options);
}

class Board {
  constructor({ runs, metrics, memory, tools = [] }) {
    Object.assign(this, { runs, metrics: inOrder(metrics), memory, cards: new Map() });
    const { query } = current();
    this.feed = createFeed({
      runs,
      axis: axisIn(query),
      range: rangeIn(query),
      problem: (error) => problem(error, "The curves could not be read"),
    });
    this.feed.setSmoothing(smoothingIn(query));
    this.group = chartGroup({ feed: this.feed, rangeChanged: (range) => this.wrote({ from: range?.[0], to: range?.[1] }) });
    this.grid = h("div.charts");
    this.tools = boardTools(this, tools);
    this.element = h("div.board", this.tools.element, this.grid);
    this.draw();
  }

  /** The metrics that are shown, in their order. */
  shown() {
    const asked = current().query.get("cards");
    const wanted = asked !== null ? asked.split(",").filter(Boolean) : remembered(`${this.memory}.cards`, null);
    const there = (wanted ?? FIRST_METRICS).filter((name) => this.metrics.includes(name));
    return there.length || asked === "" ? there : this.metrics.slice(0, 6);
  }

  draw() {
    const shown = this.shown();
    for (const [metric, card] of this.cards) {
      if (shown.includes(metric)) continue;
      card.destroy();
      this.cards.delete(metric);
    }
    for (const metric of shown) if (!this.cards.has(metric)) this.cards.set(metric, this.card(metric));
    const elements = shown.map((metric) => this.cards.get(metric).element);
    if (elements.some((element, index) => this.grid.children[index] !== element) || this.grid.childElementCount !== elements.length)
      replace(this.grid, elements);
    if (!shown.length)
      replace(
        this.grid,
        h(
          "p.quiet",
          this.metrics.length ? "No chart is chosen; choose some with Metrics." : "No metric has arrived yet. The first step brings them.",
        ),
      );
    this.tools.update();
  }

  card(metric) {
    return lineChart({
      metric,
      runs: this.runs,
      group: this.group,
      y: scaleIn(current().query, metric),
      level: 2,
      yChanged: (kind) => this.setScale(metric, kind),
      actions: () => this.actions(metric),
    });
  }

  actions(metric) {
    const shown = this.shown();
    const at = shown.indexOf(metric);
    return [
      { label: "Move before", run: () => this.move(metric, -1), disabled: at === 0 },
      { label: "Move behind", run: () => this.move(metric, 1), disabled: at === shown.length - 1 },
      { label: "Hide this chart", run: () => this.choose(shown.filter((name) => name !== metric)) },
    ];
  }

  move(metric, by) {
    const shown = this.shown();
    const at = shown.indexOf(metric);
    shown.splice(at, 1);
    shown.splice(at + by, 0, metric);
    this.choose(shown);
    this.cards.get(metric)?.element.querySelector(".menu-button")?.focus();
  }

  /** Shows these metrics. */
  choose(metrics) {
    remember(`${this.memory}.cards`, metrics);
    this.wrote({ cards: metrics.length ? metrics.join(",") : "," });
    this.draw();
  }

  async pick() {
    const metrics = await pickMetrics(this.metrics, this.shown());
    if (metrics) this.choose(metrics);
  }

  setScale(metric, kind) {
    const { query } = current();
    const changes = {};
    for (const scale of SCALES) {
      const names = (query.get(scale) ?? "").split(",").filter((name) => name && name !== metric);
      changes[scale] = (scale === kind ? [...names, metric] : names).join(",") || null;
    }
    this.wrote(changes);
  }

  setAxis(axis) {
    remember("charts.axis", axis);
    this.feed.setAxis(axis);
    this.group.setCursor(null);
    this.marksAgain();
    this.wrote({ x: axis, from: null, to: null });
    for (const card of this.cards.values()) card.changed();
  }

  setSmoothing(weight) {
    this.feed.setSmoothing(weight);
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.wrote({ smooth: weight || null }), 300);
  }

  setRuns(runs) {
    this.runs = runs;
    this.feed.setRuns(runs);
    for (const card of this.cards.values()) card.setRuns(runs);
  }

  setMetrics(metrics) {
    if (metrics.length === this.metrics.length && metrics.every((name) => this.metrics.includes(name))) return;
    this.metrics = inOrder(metrics);
    this.draw();
  }

  /** Draws marks: as runs.marks gives them, with the run they belong to. */
  setMarks(marks) {
    this.marks = marks;
    this.marksAgain();
  }

  marksAgain() {
    const { axis } = this.feed;
    this.group.setMarks(
      (this.marks ?? []).map((mark) => ({ ...mark, x: axis.mark(mark.run, mark) })).filter(({ x }) => Number.isFinite(x)),
    );
  }

  /** Writes into the address, and knows that it was this board. */
  wrote(changes) {
    this.isWriting = true;
    setQuery(changes);
    this.isWriting = false;
    this.tools.update();
  }

  /** The address changed: another tab of the browser's history, a link. */
  update(query) {
    if (this.isWriting) return;
    if (axisIn(query) !== this.feed.axis.kind) this.feed.setAxis(axisIn(query));
    if (JSON.stringify(rangeIn(query)) !== JSON.stringify(this.feed.range)) this.feed.setRange(rangeIn(query));
    if (smoothingIn(query) !== this.feed.smoothing) this.feed.setSmoothing(smoothingIn(query));
    for (const [metric, card] of this.cards) if (card.kind !== scaleIn(query, metric)) (card.kind = scaleIn(query, metric)), card.changed();
    this.draw();
  }

  unmount() {
    clearTimeout(this.writing);
    for (const card of this.cards.values()) card.destroy();
    this.feed.stop();
  }
}

const axisIn = (query) =>
  ["step", "epoch", "time", "elapsed"].includes(query.get("x"))
    ? query.get("x")
    : query.has("x")
      ? "step"
      : remembered("charts.axis", "step");

function rangeIn(query) {
  const [from, to] = [Number(query.get("from") ?? NaN), Number(query.get("to") ?? NaN)];
  return to > from ? [from, to] : null;
}

function smoothingIn(query) {
  const weight = Number(query.get("smooth") ?? 0);
  return weight > 0 && weight < 1 ? weight : 0;
}

const scaleIn = (query, metric) => SCALES.find((scale) => (query.get(scale) ?? "").split(",").includes(metric)) ?? "linear";
