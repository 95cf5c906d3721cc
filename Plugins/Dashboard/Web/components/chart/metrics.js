// SPDX-License-Identifier: Apache-2.0
// What is known of metrics with well-known names: how they are called, what they mean, which way is better, where they end.

import { number } from "../../core/format.js";

const KNOWN = {
  loss: ["Training loss", "The mean error of each batch, as the training minimises it. Lower is better.", "low"],
  val_loss: [
    "Validation loss",
    "The error on samples that are not trained on. When it rises while the training loss falls, the model learns by heart.",
    "low",
  ],
  accuracy: ["Accuracy", "The share of samples whose class was right, from 0 to 1.", "high", [0, 1]],
  val_accuracy: ["Validation accuracy", "The share of validation samples whose class was right, from 0 to 1.", "high", [0, 1]],
  lr: ["Learning rate", "How far each step moves the weights.", null, null, "exponent"],
  grad_norm: [
    "Gradient norm",
    "The length of the gradient over all weights. Sudden peaks tell of instability, values near 0 of a standstill.",
    null,
  ],
  weight_norm: ["Weight norm", "The length of all weights together. Steady growth without better loss calls for weight decay.", null],
  activation_zero_frac: ["Activation sparsity", "The share of activations that are zero, from 0 to 1. Near 1: dead units.", null, [0, 1]],
  throughput: ["Throughput", "Samples a second.", "high"],
  mem_vram: ["Memory", "Memory in use, in MB: of the GPU, or of the process without one.", null],
  gpu_util: ["GPU utilisation", "How busy the GPU is, in percent. Low values: it waits for data.", null, [0, 100]],
};

/** Which metrics a new page shows, in this order, when the run has them. */
export const FIRST_METRICS = ["loss", "val_loss", "accuracy", "val_accuracy", "lr", "grad_norm"];

/** What is known of a metric: `{title, help, better: "low"|"high"|null, clamp: [low, high]|null, format(value)}`. */
export function metricInfo(name) {
  const [title, help, better, clamp, style] = KNOWN[name] ?? [
    name,
    "A number the training script reports under this name.",
    guess(name),
    null,
  ];
  return { title, help, better, clamp: clamp ?? null, format: style === "exponent" ? exponent : number };
}

/** The well-known ones first, then the others by name. */
export function inOrder(names) {
  const known = Object.keys(KNOWN);
  const rank = (name) => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** The best of the least and greatest value, null where no way is better. */
export function bestOf(name, { min, max }) {
  const { better } = metricInfo(name);
  return better === "low" ? min : better === "high" ? max : null;
}

/**
 * The range of the y axis around values: 5 % more on each side of a loss, 10 % of others, never beyond where the metric ends.
 *
 * @param {[number, number]} extent
 * @param {object} scale as `yScale` makes it
 */
export function rangeOf(name, [low, high], scale) {
  if (scale.kind !== "linear") {
    const least = scale.kind === "log" && low <= 0 ? (high > 0 ? high / 1e6 : 1e-6) : low;
    const [from, to] = [least, Math.max(high, least)].map(scale.forward);
    const room = (to - from) * 0.05 || 0.1;
    return [from - room, to + room].map(scale.inverse);
  }
  const share = /loss/.test(name) ? 0.05 : 0.1;
  const room = (high - low) * share || Math.abs(high) * share || 0.5;
  const { clamp } = metricInfo(name);
  const [from, to] = [low - room, high + room];
  if (!clamp || low < clamp[0] || high > clamp[1]) return [from, to];
  return [Math.max(clamp[0], from), Math.min(clamp[1], to)];
}

function exponent(value) {
  return Number.isFinite(value) ? value.toExponential(2) : number(value);
}

function guess(name) {
  if (/loss|error|perplexity|wer|mse|mae/i.test(name)) return "low";
  return /acc|f1|auc|bleu|precision|recall|reward|score|throughput/i.test(name) ? "high" : null;
}
