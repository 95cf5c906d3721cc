// SPDX-License-Identifier: Apache-2.0
// What this browser remembers: layouts, columns, the theme. What a link must carry stands in the address instead.

/** The remembered value, or the default when there is none that can be read. */
export function remembered(name, otherwise) {
  try {
    const text = localStorage.getItem(`jackfield.${name}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Remembers a value (any JSON) for this browser; a browser that keeps nothing is no error. */
export function remember(name, value) {
  try {
    localStorage.setItem(`jackfield.${name}`, JSON.stringify(value));
  } catch {
    // Private windows and full stores: the page works without.
  }
}
