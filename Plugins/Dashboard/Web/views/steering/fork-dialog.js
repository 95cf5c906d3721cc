// SPDX-License-Identifier: Apache-2.0
// Forks a run: which samples, which factors, which name, and what that will do.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { go } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { field, formDialog } from "./form-dialog.js";
import { forkSamples } from "./fork-samples.js";
import { forkWords, selectionInput } from "./fork-words.js";
import { runName } from "./run-name.js";
import { longCall } from "./progress.js";
import { refreshSessions } from "./sessions.js";
import { done } from "./words.js";

/**
 * @param {{run: {id: string, name: string}, session: object, start?: object}} what
 *   `session`: the trainer that forks, as trainer.list gives it; `start`: what is chosen first, as for `forkSamples`
 * @returns {Promise<string|null>} the new run
 */
export async function forkDialog({ run, session, start }) {
  await loadStyles(new URL("./steering.css", import.meta.url));
  const words = h("p.will", { role: "status" });
  const isCurrent = session.run === run.id;
  const isRunning = session.state === "running";
  const name = await runName("fork", () => say());
  const lr = h("input", { type: "number", min: "0", step: "any", value: "1" });
  const wd = h("input", { type: "number", min: "0", step: "any", value: "1" });
  const resume = h("input", { type: "checkbox", checked: true });
  const chosen = forkSamples({ run, session: session.session, start, changed: () => say() });
  let checkpoint = null;
  const hparams = () => Object.fromEntries([["lr_mul", lr.valueAsNumber],
      ["wd_mul", wd.valueAsNumber]].filter(([, value]) => value > 0 && value !== 1));
  const missing = () => chosen.missing() ?? name.missing()
    ?? (lr.valueAsNumber > 0 && wd.valueAsNumber > 0 ? null : "the factors must be above zero");
  const body = h("div.fork", chosen.element,
    h("div.fields", field("Name of the new run", name.element, name.hint), field("Learning rate ×", lr), field("Weight decay ×", wd)),
    h("label", resume, "Go on training with it at once"), h("h3", "What this will do"), words);

  function say() {
    if (!body.isConnected) return;
    const now = chosen.value();
    words.textContent = chosen.missing() ? "Choose the samples first."
      : forkWords({ run, name: name.value(), choice: now, hparams: hparams(), resume: resume.checked, isCurrent, isRunning, checkpoint });
    body.parentElement.recheck?.();
  }

  async function run_({ follow }) {
    const input = { session: session.session, run: run.id, name: name.value(), ...selectionInput(chosen.value()), resume: resume.checked };
    if (Object.keys(hparams()).length) input.hparams = hparams();
    const result = await follow(longCall("trainer.fork", input,
        { what: "Forking", letGo: "You no longer wait; the trainer may still carry the fork out. The lineage shows it when it does." }));
    refreshSessions();
    const child = result.run ?? result.data?.new_run;
    return { text: done.fork(result), value: child, action: { label: "Show it", run: () => go(["runs", child]) } };
  }

  body.addEventListener("input", () => queueMicrotask(say));
  body.addEventListener("change", () => queueMicrotask(say));
  if (!isCurrent) {
    call("runs.checkpoints", { run: run.id, limit: 50 }).then(({ checkpoints }) => {
      checkpoint = checkpoints.find((one) => one.usable_path) ?? null;
      if (!checkpoint) replace(words, `'${run.name}' has no checkpoint that can be used.`);
      say();
    }, () => {});
  }
  queueMicrotask(() => queueMicrotask(say));
  try {
    return await formDialog({ title: `Fork '${run.name}'`, body, label: "Fork", run: run_, missing, wide: true });
  } finally {
    chosen.unmount();
    name.unmount();
  }
}
