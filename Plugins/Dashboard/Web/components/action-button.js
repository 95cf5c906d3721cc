// SPDX-License-Identifier: Apache-2.0
// A button that does something on the host: busy while it lasts, and says what came of it.

import { h } from "../core/dom.js";
import { confirm } from "./dialog.js";
import { problem, toast } from "./toast.js";

/**
 * Makes the button.
 *
 * @param {string|Node} label
 * @param {() => Promise<string|void>} run what it does; the text it gives is said, its error, too
 * @param {{confirm?: object|(() => object), primary?: boolean, danger?: boolean, plain?: boolean, disabled?: boolean, hint?: string, name?: string}} [options]
 *   `confirm`: what is asked before, as for `confirm()` of dialog.js; `name`: for who cannot see the label
 * @returns {HTMLButtonElement}
 */
export function actionButton(label, run, { confirm: question, primary, danger, plain, disabled, hint, name } = {}) {
  const kinds = [primary ? "primary" : "", danger ? "danger" : "", plain ? "plain" : ""].join(" ");
  const button = h("button", { type: "button", class: kinds, disabled, title: hint, aria: name ? { label: name } : {} }, label);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    if (question && !(await confirm({ danger, ...(typeof question === "function" ? question() : question) }))) return;
    await busy(button, run);
  });
  return button;
}

/** Runs it with the button marked as busy. A busy button keeps the focus; clicks on it are nothing. */
async function busy(button, run) {
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  try {
    const text = await run();
    if (typeof text === "string" && text) toast(text, { kind: "good" });
  } catch (error) {
    problem(error);
  } finally {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}
