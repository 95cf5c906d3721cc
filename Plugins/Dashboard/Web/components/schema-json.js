// SPDX-License-Identifier: Apache-2.0
// A field for anything: JSON as text.

import { h } from "../core/dom.js";
import { labelled } from "./schema-fields.js";

/** @param {string} example what stands in the empty field */
export function jsonField(schema, place, example) {
  const text = place.value === undefined ? "" : JSON.stringify(place.value, null, 2);
  const input = h("textarea.mono", { rows: String(Math.min(12, Math.max(2, text.split("\n").length))), spellcheck: "false", placeholder: `JSON${example ? `, such as ${example}` : ""}`, value: text });
  return labelled(schema, place, input, () => {
    if (!input.value.trim()) return { value: undefined };
    try {
      return { value: JSON.parse(input.value), problem: undefined };
    } catch (error) {
      return { value: undefined, problem: `is not JSON: ${error.message}` };
    }
  });
}
