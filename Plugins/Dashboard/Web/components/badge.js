// SPDX-License-Identifier: Apache-2.0
// A state as a word with a mark: the colour only repeats what the word says.

import { h } from "../core/dom.js";

const kinds = {
  good: ["active", "running", "ready", "idle", "ok", "done", "completed", "finished", "succeeded", "healthy", "connected", "healed", "allow", "allowed", "answered", "training"],
  info: ["busy", "starting", "pending", "waiting", "queued", "paused", "testing", "resuming", "reading", "asked", "connecting", "info"],
  warn: ["warning", "warn", "stale", "lost", "silent", "interrupted", "stopped", "cancelled", "canceled", "quarantined", "degraded", "restarting", "expired", "withdrawn", "disconnected", "orphaned"],
  bad: ["failed", "error", "crashed", "refused", "dead", "critical", "denied", "deny", "diverged", "killed", "problem", "timeout"],
};
const kindOf = new Map(Object.entries(kinds).flatMap(([kind, words]) => words.map((word) => [word, kind])));

/** @param {string} word a state, as commands tell it @param {string} [text] what is shown, when not the word itself */
export function stateBadge(word, text) {
  const name = String(word ?? "unknown");
  return h("span.badge", { class: kindOf.get(name.toLowerCase()) ?? "" }, (text ?? name).replaceAll("_", " "));
}
