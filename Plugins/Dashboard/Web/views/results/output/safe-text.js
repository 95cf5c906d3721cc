// SPDX-License-Identifier: Apache-2.0
// Text of others, so that what is read is what is there: characters that turn the direction, or cannot be seen, are shown by their number.

import { h } from "../../../core/dom.js";

// Directional marks, overrides and isolates; controls aside from tab and newline; zero width and tag characters.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * A text as nodes; characters that deceive stand there as a marked "U+202E".
 *
 * @param {string} text
 * @returns {(string|Node)[]}
 */
export function safeText(text) {
  if (text.search(hidden) < 0) return [text];
  const parts = [];
  let from = 0;
  let shown = 0;
  for (const { 0: character, index } of text.matchAll(hidden)) {
    // A text made of nothing else is no reason to make a million elements.
    if (++shown > 2000) break;
    const name = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    parts.push(text.slice(from, index), h("span.hidden-character", { title: "A character that is not seen" }, name));
    from = index + character.length;
  }
  parts.push(text.slice(from).replace(hidden, "\ufffd"));
  return parts;
}

/** A text without what turns its direction: for names, titles and attributes. */
export const plainText = (text) => String(text).replace(hidden, "\ufffd");
