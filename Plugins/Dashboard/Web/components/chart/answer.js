// SPDX-License-Identifier: Apache-2.0
// From an answer of runs.series to the columns of a line.

/**
 * The columns of one series of an answer that was asked for with `points` and `band`.
 *
 * @param {{steps: number[], values: (number|null)[], xs?: number[], band?: object, count?: number}} series
 * @param {(step: number) => number} place from a step to its place on the x axis
 */
export function columnsOf(series, place) {
  const { steps, values, band } = series;
  const last = values.length ? values[values.length - 1] : null;
  if (!band || steps.length >= (series.count ?? 0)) return { x: steps.map(place), from: steps, to: steps, mid: numbers(values), last };
  const middle = (index) => {
    // The last stretch ends where the line ends, so that live values join it.
    if (index === band.from.length - 1) return band.to[index];
    return (band.from[index] + band.to[index]) / 2;
  };
  return {
    x: band.from.map((_, index) => place(middle(index))),
    from: band.from,
    to: band.to,
    lo: numbers(band.min),
    hi: numbers(band.max),
    mid: numbers(band.mean),
    count: band.from.map((from, index) =>
      Math.max(1, Math.round(((band.to[index] - from + 1) * series.count) / Math.max(1, band.to.at(-1) - band.from[0] + 1))),
    ),
    last,
  };
}

/** Steps to places by what the answer itself tells (`xs`), straight between its points. */
export function placesOf({ steps, xs }) {
  return (step) => between(steps, xs, step);
}

/** The value at a place between the points of two columns, straight between them and level beyond the ends. */
export function between(keys, values, key) {
  if (!keys.length) return NaN;
  let [low, high] = [0, keys.length - 1];
  if (key <= keys[low]) return values[low];
  if (key >= keys[high]) return values[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (keys[middle] <= key) low = middle;
    else high = middle;
  }
  const share = (key - keys[low]) / (keys[high] - keys[low]);
  return values[low] + share * (values[high] - values[low]);
}

function numbers(values) {
  return values.map((value) => (typeof value === "number" ? value : NaN));
}
