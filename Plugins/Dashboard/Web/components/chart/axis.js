// SPDX-License-Identifier: Apache-2.0
// The four x axes: what the host is asked for, and where each point stands.

import { clockTime, count, duration, time } from "../../core/format.js";
import { placesOf } from "./answer.js";
import { EpochMap } from "./epochs.js";

/** The axes a reader can choose, as they stand in the address, and their names. */
export const AXES = [
  ["step", "Step"],
  ["epoch", "Epoch"],
  ["time", "Time of day"],
  ["elapsed", "Time since start"],
];

/**
 * An x axis over runs.
 *
 * @param {"step"|"epoch"|"time"|"elapsed"} kind
 * @param {Map<string, {started: number, epochs: EpochMap}>} runs what the axis needs to know of each
 */
export function xAxis(kind, runs) {
  const of = (run) => runs.get(run) ?? { started: 0, epochs: new EpochMap() };
  const zero = (run) => (kind === "elapsed" ? of(run).started : 0);
  if (kind === "time" || kind === "elapsed") {
    return {
      kind,
      ticks: kind,
      ask: (run, range) => ({ x: "time", ...(range && { from: range[0] + zero(run), to: range[1] + zero(run) }) }),
      places: (run, series) => {
        const place = placesOf(series);
        return (step) => place(step) - zero(run);
      },
      live: (run, { ts }) => ts - zero(run),
      mark: (run, { ts }) => ts - zero(run),
      say: kind === "time" ? time : duration,
      label: kind === "time" ? clockLabel : (value) => duration(value),
    };
  }
  if (kind === "epoch") {
    return {
      kind,
      ticks: "number",
      ask: (run, range) => ({
        x: "step",
        ...(range && { from: Math.floor(of(run).epochs.step(range[0])), to: Math.ceil(of(run).epochs.step(range[1])) }),
      }),
      places: (run) => (step) => of(run).epochs.place(step),
      live: (run, { step, epoch }) => {
        of(run).epochs.add(step, epoch);
        return of(run).epochs.place(step);
      },
      mark: (run, { step }) => of(run).epochs.place(step),
      say: (value) => `epoch ${Number(value.toFixed(2))}`,
    };
  }
  return {
    kind: "step",
    ticks: "number",
    ask: (run, range) => ({ x: "step", ...(range && { from: Math.floor(range[0]), to: Math.ceil(range[1]) }) }),
    places: () => (step) => step,
    live: (run, { step }) => step,
    mark: (run, { step }) => step,
    say: (value) => `step ${count(Math.round(value))}`,
    label: stepLabel,
  };
}

function clockLabel(value, ticks) {
  const isDays = ticks.length > 1 && ticks[1] - ticks[0] >= 86400;
  if (isDays) return new Date(value * 1000).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return ticks.length > 1 && ticks[1] - ticks[0] >= 60
    ? new Date(value * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })
    : clockTime(value);
}

function stepLabel(value, ticks) {
  const gap = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  if (gap >= 1e6 || (gap >= 1e5 && Math.abs(ticks[ticks.length - 1]) >= 1e6)) return `${Number((value / 1e6).toFixed(3))}M`;
  if (gap >= 1e3) return `${Number((value / 1e3).toFixed(3))}k`;
  return String(Number(value.toFixed(2)));
}
