// SPDX-License-Identifier: Apache-2.0
// Deletes runs for good, after it was said exactly what that removes.

import { openDialog } from "../../components/dialog.js";
import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";

const COUNTED = 40;

/** Asks and deletes; gives a sentence, or nothing when the reader changed their mind. */
export async function deleteRuns(runs) {
  const shown = await Promise.all(runs.slice(0, COUNTED).map(({ id }) => call("runs.show", { run: id })));
  const ids = new Set(runs.map(({ id }) => id));
  const children = [...new Set(shown.flatMap((run) => run.children.map(nameOf)))].filter((id) => !ids.has(id));
  const all = h("input", { type: "checkbox" });
  const problem = h("p.problem", { role: "alert", hidden: true });
  const isLive = shown.some(({ state }) => ["running", "paused", "testing"].includes(state));
  const body = h(
    "div",
    h("p", `This removes for good, from the database and the disk:`),
    h(
      "ul",
      removed(runs, shown).map((text) => h("li", text)),
    ),
    h(
      "p.quiet",
      "Checkpoints in the trainer's own folder stay where they are. To clear the list without losing anything, archive the runs instead.",
    ),
    isLive ? h("p", "A training that still runs goes on, and its next step makes the run appear again.") : null,
    children.length
      ? h(
          "label",
          all,
          `Delete the runs that came from ${runs.length === 1 ? "it" : "them"}, too: ${children.slice(0, 8).join(", ")}${children.length > 8 ? ` and ${children.length - 8} more` : ""}, and theirs`,
        )
      : null,
    problem,
  );
  const accept = (value) => {
    problem.hidden = !value || !children.length || all.checked;
    problem.textContent = "Runs that others came from can only be deleted with them.";
    return problem.hidden;
  };
  const title = runs.length === 1 ? `Delete '${runs[0].name}'?` : `Delete ${count(runs.length)} runs?`;
  const answer = await openDialog({
    title,
    body,
    accept,
    actions: [
      { label: "Cancel", value: false },
      { label: runs.length === 1 ? "Delete the run" : `Delete ${count(runs.length)} runs`, value: true, primary: true, danger: true },
    ],
  });
  if (!answer) return undefined;
  const list = [...ids];
  const { deleted } = await call("runs.delete", { runs: list, confirm: list, children: all.checked });
  return `${count(deleted.length)} ${deleted.length === 1 ? "run" : "runs"} deleted.`;
}

function removed(runs, shown) {
  const sum = (member) => shown.reduce((total, run) => total + (run[member] ?? 0), 0);
  const least = runs.length > shown.length ? "at least " : "";
  const names =
    runs
      .slice(0, 5)
      .map(({ name }) => `'${name}'`)
      .join(", ") + (runs.length > 5 ? ` and ${count(runs.length - 5)} more` : "");
  const parts = [
    ["steps", "steps"],
    ["checkpoints_count", "records of checkpoints, and the copies that were kept"],
    ["reports_count", "reports of losses by sample"],
    ["tests_count", "tests"],
    ["health_results_count", "health results"],
    ["alerts_count", "alerts"],
  ];
  return [
    `${runs.length === 1 ? "the run" : `${count(runs.length)} runs`}: ${names}`,
    ...parts.filter(([member]) => sum(member)).map(([member, words]) => `${least}${count(sum(member))} ${words}`),
    "all log lines",
  ];
}

const nameOf = (relative) => (typeof relative === "string" ? relative : (relative.id ?? relative.run));
