// SPDX-License-Identifier: Apache-2.0
// The scroll bar of a whole log, of which the page holds only a part: where one reads, and a way to anywhere.

import { h } from "../../core/dom.js";
import { time } from "../../core/format.js";

/**
 * A scroll bar over the ids of the first and the last line.
 *
 * @param {{controls: HTMLElement, jump: (part: number) => void}} options `jump` is given 0 (the first line) to 1 (the end)
 * @returns {{element: HTMLElement, place(part: number, size: number, seconds?: number): void}}
 */
export function logRail({ controls, jump }) {
  controls.id ||= `log-${crypto.randomUUID()}`;
  const thumb = h("div.lg-thumb");
  const element = h(
    "div.lg-rail",
    {
      role: "scrollbar", tabindex: "-1", title: "Drag to any place of the log",
      aria: { controls: controls.id, orientation: "vertical", valuemin: "0", valuemax: "100", valuenow: "100", label: "Place in the log" },
    },
    thumb,
  );
  let isDragging = false;
  let timer = null;
  let height = 1;

  const partOf = (event) => {
    const box = element.getBoundingClientRect();
    const usable = Math.max(1, box.height - height);
    return Math.min(1, Math.max(0, (event.clientY - box.top - height / 2) / usable));
  };
  const move = (event) => {
    const part = partOf(event);
    put(part);
    clearTimeout(timer);
    timer = setTimeout(() => jump(part), 80);
  };
  element.addEventListener("pointerdown", (event) => {
    isDragging = true;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(event);
  });
  element.addEventListener("pointermove", (event) => isDragging && move(event));
  element.addEventListener("pointerup", () => (isDragging = false));
  element.addEventListener("pointercancel", () => (isDragging = false));

  function put(part) {
    const usable = Math.max(0, element.clientHeight - height);
    thumb.style.setProperty("transform", `translateY(${Math.round(part * usable)}px)`);
  }

  return {
    element,
    place(part, size, seconds) {
      if (isDragging) return;
      height = Math.max(24, Math.min(1, size) * element.clientHeight);
      thumb.style.setProperty("height", `${height}px`);
      thumb.hidden = size >= 1;
      put(Number.isFinite(part) ? part : 1);
      element.setAttribute("aria-valuenow", String(Math.round(100 * (part || 0))));
      element.setAttribute("aria-valuetext", seconds ? time(seconds) : "");
    },
  };
}
