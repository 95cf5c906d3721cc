// SPDX-License-Identifier: Apache-2.0
// What checks and alerts are called, and how their verdicts are shown.

import { h } from "../../core/dom.js";
import { bytes, count, duration, number } from "../../core/format.js";
import { plainText } from "../results/output/safe-text.js";

/** The checks in the order they are shown, each with a name and what it looks at. */
export const checks = [
  { id: "dist", name: "Distribution", about: "Do all ranks hold the same parameters?" },
  { id: "throughput", name: "Throughput", about: "How long does a forward pass take?" },
  { id: "activations", name: "Activations", about: "Are layers dead or saturated?" },
  { id: "numerics", name: "Numerics", about: "Is a parameter NaN or infinite?" },
  { id: "determinism", name: "Determinism", about: "Does the training go on as if it had not been paused?" },
];

const kinds = { ok: "good", warning: "warn", failed: "bad", error: "bad", info: "info" };
const words = { ok: "ok", warning: "warning", failed: "failed", error: "could not be made" };
const severities = { info: "info", warning: "warning", error: "error" };

/** A check's verdict as a word with a mark. */
export const verdictBadge = (verdict) => h(
  "span.badge", { class: kinds[verdict] ?? "" }, words[verdict] ?? (verdict ? plainText(verdict) : "never made"),
);

/** An alert's severity as a word with a mark. */
export const severityBadge = (severity) => h("span.badge", { class: kinds[severity] ?? "" }, severities[severity] ?? plainText(severity));

/** "gradient_explosion" as "Gradient explosion". */
export function sentenceCase(name) {
  const text = plainText(name).replaceAll("_", " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function listText(values) {
  if (!values.length || values.some((one) => typeof one === "object")) return `${count(values.length)} entries`;
  const more = values.length > 8 ? ` and ${values.length - 8} more` : "";
  return plainText(values.slice(0, 8).map((one) => fieldText("", one)).join(", ")) + more;
}

/** A field's value in few words, by what its name says of its unit. */
export function fieldText(name, value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return listText(value);
  if (typeof value === "object") return `${count(Object.keys(value).length)} entries`;
  if (typeof value !== "number") return plainText(String(value)).slice(0, 300);
  if (/bytes$/i.test(name)) return bytes(value);
  if (/seconds$/i.test(name)) return duration(value);
  return Number.isInteger(value) ? count(value) : number(value);
}
