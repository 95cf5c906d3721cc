// SPDX-License-Identifier: Apache-2.0
// A button that copies a text.

import { h } from "../core/dom.js";
import { toast } from "./toast.js";

/** @param {string|(() => string)} text @param {{label?: string, name?: string}} [options] */
export function copyButton(text, { label = "Copy", name } = {}) {
  return h("button.plain.copy", { type: "button", aria: name ? { label: name } : {}, onclick: async () => {
    const isCopied = await copy(typeof text === "function" ? text() : text);
    toast(isCopied ? "Copied." : "This browser does not let the page copy; select the text instead.", { kind: isCopied ? "good" : "warn" });
  } }, label);
}

/** Copies; on a plain http address that is not loopback browsers hide the clipboard, the old way still works. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea.hidden-name", { value: text, readonly: true });
    (document.querySelector("dialog:modal") ?? document.body).append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}
