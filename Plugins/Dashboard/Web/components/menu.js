// SPDX-License-Identifier: Apache-2.0
// A button with a menu of actions.

import { h, replace } from "../core/dom.js";
import { problem, toast } from "./toast.js";

/**
 * @param {string|Node} label
 * @param {{label: string, run: () => (void|string|Promise<void|string>), disabled?: boolean, danger?: boolean, hint?: string}[] | (() => object[])} items a function is
 *   asked whenever the menu opens
 * @param {{name?: string, plain?: boolean}} [options]
 * @returns {HTMLButtonElement}
 */
export function menuButton(label, items, { name, plain = false } = {}) {
  const menu = h("div.menu", { popover: "auto", role: "menu", onkeydown });
  const button = h("button.menu-button", { type: "button", class: plain ? "plain" : "", aria: { haspopup: "menu", expanded: "false", ...(name ? { label: name } : {}) }, onclick: () => open(), onkeydown: (event) => event.key === "ArrowDown" && (event.preventDefault(), open()) }, label);
  menu.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    if (newState === "closed") menu.remove();
  });

  function open() {
    if (menu.isConnected) return menu.hidePopover();
    const list = typeof items === "function" ? items() : items;
    replace(menu, list.map(itemOf));
    button.after(menu);
    menu.showPopover();
    place(menu, button);
    menu.querySelector("button:not(:disabled)")?.focus();
  }
  function itemOf({ label: text, run, disabled, danger, hint }) {
    return h("button.plain", { type: "button", role: "menuitem", class: danger ? "danger" : "", disabled, title: hint, tabindex: "-1", onclick: () => (shut(), doIt(run)) }, text);
  }
  function shut() {
    if (menu.isConnected) menu.hidePopover();
    button.focus();
  }
  function onkeydown(event) {
    const all = [...menu.querySelectorAll("button:not(:disabled)")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") shut();
    else if (to === undefined) return;
    else all[to % all.length].focus();
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }
  return button;
}

async function doIt(run) {
  try {
    const text = await run();
    if (typeof text === "string" && text) toast(text, { kind: "good" });
  } catch (error) {
    problem(error);
  }
}

/** Puts a popover below its button, or above when there is no room, never outside the window. */
export function place(popover, button) {
  const at = button.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const isAbove = at.bottom + size.height + 4 > innerHeight && at.top > size.height;
  popover.style.top = `${isAbove ? at.top - size.height - 4 : at.bottom + 4}px`;
  popover.style.left = `${Math.max(4, Math.min(at.left, innerWidth - size.width - 4))}px`;
}
