// SPDX-License-Identifier: Apache-2.0
// One line of a log: when, how grave (a mark and a word), where from, and its text as text.

import { h } from "../../core/dom.js";
import { time } from "../../core/format.js";
import { href } from "../../core/route.js";
import { ansiText } from "../results/output/ansi.js";
import { plainText, safeText } from "../results/output/safe-text.js";
import { stepHref } from "./step-link.js";

const marks = { debug: "·", info: "○", warn: "▲", warning: "▲", error: "✕", critical: "✕" };
const kinds = { warn: "warn", warning: "warn", error: "bad", critical: "bad", debug: "faint" };
const clock = new Intl.DateTimeFormat(
  undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" },
);
const longest = 20_000;

/** A time of day to the millisecond, in the reader's zone. */
export const stamp = (seconds) => (Number.isFinite(seconds) ? clock.format(seconds * 1000) : "–");

/**
 * A line as an element.
 *
 * @param {object} line as runs.logs gives it
 * @param {{words: string[], showsRun: boolean, choose: (id: number) => void}} options `words` are marked where the host did not mark
 */
export function logLine(line, { words, showsRun, choose }) {
  const level = plainText(line.level ?? "info");
  const step = stepOf(line.text);
  return h("div.lg-line", { class: kinds[level] ? `lg-${kinds[level]}` : "", dataset: { id: line.id } },
    h(
      "button.lg-time.plain",
      { type: "button", tabindex: "-1", title: `${time(line.ts)}; click for a link to this line`, onclick: () => choose(line.id) },
      stamp(line.ts),
    ),
    h("span.lg-level", h("span", { aria: { hidden: "true" } }, marks[level] ?? "○"), ` ${level}`),
    showsRun ? h(
      "a.lg-run", { href: href(["runs", line.run ?? ""]), title: plainText(line.run ?? ""), tabindex: "-1" }, safeText(line.run ?? ""),
    ) : null,
    line.phase ? h("span.lg-phase", safeText(line.phase)) : null,
    h("span.lg-text", { dir: "auto" }, textOf(line, words)),
    step !== null && line.run ? h(
      "a.lg-step", { href: stepHref(line.run, step), tabindex: "-1", title: `Show step ${step} in the charts` }, "↗ chart",
    ) : null);
}

function stepOf(text) {
  const found = /\bstep[ :=]+(\d{1,15})\b/i.exec(text);
  return found ? Number(found[1]) : null;
}

function textOf({ text, marks: found }, words) {
  const shown = text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
  if (shown.includes("\u001b")) return ansiText(shown);
  const places = found ?? placesOf(shown, words);
  if (!places.length) return safeText(shown);
  const parts = [];
  let from = 0;
  for (const [start, length] of places) {
    if (start < from || start >= shown.length) continue;
    parts.push(...safeText(shown.slice(from, start)), h("mark", safeText(shown.slice(start, start + length))));
    from = start + length;
  }
  parts.push(...safeText(shown.slice(from)));
  return parts;
}

function placesOf(text, words) {
  if (!words.length) return [];
  const low = text.toLowerCase();
  // A character whose small letter is longer would move all that follows.
  if (low.length !== text.length) return [];
  const places = [];
  for (const word of words) for (let at = low.indexOf(word); at >= 0 && places.length < 100; at = low.indexOf(word, at + word.length)) places.push([at, word.length]);
  return places.sort(([a], [b]) => a - b);
}

/** The words of a query as the host reads it: word, "several words", beginning*. */
export function wordsOf(query) {
  return [...query.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => (phrase ?? word.replace(/\*$/, "")).toLowerCase()).filter(Boolean);
}

/** A line as plain text, to copy or keep. */
export function lineText({ ts, level, phase, run, text }, showsRun) {
  return [new Date(ts * 1000).toISOString(), level, showsRun ? run : null, phase ? `[${phase}]` : null, text].filter(Boolean).join(" ");
}
