// SPDX-License-Identifier: Apache-2.0
// Finds what was meant by a few letters: all words must occur, whole ones and beginnings count most.

/**
 * @param {string} query
 * @param {string} text
 * @returns {number} how well it fits; 0: not at all
 */
export function score(query, text) {
  let sum = 1;
  const low = text.toLowerCase();
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const one = scoreOf(word, low);
    if (!one) return 0;
    sum += one;
  }
  return sum;
}

function scoreOf(word, text) {
  const at = text.indexOf(word);
  if (at === 0) return 100;
  if (at > 0) return /[a-z0-9]/.test(text[at - 1]) ? 40 : 80;
  let from = -1;
  let gaps = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from + 1);
    if (next < 0) return 0;
    if (from >= 0 && next !== from + 1) gaps += 1;
    from = next;
  }
  return gaps > Math.max(2, word.length / 2) ? 0 : 20 / (1 + gaps);
}
