// SPDX-License-Identifier: Apache-2.0
// One end of a chosen range: a slider that is dragged or moved by keys.

import { svg } from "../../core/dom.js";
import { number } from "../../core/format.js";

const steps = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -Infinity,
  End: Infinity };

/**
 * Makes a handle.
 *
 * @param {{name: string, moved: (to: {place?: number, step?: number}, isDone: boolean) => void}} options
 *   `place` in pixels of the picture, or `step` as a share of the whole range; infinite: its end
 */
export function handle({ name, moved }) {
  const bar = svg("line.bar");
  const wide = svg("rect.reach", { width: 28 });
  const knob = svg("rect.knob", { width: 12, height: 28, rx: 4 });
  const element = svg("g.handle", { role: "slider", tabindex: "0", "aria-label": name, "aria-orientation": "horizontal", onkeydown: pressed,
      onpointerdown: take }, wide, bar, knob);

  function pressed(event) {
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    moved({ step: steps[event.key] * (event.shiftKey && event.key.startsWith("Arrow") ? 10 : 1) }, true);
  }

  function take(event) {
    event.preventDefault();
    event.stopPropagation();
    element.focus({ focusVisible: false });
    const picture = element.ownerSVGElement;
    const to = (one, isDone) => moved({ place: one.clientX - picture.getBoundingClientRect().left }, isDone);
    const move = (one) => one.pointerId === event.pointerId && to(one, false);
    const end = (one) => {
      if (one.pointerId !== event.pointerId) return;
      for (const [type, listener] of listeners) removeEventListener(type, listener);
      if (one.type === "pointerup") to(one, true);
    };
    const listeners = [["pointermove", move], ["pointerup", end], ["pointercancel", end]];
    for (const [type, listener] of listeners) addEventListener(type, listener);
    to(event, false);
  }

  return {
    element,
    take,
    place({ x, top, bottom, value, from, to, text }) {
      set(bar, { x1: x, x2: x, y1: top, y2: bottom });
      set(wide, { x: x - 14, y: top, height: bottom - top });
      set(knob, { x: x - 6, y: (top + bottom) / 2 - 14 });
      set(element, { "aria-valuemin": from, "aria-valuemax": to, "aria-valuenow": Number(number(value, 6)), "aria-valuetext": text });
    },
  };
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
