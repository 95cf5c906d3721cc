// SPDX-License-Identifier: Apache-2.0
// Last, least and greatest values of metrics, read for the runs that are shown, many at a time.

import { call } from "../../core/api.js";

const AT_ONCE = 50;
const MOST = 2000;

/**
 * @param {{metrics: () => string[], arrived: () => void}} options
 */
export function statistics({ metrics, arrived }) {
  const known = new Map();
  const wanted = new Map();
  let timer = null;
  let isBusy = false;
  let isStopped = false;

  async function ask() {
    timer = null;
    if (isBusy || isStopped) return;
    isBusy = true;
    try {
      const runs = [...wanted.values()].slice(-AT_ONCE);
      for (const { id } of runs) wanted.delete(id);
      const answer = await call("runs.compare", { runs: runs.map(({ id }) => id), metrics: names() });
      for (const one of answer.runs)
        known.set(one.id, { updated: runs.find(({ id }) => id === one.id).updated, key: names().join(), metrics: one.metrics });
      for (const id of known.keys()) if (known.size > MOST) known.delete(id);
      if (!isStopped) arrived(new Set(runs.map(({ id }) => id)));
    } catch {
      // A run that was deleted meanwhile; the others are asked for again when they are drawn.
    }
    isBusy = false;
    if (wanted.size) later(50);
  }
  const names = () => [...new Set(["loss", ...metrics()])];
  const later = (wait) => (timer ??= setTimeout(ask, wait));

  return {
    of: (run, metric) => known.get(run.id)?.metrics[metric] ?? null,
    /** Says that a run is seen; read when it is not known, or changed. */
    want(run) {
      const have = known.get(run.id);
      if (have && have.updated === run.updated && have.key === names().join()) return;
      wanted.set(run.id, run);
      later(80);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
