// SPDX-License-Identifier: Apache-2.0
// Everything that can be done with a run: what it is called, what is asked before, and what carries it out.

import { call } from "../../core/api.js";
import { exportDialog, importDialog } from "./bundle-dialogs.js";
import { forkDialog } from "./fork-dialog.js";
import { mergeDialog } from "./merge-dialog.js";
import { longCall } from "./progress.js";
import { samplesDialog } from "./samples-dialog.js";
import { refreshSessions } from "./sessions.js";
import { loadDialog, renameDialog, resetDialog, startDialog, switchDialog, testDialog } from "./small-dialogs.js";
import { done } from "./words.js";

/**
 * The actions for a run.
 *
 * @param {() => {run: object, session: object|null}} now the run and the trainer that would act, at the time of the click
 * @param {(call) => Promise<any>} follow shows a `longCall` while it lasts
 * @returns {Object<string, {label: string, key?: string, danger?: boolean, confirm?: () => object, run: () => Promise<string|void>}>}
 */
export function actionsFor(now, follow) {
  const simple = (name) => async () => {
    const { session } = now();
    const result = await call(`trainer.${name}`, { session: session.session });
    refreshSessions();
    return done[name](result);
  };
  const dialog = (open) => async () => {
    await open(now());
  };
  return {
    pause: { label: "Pause", key: "Space", run: simple("pause") },
    resume: { label: "Resume", key: "Space", run: simple("resume") },
    stop: { label: "Stop", danger: true, confirm: () => stopQuestion(now()), run: simple("stop") },
    test: { label: "Test…", key: "t", run: dialog(testDialog) },
    report: { label: "Report", key: "r", run: () => report(now(), follow) },
    fork: { label: "Fork…", key: "f", run: dialog(forkDialog) },
    merge: { label: "Merge…", key: "m", run: dialog(({ run, session }) => mergeDialog({ parents: [run.id], session })) },
    switch: { label: "Switch to this run…", run: dialog(switchDialog) },
    save: { label: "Save a checkpoint", run: simple("save") },
    load: { label: "Load a checkpoint…", run: dialog(loadDialog) },
    rename: { label: "Rename…", run: dialog(renameDialog) },
    samples: { label: "Export samples…", run: dialog(({ run }) => samplesDialog({ run })) },
    export: { label: "Export a bundle…", run: dialog(({ run }) => exportDialog({ runs: [run] })) },
    import: { label: "Import a bundle…", run: dialog(importDialog) },
    start: { label: "Start a training…", run: dialog(startDialog) },
    reset: { label: "Start over…", danger: true, run: dialog(resetDialog) },
  };
}

/** Computes the losses of all samples, to be seen under the run's samples. */
export async function report({ run, session }, follow, input = {}) {
  const work = longCall("trainer.report", { session: session.session, run: run.id, subset_on: "train", ...input }, {
    what: "Computing the loss of each sample",
    letGo: "You no longer wait for the report; the trainer goes on with it, and it is recorded when it comes.",
  });
  const result = await follow(work);
  refreshSessions();
  return done.report(result);
}

function stopQuestion({ run, session }) {
  const saved = session.state === "paused" ? "The checkpoint of the pause stays."
    : "It writes no checkpoint by itself: pause first if you want one.";
  return { title: `Stop '${run.name}'?`,
    text: `The training ends as if its last step were done, and its script goes on behind it. It cannot be resumed. ${saved}`,
    action: "Stop the training", danger: true };
}
