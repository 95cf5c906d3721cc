// SPDX-License-Identifier: Apache-2.0
// The way from a step to the charts of its run, with some steps around it in sight.

import { href } from "../../core/route.js";

const around = 100;

/** The address of a run's charts around a step. */
export function stepHref(run, step) {
  return href(["runs", run], { x: "step", from: Math.max(0, step - around), to: step + around });
}
