// SPDX-License-Identifier: Apache-2.0
// A JSON value as a tree that is unfolded by need.

import { h } from "../../../core/dom.js";
import { safeText } from "./safe-text.js";

const atOnce = 100;
const longest = 2000;

/** The value as a tree; the first level is open. */
export function jsonTree(value) {
  return h("div.out-json", node(null, value, true));
}

function node(name, value, isOpen = false) {
  const label = name === null ? [] : [h("span.out-json-key", safeText(String(name))), ": "];
  if (value === null || typeof value !== "object") return h("div.out-json-leaf", label, leaf(value));
  const isList = Array.isArray(value);
  const keys = isList ? null : Object.keys(value);
  const size = isList ? value.length : keys.length;
  const words = isList ? `[${size}]` : `{${size}}`;
  if (!size) return h("div.out-json-leaf", label, isList ? "[]" : "{}");
  const body = h("div.out-json-body");
  const details = h("details", { open: isOpen }, h("summary", label, h("span.quiet", words)), body);
  const fill = () => body.childElementCount || addSome(
    body, size, (index) => (isList ? node(index, value[index]) : node(keys[index], value[keys[index]])),
  );
  if (isOpen) fill();
  details.addEventListener("toggle", () => details.open && fill());
  return details;
}

function addSome(body, size, at, from = 0) {
  const to = Math.min(size, from + atOnce);
  for (let index = from; index < to; index++) body.append(at(index));
  if (to === size) return;
  const more = h(
    "button.plain.small", { type: "button", onclick: () => (more.remove(), addSome(body, size, at, to)) },
    `Show ${Math.min(atOnce, size - to)} of ${size - to} more`,
  );
  body.append(more);
}

function leaf(value) {
  if (typeof value !== "string") return h("span.out-json-value", String(value));
  const text = value.length > longest ? `${value.slice(0, longest)}… (${value.length} characters)` : value;
  return h("span.out-json-text", "\"", safeText(text), "\"");
}
