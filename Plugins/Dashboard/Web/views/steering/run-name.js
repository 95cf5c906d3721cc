// SPDX-License-Identifier: Apache-2.0
// A field for a new run's name: proposes the next number, and says at once when a name is taken.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";

/**
 * @param {"fork"|"merge"} prefix
 * @param {() => void} changed
 * @returns {Promise<{element: HTMLInputElement, hint: string, value: () => string, missing: () => string|null, unmount: () => void}>}
 */
export async function runName(prefix, changed) {
  let proposed = "";
  let isTaken = false;
  let timer = null;
  try {
    const { counters } = await call("runs.names", { prefixes: [prefix] });
    proposed = `${prefix}${(counters[prefix] ?? 0) + 1}`;
  } catch {
    proposed = "";
  }
  const element = h("input", { type: "text", maxlength: "120", value: proposed, spellcheck: "false", autocomplete: "off", oninput: () => {
    clearTimeout(timer);
    isTaken = false;
    timer = setTimeout(check, 250);
  } });

  async function check() {
    const name = element.value.trim();
    if (!name) return;
    try {
      const { taken } = await call("runs.names", { names: [name] });
      isTaken = element.value.trim() === name && taken.includes(name);
    } catch {
      isTaken = false;
    }
    element.setAttribute("aria-invalid", String(isTaken));
    changed();
  }

  return {
    element,
    hint: "letters, digits, dot, dash and underscore; the trainer turns others into a dash",
    value: () => element.value.trim() || proposed,
    missing: () => (isTaken ? `there is a run '${element.value.trim()}' already; choose another name` : element.value.trim() ? null
      : "give the new run a name"),
    unmount: () => clearTimeout(timer),
  };
}
