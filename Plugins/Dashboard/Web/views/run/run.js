// SPDX-License-Identifier: Apache-2.0
// One run: what it is at, its curves, its samples, checkpoints, logs, health, and where it comes from.

import { tabs } from "../../components/tabs.js";
import { empty } from "../../components/empty.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { href } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { chartsTab } from "./charts.js";
import { checkpointsPanel } from "./checkpoints.js";
import { runHeader } from "./header.js";
import { infoTab } from "./info.js";
import { steeringBar } from "./steering.js";
import { healthPanel } from "../health/panel.js";
import { logsPanel } from "../logs/panel.js";
import { samplesPanel } from "../samples/panel.js";

const REFRESH_MS = 1000;

/** Shows the run that the address names. */
export async function mount(root, context) {
  await loadStyles(new URL("./run.css", import.meta.url));
  let view = new RunView(root, context);
  await view.begin();
  return {
    update(route) {
      if (route.parts[1] === view.id) return view.update(route);
      view.unmount();
      view = new RunView(root, { ...context, route });
      view.begin();
    },
    unmount: () => view.unmount(),
  };
}

class RunView {
  constructor(root, { route, session, title }) {
    Object.assign(this, { root, session, title, id: route.parts[1], parts: new Set() });
  }

  async begin() {
    this.stopHearing = subscribe(
      "runs.changed",
      (events) => {
        if (events.some(({ payload }) => payload.runs?.includes(this.id))) this.refreshSoon();
      },
      { missed: () => this.refreshSoon() },
    );
    try {
      this.run = await call("runs.show", { run: this.id });
    } catch (error) {
      return this.isGone ? undefined : this.absent(error);
    }
    if (this.isGone) return;
    this.title(this.run.name);
    this.header = runHeader(this.run, { session: this.session, changed: () => this.refresh() });
    this.steering = steeringBar(this.run, { session: this.session });
    this.tabs = tabs(this.sections(), { name: "About this run" });
    replace(this.root, h("div.run", this.header.element, this.steering.element, this.tabs.element));
  }

  sections() {
    return [
      { id: "charts", label: "Charts", mount: (root) => this.put(root, chartsTab(this.run)) },
      { id: "samples", label: "Samples", mount: (root) => this.put(root, samplesPanel(this.id, { session: this.session })) },
      {
        id: "checkpoints",
        label: "Checkpoints and tests",
        mount: (root) => this.put(root, checkpointsPanel(this.run, { session: this.session })),
      },
      { id: "logs", label: "Logs", mount: (root) => this.put(root, logsPanel({ run: this.id })) },
      { id: "health", label: "Health", mount: (root) => this.put(root, healthPanel({ run: this.id, session: this.session })) },
      { id: "info", label: "Info", mount: (root) => this.put(root, infoTab(this.run)) },
    ];
  }

  /** Shows a part below a tab and keeps it up to date until the tab is left. */
  put(root, part) {
    root.append(part.element);
    this.parts.add(part);
    return () => {
      this.parts.delete(part);
      part.unmount?.();
    };
  }

  absent(error) {
    const isGone = error.status === "not_found";
    const was = this.run?.name ?? this.id;
    this.unmountParts();
    this.title(was);
    replace(
      this.root,
      empty({
        title: isGone ? (this.run ? `'${was}' was deleted` : `There is no run '${was}'`) : `'${was}' could not be read`,
        text: isGone ? "It is not in the store any more, or it never was." : error.message,
        actions: [h("a.button", { href: href(["runs"]) }, "All runs")],
      }),
    );
  }

  refreshSoon() {
    this.timer ??= setTimeout(() => this.refresh(), REFRESH_MS);
  }

  async refresh() {
    clearTimeout(this.timer);
    this.timer = null;
    try {
      const run = await call("runs.show", { run: this.id });
      if (this.isGone || !this.header) return;
      this.run = run;
      this.title(run.name);
      this.header.update(run);
      this.steering.update(run);
      for (const part of this.parts) part.update?.(run);
    } catch (error) {
      if (!this.isGone && error.status === "not_found") this.absent(error);
    }
  }

  update(route) {
    for (const part of this.parts) part.route?.(route);
  }

  unmountParts() {
    this.tabs?.unmount();
    this.header?.unmount();
    this.steering?.unmount();
    this.steering = null;
    this.header = null;
    this.parts.clear();
  }

  unmount() {
    this.isGone = true;
    clearTimeout(this.timer);
    this.stopHearing?.();
    this.unmountParts();
  }
}
