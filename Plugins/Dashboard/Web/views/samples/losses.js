// SPDX-License-Identifier: Apache-2.0
// The losses of one report, whole, in typed arrays: half a million are a few megabytes, and counting in them takes no time.

import { call } from "../../core/api.js";

const kept = new Map();
const KEPT = 8;
const PAGE = 100_000;

/**
 * Loads a report's losses; the last few reports are kept.
 *
 * @param {number} id as runs.reports gives it
 * @param {{signal?: AbortSignal, progress?: (fraction: number) => void}} [options]
 * @returns {Promise<Losses>}
 */
export async function lossesOf(id, { signal, progress } = {}) {
  const found = kept.get(id);
  kept.delete(id);
  const losses = found ?? new Losses(await pages(id, signal, progress));
  kept.set(id, losses);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return losses;
}

async function pages(id, signal, progress) {
  let report = null;
  let filled = 0;
  for (let from = 0; from !== null; ) {
    const page = await call("runs.report", { id, from, limit: PAGE }, { signal });
    report ??= { ...page, losses: new Float64Array(page.samples), indices: new Uint32Array(page.samples) };
    for (let place = 0; place < page.losses.length && filled < report.losses.length; place += 1, filled += 1) {
      report.losses[filled] = page.losses[place] ?? NaN;
      report.indices[filled] = page.sample_indices[place] ?? filled;
    }
    from = page.losses.length ? page.next ?? null : null;
    progress?.(report.samples ? filled / report.samples : 1);
  }
  return { ...report, losses: report.losses.subarray(0, filled), indices: report.indices.subarray(0, filled) };
}

/** One report: `losses[i]` (NaN where there was none) is that of the sample `indices[i]`. */
export class Losses {
  constructor(report) {
    Object.assign(this, { id: report.id, run: report.run, step: report.step, epoch: report.epoch, note: report.note,
        set: report.subset_on });
    Object.assign(this, { ts: report.ts, checkpoint: report.checkpoint, losses: report.losses, indices: report.indices });
    /** Places of finite losses, the smallest loss first. */
    this.order = ordered(this.losses);
    /** The finite losses, the smallest first. */
    this.sorted = Float64Array.from(this.order, (place) => this.losses[place]);
    this.nulls = this.losses.length - this.sorted.length;
  }

  get count() {
    return this.sorted.length;
  }

  get min() {
    return this.sorted[0];
  }

  get max() {
    return this.sorted[this.count - 1];
  }

  /** How many losses lie in the range, its ends included. */
  within(low, high) {
    return Math.max(0, after(this.sorted, high) - before(this.sorted, low));
  }

  /** The samples in the range, the ends included, the greatest loss first. */
  samples(low, high) {
    const places = this.order.slice(before(this.sorted, low), Math.max(before(this.sorted, low), after(this.sorted, high))).reverse();
    return Uint32Array.from(places, (place) => this.indices[place]);
  }

  /** The loss that a share of all (0 to 1) is not above. */
  quantile(share) {
    return this.sorted[Math.min(this.count - 1, Math.max(0, Math.ceil(share * this.count) - 1))];
  }

  /** How many losses are in each of so many equal parts of the whole range: `{edges, counts}`. */
  bins(number) {
    const width = (this.max - this.min) / number || 1;
    const edges = Array.from({ length: number + 1 },
      (_, place) => (place === number ? Math.max(this.max, this.min + width * number) : this.min + width * place));
    const starts = edges.map((edge, place) => (place === number ? this.count : before(this.sorted, edge)));
    return { edges, counts: starts.slice(1).map((end, place) => end - starts[place]) };
  }

  /** The loss of a sample; undefined when it is not in the report. */
  of(sample) {
    this.places ??= new Map(Array.from(this.indices, (index, place) => [index, place]));
    const place = this.places.get(sample);
    return place === undefined ? undefined : this.losses[place];
  }

  /** For each place its rank by loss: 1 is the greatest; 0 where there is no loss. */
  get ranks() {
    if (!this.rankOf) {
      this.rankOf = new Uint32Array(this.losses.length);
      this.order.forEach((place, position) => (this.rankOf[place] = this.count - position));
    }
    return this.rankOf;
  }
}

/** The first place in sorted values that is not below `value`. */
export function before(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place in sorted values that is above `value`. */
export function after(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The places of finite values, the smallest value first.
 *
 * The bits of a float32, turned so that they order as the number does, and the place below them, are one whole number that a double
 * holds for up to two million places: sorting those natively takes a tenth of the time of a comparison function.
 */
export function ordered(values) {
  const places = Uint32Array.from(values.keys()).filter((place) => Number.isFinite(values[place]));
  const rough = Float32Array.from(values);
  if (values.length >= 2 ** 21 || places.some((place) => !Number.isFinite(rough[place]))) return places.sort((a, b) => values[a] - values[b]
    || a - b);
  const bits = new Uint32Array(rough.buffer);
  const keys = Float64Array.from(places, (place) => {
    const raw = bits[place];
    return (raw & 0x80000000 ? ~raw >>> 0 : (raw | 0x80000000) >>> 0) * 2 ** 21 + place;
  }).sort();
  return settled(Uint32Array.from(keys, (key) => key % 2 ** 21), values, rough);
}

// Doubles that are one float32 stand by their place so far: each such group is put in order by itself.
function settled(order, values, rough) {
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    let isRising = true;
    while (end < order.length && rough[order[end]] === rough[order[start]]) {
      isRising &&= values[order[end - 1]] <= values[order[end]];
      end += 1;
    }
    if (!isRising) order.subarray(start, end).sort((a, b) => values[a] - values[b] || a - b);
    start = end;
  }
  return order;
}
