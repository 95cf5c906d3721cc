// SPDX-License-Identifier: Apache-2.0
// Which step is in which epoch. Epochs are whole numbers that many steps share: on an axis a step stands where it is within its epoch.

import { between } from "./answer.js";

/** The first steps of the epochs of one run, learned from points that tell both. */
export class EpochMap {
  constructor() {
    this.steps = [];
    this.epochs = [];
    this.lastStep = 0;
  }

  /** Learns points in the order of their steps. */
  learn(steps, epochs) {
    steps.forEach((step, index) => this.add(step, epochs[index]));
    return this;
  }

  /** Learns one more point, later than all others; an epoch that goes back is passed over. */
  add(step, epoch) {
    if (typeof epoch !== "number" || step < this.lastStep) return;
    this.lastStep = step;
    if (this.epochs.length && epoch <= this.epochs[this.epochs.length - 1]) return;
    this.steps.push(step);
    this.epochs.push(epoch);
  }

  /** Where a step stands: 2.5 is in the middle of epoch 2. */
  place(step) {
    const { steps, epochs } = this;
    if (!steps.length) return NaN;
    const last = steps.length - 1;
    if (step <= steps[last]) return between(steps, epochs, step);
    const length = last > 0 ? (steps[last] - steps[0]) / (epochs[last] - epochs[0]) : Math.max(1, this.lastStep - steps[0] + 1);
    return epochs[last] + Math.min(0.999, (step - steps[last]) / length);
  }

  /** The step that stands at a place. */
  step(place) {
    const { steps, epochs } = this;
    if (!steps.length) return NaN;
    const last = steps.length - 1;
    if (place <= epochs[last]) return between(epochs, steps, place);
    return this.lastStep;
  }
}
