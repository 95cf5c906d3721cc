// SPDX-License-Identifier: Apache-2.0
// One field for one schema: {element, value(), errors()}. Undefined means "nothing was said".

import { h } from "../core/dom.js";
import { jsonField } from "./schema-json.js";
import { arrayField, choiceField, objectField } from "./schema-groups.js";
import { problemsOfText } from "./schema-check.js";

let counter = 0;

/** @param {object} schema @param {{name: string, title: string, required: boolean, value: any, isRoot?: boolean}} place */
export function fieldOf(schema, place) {
  const value = place.value !== undefined ? place.value : schema.default;
  const here = { ...place, value, field: fieldOf };
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (schema.const !== undefined) return constant(schema.const);
  if (schema.enum) return enumField(schema, here);
  const options = schema.oneOf ?? schema.anyOf;
  if (options) return options.every((one) => one.const !== undefined) ? enumField({ ...schema, enum: options.map((one) => one.const), labels: options.map((one) => one.title ?? one.description) }, here) : choiceField(schema, options, here);
  if (type === "object") return schema.properties ? objectField(schema, here) : jsonField(schema, here, "{}");
  if (type === "array") return schema.items?.type || schema.items?.enum ? arrayField(schema, here) : jsonField(schema, here, "[]");
  if (type === "boolean") return booleanField(schema, here);
  if (type === "number" || type === "integer") return numberField(schema, here, type === "integer");
  if (type === "string") return textField(schema, here);
  return jsonField(schema, here, "");
}

function constant(value) {
  return { element: h("span.hidden-name"), value: () => value, errors: () => [] };
}

/** A label, the field, what it means, and what is wrong with it. */
export function labelled(schema, place, input, read) {
  const id = `field-${++counter}`;
  input.id = id;
  const fault = h("span.field-error", { id: `${id}-error`, role: "alert" });
  const hint = schema.description ? h("span.field-hint", { id: `${id}-hint` }, schema.description) : null;
  input.setAttribute("aria-describedby", [hint ? hint.id : "", fault.id].filter(Boolean).join(" "));
  if (place.required) input.setAttribute("aria-required", "true");
  const name = h("label", { for: id }, schema.title ?? place.title, place.required ? h("span.required", { title: "must be given" }, " *") : null);
  const element = h("div.field", name, input, hint, fault);
  const errors = () => {
    const { value, problem } = read();
    const text = problem ?? (value === undefined && place.required ? "must be given" : undefined);
    fault.textContent = text ?? "";
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
    return text ? [`${place.title}: ${text}`] : [];
  };
  input.addEventListener("change", errors);
  // What was put right is told at once: were it told on leaving, the button one is about to click would move away.
  input.addEventListener("input", () => fault.textContent && errors());
  return { element, value: () => read().value, errors };
}

function textField(schema, place) {
  const isLong = schema.format === "textarea" || schema.contentMediaType !== undefined || String(place.value ?? "").includes("\n") || /^(code|text|body|source|script)$/.test(place.name);
  const types = { email: "email", uri: "url", url: "url", date: "date", time: "time", "date-time": "datetime-local", password: "password" };
  const type = schema.writeOnly ? "password" : (types[schema.format] ?? "text");
  const input = isLong ? h("textarea", { rows: "4", spellcheck: "false", value: place.value ?? "" }) : h("input", { type, value: place.value ?? "", autocomplete: "off", spellcheck: "false", list: null, placeholder: schema.examples?.[0] });
  return labelled(schema, place, input, () => {
    const text = input.value;
    if (text === "" && !(place.required && schema.minLength === 0)) return { value: undefined };
    return { value: schema.format === "date-time" ? new Date(text).toISOString() : text, problem: problemsOfText(text, schema) };
  });
}

function numberField(schema, place, isWhole) {
  const input = h("input", { type: "text", inputmode: isWhole ? "numeric" : "decimal", value: place.value ?? "", autocomplete: "off", placeholder: range(schema) });
  return labelled(schema, place, input, () => {
    const text = input.value.trim();
    if (text === "") return { value: undefined };
    const value = Number(text);
    return { value, problem: problemOfNumber(value, schema, isWhole) };
  });
}

function problemOfNumber(value, { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }, isWhole) {
  if (Number.isNaN(value)) return "must be a number";
  if (isWhole && !Number.isSafeInteger(value)) return "must be a whole number";
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `must be more than ${exclusiveMinimum}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return `must be less than ${exclusiveMaximum}`;
  if (multipleOf && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9) return `must be a multiple of ${multipleOf}`;
  return undefined;
}

function range({ minimum, maximum }) {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return minimum !== undefined ? `from ${minimum}` : maximum !== undefined ? `up to ${maximum}` : null;
}

function booleanField(schema, place) {
  if (place.required || place.value !== undefined) {
    const input = h("input", { type: "checkbox", checked: place.value === true });
    const field = labelled(schema, { ...place, required: false }, input, () => ({ value: input.checked }));
    field.element.classList.add("field-check");
    return field;
  }
  return enumField({ ...schema, enum: [true, false], labels: ["yes", "no"] }, place);
}

function enumField(schema, place) {
  const labels = schema.enum.map((one, index) => schema.labels?.[index] ?? (one === null ? "nothing" : String(one)));
  const at = schema.enum.findIndex((one) => JSON.stringify(one) === JSON.stringify(place.value));
  const input = h("select", h("option", { value: "-1", selected: at < 0 }, place.required ? "choose" : "–"), labels.map((label, index) => h("option", { value: String(index), selected: index === at }, label)));
  return labelled(schema, place, input, () => ({ value: schema.enum[Number(input.value)] }));
}
