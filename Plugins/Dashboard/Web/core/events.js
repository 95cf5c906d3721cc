// SPDX-License-Identifier: Apache-2.0
// What the host tells by itself. One stream for the whole page; views say what they want to hear.

const id = crypto.randomUUID();
const wishes = new Set();
const watchers = new Set();
let source = null;
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
  return () => watchers.delete(handler);
}

function changed() {
  clearTimeout(order);
  order = setTimeout(async () => {
    open();
    const topics = [...wishes].flatMap((wish) => wish.topics.map((topic) => ({ topic, where: wish.where })));
    try {
      await fetch("api/events/topics", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Jackfield": "1" },
        body: JSON.stringify({ page: id, topics }),
      });
    } catch {
      // Said again as soon as the stream is back.
    }
  }, 0);
}

function open() {
  if (source) return;
  source = new EventSource(`api/events?page=${id}`);
  source.addEventListener("hello", (message) => {
    const { instance, assets } = JSON.parse(message.data);
    const isNew = state.instance !== null && state.instance !== instance;
    tell({ connected: true, since: Date.now(), instance, assets });
    changed();
    if (isNew) for (const wish of wishes) wish.missed?.();
  });
  source.addEventListener("events", (message) => {
    const { events } = JSON.parse(message.data);
    tell({ connected: true, lastEvent: Date.now() });
    for (const wish of [...wishes]) {
      const fitting = events.filter((event) => fits(wish, event));
      if (fitting.length) wish.handler(fitting);
    }
  });
  source.addEventListener("missed", () => {
    for (const wish of [...wishes]) wish.missed?.();
  });
  source.addEventListener("error", () => tell({ connected: false }));
}

function fits({ topics, where }, { topic, payload }) {
  const isMeant = topics.some((wish) => wish === topic || wish === "*" || (wish.endsWith(".*") && topic.startsWith(wish.slice(0, -1))));
  return isMeant && Object.entries(where ?? {}).every(([member, values]) => values.includes(payload?.[member]));
}

function tell(change) {
  state = { ...state, ...change };
  for (const watcher of watchers) watcher(state);
}
