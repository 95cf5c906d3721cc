// SPDX-License-Identifier: Apache-2.0
// Fields that hold other fields: objects, lists, and a choice between several shapes.

import { h, replace } from "../core/dom.js";
import { labelled } from "./schema-fields.js";
import { jsonField } from "./schema-json.js";

/** The members of an object, those that must be given first. */
export function objectField(schema, place) {
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties).sort((a, b) => required.has(b) - required.has(a));
  const members = names.map((name) => [name, place.field(schema.properties[name], { name, title: name, required: required.has(name), value: place.value?.[name] })]);
  const open = schema.additionalProperties && typeof schema.additionalProperties === "object" ? jsonField({ description: "More members, as JSON." }, { name: "", title: "more", required: false, value: restOf(place.value, names) }, "{}") : null;
  const parts = [...members.map(([, field]) => field.element), open?.element ?? null];
  const element = place.isRoot ? h("div.fields", parts) : h("fieldset", h("legend", schema.title ?? place.title), schema.description ? h("p.field-hint", schema.description) : null, parts);
  const value = () => {
    const entries = members.map(([name, field]) => [name, field.value()]).filter(([, one]) => one !== undefined);
    const all = { ...(open?.value() ?? {}), ...Object.fromEntries(entries) };
    return place.isRoot || place.required || Object.keys(all).length ? all : undefined;
  };
  return { element, value, errors: () => (!place.isRoot && value() === undefined ? [] : [...members.map(([, field]) => field), ...(open ? [open] : [])].flatMap((field) => field.errors())) };
}

function restOf(value, names) {
  const rest = Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !names.includes(name)));
  return Object.keys(rest).length ? rest : undefined;
}

/** A list: lines of a text for plain texts and numbers, check boxes for a few words, else one group an item. */
export function arrayField(schema, place) {
  const { items } = schema;
  if (items.enum && items.enum.length <= 12) return checks(schema, place);
  if (["string", "number", "integer"].includes(items.type) && !items.enum) return textLines(schema, place);
  return groups(schema, place);
}

function textLines(schema, place) {
  const isText = schema.items.type === "string";
  const input = h("textarea", { rows: "3", spellcheck: "false", placeholder: "one a line", value: (place.value ?? []).join("\n") });
  return labelled(schema, place, input, () => {
    const list = input.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!list.length) return { value: place.required ? [] : undefined, problem: problemOfCount(0, schema, place) };
    const value = isText ? list : list.map(Number);
    return { value, problem: value.some(Number.isNaN) ? "each line must be a number" : problemOfCount(list.length, schema, place) };
  });
}

function problemOfCount(length, { minItems, maxItems }, place) {
  if (length === 0 && !place.required) return undefined;
  if (minItems !== undefined && length < minItems) return `at least ${minItems}, one a line`;
  return maxItems !== undefined && length > maxItems ? `at most ${maxItems}` : undefined;
}

function checks(schema, place) {
  const boxes = schema.items.enum.map((one) => [one, h("input", { type: "checkbox", checked: (place.value ?? []).includes(one) })]);
  const fault = h("span.field-error", { role: "alert" });
  const element = h("fieldset.field", h("legend", schema.title ?? place.title), h("div.bar", boxes.map(([one, box]) => h("label", box, String(one)))), schema.description ? h("span.field-hint", schema.description) : null, fault);
  const list = () => boxes.filter(([, box]) => box.checked).map(([one]) => one);
  const problem = () => problemOfCount(list().length, schema, place);
  return { element, value: () => (list().length || place.required ? list() : undefined), errors: () => ((fault.textContent = problem() ?? ""), problem() ? [`${place.title}: ${problem()}`] : []) };
}

function groups(schema, place) {
  const list = [];
  const box = h("div.fields");
  const add = (value) => {
    const field = place.field(schema.items, { name: place.name, title: `${place.title} ${list.length + 1}`, required: true, value });
    const entry = { field, element: h("div.array-item", field.element, h("button.plain.icon", { type: "button", aria: { label: "Take this one out" }, onclick: () => (list.splice(list.indexOf(entry), 1), entry.element.remove()) }, "✕")) };
    list.push(entry);
    box.append(entry.element);
  };
  for (const value of place.value ?? []) add(value);
  const element = h("fieldset", h("legend", schema.title ?? place.title), schema.description ? h("p.field-hint", schema.description) : null, box, h("button", { type: "button", onclick: () => add() }, "Add one"));
  return { element, value: () => (list.length || place.required ? list.map(({ field }) => field.value()) : undefined), errors: () => list.flatMap(({ field }) => field.errors()) };
}

/** Several shapes: one is chosen, then filled. */
export function choiceField(schema, options, place) {
  const possible = options.filter((one) => one.type !== "null");
  if (!possible.every((one) => one.type || one.enum || one.properties)) return jsonField(schema, place, "");
  if (possible.length === 1) return place.field({ description: schema.description, ...possible[0] }, place);
  const holder = h("div.fields");
  let inner = null;
  const input = h("select", possible.map((one, index) => h("option", { value: String(index) }, one.title ?? one.description ?? one.type ?? `shape ${index + 1}`)));
  const fill = () => {
    const option = possible[Number(input.value)];
    inner = place.field(option.properties && !option.type ? { ...option, type: "object" } : option, { ...place, title: "value" });
    replace(holder, inner.element);
  };
  const choice = labelled(schema, { ...place, required: false }, input, () => ({ value: true }));
  input.addEventListener("change", fill);
  input.value = String(Math.max(0, possible.findIndex((one) => fits(place.value, one))));
  fill();
  return { element: h("div.fields.choice", choice.element, holder), value: () => inner.value(), errors: () => inner.errors() };
}

function fits(value, { type }) {
  if (value === undefined || value === null) return false;
  return type === (Array.isArray(value) ? "array" : typeof value) || (type === "integer" && Number.isInteger(value));
}
