// SPDX-License-Identifier: Apache-2.0
// What the host is asked for: as few requests as there can be, each of a size that it answers.

const POINTS_IN_ALL = 180000;
const POINTS_A_CARD = 40000;
const SERIES_A_CALL = 256;

/** Requests of a size the host answers: runs that are asked for the same range go together. */
export function requests({ runs, metrics, axis, range, width }) {
  const groups = new Map();
  for (const { id } of runs) {
    const asked = JSON.stringify(axis.ask(id, range));
    groups.set(asked, [...(groups.get(asked) ?? []), id]);
  }
  const points = Math.max(60, Math.min(3 * Math.round(width), Math.floor(POINTS_A_CARD / Math.max(1, runs.length))));
  const perCall = Math.max(1, Math.min(SERIES_A_CALL, Math.floor(POINTS_IN_ALL / points)));
  return [...groups].flatMap(([asked, runs]) =>
    pieces(runs, metrics, perCall).map((piece) => ({ ...piece, ...JSON.parse(asked), points, band: true })),
  );
}

/** Runs and metrics cut into parts of at most so many series. */
function pieces(runs, metrics, most) {
  const parts = [];
  const runsAtOnce = Math.min(runs.length, most);
  const metricsAtOnce = Math.max(1, Math.floor(most / runsAtOnce));
  for (let first = 0; first < runs.length; first += runsAtOnce) {
    for (let metric = 0; metric < metrics.length; metric += metricsAtOnce) {
      parts.push({ runs: runs.slice(first, first + runsAtOnce), metrics: metrics.slice(metric, metric + metricsAtOnce) });
    }
  }
  return parts;
}
