// SPDX-License-Identifier: Apache-2.0
// A histogram of losses with a density line, and two handles that choose a range of it.

import { h, replace, svg } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { loadStyles } from "../../core/styles.js";
import { density } from "./density.js";
import { handle } from "./handle.js";
import { ticks } from "./ticks.js";

const HEIGHT = 240;
const EDGE = { left: 48, right: 16, top: 14, bottom: 40 };

/**
 * Draws the losses of a report, and lets a range of them be chosen by mouse, touch and keyboard.
 *
 * @param {{name?: string, changed?: (region: {low: number, high: number}, isDone: boolean) => void}} [options]
 *   `isDone` is false while a handle moves
 * @returns {{element: HTMLElement, setLosses: (losses, {bars, isLog}) => void, setRegion: ({low, high}) => void,
 *   region: () => {low, high}|null, unmount: () => void}}
 */
export function histogram({ name = "Losses of the samples", changed = () => {} } = {}) {
  loadStyles(new URL("./histogram.css", import.meta.url));
  const state = { losses: null, bins: null, isLog: false, region: null, width: 640 };
  const bars = svg("g.bars");
  const line = svg("path.density", { "aria-hidden": "true" });
  const axes = svg("g.axes", { "aria-hidden": "true" });
  const shade = svg("rect.region", { y: EDGE.top, height: HEIGHT - EDGE.top - EDGE.bottom });
  const low = handle({ name: "From loss", moved: (to, isDone) => move("low", to, isDone) });
  const high = handle({ name: "To loss", moved: (to, isDone) => move("high", to, isDone) });
  const picture = svg("svg.histogram", { role: "group", "aria-label": name, height: HEIGHT, onpointerdown: pressed }, axes, shade, bars,
    line, low.element, high.element);
  const element = h("div.histogram-frame", picture);
  const watching = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== state.width) {
      state.width = width;
      draw();
    }
  });
  watching.observe(element);

  const scale = () => ({ first: state.losses.min, span: state.losses.max - state.losses.min || 1,
      inner: Math.max(1, state.width - EDGE.left - EDGE.right) });
  const x = (loss) => EDGE.left + ((loss - scale().first) / scale().span) * scale().inner;
  const lossAt = (place) => Math.min(state.losses.max,
    Math.max(state.losses.min, scale().first + ((place - EDGE.left) / scale().inner) * scale().span));
  const top = () => Math.max(1, ...state.bins.counts);
  const share = (value) => (state.isLog ? Math.log1p(value) / Math.log1p(top()) : value / top());
  const y = (value) => HEIGHT - EDGE.bottom - share(value) * (HEIGHT - EDGE.top - EDGE.bottom);

  function move(side, to, isDone) {
    const { first, span } = scale();
    const value = to.step === undefined ? lossAt(to.place) : to.step === -Infinity ? first : to.step === Infinity ? first + span
      : state.region[side] + to.step * span;
    const other = state.region[side === "low" ? "high" : "low"];
    const held = Math.min(state.losses.max, Math.max(state.losses.min, value));
    state.region[side] = side === "low" ? Math.min(held, other) : Math.max(held, other);
    placeHandles();
    changed({ ...state.region }, isDone);
  }

  function pressed(event) {
    if (!state.region || event.button || event.target.closest(".handle")) return;
    const place = event.clientX - picture.getBoundingClientRect().left;
    const nearest = Math.abs(place - x(state.region.low)) <= Math.abs(place - x(state.region.high)) ? low : high;
    nearest.take(event);
  }

  function placeHandles() {
    const { region, losses } = state;
    shade.setAttribute("x", x(region.low));
    shade.setAttribute("width", Math.max(0, x(region.high) - x(region.low)));
    for (const [one, value, from, to] of [[low, region.low, losses.min, region.high], [high, region.high, region.low, losses.max]]) {
      one.place({ x: x(value), top: EDGE.top, bottom: HEIGHT - EDGE.bottom, value, from, to,
          text: `${number(value)}, ${count(losses.within(region.low, region.high))} samples chosen` });
    }
  }

  function draw() {
    if (!state.losses?.count) return;
    picture.setAttribute("width", state.width);
    picture.setAttribute("viewBox", `0 0 ${state.width} ${HEIGHT}`);
    const { edges, counts } = state.bins;
    replace(bars, counts.map((value, place) => svg("rect",
          { x: x(edges[place]) + 0.5, width: Math.max(0.5, x(edges[place + 1]) - x(edges[place]) - 1), y: y(value),
          height: HEIGHT - EDGE.bottom - y(value) },
      svg("title", `${number(edges[place])} to ${number(edges[place + 1])}: ${count(value)} samples`))));
    line.setAttribute("d", density(state.bins).map(([loss, value],
          place) => `${place ? "L" : "M"}${x(loss).toFixed(1)} ${y(Math.min(value, top())).toFixed(1)}`).join(""));
    replace(axes, axisTexts());
    if (state.region) placeHandles();
  }

  function axisTexts() {
    const base = HEIGHT - EDGE.bottom;
    const across = ticks(state.losses.min, state.losses.max, Math.max(2, Math.floor(state.width / 90)));
    const up = state.isLog ? powers(top()) : ticks(0, top(), 4).filter(Number.isInteger);
    return [
      up.map((value) => [svg("line.grid", { x1: EDGE.left, x2: state.width - EDGE.right, y1: y(value), y2: y(value) }),
          svg("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, count(value))]),
      svg("line.base", { x1: EDGE.left, x2: state.width - EDGE.right, y1: base, y2: base }),
      across.map((value) => svg("text", { x: x(value), y: base + 16, "text-anchor": "middle" }, number(value, 3))),
      svg("text.title", { x: EDGE.left + scale().inner / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "loss of a sample"),
    ];
  }

  return {
    element,
    setLosses(losses, { bars: wanted = 30, isLog = false } = {}) {
      Object.assign(state, { losses, isLog, bins: losses.count ? losses.bins(wanted) : null });
      draw();
    },
    setRegion(region) {
      state.region = { ...region };
      if (state.losses?.count) placeHandles();
    },
    region: () => state.region && { ...state.region },
    unmount: () => watching.disconnect(),
  };
}

function powers(top) {
  const list = [];
  for (let value = 1; value <= top; value *= 10) list.push(value);
  return list;
}
