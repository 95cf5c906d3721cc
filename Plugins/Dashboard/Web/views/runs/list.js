// SPDX-License-Identifier: Apache-2.0
// All runs, read once and then kept up to date by what the host tells.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";

const MOST = 10000;
const WAIT_MS = 1000;
const SINGLY = 20;

/**
 * Reads the runs and follows them until `stop`.
 *
 * @param {{changed: (runs: object[]) => void, gone: (runs: object[]) => void, failed: (error: Error) => void}} hears `gone`: runs that were there and are deleted
 */
export function runList({ changed, gone, failed }) {
  const runs = new Map();
  const touched = new Set();
  let timer = null;
  let isStopped = false;
  let isAll = true;

  const stopHearing = subscribe(
    "runs.changed",
    (events) => {
      for (const { payload } of events) for (const id of payload.runs ?? []) touched.add(id);
      timer ??= setTimeout(catchUp, WAIT_MS);
    },
    { missed: load },
  );

  async function load() {
    await guarded(async () => {
      const { runs: all, more } = await call("runs.list", { archived: true, limit: MOST });
      isAll = !more;
      const before = new Map(runs);
      runs.clear();
      for (const run of all) runs.set(run.id, run);
      const lost = isAll ? [...before.values()].filter(({ id }) => !runs.has(id)) : [];
      tell(lost);
    });
  }

  async function catchUp() {
    timer = null;
    const wanted = new Set(touched);
    touched.clear();
    if (wanted.size > 10 * SINGLY) return load();
    await guarded(async () => {
      const { runs: latest } = await call("runs.list", { archived: true, sort: "updated", limit: wanted.size + SINGLY });
      for (const run of latest) {
        if (!wanted.delete(run.id) && runs.has(run.id)) continue;
        runs.set(run.id, run);
      }
      const lost = [];
      for (const id of wanted) lost.push(...(await one(id)));
      tell(lost);
    });
  }

  /** Reads one run that is not among the latest; gives it when it is gone. */
  async function one(id) {
    const { runs: found } = await call("runs.list", { archived: true, search: id, limit: MOST });
    const now = found.find((run) => run.id === id);
    const before = runs.get(id);
    if (now) runs.set(id, now);
    else runs.delete(id);
    return now || !before ? [] : [before];
  }

  function tell(lost) {
    if (isStopped) return;
    changed([...runs.values()].sort((a, b) => (b.started ?? 0) - (a.started ?? 0)));
    if (lost.length) gone(lost);
  }

  async function guarded(work) {
    try {
      await work();
    } catch (error) {
      if (!isStopped) failed(error);
    }
  }

  load();
  return {
    load,
    get isAll() {
      return isAll;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      stopHearing();
    },
  };
}
