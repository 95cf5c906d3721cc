// SPDX-License-Identifier: Apache-2.0
// Drawing in turns: in each frame as many charts as a part of it has time for, the others in the next. So many charts do not stop the page.
// Charts of very many lines wait until the reader stops scrolling: painting them takes longer than a frame.

const BUDGET = 8;
const REST = 120;
const waiting = new Map();
let asked = false;
let scrolled = -Infinity;

addEventListener("scroll", () => (scrolled = performance.now()), { capture: true, passive: true });

/** Runs a drawing in the next frame that has time for it; asked again before, the later one counts. `isHeavy`: not while the page is scrolled. */
export function whenFree(owner, draw, isHeavy = false) {
  waiting.set(owner, { draw, isHeavy });
  ask();
}

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

function frame() {
  asked = false;
  const begun = performance.now();
  const isScrolling = begun - scrolled < REST;
  for (const [owner, { draw, isHeavy }] of waiting) {
    if (isHeavy && isScrolling) continue;
    waiting.delete(owner);
    draw();
    if (isHeavy || performance.now() > begun + BUDGET) break;
  }
  if (waiting.size) ask();
}
