// SPDX-License-Identifier: Apache-2.0
// Colours that programs print, as elements. Only SGR and links are known; every other escape is left out.

import { h } from "../../../core/dom.js";
import { safeText } from "./safe-text.js";

// CSI …, OSC … (ended by BEL or ST, or by its line), and two-character escapes.
const escape = /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\]([^\u0007\u001b\n]{0,4096})(?:\u0007|\u001b\\|(?=\n)|$)|\u001b[PX^_][^\u001b\u0007]{0,4096}(?:\u001b\\|\u0007|$)|\u001b[ -/]*[0-~]?/g;
// Beyond so many pieces the rest is shown without colours.
const mostPieces = 4000;

/**
 * A text with escapes as nodes: spans with classes for the sixteen colours and styles, links only to http and https.
 *
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function ansiText(text) {
  const fragment = document.createDocumentFragment();
  let state = plain();
  let from = 0;
  let pieces = 0;
  for (const match of text.matchAll(escape)) {
    if (match.index > from) {
      fragment.append(...piece(text.slice(from, match.index), state));
      pieces += 1;
    }
    from = match.index + match[0].length;
    if (pieces >= mostPieces) break;
    state = after(state, match);
  }
  const rest = text.slice(from);
  if (rest) fragment.append(...piece(pieces >= mostPieces ? rest.replace(escape, "") : rest, pieces >= mostPieces ? plain() : state));
  return fragment;
}

/** A text without any escape. */
export const withoutEscapes = (text) => text.replace(escape, "");

function plain() {
  return { foreground: null, background: null, styles: new Set(), link: null };
}

function after(state, [, parameters, final, command]) {
  if (final === "m") return styled(state, parameters);
  if (command?.startsWith("8;")) return { ...state, link: linkOf(command) };
  return state;
}

function linkOf(command) {
  const address = command.slice(command.indexOf(";", 2) + 1);
  return /^https?:\/\/[^\s]+$/i.test(address) ? address : null;
}

const on = { 1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 8: "concealed", 9: "struck" };
const off = { 22: ["bold", "faint"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 28: ["concealed"], 29: ["struck"] };

function styled(before, parameters) {
  const state = { ...before, styles: new Set(before.styles) };
  const codes = parameters.split(/[;:]/, 64).map((code) => Number(code) || 0);
  while (codes.length) apply(codes.shift(), codes, state);
  return state;
}

function apply(code, rest, state) {
  if (code === 0) Object.assign(state, plain(), { link: state.link });
  else if (on[code]) state.styles.add(on[code]);
  else if (off[code]) for (const style of off[code]) state.styles.delete(style);
  else if (code >= 30 && code <= 37) state.foreground = code - 30;
  else if (code >= 90 && code <= 97) state.foreground = code - 82;
  else if (code >= 40 && code <= 47) state.background = code - 40;
  else if (code >= 100 && code <= 107) state.background = code - 92;
  else if (code === 39) state.foreground = null;
  else if (code === 49) state.background = null;
  else if (code === 38) state.foreground = longColour(rest);
  else if (code === 48) state.background = longColour(rest);
}

/** "5;N" is one of 256, "2;R;G;B" is itself. */
function longColour(rest) {
  const kind = rest.shift();
  if (kind === 5) return colourOf256(rest.shift() ?? 0);
  if (kind !== 2) return null;
  const parts = rest.splice(0, 3).map((part) => Math.min(255, part));
  return parts.length === 3 ? `rgb(${parts.join(" ")})` : null;
}

function colourOf256(index) {
  if (index < 16) return index;
  if (index > 255) return null;
  if (index >= 232) return `rgb(${Array(3).fill(8 + 10 * (index - 232)).join(" ")})`;
  const level = (value) => (value ? 55 + 40 * value : 0);
  const cube = index - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(" ")})`;
}

function piece(text, { foreground, background, styles, link }) {
  const content = safeText(text);
  if (foreground === null && background === null && !styles.size && !link) return content;
  const classes = [...styles].map((style) => `ansi-${style}`);
  const style = {};
  if (typeof foreground === "number") classes.push(`ansi-fg-${foreground}`);
  // Any colour is pulled towards the text's own, so that it can be read on either ground.
  else if (foreground) style.color = `color-mix(in oklab, ${foreground} 55%, var(--text))`;
  if (typeof background === "number") classes.push(`ansi-bg-${background}`);
  else if (background) style["background-color"] = `color-mix(in oklab, ${background} 25%, transparent)`;
  const span = h("span", { class: classes.join(" "), style }, content);
  return [link ? h("a", { href: link, target: "_blank", rel: "noopener noreferrer", title: link }, span) : span];
}
