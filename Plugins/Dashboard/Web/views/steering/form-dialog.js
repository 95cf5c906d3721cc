// SPDX-License-Identifier: Apache-2.0
// A dialog that does something and stays open until it is done: what was filled in is not lost when the host refuses.

import { openDialog } from "../../components/dialog.js";
import { toast } from "../../components/toast.js";
import { h, replace } from "../../core/dom.js";
import { LetGo } from "./progress.js";

/**
 * Opens the dialog; resolves with what `run` gave, or null when it was closed without.
 *
 * @param {object} what
 * @param {string} what.title
 * @param {Node} what.body
 * @param {string} what.label the verb on the button
 * @param {(place: {follow: (call) => Promise<any>}) => Promise<{text: string, value?: any, action?: object}>} what.run
 *   does it; `follow` shows a `longCall` in the dialog while it lasts. What it throws is shown, and the dialog stays
 * @param {() => string|null} [what.missing] why it cannot be done yet; asked after every change
 * @param {boolean} [what.wide]
 * @param {boolean} [what.danger]
 */
export async function formDialog({ title, body, label, run, missing = () => null, wide = false, danger = false }) {
  const trouble = h("div", { role: "alert" });
  const doing = h("div.dialog-doing");
  const lack = h("p.quiet.small", { role: "status" });
  const content = h("div.steering-form", body, lack, doing, trouble);
  let outcome = null;
  let isBusy = false;
  let button = null;

  const check = () => {
    const reason = missing();
    lack.textContent = reason ?? "";
    if (button && !isBusy) button.disabled = Boolean(reason);
    return reason;
  };
  const follow = (call) => {
    replace(doing, call.element);
    return call.result.finally(() => replace(doing));
  };
  const mark = (busy) => {
    isBusy = busy;
    button?.toggleAttribute("disabled", busy);
    button?.setAttribute("aria-busy", String(busy));
    content.classList.toggle("busy", busy);
  };

  async function accept(value) {
    if (value !== "do") return true;
    if (isBusy || check()) return false;
    mark(true);
    replace(trouble);
    try {
      outcome = await run({ follow });
      return true;
    } catch (error) {
      replace(trouble, h("p", { class: error instanceof LetGo ? "note" : "problem" }, error.message));
      return false;
    } finally {
      mark(false);
    }
  }

  content.addEventListener("input", () => queueMicrotask(check));
  content.addEventListener("change", () => queueMicrotask(check));
  const closed = openDialog({ title, body: content, wide, accept,
      actions: [{ label: "Close", value: null }, { label, value: "do", primary: true, danger }] });
  button = content.closest("dialog").querySelector(".dialog-foot [type=submit]");
  content.recheck = check;
  check();
  await closed;
  if (outcome?.text) toast(outcome.text, { kind: "good", action: outcome.action });
  return outcome?.value ?? null;
}

/** A labelled field: the label above, and what it means below. */
export function field(label, control, hint) {
  const id = `field-${crypto.randomUUID()}`;
  const target = control.matches("input, select, textarea") ? control : control.querySelector("input, select, textarea");
  target.id ||= id;
  const explained = hint ? h("span.quiet.small", { id: `${target.id}-hint` }, hint) : null;
  if (explained) target.setAttribute("aria-describedby", explained.id);
  return h("div.field", h("label", { for: target.id }, label), control, explained);
}

/** One of several, as radio buttons: `{element, value(), set(value)}`. */
export function choice(name, options, value, changed = () => {}) {
  const group = `choice-${crypto.randomUUID()}`;
  const inputs = options.map(({ id }) => h("input",
      { type: "radio", name: group, value: id, checked: id === value, onchange: () => changed(id) }));
  const element = h("fieldset.choice", h("legend", name),
    options.map(({ label, hint }, place) => h("label", inputs[place], h("span", label, hint ? h("span.quiet.small", ` ${hint}`) : null))));
  return {
    element,
    value: () => inputs.find((input) => input.checked)?.value ?? null,
    set(id) {
      for (const input of inputs) input.checked = input.value === id;
      changed(id);
    },
  };
}
