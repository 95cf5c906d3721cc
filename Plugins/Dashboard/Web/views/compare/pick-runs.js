// SPDX-License-Identifier: Apache-2.0
// Chooses the runs to compare.

import { dataTable } from "../../components/data-table.js";
import { openDialog } from "../../components/dialog.js";
import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { ago, count, number } from "../../core/format.js";

/** Asks; gives the ids in the order of the list, or null. */
export async function pickRuns(chosen, most) {
  const { runs } = await call("runs.list", { archived: false, limit: 10000 });
  const table = dataTable({
    name: "Runs to compare",
    key: ({ id }) => id,
    selectable: true,
    columns: [
      { id: "name", title: "Run", value: (run) => run.name },
      { id: "state", title: "State", value: (run) => run.state },
      { id: "project", title: "Project", value: (run) => run.project },
      { id: "step", title: "Step", number: true, value: (run) => run.last_step, cell: (run) => count(run.last_step) },
      { id: "loss", title: "Loss", number: true, value: (run) => run.last_loss, cell: (run) => number(run.last_loss) },
      { id: "updated", title: "Last event", value: (run) => run.updated, cell: (run) => ago(run.updated) },
    ],
  });
  let kept = new Set(chosen);
  let shown = new Set();
  const said = h("p.quiet.small", { role: "status" });
  const show = (text) => {
    const fitting = runs.filter(({ id, name, project }) => `${id} ${name} ${project}`.toLowerCase().includes(text.toLowerCase()));
    shown = new Set(fitting.map(({ id }) => id));
    const before = kept;
    table.update(fitting);
    table.select([...before].filter((id) => shown.has(id)));
  };
  table.onSelect((rows) => {
    kept = new Set([...[...kept].filter((id) => !shown.has(id)), ...rows.map(({ id }) => id)]);
    said.textContent = `${count(kept.size)} chosen`;
  });
  const search = h("input", { type: "search", placeholder: "Search", aria: { label: "Search runs" }, oninput: () => show(search.value) });
  const body = h("div.pick-runs", h("div.bar", search, said), table.element);
  show("");
  const accept = (value) => {
    if (value && kept.size > most) said.textContent = `${count(kept.size)} chosen; at most ${most} can be compared`;
    return !value || kept.size <= most;
  };
  const answer = await openDialog({
    title: "Runs to compare",
    body,
    wide: true,
    accept,
    actions: [
      { label: "Cancel", value: null },
      { label: "Compare", value: "compare", primary: true },
    ],
  });
  return answer === "compare" ? [...kept] : null;
}
