// SPDX-License-Identifier: Apache-2.0
// The columns of the list of runs: those that are always known, and metrics, which are read for the rows one sees.

import { stateBadge } from "../../components/badge.js";
import { metricInfo } from "../../components/chart/metrics.js";
import { h } from "../../core/dom.js";
import { ago, count, duration, number, time } from "../../core/format.js";
import { href } from "../../core/route.js";

/**
 * @param {{metrics: string[], statistics: object, process: (run: object) => string}} options `metrics`: which are shown as columns; `statistics`: as
 *   `statistics()` of statistics.js makes it
 */
export function runColumns({ metrics, statistics, process }) {
  return [
    { id: "name", title: "Run", value: (run) => run.name, cell: nameCell },
    {
      id: "state",
      title: "State",
      value: (run) => run.state,
      cell: (run) => h("span", stateBadge(run.state), run.archived ? stateBadge("archived") : null),
    },
    { id: "project", title: "Project", value: (run) => run.project },
    { id: "step", title: "Step", number: true, value: (run) => run.last_step, cell: (run) => count(run.last_step) },
    { id: "epoch", title: "Epoch", number: true, value: (run) => run.last_epoch, cell: (run) => count(run.last_epoch) },
    { id: "loss", title: "Loss", number: true, value: (run) => run.last_loss, cell: (run) => number(run.last_loss) },
    statistic(statistics, "loss", "min", "best_loss", "Best loss"),
    ...metrics.filter((name) => name !== "loss").flatMap((name) => metricColumns(statistics, name)),
    {
      id: "started",
      title: "Begun",
      value: (run) => run.started,
      cell: (run) => h("span", { title: time(run.started) }, short(run.started)),
    },
    { id: "duration", title: "Duration", number: true, value: lasted, cell: (run) => duration(lasted(run)) },
    {
      id: "updated",
      title: "Last event",
      value: (run) => run.updated,
      cell: (run) => h("span", { title: time(run.updated) }, ago(run.updated)),
    },
    { id: "steps", title: "Steps stored", number: true, hidden: true, value: (run) => run.steps, cell: (run) => count(run.steps) },
    { id: "sessions", title: "Sessions", number: true, hidden: true, value: (run) => run.sessions, cell: (run) => count(run.sessions) },
    { id: "process", title: "Process", hidden: true, value: process },
    { id: "id", title: "Id", hidden: true, value: (run) => run.id },
  ];
}

const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const short = (seconds) => (Number.isFinite(seconds) ? day.format(seconds * 1000) : "–");
const lasted = (run) => (run.updated ?? NaN) - (run.started ?? NaN);

function nameCell(run) {
  return h("a.run-link", { href: href(["runs", run.id]), dataset: { run: run.id }, title: run.name === run.id ? null : run.id }, run.name);
}

function metricColumns(statistics, name) {
  const { title, better } = metricInfo(name);
  const last = statistic(statistics, name, "last", `metric:${name}`, title);
  if (!better) return [last];
  return [last, statistic(statistics, name, better === "low" ? "min" : "max", `best:${name}`, `Best ${title.toLowerCase()}`)];
}

function statistic(statistics, metric, which, id, title) {
  const value = (run) => statistics.of(run, metric)?.[which] ?? null;
  return { id, title, number: true, value, cell: (run) => (statistics.want(run), number(value(run))) };
}
