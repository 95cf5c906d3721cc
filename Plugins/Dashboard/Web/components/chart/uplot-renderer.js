// SPDX-License-Identifier: Apache-2.0
// Draws a chart with uPlot 1.6: its axes, scales and canvas, our lines and bands as its path builders.

import { dashOf, paintGaps, paintMarks, strengthOf } from "./paint.js";
import { bandPath, linePath } from "./paths.js";

const LAYERS = 2;

/** Makes a renderer in an element, as `canvasRenderer` does. */
export function uplotRenderer(element, uPlot) {
  const box = { left: 52, top: 8, width: 1, height: 1 };
  let plot = null;
  let state = null;
  let made = "";
  const build = () => {
    plot?.destroy();
    plot = new uPlot(
      options(() => state, state, box),
      rows(state),
      element,
    );
  };
  return {
    name: "uplot",
    box,
    get canvas() {
      return plot.ctx.canvas;
    },
    draw(next) {
      state = next;
      const shape = `${state.series.length} ${state.colors.text} ${state.ratio}`;
      if (shape !== made) {
        made = shape;
        build();
      } else {
        if (plot.width !== state.width || plot.height !== state.height) plot.setSize({ width: state.width, height: state.height });
        plot.setData(rows(state), true);
      }
    },
    destroy: () => plot?.destroy(),
  };
}

/** Lines have places of their own: uPlot is told the ends of the range alone. */
function rows(state) {
  return [[state.x.from, state.x.to], ...state.series.flatMap(() => Array.from({ length: LAYERS }, () => [null, null]))];
}

function options(now, { width, height, colors, series }, box) {
  const axis = (side, of) => ({
    scale: side,
    stroke: colors.quiet,
    font: `11px ${colors.font}`,
    ticks: { show: false },
    grid: { stroke: colors.line, width: 1 },
    gap: side === "x" ? 6 : 7,
    size: side === "x" ? 26 : (plot) => ySize(plot, now()),
    splits: () => of().ticks.map(({ place }) => place),
    values: () => of().ticks.map(({ label }) => label),
  });
  return {
    width,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, auto: true, range: () => [now().x.from, now().x.to] },
      y: { auto: true, range: () => [now().y.from, now().y.to] },
    },
    axes: [axis("x", () => now().x), axis("y", () => now().y)],
    series: [{}, ...series.map((_, index) => layer(now, index, true)), ...series.map((_, index) => layer(now, index, false))],
    hooks: { draw: [(plot) => over(plot, now(), box)] },
  };
}

function ySize(plot, state) {
  if (!plot.ctx) return 52;
  const { font } = plot.ctx;
  plot.ctx.font = `11px ${state.colors.font}`;
  const widest = Math.max(34, ...state.y.ticks.map(({ label }) => plot.ctx.measureText(label).width));
  plot.ctx.font = font;
  return Math.ceil(widest + 12);
}

function layer(now, index, isBand) {
  const strength = () => strengthOf(now().series[index], now().series);
  return {
    scale: "y",
    points: { show: false },
    spanGaps: true,
    stroke: () => faded(now().series[index].color, (isBand ? 0.45 : 1) * strength().alpha),
    fill: isBand ? () => faded(now().series[index].color, 0.22 * strength().alpha) : undefined,
    width: 1,
    dash: isBand ? undefined : dashOf(now()?.series[index].index ?? index),
    paths: (plot) => {
      const state = now();
      const { data } = state.series[index];
      if (isBand && !data.hasBand && !data.smooth) return null;
      const frame = {
        from: state.x.from,
        to: state.x.to,
        toX: (x) => plot.valToPos(x, "x", true),
        toY: (value) => plot.valToPos(state.y.scale.forward(value), "y", true),
      };
      plot.series[1 + (isBand ? 0 : state.series.length) + index].width = isBand ? 1 : strength().width;
      const path = isBand ? bandPath(data, frame) : linePath(data, data.smooth ? "smooth" : "mid", frame);
      return { stroke: path, fill: isBand ? path : null, clip: null, band: null, gaps: null, flags: 1 | 2 };
    },
  };
}

/** The colour of a variable with less of it. */
function faded(color, alpha) {
  return alpha >= 1 ? color : `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
}

function over(plot, state, box) {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  Object.assign(box, { left: left / state.ratio, top: top / state.ratio, width: width / state.ratio, height: height / state.ratio });
  const toX = (x) => plot.valToPos(x, "x", true) / state.ratio;
  ctx.save();
  ctx.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  paintGaps(ctx, state, box, toX);
  paintMarks(ctx, state, box, toX, state.colors);
  ctx.restore();
}
