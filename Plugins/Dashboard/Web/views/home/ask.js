// SPDX-License-Identifier: Apache-2.0
// Asks for what the overview shows. A plugin that nobody has needed yet is not started for it.

import { call, host } from "../../core/api.js";

const shown = 8;

/** What a script leaves in the list of runs is no training. */
const isTraining = ({ id, steps }, scripts) => steps > 0 || !scripts.some(({ run }) => run === id);

/** @returns {Promise<{runs: object[], more: boolean, series: Map, alerts: object[], kernels: object[], results: number, scripts: object[], status: object}>} */
export async function ask() {
  const status = await host("host/status");
  const active = new Set(status.plugins.filter(({ state }) => state === "active").map(({ id }) => id));
  const of = async (plugin, name, input, otherwise) => {
    if (!active.has(plugin)) return otherwise;
    return call(name, input).catch(() => otherwise);
  };
  const [{ runs: all, more }, { alerts }, { kernels }, { runs: scripts }, { total: results }] = await Promise.all([
    of("store", "runs.list", { limit: 4 * shown }, { runs: [], more: false }),
    of("health", "health.alerts", { open: true, limit: 20 }, { alerts: [] }),
    of("kernel", "kernel.list", {}, { kernels: [] }),
    of("run-bridge", "run.list", { all: true }, { runs: [] }),
    of("kernel", "results.list", { limit: 1 }, { total: 0 }),
  ]);
  const runs = all.filter((run) => isTraining(run, scripts)).slice(0, shown);
  return { runs, more, series: await seriesOf(runs), alerts, kernels, results, scripts, status };
}

async function seriesOf(all) {
  const runs = all.filter(({ last_loss: loss }) => Number.isFinite(loss));
  if (!runs.length) return {};
  try {
    const { series } = await call("runs.series", { runs: runs.map(({ id }) => id), metric: "loss", points: 60, method: "lttb" });
    return Object.fromEntries(series.map(({ run, values }) => [run, values]));
  } catch {
    return {};
  }
}
