// SPDX-License-Identifier: Apache-2.0
// One chart, drawn by uPlot where it is there and by our own canvas where not. Nothing else in the page knows which.

import { session } from "../../core/api.js";
import { current } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { canvasRenderer } from "./canvas-renderer.js";
import { palette } from "./paint.js";
import { elapsedTicks, linearTicks, tickLabel, timeTicks, yScale } from "./scale.js";
import { whenFree } from "./turns.js";
import { uplotRenderer } from "./uplot-renderer.js";

const HEAVY = 24;
let library = null;

/** Gives uPlot, or null where it is absent or the address says `renderer=canvas`. Loaded once. */
async function uPlotIfThere() {
  if (current().query.get("renderer") === "canvas" || !(await session()).uplot) return null;
  await loadStyles(new URL("../../vendor/uplot.min.css", import.meta.url));
  return (await import("../../vendor/uplot.js")).default;
}

/**
 * Makes a chart that fills an element.
 *
 * @param {HTMLElement} element
 * @param {{x?: "number"|"time"|"elapsed", drawn?: () => void, labelX?: (value: number) => string}} [options] `drawn`: called after each drawing
 * @returns {Promise<{setSeries, append, setRange, setMarks, setCursor, png, destroy, box, xAt, toX, valueAt, redraw, renderer}>}
 */
export async function createChart(element, options = {}) {
  library ??= uPlotIfThere().catch(() => null);
  const uPlot = current().query.get("renderer") === "canvas" ? null : await library;
  return new Chart(element, uPlot ? uplotRenderer(element, uPlot) : canvasRenderer(element), options);
}

class Chart {
  constructor(element, renderer, options) {
    Object.assign(this, { element, renderer, options });
    this.state = { series: [], marks: [], x: { from: 0, to: 1 }, y: { from: 0, to: 1, scale: yScale("linear") } };
    this.cursor = document.createElement("div");
    this.cursor.className = "chart-cursor";
    this.cursor.hidden = true;
    element.append(this.cursor);
    this.watcher = new ResizeObserver(() => this.redraw());
    this.watcher.observe(element);
    this.theme = new MutationObserver(() => this.recolor());
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.recolor = () => {
      this.state.colors = null;
      this.redraw();
    };
    this.scheme.addEventListener("change", this.recolor);
  }

  /** Shows these lines: `[{id, index, data: SeriesData, color?, isRaised?}]`; colour and dashes come from `index`. */
  setSeries(list) {
    this.state.series = list;
    this.redraw();
  }

  /** Adds values at the end of a line: `[{step, x, value}]`. */
  append(id, values) {
    const data = this.state.series.find((series) => series.id === id)?.data;
    for (const { step, x, value } of values) data?.append(step, x, value);
    this.redraw();
  }

  /** What is seen: `{x: [from, to], y: [low, high]}` in values, and how y is spread (a `yScale`). */
  setRange({ x, y, scale = this.state.y.scale }) {
    if (x) Object.assign(this.state.x, { from: x[0], to: x[1] > x[0] ? x[1] : x[0] + 1 });
    if (y) {
      const [from, to] = y.map(scale.forward);
      this.state.y = { from, to: to > from ? to : from + 1, scale, low: y[0], high: y[1] };
    }
    this.redraw();
  }

  /** Draws marks: `[{x, letter, tone, text}]`. */
  setMarks(marks) {
    this.state.marks = marks;
    this.redraw();
  }

  /** Shows a line at a place on the x axis, null for none. */
  setCursor(x) {
    const { left, top, width, height } = this.renderer.box;
    const place = x === null ? NaN : this.toX(x);
    this.cursor.hidden = !(place >= left && place <= left + width);
    if (this.cursor.hidden) return;
    this.cursor.style.transform = `translate(${place}px, ${top}px)`;
    this.cursor.style.height = `${height}px`;
  }

  /** The picture as it is, on the colour of the page, with a title above. */
  async png(title = "") {
    const source = this.renderer.canvas;
    const { ratio, colors } = this.state;
    const head = title ? 28 * ratio : 0;
    const canvas = Object.assign(document.createElement("canvas"), { width: source.width, height: source.height + head });
    const context = canvas.getContext("2d");
    context.fillStyle = colors.surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colors.text;
    context.font = `600 ${13 * ratio}px ${colors.font}`;
    context.textBaseline = "middle";
    context.fillText(title, 12 * ratio, head / 2);
    context.drawImage(source, 0, head);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  destroy() {
    this.isGone = true;
    this.watcher.disconnect();
    this.theme.disconnect();
    this.scheme.removeEventListener("change", this.recolor);
    this.renderer.destroy();
    this.cursor.remove();
  }

  get box() {
    return this.renderer.box;
  }

  toX(x) {
    const { left, width } = this.renderer.box;
    return left + ((x - this.state.x.from) / (this.state.x.to - this.state.x.from)) * width;
  }

  xAt(place) {
    const { left, width } = this.renderer.box;
    return this.state.x.from + ((place - left) / width) * (this.state.x.to - this.state.x.from);
  }

  /** Where a value stands, in pixels from the element's top. */
  toY(value) {
    const { top, height } = this.renderer.box;
    const { from, to, scale } = this.state.y;
    return top + (1 - (scale.forward(value) - from) / (to - from)) * height;
  }

  /** Draws when the page has time for it, once however often it is asked. */
  redraw() {
    whenFree(this, () => this.draw(), this.state.series.length > HEAVY);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (this.isGone || width < 40 || height < 40) return;
    const { state } = this;
    state.colors ??= palette(this.element);
    Object.assign(state, { width, height, ratio: devicePixelRatio || 1 });
    state.series.forEach((series) => (series.color = state.colors.series[series.index % 8]));
    this.tick(width, height);
    this.renderer.draw(state);
    this.options.drawn?.();
  }

  tick(width, height) {
    const { x, y } = this.state;
    const kind = this.options.x ?? "number";
    const places = (kind === "time" ? timeTicks : kind === "elapsed" ? elapsedTicks : linearTicks)(
      x.from,
      x.to,
      Math.max(2, Math.floor(width / 75)),
    );
    x.ticks = places.map((place) => ({ place, label: this.options.labelX?.(place, places) ?? tickLabel(place, places) }));
    if (y.low === undefined) return void (y.ticks = []);
    const values = y.scale.ticks(y.low, y.high, Math.max(2, Math.floor(height / 36)));
    y.ticks = values.map((value) => ({
      place: y.scale.forward(value),
      label: this.options.labelY?.(value, values) ?? tickLabel(value, values),
    }));
  }
}
