// SPDX-License-Identifier: Apache-2.0
// Several runs beside one another: their curves, their numbers, and what was different in how they were started. Which ones stands in the address.

import { actionButton } from "../../components/action-button.js";
import { empty } from "../../components/empty.js";
import { chartBoard } from "../../components/chart/board.js";
import { problem, toast } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { href, setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { runMarks } from "../run/marks.js";
import { exportMetrics } from "../runs/export.js";
import { differences } from "./differences.js";
import { pickRuns } from "./pick-runs.js";
import { resultsTable } from "./results-table.js";

const MOST = 100;
const WAIT_MS = 2000;

/** Shows the runs that the address names: `runs=a,b,c`. */
export async function mount(root, { route, session, title }) {
  title("Compare");
  await loadStyles(new URL("./compare.css", import.meta.url));
  await loadStyles(new URL("../run/run.css", import.meta.url));
  const view = new CompareView(root, session);
  await view.show(route.query);
  return { update: ({ query }) => view.update(query), unmount: () => view.unmount() };
}

class CompareView {
  constructor(root, session) {
    Object.assign(this, { root, session, ids: [] });
  }

  async show(query) {
    this.clear();
    this.ids = idsIn(query);
    if (!this.ids.length) return this.blank();
    const turn = (this.turn = {});
    try {
      const { answer, absent } = await comparison(this.ids);
      if (this.turn !== turn) return;
      if (absent.length)
        toast(`${absent.map((id) => `'${id}'`).join(", ")} ${absent.length === 1 ? "is" : "are"} not there any more.`, { kind: "warn" });
      if (!answer) return this.blank();
      this.answer = answer;
      this.draw();
    } catch (error) {
      if (this.turn === turn)
        replace(this.root, h("h1", "Compare"), h("p.problem", { role: "alert" }, `The runs could not be compared: ${error.message}`));
    }
  }

  blank() {
    const choose = h("button.primary", { type: "button", onclick: () => this.pick() }, "Choose runs…");
    replace(
      this.root,
      h("h1", "Compare"),
      empty({
        title: "Nothing to compare yet",
        text: "Choose two or more runs here, or select them in the list of runs with x and press Compare.",
        actions: [choose, h("a.button", { href: href(["runs"]) }, "All runs")],
      }),
    );
  }

  draw() {
    const { runs, metrics } = this.answer;
    const ids = runs.map(({ id }) => id);
    const lines = runs.map((run, index) => ({
      id: run.id,
      name: run.name,
      index,
      started: run.started,
      updated: run.updated,
      last_step: run.last_step,
      stats: statistics(run),
    }));
    this.marks = runMarks(ids.slice(0, 10), {
      show: (list) => this.board.setMarks(named(list, runs)),
      pick: (mark) => this.board.group.setCursor(this.board.feed.axis.mark(mark.run, mark)),
    });
    this.board = chartBoard({ runs: lines, metrics, memory: "compare", tools: [this.marks.button] });
    this.results = resultsTable({
      runs,
      metrics,
      shown: () => this.board.shown(),
      group: this.board.group,
      remove: (id) => this.put(ids.filter((one) => one !== id)),
    });
    this.differences = differences(this.answer);
    replace(
      this.root,
      h(
        "div.bar.compare-head",
        h("h1", runs.length === 1 ? "Compare 1 run" : `Compare ${runs.length} runs`),
        h("span.grow"),
        h("button", { type: "button", onclick: () => this.pick() }, "Choose runs…"),
        h("button", { type: "button", onclick: () => share() }, "Copy the link"),
        actionButton("Export values…", () => exportMetrics(runs, this.board.shown()), { disabled: this.session.read_only }),
      ),
      runs.length === 1 ? h("p.quiet", "Choose at least one more run to compare it with.") : null,
      this.board.element,
      this.marks.list,
      this.results.element,
      this.differences.element,
    );
    this.marks.load();
    this.stopHearing = subscribe(
      "runs.changed",
      (events) => {
        if (events.some(({ payload }) => payload.runs?.some((id) => ids.includes(id))))
          this.timer ??= setTimeout(() => this.refresh(), WAIT_MS);
      },
      { missed: () => this.refresh() },
    );
  }

  /** Reads the numbers again; the curves follow by themselves. */
  async refresh() {
    this.timer = null;
    const { turn } = this;
    try {
      const { answer, absent } = await comparison(this.ids);
      if (this.turn !== turn) return;
      if (absent.length)
        return this.put(
          this.ids.filter((id) => !absent.includes(id)),
          absent,
        );
      this.answer = answer;
      this.board.setMetrics(answer.metrics);
      this.results.update(answer.runs, answer.metrics);
    } catch {
      // What is shown stays; the next change asks again.
    }
  }

  async pick() {
    try {
      const ids = await pickRuns(this.ids, MOST);
      if (ids) this.put(ids);
    } catch (error) {
      problem(error);
    }
  }

  /** Compares these runs; the address follows. */
  put(ids, absent = []) {
    if (absent.length) toast(`${absent.map((id) => `'${id}'`).join(", ")} ${absent.length === 1 ? "was" : "were"} deleted.`);
    setQuery({ runs: ids.join(",") || null }, { push: true });
  }

  update(query) {
    if (idsIn(query).join() !== this.ids.join()) return this.show(query);
    this.board?.update(query);
    this.results?.draw();
  }

  clear() {
    this.turn = null;
    clearTimeout(this.timer);
    this.timer = null;
    this.stopHearing?.();
    this.board?.unmount();
    this.marks?.unmount();
    this.board = this.marks = this.results = this.stopHearing = null;
  }

  unmount() {
    this.clear();
  }
}

const idsIn = (query) => [...new Set((query.get("runs") ?? "").split(",").filter(Boolean))].slice(0, MOST);

/** The comparison of those of the runs that are there. */
async function comparison(ids) {
  try {
    return { answer: await call("runs.compare", { runs: ids }), absent: [] };
  } catch (error) {
    if (error.status !== "not_found") throw error;
  }
  const { runs } = await call("runs.list", { archived: true, limit: 10000 });
  const there = new Set(runs.map(({ id }) => id));
  const left = ids.filter((id) => there.has(id));
  return { answer: left.length ? await call("runs.compare", { runs: left }) : null, absent: ids.filter((id) => !there.has(id)) };
}

function statistics({ metrics }) {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value));
}

function named(marks, runs) {
  const names = new Map(runs.map(({ id, name }) => [id, name]));
  return marks.map((mark) => ({ ...mark, text: `${names.get(mark.run)}: ${mark.text}` }));
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast("The link is copied. Whoever opens it must be signed in.", { kind: "good" });
  } catch {
    toast(`The browser does not let this page copy. The link: ${location.href}`);
  }
}
