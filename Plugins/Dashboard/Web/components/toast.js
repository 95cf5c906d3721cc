// SPDX-License-Identifier: Apache-2.0
// Short words at the edge of the page: what an action did, what went wrong, what just happened.

import { h } from "../core/dom.js";

const most = 5;
const names = { good: "Done", bad: "Problem", warn: "Warning", info: "Note" };
const shown = new Map();
let region = null;

/**
 * Says something for a while. Problems stay until they are closed. The same words again are counted, not repeated.
 *
 * @param {string} text
 * @param {{kind?: "good"|"bad"|"warn"|"info", action?: {label: string, run: () => void}, source?: string}} [options] `source`: who says it
 * @returns {() => void} takes it away
 */
export function toast(text, { kind = "info", action, source } = {}) {
  const key = `${kind} ${source ?? ""} ${text}`;
  const known = shown.get(key);
  if (known) return known.again();
  const item = make(text, kind, action, source, key);
  shown.set(key, item);
  place().append(item.element);
  for (const old of [...shown.values()].slice(0, Math.max(0, shown.size - most))) old.close();
  return item.close;
}

/** Says what failed, in its own words. */
export function problem(error, prefix) {
  if (error?.name === "AbortError") return () => {};
  return toast(prefix ? `${prefix}: ${error.message}` : error.message, { kind: "bad" });
}

function make(text, kind, action, source, key) {
  let times = 1;
  let timer = null;
  const count = h("span.toast-count", { hidden: true });
  const close = () => {
    clearTimeout(timer);
    shown.delete(key);
    element.remove();
    if (!shown.size) region?.hidePopover?.();
  };
  const wait = () => {
    clearTimeout(timer);
    if (kind !== "bad") timer = setTimeout(close, 5000 + 60 * text.length);
  };
  const element = h("div.toast", { class: kind, role: kind === "bad" ? "alert" : "status", onpointerenter: () => clearTimeout(timer), onpointerleave: wait, onfocusin: () => clearTimeout(timer), onfocusout: wait },
    h("div.toast-text", h("span.toast-kind", source ? `${names[kind]} · ${source}` : names[kind]), h("span", text), count),
    action ? h("button", { type: "button", onclick: () => (close(), action.run()) }, action.label) : null,
    h("button.plain.icon", { type: "button", aria: { label: "Close this message" }, onclick: close }, "✕"));
  wait();
  const again = () => {
    count.textContent = `× ${++times}`;
    count.hidden = false;
    wait();
    return close;
  };
  return { element, close, again };
}

/** The region stands in the top layer, so that messages are seen over a dialog, too. */
function place() {
  region ??= h("section.toasts", { popover: "manual", aria: { label: "Messages", live: "polite" } });
  if (!region.isConnected) document.body.append(region);
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
  return region;
}
