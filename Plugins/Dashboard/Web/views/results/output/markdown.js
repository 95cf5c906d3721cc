// SPDX-License-Identifier: Apache-2.0
// Markdown with light formatting: headings, lists, quotes, code, emphasis, tables and links to http and https. HTML in it stays text.

import { h } from "../../../core/dom.js";
import { safeText } from "./safe-text.js";

const mostCharacters = 200_000;

/** A Markdown text as elements. What is not known, and all of a very long one, is shown as it stands. */
export function markdown(text) {
  if (text.length > mostCharacters) return h("pre.out-text", safeText(text));
  const lines = text.split(/\r?\n/);
  const blocks = [];
  while (lines.length) {
    const block = lines[0].trim() ? nextBlock(lines) : (lines.shift(), null);
    if (block) blocks.push(block);
  }
  return h("div.out-markdown", { dir: "auto" }, blocks);
}

const starts = /^(#{1,6}\s|```|~~~|>|\s*[-*+]\s|\s*\d{1,9}[.)]\s|(?:\s*[-*_]){3,}\s*$|\$\$)/;

function nextBlock(lines) {
  const line = lines[0];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return lines.shift(), h(`h${Math.min(6, heading[1].length + 2)}`, inline(heading[2]));
  if (/^(```|~~~)/.test(line)) return fenced(lines);
  if (line.startsWith("$$")) return formula(lines);
  if (/^(?:\s*[-*_]){3,}\s*$/.test(line)) return lines.shift(), h("hr");
  if (line.startsWith(">")) return h("blockquote", markdown(take(lines, /^>/).map((one) => one.replace(/^>\s?/, "")).join("\n")));
  if (/^\s*[-*+]\s/.test(line)) return h("ul", items(lines, /^\s*[-*+]\s+/));
  if (/^\s*\d{1,9}[.)]\s/.test(line)) return h("ol", items(lines, /^\s*\d{1,9}[.)]\s+/));
  if (line.includes("|") && /^[\s|:-]*-[\s|:-]*$/.test(lines[1] ?? "") && lines[1].includes("|")) return table(lines);
  const text = [lines.shift()];
  while (lines.length && lines[0].trim() && !starts.test(lines[0])) text.push(lines.shift());
  return h("p", inline(text.join(" ")));
}

function take(lines, pattern) {
  const taken = [];
  while (lines.length && pattern.test(lines[0])) taken.push(lines.shift());
  return taken;
}

function items(lines, mark) {
  return take(lines, mark).map((line) => h("li", inline(line.replace(mark, ""))));
}

function fenced(lines) {
  const fence = lines.shift().slice(0, 3);
  const code = [];
  while (lines.length && !lines[0].startsWith(fence)) code.push(lines.shift());
  lines.shift();
  return h("pre.out-text", safeText(code.join("\n")));
}

function formula(lines) {
  const code = [lines.shift()];
  while (lines.length && !/\$\$\s*$/.test(code.at(-1).slice(code.length === 1 ? 2 : 0))) code.push(lines.shift());
  return h("pre.out-text.out-formula", safeText(code.join("\n")));
}

function table(lines) {
  const cells = (line) => line.replace(/^\s*\||\|\s*$/g, "").split("|").map((cell) => inline(cell.trim()));
  const head = cells(lines.shift());
  lines.shift();
  const rows = take(lines, /\|/).map(cells);
  return h("div.scroll", { tabindex: "0", role: "region", aria: { label: "Table" } },
    h(
      "table", h("thead", h("tr", head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", rows.map((row) => h("tr", row.map((cell) => h("td", cell))))),
    ));
}

const marks = /(`+)([^`]{1,2000}?)\1|!?\[([^\]\n]{0,500})\]\(([^()\s]{1,2000}(?:\([^()\s]*\))?[^()\s]*)\)|\*\*([^*\n]{1,1000})\*\*|\*([^*\s][^*\n]{0,1000})\*|(?<![\w])_([^_\s][^_\n]{0,1000})_(?![\w])|\$([^$\n]{1,500})\$/g;

function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    parts.push(...safeText(text.slice(from, match.index)), marked(match));
    from = match.index + match[0].length;
  }
  parts.push(...safeText(text.slice(from)));
  return parts;
}

function marked([all, , code, label, address, strong, emphasis, other, math]) {
  if (code !== undefined) return h("code", safeText(code));
  if (address !== undefined) return link(label, address, all);
  if (strong !== undefined) return h("strong", safeText(strong));
  if (math !== undefined) return h("code.out-formula", safeText(math));
  return h("em", safeText(emphasis ?? other));
}

/** Only addresses of the web are links; anything else is shown as it was written. */
function link(label, address, all) {
  if (all.startsWith("!") || !/^https?:\/\//i.test(address)) return h("span", safeText(all));
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, safeText(label || address));
}
