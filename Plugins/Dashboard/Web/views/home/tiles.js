// SPDX-License-Identifier: Apache-2.0
// What goes on, in numbers; each leads to where it goes on.

import { h } from "../../core/dom.js";
import { href } from "../../core/route.js";
import { icon } from "../../shell/icons.js";

/** States of a run that has not ended. */
export const goesOn = ({ state }) => ["running", "paused", "training", "testing", "starting", "opened", "ending"].includes(state);

/** @returns {HTMLElement[]} */
export function tilesOf({ runs, kernels, scripts, alerts }, waiting) {
  const training = runs.filter(goesOn);
  const alive = kernels.filter(({ status }) => status !== "dead");
  const busy = alive.filter(({ status }) => status === "busy").length;
  return [
    tile("runs", ["runs"], training.length, training.length === 1 ? "training" : "trainings", training.some(({ state }) => state === "paused") ? "some are paused" : training.length ? "going on" : "none goes on"),
    tile("kernels", ["kernels"], alive.length, alive.length === 1 ? "kernel" : "kernels", busy ? `${busy} busy` : alive.length ? "idle" : "none is up"),
    tile("scripts", ["scripts"], scripts.filter(goesOn).length, "scripts", scripts.some(goesOn) ? "running" : "none runs"),
    tile("question", ["scripts"], waiting, waiting === 1 ? "question" : "questions", waiting ? "waiting for you" : "nobody asks", waiting ? "info" : ""),
    tile("health", ["health"], alerts.length, alerts.length === 1 ? "alert" : "alerts", alerts.length ? "still open" : "all is well", alerts.length ? "warn" : ""),
  ];
}

function tile(picture, parts, count, name, state, kind = "") {
  return h("li", h("a.now-tile", { href: href(parts), class: [kind, count ? "some" : ""].join(" ") }, icon(picture), h("span.now-count", String(count)), h("span", h("span.now-name", name), h("span.now-state.quiet", state))));
}
