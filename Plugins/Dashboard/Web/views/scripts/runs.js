// SPDX-License-Identifier: Apache-2.0
// The list of scripts' runs, and the form that begins one.

import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { dataTable } from "../../components/data-table.js";
import { openDialog } from "../../components/dialog.js";
import { empty } from "../../components/empty.js";
import { schemaForm } from "../../components/schema-form.js";
import { problem, toast } from "../../components/toast.js";
import { call, host } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { ago, duration, time } from "../../core/format.js";
import { refreshing } from "../../core/refresh.js";
import { go } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";

/** Mounts the list. @returns {() => void} */
export function runsTab(place, session) {
  const table = dataTable({
    name: "Scripts",
    remember: "scripts",
    key: ({ run }) => run,
    open: ({ run }) => go(["scripts"], { run }),
    empty: empty({ title: "No script has run here yet", text: "Begin one so, and it can ask, show and report here:", command: "jackfield run -- python3 script.py" }),
    columns: [
      { id: "name", title: "Name", value: ({ name }) => name, cell: ({ name }) => h("strong", name) },
      { id: "state", title: "State", value: ({ state }) => state, cell: stateOf },
      { id: "command", title: "Command", value: ({ command }) => (command ?? []).join(" "), cell: ({ command }) => h("code", (command ?? []).join(" ")) },
      { id: "kind", title: "Kind", value: ({ kind }) => kind },
      { id: "started", title: "Started", value: ({ started }) => started, cell: ({ started }) => h("span", { title: time(started) }, ago(started)), number: true },
      { id: "lasted", title: "Lasted", value: (run) => (run.ended ?? Date.now() / 1000) - run.started, cell: (run) => duration((run.ended ?? Date.now() / 1000) - run.started), number: true },
      { id: "cwd", title: "Folder", value: ({ cwd }) => cwd, hidden: true },
      { id: "pid", title: "Process", value: ({ pid }) => pid, number: true, hidden: true },
      { id: "stop", title: "Stop", value: () => "", cell: (run) => (session.read_only || run.state === "ended" ? "" : stopButton(run)) },
    ],
  });
  place.append(table.element);
  const refresh = refreshing(["bridge.run", "bridge.process"], async () => table.update((await call("run.list", { all: true })).runs));
  return refresh.stop;
}

/** How a run ended counts more than that it did. */
export function stateOf({ state, status, signal }) {
  if (state !== "ended") return stateBadge(state);
  if (signal) return stateBadge("stopped", `signal ${signal}`);
  return status ? stateBadge("failed", `exit ${status}`) : stateBadge(status === 0 ? "done" : "ended");
}

/** Stops a run after asking. */
export function stopButton({ run, name, pid }) {
  return actionButton("Stop", async () => {
    await call("run.stop", { run });
    return `${name} was told to stop.`;
  }, { danger: true, name: `Stop ${name}`, confirm: { title: `Stop ${name}?`, text: `Its process${pid ? ` ${pid}` : ""} is told to end, and is killed when it does not within the time that is configured. What it has not saved is lost.`, action: "Stop it" } });
}

/** A button that opens the form of run.start. */
export function startButton() {
  return h("button.primary", { type: "button", onclick: () => start().catch((error) => problem(error)) }, "Start a script");
}

async function start() {
  const { commands } = await host("command/list", { prefix: "run.start" });
  const before = remembered("scripts.start", {});
  const form = schemaForm({ ...commands[0].input, required: ["command", "cwd"] }, before);
  const accept = async (isMeant) => {
    if (!isMeant) return true;
    if (form.errors().length) return false;
    try {
      const { env, ...kept } = form.value();
      const run = await call("run.start", form.value());
      remember("scripts.start", kept);
      toast(`${run.name} has begun.`, { kind: "good" });
      go(["scripts"], { run: run.run });
      return true;
    } catch (error) {
      problem(error);
      return false;
    }
  };
  await openDialog({ title: "Start a script", wide: true, body: h("div", h("p.quiet", "The host begins it, keeps its output, and lets it go on when this page is closed."), form.element), accept, actions: [{ label: "Cancel", value: false }, { label: "Start", value: true, primary: true }] });
}
