// SPDX-License-Identifier: Apache-2.0
// A shared worker: one stream of events for all tabs of a browser, as browsers allow only six connections to a host.
//
// A tab says what it wants, and acknowledges each batch. One that does not (it is stopped in a debugger, or frozen) gets nothing more until it does,
// and is then told that it missed something: it costs neither memory nor the other tabs' time.

import { fits, makeFeed, union } from "./feed.js";

const most = 3;
const tabs = new Set();
let feed = null;
let state = { connected: false, since: 0, lastEvent: 0, instance: null, assets: null };

self.addEventListener("connect", ({ ports: [port] }) => {
  const tab = { port, wishes: [], waiting: 0, number: 0, hasMissed: false };
  port.addEventListener("message", ({ data }) => messages[data.kind]?.(tab, data));
  port.start();
});

const messages = {
  hello(tab, { base, lock }) {
    tabs.add(tab);
    feed ??= makeFeed(base, { state: changed, events, missed });
    tab.port.postMessage({ kind: "state", state });
    if (lock && self.navigator?.locks) navigator.locks.request(lock, () => leave(tab));
  },
  wishes(tab, { wishes }) {
    tab.wishes = wishes;
    order();
  },
  ack(tab) {
    tab.waiting = Math.max(0, tab.waiting - 1);
    if (!tab.hasMissed || tab.waiting) return;
    tab.hasMissed = false;
    tab.port.postMessage({ kind: "missed" });
  },
  bye: (tab) => leave(tab),
};

function leave(tab) {
  if (!tabs.delete(tab)) return;
  tab.port.close();
  if (tabs.size) return order();
  feed?.close();
  feed = null;
}

let timer = 0;
function order() {
  clearTimeout(timer);
  timer = setTimeout(() => feed?.topics(union([...tabs].flatMap(({ wishes }) => wishes))), 0);
}

function changed(change) {
  state = { ...state, ...change };
  for (const tab of tabs) if (tab.waiting < most) tab.port.postMessage({ kind: "state", state });
}

function events(list) {
  state = { ...state, connected: true, lastEvent: Date.now() };
  for (const tab of tabs) {
    const fitting = list.filter((event) => tab.wishes.some((wish) => fits(wish, event)));
    if (fitting.length) send(tab, fitting);
  }
}

function send(tab, list) {
  if (tab.waiting >= most || tab.hasMissed) {
    tab.hasMissed = true;
    return;
  }
  tab.waiting += 1;
  tab.port.postMessage({ kind: "events", events: list, state });
}

function missed() {
  for (const tab of tabs) {
    if (tab.waiting) tab.hasMissed = true;
    else tab.port.postMessage({ kind: "missed" });
  }
}
