// SPDX-License-Identifier: Apache-2.0
// Draws a chart on a canvas of its own. Needs nothing from elsewhere.

import { h } from "../../core/dom.js";
import { dashOf, paintGaps, paintMarks, strengthOf } from "./paint.js";
import { bandPath, linePath } from "./paths.js";

const PADDING = { top: 8, right: 18, bottom: 26 };

/** Makes a renderer in an element: `{name, canvas, box, draw(state), destroy()}`. Places are CSS pixels from the element's corner. */
export function canvasRenderer(element) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  element.append(canvas);
  const context = canvas.getContext("2d");
  const box = { left: 52, top: PADDING.top, width: 1, height: 1 };
  return {
    name: "canvas",
    canvas,
    box,
    draw(state) {
      size(canvas, context, state);
      context.font = `11px ${state.colors.font}`;
      const labels = state.y.ticks.map(({ label }) => context.measureText(label).width);
      box.left = Math.ceil(Math.max(34, ...labels) + 12);
      box.width = Math.max(1, state.width - box.left - PADDING.right);
      box.height = Math.max(1, state.height - PADDING.top - PADDING.bottom);
      paint(context, state, box);
    },
    destroy: () => canvas.remove(),
  };
}

function size(canvas, context, { width, height, ratio }) {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    Object.assign(canvas, { width: wide, height: high });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
}

function paint(context, state, box) {
  const toX = (x) => box.left + ((x - state.x.from) / (state.x.to - state.x.from)) * box.width;
  const toPlace = (place) => box.top + (1 - (place - state.y.from) / (state.y.to - state.y.from)) * box.height;
  const toY = (value) => toPlace(state.y.scale.forward(value));
  axes(context, state, box, toX, toPlace);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  const frame = { from: state.x.from, to: state.x.to, toX, toY };
  for (const series of state.series) band(context, series, state, frame);
  for (const series of state.series) line(context, series, state, frame);
  paintGaps(context, state, box, toX);
  context.restore();
  paintMarks(context, state, box, toX, state.colors);
}

function band(context, series, state, frame) {
  if (!series.data.hasBand && !series.data.smooth) return;
  const path = bandPath(series.data, frame);
  const { alpha } = strengthOf(series, state.series);
  context.fillStyle = context.strokeStyle = series.color;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.globalAlpha = 0.22 * alpha;
  context.fill(path);
  context.globalAlpha = 0.45 * alpha;
  context.stroke(path);
  context.globalAlpha = 1;
}

function line(context, series, state, frame) {
  const { width, alpha } = strengthOf(series, state.series);
  context.strokeStyle = series.color;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dashOf(series.index));
  context.globalAlpha = alpha;
  context.stroke(linePath(series.data, series.data.smooth ? "smooth" : "mid", frame));
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function axes(context, { x, y, colors }, box, toX, toPlace) {
  context.font = `11px ${colors.font}`;
  context.fillStyle = colors.quiet;
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.beginPath();
  for (const { place, label } of y.ticks) {
    const at = Math.round(toPlace(place)) + 0.5;
    context.moveTo(box.left, at);
    context.lineTo(box.left + box.width, at);
    context.fillText(label, box.left - 7, at);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { place, label } of x.ticks) {
    const at = Math.round(toX(place)) + 0.5;
    context.moveTo(at, box.top);
    context.lineTo(at, box.top + box.height);
    context.fillText(label, at, box.top + box.height + 8);
  }
  context.stroke();
}
