// SPDX-License-Identifier: Apache-2.0
// The bar above a board: axis, smoothing, which metrics, and the way back from a zoom.

import { h } from "../../core/dom.js";
import { AXES } from "./axis.js";

/** Makes the bar: `{element, update()}`. */
export function boardTools(board, more) {
  const axis = h(
    "select",
    { onchange: () => board.setAxis(axis.value) },
    AXES.map(([kind, name]) => h("option", { value: kind }, name)),
  );
  const amount = h("output");
  const smoothing = h("input", {
    type: "range",
    min: 0,
    max: 0.99,
    step: 0.01,
    oninput: () => {
      board.setSmoothing(Number(smoothing.value));
      say();
    },
  });
  const whole = h("button", { type: "button", onclick: () => board.group.setRange(null) }, "Show all");
  const say = () => (amount.textContent = Number(smoothing.value) ? Number(smoothing.value).toFixed(2) : "off");
  const element = h(
    "div.bar.chart-tools",
    { role: "group", aria: { label: "Charts" } },
    h("label", "X axis", axis),
    h("label", "Smoothing", smoothing, amount),
    whole,
    h("span.grow"),
    more,
    h("button", { type: "button", onclick: () => board.pick() }, "Metrics…"),
  );
  return {
    element,
    update() {
      axis.value = board.feed.axis.kind;
      if (document.activeElement !== smoothing) smoothing.value = board.feed.smoothing;
      whole.disabled = !board.feed.range;
      say();
    },
  };
}
