// SPDX-License-Identifier: Apache-2.0
// How many questions of scripts wait here: told by the stack, heard by the navigation and the overview.

const watchers = new Set();
let now = 0;

/** Hears how many wait. Called at once, too. */
export function watchWaiting(handler) {
  watchers.add(handler);
  handler(now);
  return () => watchers.delete(handler);
}

/** Says how many wait. */
export function setWaiting(count) {
  now = count;
  for (const watcher of watchers) watcher(count);
}
