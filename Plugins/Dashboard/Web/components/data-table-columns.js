// SPDX-License-Identifier: Apache-2.0
// Which columns a table shows: a small sheet of check boxes behind the button at the end of the head.

import { h, replace } from "../core/dom.js";
import { place } from "./menu.js";

/** @param {{columns: object[], visible: Object<string, boolean>}} state of the table @param {() => void} changed */
export function columnMenu(state, changed) {
  const sheet = h("div.menu.columns", { popover: "auto", role: "group", aria: { label: "Columns" } });
  const button = h("button.plain.icon.column-button", { type: "button", title: "Choose columns", aria: { label: "Choose columns", expanded: "false" }, onclick: () => {
    replace(sheet, state.columns.map(({ id, title, hidden }) => h("label", h("input", { type: "checkbox", checked: state.visible[id] ?? !hidden, onchange: ({ target }) => (state.visible[id] = target.checked) }), title)));
    document.body.append(sheet);
    sheet.showPopover();
    place(sheet, button);
    sheet.querySelector("input")?.focus();
  } }, "⋯");
  sheet.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    if (newState !== "closed") return;
    sheet.remove();
    changed();
  });
  return button;
}
