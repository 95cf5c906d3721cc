// SPDX-License-Identifier: Apache-2.0
// Light, dark, or as the system has it.

import { h, replace } from "../core/dom.js";
import { icon } from "./icons.js";

const order = ["system", "light", "dark"];
const key = "jackfield.theme";

/** The theme in force now: "light" or "dark". */
export function theme() {
  return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** A button that goes round the three. It tells the page by the event "themechange" of the document. */
export function themeButton() {
  const button = h("button.plain.icon", { type: "button", onclick: () => choose(order[(order.indexOf(chosen()) + 1) % order.length]) });
  const show = () => {
    replace(button, icon(chosen()));
    button.title = `Theme: ${chosen()}`;
    button.setAttribute("aria-label", `Theme: ${chosen()}; change it`);
  };
  function choose(name) {
    try {
      localStorage.setItem(key, name);
    } catch {
      // It lasts for this page.
    }
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    show();
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));
  show();
  return button;
}

function chosen() {
  return document.documentElement.dataset.theme ?? "system";
}
