// SPDX-License-Identifier: Apache-2.0
// What a fork will do, in words, and what is sent for it.

import { count, number } from "../../core/format.js";
import { samples } from "./words.js";

/** "0-99, 120 and 7" as numbers, each once, in order; a problem as a sentence. */
export function indicesOf(text) {
  const found = new Set();
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!range) return { problem: `'${part}' is neither a number nor a range such as 0-99`, indices: [] };
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (to < from) return { problem: `the range '${part}' runs backwards`, indices: [] };
    if (to - from > 5_000_000) return { problem: `the range '${part}' is too long`, indices: [] };
    for (let index = from; index <= to; index += 1) found.add(index);
  }
  return { problem: null, indices: [...found].sort((a, b) => a - b) };
}

/** A factor in words: "half the learning rate". */
export function factorWords(factor, what) {
  if (!factor || factor === 1) return null;
  const known = { 0.5: "half", 2: "twice", 0.1: "a tenth of", 10: "ten times" }[factor];
  return known ? `${known} the ${what}` : `${number(factor)} × the ${what}`;
}

/** The members of trainer.fork for a choice of samples. */
export function selectionInput(choice) {
  switch (choice.kind) {
    case "region": return choice.isNewest ? { region: { min_loss: choice.low, max_loss: choice.high } }
      : { indices: [...choice.losses.samples(choice.low, choice.high)].sort((a, b) => a - b) };
    case "quantile": return { quantile: { from: choice.from, to: choice.to } };
    case "kmeans": return { kmeans: { k: choice.k, target_clusters: choice.clusters, feature: choice.features.join("|") } };
    case "indices": return { indices: choice.indices };
    default: return {};
  }
}

/** How many samples a choice takes: `{exact}`, `{about}` or nothing known. */
export function countOf(choice) {
  switch (choice.kind) {
    case "region": return choice.losses ? { exact: choice.losses.within(choice.low, choice.high) } : {};
    case "indices": return { exact: choice.indices.length };
    case "quantile": return choice.losses ? { about: Math.round((choice.to - choice.from) * choice.losses.count) } : {};
    default: return {};
  }
}

const percent = (share) => number(share * 100, 3);
const clusterWords = (clusters) => `${clusters.length === 1 ? "cluster" : "clusters"} ${clusters.join(", ")}`;

function samplesWords(choice) {
  const { exact, about } = countOf(choice);
  switch (choice.kind) {
    case "region": return `exactly the ${samples(exact ?? 0)} whose loss was between ${number(choice.low)} and ${number(choice.high)}`;
    case "quantile": return `the samples between the ${percent(choice.from)} % and the ${percent(choice.to)} % quantile of the loss`
      + `${about === undefined ? "" : `, about ${count(about)}`}; the trainer computes the losses anew, so the number is known afterwards`;
    case "kmeans": return `the samples in ${clusterWords(choice.clusters)} of ${choice.k} by ${choice.features.join(" and ")}; `
      + "the trainer makes the clusters, so the number is known afterwards";
    case "indices": return `the ${samples(exact)} you named`;
    default: return "all samples";
  }
}

/** The whole of it, for a person to read before it is done. */
export function forkWords({ run, name, choice, hparams, resume, isCurrent, isRunning, checkpoint }) {
  const from = isCurrent ? `from ${isRunning ? "the step it then has" : "its present step"}` : checkpoint
    ? `from its checkpoint at step ${count(checkpoint.step)}` : "from a checkpoint the trainer finds";
  const changes = [factorWords(hparams.lr_mul, "learning rate"), factorWords(hparams.wd_mul, "weight decay")].filter(Boolean);
  return [
    isRunning ? `Pauses the training and writes a checkpoint of what it is doing.` : null,
    `Begins the run '${name}' ${from}, as a child of '${run.name}', on ${samplesWords(choice)}`
      + `${changes.length ? `, with ${changes.join(" and ")}` : ""}.`,
    resume ? "The training goes on with the new run." : "The training stays paused.",
    `'${run.name}' keeps everything it has.`,
  ].filter(Boolean).join(" ");
}
