// SPDX-License-Identifier: Apache-2.0
// A form made from a JSON Schema. What cannot be said by fields is written as JSON.

import { h } from "../core/dom.js";
import { fieldOf } from "./schema-fields.js";

/**
 * @param {object} schema of an object; anything else becomes one field
 * @param {any} [values] what stands in it in the beginning, before the schema's defaults
 * @returns {{element: HTMLElement, value: () => any, errors: () => string[], focus: () => void}} `value` leaves out what was left empty and is not required;
 *   `errors` marks the fields, too
 */
export function schemaForm(schema, values) {
  const root = isFormOf(schema) ? schema : { type: "object", ...(schema ?? {}) };
  const field = fieldOf(root, { name: "", title: root.title ?? "Input", required: true, value: values, isRoot: true });
  return {
    element: h("div.schema-form", field.element),
    value: () => field.value() ?? (root.type === "object" ? {} : undefined),
    errors: () => field.errors(),
    focus: () => field.element.querySelector("input, select, textarea, button")?.focus(),
  };
}

function isFormOf(schema) {
  return schema && (schema.type !== undefined || schema.enum || schema.oneOf || schema.anyOf || schema.const !== undefined);
}
