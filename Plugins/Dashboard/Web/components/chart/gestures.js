// SPDX-License-Identifier: Apache-2.0
// How a chart is moved: drag to zoom, wheel, double click and keys.

import { h } from "../../core/dom.js";

/**
 * Listens on the plot of a chart until the returned function is called.
 *
 * @param {HTMLElement} plot takes the focus, too
 * @param {{chart: () => object|null, group: object, near: (x: number, y: number) => string|null}} options `near`: the run whose line is near a place
 */
export function gestures(plot, { chart, group, near }) {
  const stop = new AbortController();
  const on = (name, handler, options) => plot.addEventListener(name, handler, { signal: stop.signal, ...options });
  const frame = h("div.chart-select", { hidden: true });
  plot.append(frame);
  let drag = null;

  const inside = (event) => {
    const area = plot.getBoundingClientRect();
    const place = { x: event.clientX - area.left, y: event.clientY - area.top };
    const { left, width } = chart().box;
    return { ...place, x: Math.max(left, Math.min(left + width, place.x)), isIn: place.x >= left - 2 && place.x <= left + width + 2 };
  };
  on("pointermove", (event) => {
    if (!chart()) return;
    const place = inside(event);
    group.setCursor(place.isIn ? chart().xAt(place.x) : null);
    if (drag) show(place.x);
    else if (event.pointerType === "mouse") group.highlight(near(place.x, place.y));
  });
  on("pointerleave", () => {
    if (drag) return;
    group.setCursor(null);
    group.highlight(null);
  });
  on("pointerdown", (event) => {
    if (event.button || !chart() || event.pointerType === "touch") return;
    drag = inside(event).x;
    plot.setPointerCapture(event.pointerId);
  });
  on("pointerup", (event) => {
    if (drag === null || !chart()) return;
    const [from, to] = [drag, inside(event).x].sort((a, b) => a - b);
    end();
    if (to - from > 6) group.setRange([chart().xAt(from), chart().xAt(to)]);
  });
  on("pointercancel", end);
  on("dblclick", () => group.setRange(null));
  on(
    "wheel",
    (event) => {
      if (!chart() || (!event.ctrlKey && document.activeElement !== plot)) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return group.pan(Math.sign(event.deltaX) * 0.08);
      group.zoom(event.deltaY > 0 ? 1.25 : 0.8, chart().xAt(inside(event).x));
    },
    { passive: false },
  );
  on("keydown", (event) => {
    if (event.target !== plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys(group)[event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key];
    if (!act || !chart()) return;
    event.preventDefault();
    act();
  });

  function show(x) {
    const { top, height } = chart().box;
    frame.hidden = Math.abs(x - drag) <= 6;
    frame.style.left = `${Math.min(x, drag)}px`;
    frame.style.width = `${Math.abs(x - drag)}px`;
    frame.style.top = `${top}px`;
    frame.style.height = `${height}px`;
  }
  function end() {
    drag = null;
    frame.hidden = true;
  }
  return () => stop.abort();
}

function keys(group) {
  const step = (share) => () => {
    const [from, to] = group.seen();
    const next = (group.cursor ?? (share > 0 ? from : to)) + (to - from) * share;
    group.setCursor(Math.max(from, Math.min(to, next)));
  };
  return {
    ArrowLeft: step(-0.01),
    ArrowRight: step(0.01),
    "Shift+ArrowLeft": () => group.pan(-0.2),
    "Shift+ArrowRight": () => group.pan(0.2),
    "+": () => group.zoom(0.5, group.cursor),
    "=": () => group.zoom(0.5, group.cursor),
    "-": () => group.zoom(2, group.cursor),
    0: () => group.setRange(null),
    Home: () => group.setCursor(group.seen()[0]),
    End: () => group.setCursor(group.seen()[1]),
    Escape: () => group.setCursor(null),
  };
}
