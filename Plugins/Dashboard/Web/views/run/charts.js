// SPDX-License-Identifier: Apache-2.0
// The curves of a run, with what was done to it along them.

import { chartBoard } from "../../components/chart/board.js";
import { h } from "../../core/dom.js";
import { runMarks } from "./marks.js";

/** Makes the tab: `{element, update(run), route(route), unmount()}`. */
export function chartsTab(run) {
  const runs = [chartRun(run, 0, true)];
  const marks = runMarks([run.id], {
    show: (list) => board.setMarks(list),
    pick: (mark) => board.group.setCursor(board.feed.axis.mark(mark.run, mark)),
  });
  const board = chartBoard({ runs, metrics: run.metrics.map(({ name }) => name), memory: "run", tools: [marks.button] });
  marks.load();
  return {
    element: h("div", board.element, marks.list),
    update(changed) {
      Object.assign(runs[0], chartRun(changed, 0, true));
      board.setMetrics(changed.metrics.map(({ name }) => name));
      marks.loadSoon();
    },
    route: ({ query }) => board.update(query),
    unmount() {
      marks.unmount();
      board.unmount();
    },
  };
}

/** What charts need to know of a run, from runs.show. */
export function chartRun({ id, name, started, updated, last_step: lastStep, metrics }, index, isAlone = false) {
  const stats = Object.fromEntries((metrics ?? []).map((metric) => [metric.name, metric]));
  return { id, name, index, started, updated, last_step: lastStep, stats, isAlone };
}
