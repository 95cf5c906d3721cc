// SPDX-License-Identifier: Apache-2.0
// Drawing in turns: in each frame as many charts as a part of it has time for, the others in the next. So many charts do not stop the page.

const BUDGET = 8;
const waiting = new Map();
let asked = false;

/** Runs a drawing in the next frame that has time for it; asked again before, the later one counts. */
export function whenFree(owner, draw) {
  waiting.set(owner, draw);
  if (!asked) requestAnimationFrame(frame);
  asked = true;
}

function frame() {
  const end = performance.now() + BUDGET;
  asked = false;
  for (const [owner, draw] of waiting) {
    waiting.delete(owner);
    draw();
    if (performance.now() > end) break;
  }
  if (waiting.size) {
    asked = true;
    requestAnimationFrame(frame);
  }
}
