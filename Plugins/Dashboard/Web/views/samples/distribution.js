// SPDX-License-Identifier: Apache-2.0
// How the losses lie, a range of them, and what can be done with the samples in it.

import { actionButton } from "../../components/action-button.js";
import { copy } from "../../components/copy.js";
import { h } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { current, setQuery } from "../../core/route.js";
import { forkDialog } from "../steering/fork-dialog.js";
import { samplesDialog } from "../steering/samples-dialog.js";
import { histogram } from "./histogram.js";

const presets = [["Hardest 1 %", 0.99, 1], ["Hardest 5 %", 0.95, 1], ["Hardest 15 %", 0.85, 1], ["Hardest half", 0.5, 1],
  ["Easiest half", 0, 0.5], ["All", 0, 1]];

/**
 * @param {object} state of the panel: `losses`, `run`, `gate`, `reports`
 * @param {{changed: (region: {low: number, high: number}) => void}} hears which losses are chosen
 */
export function distribution(state, { changed }) {
  const { losses } = state;
  const span = losses.max - losses.min;
  const given = current().query.get("region")?.split(":").map(Number);
  const isGiven = given?.length === 2 && given.every(Number.isFinite) && given[0] <= given[1];
  let region = isGiven ? { low: given[0], high: given[1] } : { low: losses.min + span / 4, high: losses.min + (span * 3) / 4 };
  let timer = null;
  const chart = histogram({ changed: (next, isDone) => took(next, isDone) });
  const tally = h("p.tally", { role: "status" });
  const from = h("input", { type: "number", step: "any", onchange: typed });
  const to = h("input", { type: "number", step: "any", onchange: typed });
  const log = h("input", { type: "checkbox", checked: current().query.get("counts") === "log", onchange: () => {
    setQuery({ counts: log.checked ? "log" : null });
    chart.setLosses(losses, { isLog: log.checked });
  } });
  const chosen = () => losses.samples(region.low, region.high);
  const fork = actionButton("Fork on these…",
    async () => void (await forkDialog({ run: state.run, session: state.gate.session, start: forkStart() })), { primary: true });
  const write = actionButton("Export these…",
    async () => void (await samplesDialog({ run: state.run, indices: chosen(),
        words: `those with a loss between ${number(region.low)} and ${number(region.high)}` })));
  const take = actionButton("Copy their numbers", async () => {
    if (!(await copy([...chosen()].sort((a, b) => a - b).join("\n")))) throw new Error("this browser does not let the page copy");
    return `Copied the numbers of ${count(chosen().length)} samples, one a line.`;
  });
  const why = h("p.quiet.small");

  function forkStart() {
    return losses.set === "train" ? { kind: "region", report: losses.id, ...region } : { kind: "all" };
  }

  function typed() {
    const [a, b] = [from.valueAsNumber, to.valueAsNumber];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return took(region, true);
    took({ low: Math.min(a, b), high: Math.max(a, b) }, true);
    chart.setRegion(region);
  }

  function took(next, isDone) {
    region = next;
    const found = losses.within(region.low, region.high);
    const share = number((100 * found) / losses.count, 3);
    const ends = `from ${number(region.low)} to ${number(region.high)}`;
    tally.textContent = `${count(found)} of ${count(losses.count)} samples (${share} %) with a loss ${ends}`;
    if (document.activeElement !== from) from.value = Number(region.low.toPrecision(6));
    if (document.activeElement !== to) to.value = Number(region.high.toPrecision(6));
    gated();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isDone !== null) setQuery({ region: `${region.low}:${region.high}` });
      changed(region);
    }, isDone ? 60 : 200);
  }

  function gated() {
    const isEmpty = !losses.within(region.low, region.high);
    const reason = losses.set !== "train" ? "a fork trains on the training set, and this report is of the validation set"
      : state.gate.reasons.fork;
    fork.disabled = isEmpty || Boolean(reason);
    for (const button of [write, take]) button.disabled = isEmpty;
    if (state.gate.reasons.samples) write.disabled = true;
    why.textContent = reason ? `No fork now: ${reason}.` : isEmpty ? "No sample has a loss in this range." : "";
  }

  function choose(low, high) {
    const next = { low: low === 0 ? losses.min : losses.quantile(low), high: losses.quantile(high) };
    if (low > 0 && high === 1) next.low = losses.sorted[Math.min(losses.count - 1, Math.floor(low * losses.count))];
    chart.setRegion(next);
    took(next, true);
  }

  const facts = [`Analyzed at step ${count(losses.step)} (epoch ${count(losses.epoch)})`, losses.note,
    losses.nulls ? `${count(losses.nulls)} losses are not finite and left out` : null];
  const element = h("section.card.distribution", { "aria-labelledby": "samples-distribution" },
    h("div.bar", h("h2", { id: "samples-distribution" }, "How the losses lie"), h("span.grow"),
      h("label.small", log, "Counts on a log scale")),
    h("p.quiet.small", facts.filter(Boolean).join(" · ")),
    chart.element, tally,
    h("div.bar.presets", { role: "group", "aria-label": "Ranges" },
      presets.map(([label, a, b]) => h("button", { type: "button", onclick: () => choose(a, b) }, label))),
    h("div.bar", h("label.small", "From", from), h("label.small", "to", to), h("span.grow"), fork, write, take), why);
  chart.setLosses(losses, { isLog: log.checked });
  chart.setRegion(region);
  took(region, null);

  return {
    element,
    gated,
    unmount() {
      clearTimeout(timer);
      chart.unmount();
    },
  };
}
