// SPDX-License-Identifier: Apache-2.0
// Dialogs: modal, named by their title, closed by Escape; the focus goes back to where it was.

import { h } from "../core/dom.js";

let counter = 0;

/**
 * Opens a dialog; resolves with the value of the action that was chosen, or null when it was closed without.
 *
 * @param {{title: string, body: Node, actions?: {label: string, value: any, primary?: boolean, danger?: boolean}[], wide?: boolean,
 *   accept?: (value: any) => boolean|Promise<boolean>, signal?: AbortSignal, kind?: string}} what
 *   `accept`: false keeps the dialog open, to say what is missing; `signal` closes it with null; `kind`: a class of its own
 */
export function openDialog({ title, body, actions = [], wide = false, accept, signal, kind }) {
  const id = `dialog-${++counter}`;
  const { promise, resolve } = Promise.withResolvers();
  let answer = null;
  const choose = async (value) => {
    if (accept && !(await accept(value))) return;
    answer = value;
    dialog.close();
  };
  const primary = actions.find((action) => action.primary);
  const content = h("form.dialog-content", {
    onsubmit: (event) => {
      event.preventDefault();
      if (primary) choose(primary.value);
    },
  }, h("header.dialog-head", h("h2", { id }, title), h("button.plain.icon", { type: "button", aria: { label: "Close" }, onclick: () => dialog.close() }, "✕")),
    h("div.dialog-body", body),
    actions.length ? h("footer.dialog-foot", actions.map((action) => actionOf(action, choose))) : null);
  const dialog = h("dialog", { class: [wide ? "wide" : "", kind ?? ""].join(" "), aria: { labelledby: id } }, content);
  const close = () => dialog.close();
  signal?.addEventListener("abort", close, { once: true });
  dialog.addEventListener("close", () => {
    signal?.removeEventListener("abort", close);
    dialog.remove();
    resolve(answer);
  });
  document.body.append(dialog);
  dialog.showModal();
  firstField(dialog)?.focus();
  if (signal?.aborted) close();
  return promise;
}

/**
 * Asks whether something shall be done, and says what it will do.
 *
 * @param {{title: string, text?: string, details?: Node, action: string, danger?: boolean}} what `action` is the verb on the button
 * @returns {Promise<boolean>}
 */
export async function confirm({ title, text, details, action, danger = false }) {
  const body = h("div", text ? h("p", text) : null, details ?? null);
  return (await openDialog({ title, body, actions: [{ label: "Cancel", value: false }, { label: action, value: true, primary: true, danger }] })) === true;
}

function actionOf({ label, value, primary, danger }, choose) {
  const kinds = [primary ? "primary" : "", danger ? "danger" : ""].join(" ");
  return h("button", { type: primary ? "submit" : "button", class: kinds, onclick: primary ? null : () => choose(value) }, label);
}

/** Where one begins: the first field, else the safest button. */
function firstField(dialog) {
  return dialog.querySelector(".dialog-body :is(input, select, textarea):not([type=hidden], :disabled)") ?? dialog.querySelector(".dialog-foot button") ?? dialog.querySelector("button");
}
