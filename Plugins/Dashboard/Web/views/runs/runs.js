// SPDX-License-Identifier: Apache-2.0
// The list of all runs.

import { actionButton } from "../../components/action-button.js";
import { dataTable } from "../../components/data-table.js";
import { empty } from "../../components/empty.js";
import { problem, toast } from "../../components/toast.js";
import { inOrder } from "../../components/chart/metrics.js";
import { pickMetrics } from "../../components/chart/metric-picker.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { go, setQuery } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { loadStyles } from "../../core/styles.js";
import { exportDialog } from "../steering/bundle-dialogs.js";
import { gate } from "../steering/gate.js";
import { watchSessions } from "../steering/sessions.js";
import { runColumns } from "./columns.js";
import { deleteRuns } from "./delete.js";
import { exportMetrics } from "./export.js";
import { filters } from "./filters.js";
import { followBox } from "./follow.js";
import { runList } from "./list.js";
import { statistics } from "./statistics.js";

const LIVE = ["running", "paused", "testing", "stopping"];
const CLOCK_MS = 5000;

/** Shows the list. */
export async function mount(root, { route, session, title }) {
  title("Runs");
  await loadStyles(new URL("./runs.css", import.meta.url));
  await loadStyles(new URL("../../components/chart/chart.css", import.meta.url));
  const view = new RunsView(root, route, session);
  return { update: ({ query }) => view.filters.read(query), unmount: () => view.unmount() };
}

class RunsView {
  constructor(root, route, session) {
    Object.assign(this, { session, all: [], metrics: remembered("runs.metrics", []), sessions: [] });
    this.statistics = statistics({ metrics: () => this.metrics, arrived: (ids) => this.renew(ids) });
    this.filters = filters(route.query, { changed: (query) => (setQuery(query), this.draw()) });
    this.table = dataTable({
      columns: this.columns(),
      key: ({ id }) => id,
      name: "Runs",
      open: ({ id }) => go(["runs", id]),
      selectable: true,
      remember: "runs",
      sort: { id: "started", down: true },
      empty: h("div", (this.blank = h("div"))),
    });
    this.table.onSelect((rows) => this.selected(rows));
    this.count = h("p.quiet.small", { role: "status" }, "Reading the runs …");
    this.actions = h("div.bar.run-actions", { role: "group", aria: { label: "With the selected runs" }, hidden: true });
    this.follow = followBox();
    replace(
      root,
      h(
        "div.bar.runs-head",
        h("h1", "Runs"),
        h("span.grow"),
        this.follow.element,
        h("button", { type: "button", onclick: () => this.pickColumns() }, "Metric columns…"),
      ),
      this.filters.element,
      this.actions,
      this.count,
      this.table.element,
    );
    this.list = runList({ changed: (runs) => this.took(runs), gone: (runs) => this.lost(runs), failed: (error) => this.failed(error) });
    this.stops = [
      this.keys(),
      watchSessions(({ sessions }) => (this.sessions = sessions)),
      () => this.follow.stop(),
      () => this.list.stop(),
      () => this.statistics.stop(),
    ];
    this.clock = setInterval(() => this.renew(), CLOCK_MS);
  }

  columns() {
    return runColumns({ metrics: this.metrics, statistics: this.statistics, process: (run) => this.processOf(run) });
  }

  processOf({ id }) {
    const session = this.sessions.find(({ run }) => run === id);
    return session ? [session.pid && `process ${session.pid}`, session.cwd].filter(Boolean).join(" in ") : "";
  }

  took(runs) {
    this.all = runs;
    this.filters.setProjects([...new Set(runs.map(({ project }) => project).filter(Boolean))].sort());
    this.draw();
  }

  draw() {
    const rows = this.all.filter((run) => this.filters.fits(run));
    this.blankFor(rows);
    this.table.update(rows);
    this.count.textContent =
      rows.length === this.all.length
        ? `${count(rows.length)} ${rows.length === 1 ? "run" : "runs"}`
        : `${count(rows.length)} of ${count(this.all.length)} runs`;
    if (!this.list?.isAll) this.count.textContent += ", the latest ones";
  }

  blankFor(rows) {
    if (rows.length) return;
    if (this.all.length)
      replace(
        this.blank,
        empty({
          title: "No run fits",
          text: "Nothing has this text, state and project.",
          actions: [h("button", { type: "button", onclick: () => this.filters.clear() }, "Show all runs")],
        }),
      );
    else
      replace(
        this.blank,
        empty({
          title: "No run yet",
          text: "A training shows up here by itself when its script connects. Try the example, which needs nothing but Python:",
          command: "python3 Examples/Training/digits.py",
        }),
      );
  }

