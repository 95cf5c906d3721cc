// SPDX-License-Identifier: Apache-2.0
// The part of the fork dialog that chooses samples: by loss, by quantile, by clusters, or by their numbers.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { histogram } from "../samples/histogram.js";
import { lossesOf } from "../samples/losses.js";
import { choice as radios, field } from "./form-dialog.js";
import { indicesOf } from "./fork-words.js";
import { longCall } from "./progress.js";
import { samples } from "./words.js";

const kinds = [
  { id: "all", label: "All samples" },
  { id: "region", label: "By loss", hint: "a range of the newest report" },
  { id: "quantile", label: "By quantile", hint: "the hardest, the easiest, or between" },
  { id: "kmeans", label: "By clusters", hint: "k-means, made by the trainer" },
  { id: "indices", label: "By number", hint: "samples you name" },
];

/**
 * @param {{run: object, session: string, start?: object, changed: () => void}} what
 *   `start`: `{kind: "region", report, low, high}` or `{kind: "indices", indices}`
 * @returns {{element: HTMLElement, value: () => object, missing: () => string|null, unmount: () => void}}
 */
export function forkSamples({ run, session, start = { kind: "all" }, changed }) {
  const state = { losses: null, newest: null, region: start.kind === "region" ? { low: start.low, high: start.high } : null };
  const place = h("div.fork-kind");
  const chart = histogram({ name: "Losses of the samples: choose a range", changed: (region) => ((state.region = region), told()) });
  const tally = h("p.tally", { role: "status" });
  const parts = { all: h("p.quiet", "The new run trains on everything the parent's data set holds."), region: h("div"), ...quantilePart(),
    ...kmeansPart(), ...indicesPart() };
  const kind = radios("Which samples it trains on", kinds, start.kind, show);
  const told = () => {
    const { losses, region } = state;
    if (losses && region) tally.textContent = `${samples(losses.within(region.low, region.high))} of ${count(losses.count)}`;
    changed();
  };

  function quantilePart() {
    const from = h("input", { type: "number", min: "0", max: "100", step: "any", value: "85" });
    const to = h("input", { type: "number", min: "0", max: "100", step: "any", value: "100" });
    state.quantile = () => ({ from: from.valueAsNumber / 100, to: to.valueAsNumber / 100 });
    const presets = [["Hardest 5 %", 95, 100], ["Hardest 15 %", 85, 100], ["Hardest half", 50, 100], ["Easiest half", 0, 50]];
    const set = (a, b) => ([from.value, to.value] = [a, b]) && changed();
    return { quantile: h("div",
        h("div.bar", presets.map(([label, a, b]) => h("button", { type: "button", onclick: () => set(a, b) }, label))),
        h("div.fields", field("From, in %", from), field("To, in %", to))) };
  }

  function kmeansPart() {
    const k = h("input", { type: "number", min: "1", max: "100", value: "5" });
    const clusters = h("input", { type: "text", value: "0", inputmode: "numeric" });
    const features = ["loss", "margin", "embed"].map((name) => h("input", { type: "checkbox", value: name, checked: name === "loss" }));
    state.kmeans = () => ({ k: k.valueAsNumber, clusters: indicesOf(clusters.value).indices, problem: indicesOf(clusters.value).problem,
        features: features.filter((box) => box.checked).map((box) => box.value) });
    return { kmeans: h("div", h("div.fields", field("How many clusters", k), field("Take the clusters", clusters, "numbers from 0 on")),
      h("fieldset.choice.row", h("legend", "Clustered by"), features.map((box) => h("label", box, box.value)))) };
  }

  function indicesPart() {
    const text = h("textarea", { rows: "3", spellcheck: "false", placeholder: "0-99, 120, 7" });
    if (start.kind === "indices") text.value = ranges(start.indices);
    const found = h("p.tally", { role: "status" });
    let last = { text: null };
    state.indices = () => (last.text === text.value ? last : (last = { text: text.value, ...indicesOf(text.value) }));
    const say = () => {
      const { problem, indices } = state.indices();
      found.textContent = problem ?? samples(indices.length);
      text.setAttribute("aria-invalid", String(Boolean(problem)));
    };
    text.addEventListener("input", say);
    say();
    return { indices: h("div", field("Samples", text, "positions in the training set, and ranges of them"), found) };
  }

  async function loadRegion() {
    replace(parts.region, h("p.quiet", "Loading the newest report…"));
    try {
      const { reports } = await call("runs.reports", { run: run.id, limit: 100 });
      const train = reports.filter((report) => report.subset_on === "train");
      state.newest = train[0] ?? null;
      const wanted = train.find(({ id }) => id === start.report) ?? state.newest;
      if (wanted) showRegion(await lossesOf(wanted.id));
      else offerReport();
    } catch (error) {
      replace(parts.region, h("p.problem", error.message));
    }
    changed();
  }

  function showRegion(losses) {
    state.losses = losses;
    if (!losses.count) return replace(parts.region, h("p.problem", "The newest report holds no finite loss; compute another one."));
    state.region ??= { low: losses.quantile(0.85), high: losses.max };
    chart.setLosses(losses);
    chart.setRegion(state.region);
    const which = losses.id === state.newest.id ? "the newest report" : "an earlier report";
    const when = `Analyzed at step ${count(losses.step)} (epoch ${count(losses.epoch)}), ${which}.`;
    replace(parts.region, h("p.quiet.small", when), chart.element, tally);
    told();
  }

  function offerReport() {
    const button = h("button.primary", { type: "button", onclick: compute }, "Compute the losses");
    replace(parts.region, h("p", `There are no losses of '${run.name}' yet. The trainer can compute them now; it pauses for it.`),
      session ? button : h("p.quiet", "Connect a trainer for it."));
  }

  async function compute() {
    const work = longCall("trainer.report", { session, run: run.id, subset_on: "train" },
      { what: "Computing the loss of each sample",
        letGo: "You no longer wait; the trainer goes on, and the report is recorded when it comes." });
    replace(parts.region, work.element);
    try {
      await work.result;
      await loadRegion();
    } catch (error) {
      replace(parts.region, h("p.problem", error.message));
    }
  }

  function show(id) {
    replace(place, parts[id]);
    if (["region", "quantile"].includes(id) && !state.losses && !parts.region.childElementCount) loadRegion();
    changed();
  }

  function value() {
    const id = kind.value();
    if (id === "region") return { kind: id, losses: state.losses, isNewest: state.losses?.id === state.newest?.id, ...state.region };
    if (id === "quantile") return { kind: id, losses: state.losses, ...state.quantile() };
    if (id === "kmeans") return { kind: id, ...state.kmeans() };
    if (id === "indices") return { kind: id, indices: state.indices().indices };
    return { kind: "all" };
  }

  function missing() {
    const now = value();
    if (now.kind === "region" && !state.losses) return "the losses are not there yet";
    if (now.kind === "region" && !state.losses.within(now.low, now.high)) return "no sample has a loss in this range";
    if (now.kind === "quantile" && !(now.from >= 0 && now.to <= 1
        && now.from < now.to)) return "the quantiles must rise, between 0 and 100 %";
    if (now.kind === "kmeans") return kmeansLack(now);
    if (now.kind === "indices") return state.indices().problem ?? (now.indices.length ? null : "name at least one sample");
    return null;
  }

  queueMicrotask(() => show(start.kind));
  return { element: h("div", kind.element, place), value, missing, unmount: () => chart.unmount() };
}

function kmeansLack({ k, clusters, features, problem }) {
  if (!(k >= 1)) return "give the number of clusters";
  if (problem) return problem;
  if (!clusters.length) return "name at least one cluster";
  if (clusters.some((one) => one >= k)) return `there are only the clusters 0 to ${number(k - 1)}`;
  return features.length ? null : "choose what the clusters are made by";
}

/** Numbers as they are written: 0-3, 7. */
export function ranges(indices) {
  const parts = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = parts[parts.length - 1];
    if (last && index === last[1] + 1) last[1] = index;
    else if (!last || index > last[1]) parts.push([index, index]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(", ");
}
