// SPDX-License-Identifier: Apache-2.0
// The short ones: another title, a checkpoint to load, starting over, a test, a training to start.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { count, time } from "../../core/format.js";
import { go } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { loadStyles } from "../../core/styles.js";
import { field, formDialog } from "./form-dialog.js";
import { longCall } from "./progress.js";
import { refreshSessions } from "./sessions.js";
import { done, fileOf } from "./words.js";

const styles = () => loadStyles(new URL("./steering.css", import.meta.url));

/** Gives a run another title; its id stays. */
export async function renameDialog({ run }) {
  await styles();
  const title = h("input", { type: "text", maxlength: "200", value: run.title ?? run.name });
  return formDialog({
    title: `Rename '${run.name}'`,
    body: h("div", field("Title", title, `what people see; the trainer's name for it stays '${run.id}'. Empty takes the title away`)),
    label: "Rename",
    run: async () => {
      const { name } = await call("runs.rename", { run: run.id, title: title.value.trim() });
      return { text: `It is called '${name}' now.`, value: name };
    },
  });
}

/** Runs the test pass under a label. */
export async function testDialog({ run, session }) {
  await styles();
  const label = h("input", { type: "text", maxlength: "80", value: "manual" });
  const pauses = session.state === "running" ? "The training pauses for it and goes on afterwards." : "The training stays paused.";
  return formDialog({
    title: `Test '${run.name}'`,
    body: h("div", h("p", `Runs the whole test set through the model as it is now. ${pauses}`),
      field("Label", label, "what the test is called in the list")),
    label: "Test",
    missing: () => (label.value.trim() ? null : "give it a label"),
    run: async ({ follow }) => {
      const result = await follow(longCall("trainer.test", { session: session.session, label: label.value.trim() },
          { what: "Testing", letGo: "You no longer wait; the trainer finishes the test, and its result is recorded." }));
      return { text: done.test(result), value: result };
    },
  });
}

/** Loads a checkpoint into the live model. */
export async function loadDialog({ run, session, checkpoint }) {
  await styles();
  const { checkpoints } = checkpoint ? { checkpoints: [checkpoint] } : await call("runs.checkpoints", { run: run.id, limit: 100 });
  const usable = checkpoints.filter((one) => one.usable_path);
  const path = h("input", { type: "text", value: usable[0]?.usable_path ?? "", spellcheck: "false" });
  const known = h("select", { onchange: () => (path.value = known.value) },
    usable.map((one) => h("option", { value: one.usable_path }, `step ${count(one.step)} · ${one.kind} · ${time(one.ts)}`)));
  return formDialog({
    title: `Load a checkpoint into '${run.name}'`,
    body: h("div", h("p", "The weights that the trainer has now are replaced by those of the file. They are in the last checkpoint, ",
      "written when it paused. Only load files you trust: loading one can run code."),
      usable.length > 1 ? field("Of this run", known) : null, field("Checkpoint", path, "a file on the machine the trainer runs on")),
    label: "Load",
    danger: true,
    missing: () => (path.value.trim() ? null : "name the file"),
    run: async () => {
      const result = await call("trainer.load", { session: session.session, path: path.value.trim() });
      return { text: done.load(result), value: result };
    },
  });
}

/** Starts over from the first weights, as a new run. */
export async function resetDialog({ run, session }) {
  await styles();
  const name = h("input", { type: "text", maxlength: "120", spellcheck: "false", placeholder: "made by the trainer" });
  return formDialog({
    title: "Start over",
    body: h("div", h("p", `The trainer puts '${run.name}' aside, goes back to the weights it had at the very beginning, and stays paused `,
      "before the first step of a new run. Nothing recorded is deleted; a checkpoint of the present weights is written first."),
      field("Name of the new run", name)),
    label: "Start over",
    danger: true,
    run: async ({ follow }) => {
      const input = { session: session.session, reason: "from the page" };
      if (name.value.trim()) input.name = name.value.trim();
      const result = await follow(longCall("trainer.reset", input, { what: "Starting over" }));
      refreshSessions();
      return { text: done.reset(result), value: result.data?.run_id,
        action: { label: "Show it", run: () => go(["runs", result.data?.run_id]) } };
    },
  });
}

/** Binds the trainer to another run, from a checkpoint of it. */
export async function switchDialog({ run, session, checkpoint }) {
  await styles();
  const resume = h("input", { type: "checkbox" });
  const left = session.run && session.run !== run.id ? `'${session.run}' is paused and saved first. ` : "";
  const from = checkpoint ? `its checkpoint ${fileOf(checkpoint.usable_path)}` : "its newest checkpoint that can be used";
  return formDialog({
    title: `Switch to '${run.name}'`,
    body: h("div", h("p", `${left}The trainer then goes on with '${run.name}' from ${from}, on the full training set: `,
      "a fork's choice of samples is not kept by the trainer."), h("label", resume, "Go on training at once")),
    label: "Switch",
    run: async ({ follow }) => {
      const input = { session: session.session, run: run.id, resume: resume.checked };
      if (checkpoint) Object.assign(input, { checkpoint: checkpoint.usable_path, step: checkpoint.step });
      const result = await follow(longCall("trainer.switch", input, { what: "Switching" }));
      refreshSessions();
      return { text: done.switch(result), value: result.run };
    },
  });
}

/** Starts a training's script on the host's machine. */
export async function startDialog() {
  await styles();
  const before = remembered("steering.start", {});
  const script = h("input", { type: "text", value: before.script ?? "", spellcheck: "false", placeholder: "/home/ada/train.py" });
  const args = h("input", { type: "text", value: before.args ?? "", spellcheck: "false", placeholder: "--epochs 10" });
  const python = h("input", { type: "text", value: before.python ?? "python3", spellcheck: "false" });
  const name = h("input", { type: "text", maxlength: "80" });
  return formDialog({
    title: "Start a training",
    body: h("div", h("p", "The script finds this host by itself. It lives on when the host ends; its output is recorded in the run's log."),
      field("Script", script, "its whole path on the machine the host runs on"),
      field("Arguments", args, "as in a shell, with quotes where they hold spaces"), field("Interpreter", python),
        field("Name in lists", name)),
    label: "Start",
    missing: () => (script.value.trim().startsWith("/") ? null : "give the script's whole path, from / on"),
    run: async () => {
      const input = { script: script.value.trim(), args: words(args.value), python: python.value.trim() || "python3" };
      if (name.value.trim()) input.name = name.value.trim();
      remember("steering.start", { script: input.script, args: args.value, python: input.python });
      const process = await call("train.start", input);
      refreshSessions(1000);
      return { text: `'${process.name}' runs as process ${process.pid}; its run shows up when it connects.`, value: process };
    },
  });
}

/** A line as words: blanks part them, quotes and backslashes keep them together. */
export function words(line) {
  const found = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return found.map((word) => word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double, single, one) => (double !== undefined ? double.replace(/\\(.)/g, "$1") : single ?? one)));
}
