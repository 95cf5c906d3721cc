// SPDX-License-Identifier: Apache-2.0
// The checkpoints and tests of a run.

import { actionButton } from "../../components/action-button.js";
import { dataTable } from "../../components/data-table.js";
import { empty } from "../../components/empty.js";
import { copyButton } from "../../components/copy.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { bytes, count, number, time } from "../../core/format.js";
import { gate } from "../steering/gate.js";
import { watchSessions } from "../steering/sessions.js";
import { loadDialog, switchDialog } from "../steering/small-dialogs.js";
import { fileOf } from "../steering/words.js";

/**
 * @param {object} run as runs.show gives it
 * @param {{session?: object}} [page] what this page may do
 * @returns {{element: HTMLElement, update: (run: object) => void, unmount: () => void}}
 */
export function checkpointsPanel(run, { session: page } = {}) {
  let state = gate(run, [], { readOnly: page?.read_only });
  let timer = null;
  let isGone = false;
  const checkpoints = dataTable({ name: "Checkpoints", key: (row) => String(row.id), remember: "checkpoints", columns: [
    { id: "step", title: "Step", number: true, value: (row) => row.step, cell: (row) => count(row.step) },
    { id: "kind", title: "Made by", value: (row) => row.kind },
    { id: "file", title: "File", value: (row) => row.path,
      cell: (row) => h("span", { title: row.usable_path ?? row.path }, fileOf(row.path)) },
    { id: "bytes", title: "Size", number: true, value: (row) => row.bytes, cell: (row) => bytes(row.bytes) },
    { id: "state", title: "File is", value: stateOf },
    { id: "ts", title: "Written", value: (row) => row.ts, cell: (row) => time(row.ts) },
    { id: "do", title: "Action", value: () => "", cell: (row) => doing(row) },
  ], empty: empty({ title: "No checkpoint yet",
    text: "One is written whenever the training pauses, forks, merges or is tested. Pause it, or save one with More." }) });
  const tests = dataTable({ name: "Tests", key: (row) => String(row.id), remember: "tests", columns: [
    { id: "label", title: "Label", value: (row) => row.label },
    { id: "step", title: "Step", number: true, value: (row) => row.step, cell: (row) => count(row.step) },
    { id: "avg_loss", title: "Average loss", number: true, value: (row) => row.avg_loss, cell: (row) => number(row.avg_loss) },
    { id: "better", title: "Against the one before", number: true, value: (row) => row.change, cell: (row) => change(row.change) },
    { id: "source", title: "Asked by", value: (row) => row.source },
    { id: "ts", title: "When", value: (row) => row.ts, cell: (row) => time(row.ts) },
  ], empty: empty({ title: "No test yet", text: "Test runs the whole test set through the model and keeps the average loss here." }) });
  const best = h("p.quiet.small");
  const element = h("div.checkpoints", h("section.card", h("h2", "Checkpoints"), checkpoints.element),
    h("section.card", h("h2", "Tests"), best, tests.element));

  function doing(row) {
    if (!row.usable_path) return "–";
    const isLoad = state.isCurrent;
    const reason = state.reasons[isLoad ? "load" : "switch"];
    const act = async () => void (await (isLoad ? loadDialog : switchDialog)({ run, session: state.session, checkpoint: row }));
    return h("span.bar", actionButton(isLoad ? "Load…" : "Switch to it…", act,
        { disabled: Boolean(reason), hint: reason ? `Not now: ${reason}` : undefined,
          name: `${isLoad ? "Load" : "Switch to"} the checkpoint at step ${row.step}` }),
      copyButton(row.usable_path, { label: "Copy path", name: `Copy the path of the checkpoint at step ${row.step}` }));
  }

  async function load() {
    const [kept, tested] = await Promise.all([call("runs.checkpoints", { run: run.id }), call("runs.tests", { run: run.id, limit: 1000 })]);
    if (isGone) return;
    checkpoints.update(kept.checkpoints);
    tests.update(tested.tests.map((test, place, list) => ({ ...test, change: test.avg_loss - (list[place + 1]?.avg_loss ?? NaN) })));
    const finite = tested.tests.filter(({ avg_loss: loss }) => Number.isFinite(loss));
    const least = finite.length > 1 ? finite.reduce((a, b) => (b.avg_loss < a.avg_loss ? b : a)) : null;
    best.textContent = least ? `Best: ${number(least.avg_loss)}, '${least.label}' at step ${count(least.step)}.` : "";
  }

  const fail = (error) => replace(element, h("p.problem", { role: "alert" }, error.message));
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => load().catch(() => {}), 400);
  };
  const stops = [
    subscribe(["trainer.checkpoint", "trainer.test", "trainer.state"], soon, { where: { run_id: [run.id] }, missed: soon }),
    watchSessions(({ sessions }) => {
      const before = state;
      state = gate(run, sessions, { readOnly: page?.read_only });
      if (before.isCurrent !== state.isCurrent || before.reasons.load !== state.reasons.load
        || before.reasons.switch !== state.reasons.switch) soon();
    }),
  ];
  load().catch(fail);

  return {
    element,
    update: (changed) => (run = changed),
    unmount() {
      isGone = true;
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

function stateOf(row) {
  if (row.exists) return row.kept_path ? "there, and kept" : "there";
  return row.usable_path ? "gone, a copy is kept" : "gone";
}

function change(value) {
  if (!Number.isFinite(value)) return "–";
  return value === 0 ? "same" : `${value > 0 ? "▲ +" : "▼ −"}${number(Math.abs(value), 3)}`;
}
