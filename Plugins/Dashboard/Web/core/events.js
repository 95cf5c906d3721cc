// SPDX-License-Identifier: Apache-2.0
// What the host tells by itself. All tabs of a browser share one stream (see hub.js); where that cannot be, each page has its own.

import { fits, makeFeed, union } from "./feed.js";
import { connectHub } from "./hub-client.js";

const wishes = new Set();
const watchers = new Set();
let line = null;
let order = null;
let state = { connected: false, since: 0, lastEvent: 0, instance: null, assets: null };

/**
 * Hears events until the returned function is called.
 *
 * @param {string|string[]} topics a topic, "trainer.*" for all below one, "*" for all
 * @param {(events: {topic: string, sequence: number, time: number, payload: any}[]) => void} handler given what came together, at most
 *   twenty times a second
 * @param {{where?: Object<string, any[]>, missed?: () => void}} [options] `where`: only events whose payload has one of the values in each of
 *   the members; `missed`: called when events may have been left out (the host began anew, too much came): ask again for what is shown
 * @returns {() => void}
 */
export function subscribe(topics, handler, { where, missed } = {}) {
  const wish = { topics: [topics].flat(), handler, where, missed };
  wishes.add(wish);
  changed();
  return () => {
    wishes.delete(wish);
    changed();
  };
}

/** Hears whether the host is there: `{connected, lastEvent, instance, assets}`. Called at once, too. */
export function watchConnection(handler) {
  watchers.add(handler);
  handler(state);
  changed();
  return () => watchers.delete(handler);
}

function changed() {
  clearTimeout(order);
  order = setTimeout(async () => {
    line ??= connectHub(document.baseURI, hears).catch(() => ownLine());
    (await line).wishes([...wishes].map(({ topics, where }) => (where ? { topics, where } : { topics })));
  }, 0);
}

function ownLine() {
  const feed = makeFeed(document.baseURI, hears);
  return { wishes: (list) => feed.topics(union(list)) };
}

const hears = {
  state: tell,
  events(list) {
    tell({ connected: true, lastEvent: Date.now() });
    for (const wish of [...wishes]) {
      const fitting = list.filter((event) => fits(wish, event));
      if (fitting.length) guarded(() => wish.handler(fitting));
    }
  },
  missed() {
    for (const wish of [...wishes]) guarded(() => wish.missed?.());
  },
};

/** What fails in one place must not keep the others from hearing. */
function guarded(work) {
  try {
    work();
  } catch (error) {
    console.error(error);
  }
}

function tell(change) {
  state = { ...state, ...change };
  for (const watcher of watchers) guarded(() => watcher(state));
}
