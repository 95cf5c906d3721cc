// SPDX-License-Identifier: Apache-2.0
// What an action did, or will do, as sentences.

import { count, number } from "../../core/format.js";

/** "1 sample", "12,345 samples". */
export const samples = (value) => `${count(value)} ${value === 1 ? "sample" : "samples"}`;

/** The end of a path. */
export const fileOf = (path) => String(path ?? "").split("/").pop();

/** The sentence for each action that a trainer carried out. */
export const done = {
  pause: ({ data }) => `Paused at step ${count(data?.step)}; `
    + `${data?.ckpt ? `checkpoint ${fileOf(data.ckpt)}` : "no checkpoint was written"}.`,
  resume: ({ data }) => `Goes on from step ${count(data?.step)}.`,
  stop: () => "The training is ending.",
  save: ({ data }) => (data?.path ? `Checkpoint ${fileOf(data.path)} at step ${count(data.step)}.` : "The trainer wrote no checkpoint."),
  load: ({ data }) => `Loaded ${fileOf(data?.path)}, step ${count(data?.step)}.`,
  test: ({ data }) => `Test '${data?.label ?? "manual"}': average loss ${number(data?.avg_loss)} at step ${count(data?.step)}.`,
  report: (result) => `Losses of ${samples(result.samples)} at step ${count(result.at_step)}: `
    + `median ${number(result.median)}, largest ${number(result.max)}.`
    + (result.nulls ? ` ${count(result.nulls)} are not finite.` : ""),
  switch: (result) => `The trainer is on '${result.run}' now, `
    + `${result.checkpoint ? `from ${fileOf(result.checkpoint)}` : "with the weights it had"}`
    + `${result.resumed ? "" : ", and paused"}.${also(result)}`,
  reset: (result) => `Began anew as '${result.data?.run_id}', paused before the first step.${also(result)}`,
  fork: (result) => `'${result.run ?? result.data?.new_run}' goes on from '${result.parent}' `
    + `on ${result.samples ? samples(result.samples) : "all samples"}`
    + `${result.resumed ? "" : ", and is paused"}.${also(result)}`,
  merge: (result) => `'${result.run ?? result.data?.new_run}' has the averaged weights of `
    + `${(result.parents ?? []).map((name) => `'${name}'`).join(", ")}`
    + `${result.resumed ? "" : ", and is paused"}.${also(result)}`,
};

function also({ warnings }) {
  const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
  return warnings?.length ? ` ${warnings.map(sentence).join(" ")}` : "";
}
