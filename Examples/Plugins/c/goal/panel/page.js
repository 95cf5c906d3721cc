// SPDX-License-Identifier: Apache-2.0
// Talks with the page around this panel. Copy it: it is all a panel needs.

const page = (() => {
  const waiting = new Map();
  const heard = {};
  let last = 0;
  const say = (message) => parent.postMessage(message, "*");
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "result") call?.resolve(data.result);
    else if (data.type === "error") call?.reject(new Error(data.error.message));
    else heard[data.type]?.(data);
  });
  return {
    /** Runs a command of the manifest's list. */
    call: (command, input = {}) => new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      say({ type: "call", id: last, command, input });
    }),
    /** Hears "hello", "events", "missed" or "theme". */
    on: (type, handler) => (heard[type] = handler),
    subscribe: (topics) => say({ type: "subscribe", topics }),
    /** Says that the panel is there, and how tall it is from now on. */
    ready() {
      new ResizeObserver(() => say({ type: "height", pixels: document.documentElement.offsetHeight })).observe(document.documentElement);
      say({ type: "ready" });
    },
  };
})();