  /** Draws rows anew whose text depends on the time, or whose metrics arrived. */
  renew(ids = null) {
    this.all = this.all.map((run) => ((ids ? ids.has(run.id) : LIVE.includes(run.state)) ? { ...run } : run));
    this.draw();
  }

  lost(runs) {
    const names = runs
      .slice(0, 3)
      .map(({ name }) => `'${name}'`)
      .join(", ");
    if (this.deleting) return;
    toast(
      runs.length > 3
        ? `${names} and ${count(runs.length - 3)} more runs were deleted.`
        : `${names} ${runs.length === 1 ? "was" : "were"} deleted.`,
    );
  }

  failed(error) {
    this.count.textContent = "";
    problem(error, "The runs could not be read");
  }

  selected(rows) {
    this.actions.hidden = !rows.length;
    if (!rows.length) return;
    const isReadOnly = this.session.read_only;
    const areArchived = rows.every(({ archived }) => archived);
    replace(
      this.actions,
      h("span", { role: "status" }, `${count(rows.length)} selected`),
      h(
        "button.primary",
        {
          type: "button",
          disabled: rows.length < 2,
          title: rows.length < 2 ? "Select two or more" : null,
          onclick: () => go(["compare"], { runs: rows.map(({ id }) => id).join(",") }),
        },
        "Compare",
      ),
      actionButton("Export values…", () => exportMetrics(rows), { disabled: isReadOnly }),
      actionButton("Export a bundle…", () => exportDialog({ runs: rows }), { disabled: isReadOnly }),
      actionButton(areArchived ? "Take back from the archive" : "Archive", () => this.archive(rows, !areArchived), {
        disabled: isReadOnly,
      }),
      actionButton("Delete…", () => this.delete(rows), { danger: true, disabled: isReadOnly }),
    );
  }

  async archive(rows, archived) {
    const { runs } = await call("runs.archive", { runs: rows.map(({ id }) => id), archived });
    await this.list.load();
    return `${count(runs.length)} ${runs.length === 1 ? "run" : "runs"} ${archived ? "archived; nothing of them is removed" : "taken back"}.`;
  }

  async delete(rows) {
    this.deleting = true;
    try {
      const text = await deleteRuns(rows);
      if (text) await this.list.load();
      return text;
    } finally {
      this.deleting = false;
    }
  }

  async pickColumns() {
    try {
      const { metrics } = await call("runs.compare", { runs: this.all.slice(0, 40).map(({ id }) => id) });
      const chosen = await pickMetrics(inOrder([...new Set([...metrics, ...this.metrics])]), this.metrics);
      if (!chosen) return;
      this.metrics = chosen;
      remember("runs.metrics", chosen);
      this.table.setColumns(this.columns());
    } catch (error) {
      problem(error);
    }
  }

  keys() {
    return bind("Runs", [
      { keys: "/", does: "search", action: () => this.filters.focus() },
      {
        keys: "Space",
        does: "pause the run of the row, or let it go on",
        action: () => this.pause(),
        when: () => Boolean(focused()) && !this.session.read_only,
      },
      {
        keys: "Shift+C",
        does: "compare the selected runs",
        action: () =>
          go(["compare"], {
            runs: this.table
              .selected()
              .map(({ id }) => id)
              .join(","),
          }),
        when: () => this.table.selected().length > 1,
      },
    ]);
  }

  async pause() {
    const run = this.all.find(({ id }) => id === focused());
    const state = gate(run, this.sessions);
    const action = state.isPaused ? "resume" : "pause";
    if (state.reasons[action]) return toast(`'${run.name}': ${state.reasons[action]}.`);
    try {
      await call(`trainer.${action}`, { session: state.session.session });
      toast(`'${run.name}' ${action === "pause" ? "is paused" : "goes on"}.`, { kind: "good" });
    } catch (error) {
      problem(error);
    }
  }

  unmount() {
    clearInterval(this.clock);
    for (const stop of this.stops) stop();
  }
}

/** The run of the row with the focus. */
const focused = () => document.activeElement?.closest("tr[data-index]")?.querySelector("[data-run]")?.dataset.run ?? null;
