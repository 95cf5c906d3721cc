// SPDX-License-Identifier: Apache-2.0
// Two panes with a handle between them, moved by mouse, finger and arrow keys.

import { h } from "../core/dom.js";
import { remember, remembered } from "../core/settings.js";

/**
 * @param {Node} first
 * @param {Node} second
 * @param {{remember?: string, share?: number, vertical?: boolean, name?: string}} [options] `share` of the first pane, 0.1 to 0.9; `vertical`: one above the other
 * @returns {{element: HTMLElement}}
 */
export function splitter(first, second, { remember: key, share = 0.5, vertical = false, name = "Divide the space" } = {}) {
  const handle = h("div.splitter-handle", { role: "separator", tabindex: "0", aria: { label: name, orientation: vertical ? "horizontal" : "vertical", valuemin: "10", valuemax: "90" } });
  const element = h("div.splitter", { class: vertical ? "vertical" : "" }, h("div.splitter-pane", first), handle, h("div.splitter-pane", second));
  let now = 0.5;

  function set(value, { keep = true } = {}) {
    now = Math.min(0.9, Math.max(0.1, value));
    element.style.setProperty("--first", `${now}fr`);
    element.style.setProperty("--second", `${1 - now}fr`);
    handle.setAttribute("aria-valuenow", String(Math.round(now * 100)));
    if (keep && key) remember(`split.${key}`, now);
  }
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = element.getBoundingClientRect();
    set(vertical ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowUp: -0.02, ArrowRight: 0.02, ArrowDown: 0.02, Home: -1, End: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(now + step);
  });
  set(key ? remembered(`split.${key}`, share) : share, { keep: false });
  return { element };
}
