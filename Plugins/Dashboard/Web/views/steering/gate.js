// SPDX-License-Identifier: Apache-2.0
// What can be done with a run now, and in words why something cannot.

import { sessionOf, trainerFor } from "./sessions.js";

const doing = {
  generate_report: "computing the report",
  test: "running the test",
  test_now: "running the test",
  fork: "forking",
  merge: "merging",
  save_ckpt: "writing a checkpoint",
  load_ckpt: "loading a checkpoint",
  pause: "pausing",
  export_subset: "writing the samples",
  reset_session: "starting over",
  switch_run: "switching to another run",
  attach_context: "switching to another run",
};

// The command of the trainer that an action needs; a trainer that lists what it can do and leaves it out cannot.
const needs = { test: "test_now", report: "generate_report", fork: "fork", merge: "merge", switch: "switch_run", reset: "fork",
  load: "load_ckpt" };

/** What a busy trainer does, in words. */
export const busyWords = (busy) => doing[busy] ?? `carrying out ${busy}`;

/**
 * Tells for each action whether it can be done with a run.
 *
 * @param {{id: string, name: string, project: string}} run
 * @param {object[]} sessions as `watchSessions` gives them
 * @param {{readOnly?: boolean, abilities?: string[]|null}} [more]
 * @returns {{session: object|null, isCurrent: boolean, isPaused: boolean, state: string, reasons: Object<string, string|null>}}
 *   `reasons`: for each action null, or why it cannot be done now. `session`: the trainer that would do it
 */
export function gate(run, sessions, { readOnly = false, abilities = null } = {}) {
  const own = sessionOf(sessions, run.id);
  const isCurrent = Boolean(own?.connected);
  const session = isCurrent ? own : trainerFor(sessions, run);
  const state = own?.state ?? "none";
  const facts = { run, session, isCurrent, state, readOnly, abilities };
  const actions = ["pause", "resume", "stop", "test", "report", "fork", "merge", "switch", "save", "load", "reset"];
  const reasons = Object.fromEntries(actions.map((action) => [action, refusal(action, facts)]));
  for (const action of ["rename", "export", "samples", "import", "start"]) reasons[action] = readOnly ? "this link is for looking only"
    : null;
  return { session, isCurrent, isPaused: state === "paused" && isCurrent, state, reasons };
}

function refusal(action, { run, session, isCurrent, state, readOnly, abilities }) {
  if (readOnly) return "this link is for looking only";
  if (!session) return "no trainer is connected; start the training's script, and it shows up here by itself";
  if (action === "switch" && isCurrent) return "the trainer is working on this run already";
  if (!isCurrent && !["switch", "fork", "merge", "report"].includes(action)) {
    return `the connected trainer is working on '${session.run}'; switch it to this run first`;
  }
  if (abilities && needs[action] && !abilities.includes(needs[action])) return `this trainer has no such command ('${needs[action]}')`;
  if (session.busy && action !== "stop") return `the trainer is ${busyWords(session.busy)} and answers nothing until that is done`;
  return isCurrent ? byState(action, state) : null;
}

function byState(action, state) {
  if (action === "pause" && state === "paused") return "the training is paused already";
  if (action === "resume" && state === "running") return "the training is running";
  if (["save", "load"].includes(action) && state !== "paused") return "only a paused training does this; pause it first";
  if (state === "testing" && action !== "stop") return "the test is running";
  if (state === "connecting" && action !== "stop") return "the training has not begun yet";
  return null;
}
