// SPDX-License-Identifier: Apache-2.0
// A place with nothing in it yet: says what will be here, and what to do for it.

import { h } from "../core/dom.js";
import { copyButton } from "./copy.js";

/**
 * @param {{title: string, text?: string|Node, command?: string, actions?: Node[]}} what `command`: to type in a terminal
 * @returns {HTMLElement}
 */
export function empty({ title, text, command, actions = [] }) {
  return h("div.empty", h("h2", title), text ? h("p", text) : null, command ? commandLine(command) : null, actions.length ? h("div.bar.centred", actions) : null);
}

/** Lines to type, with a button that copies them. */
export function commandLine(command) {
  return h("div.command-line", h("pre", { tabindex: "0" }, h("code", command)), copyButton(command));
}
