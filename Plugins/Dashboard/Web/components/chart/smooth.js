// SPDX-License-Identifier: Apache-2.0
// Smooths what is drawn; the values themselves stay as they are.

/**
 * An exponential average that can go on: debiased, so that the first values do not begin at zero.
 *
 * Source: Kingma & Ba 2015, section 3 (bias correction).
 */
export class Smoother {
  /** @param {number} weight of what came before, 0 (nothing is smoothed) to below 1 */
  constructor(weight) {
    this.weight = weight;
    this.sum = 0;
    this.share = 0;
  }

  /** The average with one value more; a value that is not finite leaves it as it is and gives NaN. */
  next(value) {
    if (!Number.isFinite(value)) return NaN;
    this.sum = this.weight * this.sum + (1 - this.weight) * value;
    this.share = this.weight * this.share + (1 - this.weight);
    return this.sum / this.share;
  }
}

/** The averages of values, as many as there are. */
export function smoothed(values, weight) {
  const smoother = new Smoother(weight);
  return Array.from(values, (value) => smoother.next(value));
}
