// SPDX-License-Identifier: Apache-2.0
// The one stream of events from the host: kept open, opened again when it breaks, with the place where it stopped. Runs in a page or in the hub.

const silence = 25_000;

/**
 * @param {string} base the address of the page's base path
 * @param {{state: (change: object) => void, events: (list: object[]) => void, missed: (topics?: string[]) => void}} hears what comes
 * @returns {{topics: (list: {topic: string, where?: object}[]) => void, close: () => void}}
 */
export function makeFeed(base, hears) {
  const page = crypto.randomUUID();
  let wanted = [];
  let order = 0;
  let source = null;
  let last = "";
  let heard = Date.now();
  let instance = null;
  let wait = 500;
  let again = 0;

  const handlers = {
    hello({ instance: now, assets, version, read_only }) {
      wait = 500;
      hears.state({ connected: true, since: Date.now(), lastEvent: Date.now(), instance: now, assets, version, readOnly: read_only });
      say();
      if (instance !== null && instance !== now) hears.missed();
      instance = now;
    },
    events: ({ events }) => hears.events(events),
    missed: ({ topics }) => hears.missed(topics),
    beat: () => hears.state({ connected: true, lastEvent: Date.now() }),
  };

  function open() {
    clearTimeout(again);
    source?.close();
    heard = Date.now();
    source = new EventSource(new URL(`api/events?page=${page}${last ? `&after=${encodeURIComponent(last)}` : ""}`, base));
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (message) => {
        heard = Date.now();
        if (message.lastEventId) last = message.lastEventId;
        handler(JSON.parse(message.data));
      });
    }
    source.addEventListener("error", lost);
  }
  /** A broken connection opens itself again; a refused one does not, so that is done here, ever more slowly. */
  function lost() {
    hears.state({ connected: false });
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = setTimeout(open, wait);
    wait = Math.min(10_000, wait * 2);
  }
  async function say() {
    const headers = { "Content-Type": "application/json", "X-Jackfield": "1" };
    // What was said before may arrive later; the host goes by the order.
    const body = JSON.stringify({ page, topics: wanted, order: ++order });
    try {
      await fetch(new URL("api/events/topics", base), { method: "POST", headers, body });
    } catch {
      // Said again with the next hello.
    }
  }
  /** A machine that slept, or a cable that was pulled, ends no connection: silence does. */
  const watch = setInterval(() => {
    if (source && source.readyState !== EventSource.CLOSED && Date.now() - heard > silence) {
      hears.state({ connected: false });
      open();
    }
  }, 5000);

  open();
  return {
    topics(list) {
      const text = JSON.stringify(list);
      if (text === JSON.stringify(wanted)) return;
      wanted = list;
      say();
    },
    close() {
      clearInterval(watch);
      clearTimeout(again);
      source?.close();
    },
  };
}

/** Whether an event is one that a wish means. */
export function fits({ topics, where }, { topic, payload }) {
  const isMeant = topics.some((wish) => wish === topic || wish === "*" || (wish.endsWith(".*") && topic.startsWith(wish.slice(0, -1))));
  return isMeant && Object.entries(where ?? {}).every(([member, values]) => values.includes(payload?.[member]));
}

/** All that several wishes want, each once: what the host is told. */
export function union(wishes) {
  const all = new Map();
  for (const { topics, where } of wishes) {
    for (const topic of topics) all.set(JSON.stringify([topic, where ?? null]), where ? { topic, where } : { topic });
  }
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
