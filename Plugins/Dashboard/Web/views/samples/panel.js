// SPDX-License-Identifier: Apache-2.0
// The losses of a run's samples: how they lie, which ones, how they changed, and what can be done with a choice of them.

import { empty } from "../../components/empty.js";
import { problem } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { count, time } from "../../core/format.js";
import { current, setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { gate } from "../steering/gate.js";
import { watchSessions } from "../steering/sessions.js";
import { against } from "./against.js";
import { distribution } from "./distribution.js";
import { lossesOf } from "./losses.js";
import { newReport } from "./new-report.js";
import { overTime } from "./over-time.js";
import { samplesTable } from "./table.js";

/**
 * The panel for one run. What it shows stands in the address: `report`, `region`, `counts`, `watch`, `other`.
 *
 * @param {string} runId
 * @param {{session?: object}} [page] what this page may do
 * @returns {{element: HTMLElement, unmount: () => void}}
 */
export function samplesPanel(runId, { session: page } = {}) {
  const element = h("div.samples");
  const state = { run: null, reports: [], losses: null, earlier: null, gate: gate({ id: runId, name: runId }, []), isGone: false, turn: 0 };
  const parts = { distribution: null, table: null, time: null, against: null, create: null };
  let timer = null;

  async function load() {
    const [run, { reports }] = await Promise.all([call("runs.show", { run: runId }), call("runs.reports", { run: runId, limit: 200 })]);
    if (state.isGone) return;
    const isFirst = !state.run;
    const isNew = reports[0]?.id !== state.reports[0]?.id;
    Object.assign(state, { run, reports });
    if (isFirst) watchTrainers();
    if (isFirst || isNew) show();
  }

  function watchTrainers() {
    stops.push(watchSessions(({ sessions }) => {
      state.gate = gate(state.run, sessions, { readOnly: page?.read_only });
      parts.create?.update();
      parts.distribution?.gated();
    }));
  }

  const chosenReport = () => state.reports.find(({ id }) => String(id) === current().query.get("report")) ?? state.reports[0];

  function show() {
    leave();
    parts.create = newReport(state, load);
    if (!state.reports.length) return replace(element, nothing());
    const picker = h("select", { "aria-label": "Report", onchange: () => pick(Number(picker.value)) },
      state.reports.map((report) => h("option", { value: String(report.id) }, nameOf(report))));
    const place = h("div.samples-parts");
    replace(element, h("div.bar.samples-head", h("label", "Report", picker), h("span.grow"), parts.create.element), parts.create.work,
      place);
    parts.picker = picker;
    parts.place = place;
    open(chosenReport());
  }

  function nothing() {
    return empty({
      title: "No report yet",
      text: "A report holds the loss of every sample. The trainer computes it; a running training pauses for it and goes on afterwards.",
      command: `jackfield call trainer.report --run ${/^[\w.-]+$/.test(runId) ? runId : `'${runId}'`}`,
      actions: [parts.create.element, parts.create.work],
    });
  }

  async function open(report) {
    const turn = ++state.turn;
    parts.picker.value = String(report.id);
    const bar = h("progress", { max: "1", value: "0", "aria-label": "Loading the losses" });
    if (!state.losses) replace(parts.place, h("div.progress-line", h("span", `Loading ${count(report.samples)} losses`), bar));
    try {
      const earlier = state.reports.find((one) => one.id !== report.id && one.subset_on === report.subset_on && one.ts < report.ts);
      const [losses, before] = await Promise.all([lossesOf(report.id, { progress: (fraction) => (bar.value = fraction) }),
          earlier ? lossesOf(earlier.id) : null]);
      if (turn !== state.turn || state.isGone) return;
      Object.assign(state, { losses, earlier: before });
      draw();
    } catch (error) {
      if (turn === state.turn) replace(parts.place, h("p.problem", { role: "alert" }, error.message));
    }
  }

  function pick(id) {
    setQuery({ report: id === state.reports[0].id ? null : id }, { push: true });
    open(state.reports.find((report) => report.id === id));
  }

  function draw() {
    leaveParts();
    if (!state.losses.count) return replace(parts.place,
      h("p.problem", "This report holds no finite loss. The model may have diverged; load an earlier checkpoint, or start over."));
    parts.table = samplesTable(state, { watch });
    parts.time = overTime(state);
    parts.against = against(state, { watch });
    parts.distribution = distribution(state, { changed: (region) => parts.table.setRegion(region) });
    replace(parts.place, parts.distribution.element, parts.table.element, parts.time.element, parts.against.element);
  }

  function watch(sample) {
    const now = (current().query.get("watch") ?? "").split(",").filter(Boolean);
    const next = now.includes(String(sample)) ? now.filter((one) => one !== String(sample)) : [...now, String(sample)].slice(-8);
    setQuery({ watch: next.join(",") });
    parts.time.watching(next.map(Number));
    parts.table.watching(next.map(Number));
  }

  function leaveParts() {
    for (const name of ["distribution", "table", "time", "against"]) {
      parts[name]?.unmount?.();
      parts[name] = null;
    }
  }

  function leave() {
    leaveParts();
    parts.create?.unmount();
    state.losses = null;
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => load().catch(() => {}), 400);
  };
  const stops = [subscribe("trainer.reply", (events) => events.some(({ payload }) => payload.cmd === "generate_report") && soon(),
      { where: { cmd: ["generate_report"] }, missed: soon })];
  loadStyles(new URL("./samples.css", import.meta.url)).then(load).catch((error) => {
    replace(element, h("p.problem", { role: "alert" }, error.message));
    problem(error);
  });

  return {
    element,
    unmount() {
      state.isGone = true;
      clearTimeout(timer);
      leave();
      for (const stop of stops) stop();
    },
  };
}

const nameOf = (report) => `step ${count(report.step)} · ${report.subset_on} · ${count(report.samples)} samples · ${time(report.ts)}`;
