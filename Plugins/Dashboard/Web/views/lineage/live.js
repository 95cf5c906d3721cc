// SPDX-License-Identifier: Apache-2.0
// The lineage, asked again when it may have changed: at once for a new run, every few seconds for new losses.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";

const SOON = 300;
const LATER = 5000;

/**
 * @param {(lineage: {nodes: object[], edges: object[], more: boolean}) => void} handler
 * @returns {{show: (filter: object) => Promise<void>, unmount: () => void}}
 */
export function watchLineage(handler) {
  let filter = {};
  let known = new Set();
  let timer = null;
  let due = Infinity;
  let turn = 0;

  async function load() {
    clearTimeout(timer);
    due = Infinity;
    const mine = ++turn;
    const lineage = await call("runs.lineage", { ...filter, limit: 10000 });
    if (mine !== turn) return;
    known = new Set(lineage.nodes.map(({ id }) => id));
    handler(lineage);
  }

  function ask(delay) {
    const at = Date.now() + delay;
    if (at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(() => load().catch(() => ask(LATER)), delay);
  }

  const stops = [
    subscribe("runs.changed", (events) => {
      const runs = events.flatMap(({ payload }) => payload.runs ?? []);
      ask(runs.some((id) => !known.has(id)) && !filter.project ? SOON : LATER);
    }, { missed: () => ask(0) }),
    subscribe(["trainer.status", "trainer.run"], () => ask(SOON)),
  ];

  return {
    show(next) {
      filter = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== false));
      return load();
    },
    unmount() {
      turn = Infinity;
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}
