// SPDX-License-Identifier: Apache-2.0
// Keys of the whole page and of the view that is shown. `?` lists them.

const groups = new Map();
let pending = "";
let timer = null;

/**
 * Gives keys their meaning until the returned function is called.
 *
 * @param {string} group the heading in the list, such as "Runs"
 * @param {{keys: string, does: string, action: (event: KeyboardEvent) => void, when?: () => boolean}[]} list `keys` as "j", "Shift+M", "Ctrl+K" or, one
 *   after the other, "g r"; `does` is said in the list. Later groups go before earlier ones
 */
export function bind(group, list) {
  const token = { group, list };
  groups.set(token, token);
  return () => groups.delete(token);
}

/** All that is bound: `[{group, list}]`, in the order they came. */
export function bound() {
  return [...groups.values()];
}

function nameOf(event) {
  const name = event.key === " " ? "Space" : event.key;
  const isLetter = name.length === 1;
  return [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    event.shiftKey && (!isLetter || /[a-z]/i.test(name)) ? "Shift+" : "",
    isLetter ? (event.shiftKey || event.ctrlKey || event.metaKey ? name.toUpperCase() : name) : name,
  ].join("");
}

function isTyping(event) {
  const element = event.composedPath()[0];
  return element instanceof Element && element.closest("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const name = nameOf(event);
  if (isTyping(event) && !name.startsWith("Ctrl+") && name !== "Escape") return;
  if (document.querySelector("dialog:modal") && name !== "Ctrl+K") return;
  const wanted = pending ? `${pending} ${name}` : name;
  clearTimeout(timer);
  pending = "";
  const all = bound().reverse().flatMap(({ list }) => list).filter(({ when }) => !when || when());
  const found = all.find(({ keys }) => keys === wanted);
  if (found) {
    event.preventDefault();
    found.action(event);
  } else if (all.some(({ keys }) => keys.startsWith(`${wanted} `))) {
    pending = wanted;
    timer = setTimeout(() => (pending = ""), 1500);
  }
});
