// SPDX-License-Identifier: Apache-2.0
// One line of a chart: values, or where there are more values than a screen has room for, the least, greatest and mean of each stretch.

import { Smoother } from "./smooth.js";

const COLUMNS = ["x", "from", "to", "lo", "hi", "mid", "count"];
const GAPS = 400;

/**
 * Columns of equal length, in the order of steps. A stretch of one value has `lo === hi === mid`. A value that is no finite number is a hole:
 * NaN in `lo`, `hi` and `mid`, and a place in `gaps`.
 */
export class SeriesData {
  /** @param {number} room stretches that are kept at least; of twice as many, two and two become one, and no spike is lost */
  constructor(room = 4096) {
    this.room = room;
    this.weight = 0;
    this.clear();
  }

  clear() {
    for (const column of COLUMNS) this[column] = [];
    this.gaps = [];
    this.smooth = null;
    this.last = null;
    this.lastStep = -Infinity;
    this.hasBand = false;
    this.least = Infinity;
    this.greatest = -Infinity;
  }

  get length() {
    return this.x.length;
  }

  /** Takes other columns in place of those that are there: `{x, from, to, lo, hi, mid, count}`, or `{x, mid}` for plain values. */
  load(columns) {
    this.clear();
    const { x, mid } = columns;
    const steps = columns.from ?? x;
    Object.assign(this, {
      x,
      mid,
      lo: columns.lo ?? mid,
      hi: columns.hi ?? mid,
      from: steps,
      to: columns.to ?? steps,
      count: columns.count ?? null,
    });
    for (let index = 0; index < mid.length; index += 1) {
      if (!Number.isFinite(mid[index])) this.addGap(x[index], "not a number");
      else this.widen(this.lo[index], this.hi[index]);
    }
    if (x.length) {
      this.lastStep = this.to[x.length - 1];
      this.last = columns.last ?? mid[x.length - 1];
    }
    this.setSmoothing(this.weight);
    return this;
  }

  /** Adds the value of a later step at the end. */
  append(step, x, value) {
    this.own();
    const isNumber = typeof value === "number" && Number.isFinite(value);
    if (!isNumber) this.addGap(x, value === null ? "not a number" : String(value));
    const place = isNumber ? value : NaN;
    for (const [column, part] of [
      ["x", x],
      ["from", step],
      ["to", step],
      ["lo", place],
      ["hi", place],
      ["mid", place],
      ["count", 1],
    ])
      this[column].push(part);
    this.smooth?.push(this.smoother.next(place));
    if (isNumber) this.widen(value, value);
    this.last = isNumber ? value : this.last;
    this.lastStep = step;
    if (this.length > 2 * this.room) this.thin();
  }

  /** Two and two stretches become one; least and greatest of both are kept. */
  thin() {
    this.own();
    const old = Object.fromEntries(COLUMNS.map((column) => [column, this[column]]));
    for (const column of COLUMNS) this[column] = [];
    for (let index = 0; index < old.x.length; index += 2) this.push(joined(old, index));
    this.hasBand = true;
    this.setSmoothing(this.weight);
  }

  push(stretch) {
    for (const column of COLUMNS) this[column].push(stretch[column]);
  }

  /** Smooths with this weight of what came before; 0 takes the smoothing away. */
  setSmoothing(weight) {
    this.weight = weight;
    this.smoother = new Smoother(weight);
    this.smooth = weight > 0 ? Array.from(this.mid, (value) => this.smoother.next(value)) : null;
  }

  /** The stretch that is nearest to a place, -1 when there is none. */
  indexAt(x) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x[middle] < x) low = middle + 1;
      else high = middle;
    }
    if (low === this.length) return low - 1;
    return low > 0 && x - this.x[low - 1] < this.x[low] - x ? low - 1 : low;
  }

  /** First and last stretch that are seen between two places, with one more on each side so that lines reach the edge. */
  span(from, to) {
    if (!this.length) return [0, -1];
    const [first, last] = [this.indexAt(from), this.indexAt(to)];
    return [Math.max(0, first - 1), Math.min(this.length - 1, last + 1)];
  }

  /** The least and the greatest value between two places, null without any. */
  extent(from, to) {
    if (from === undefined) return this.least <= this.greatest ? [this.least, this.greatest] : null;
    let [low, high] = [Infinity, -Infinity];
    for (let index = 0; index < this.length; index += 1) {
      if (this.x[index] < from || this.x[index] > to) continue;
      if (this.lo[index] < low) low = this.lo[index];
      if (this.hi[index] > high) high = this.hi[index];
    }
    return low <= high ? [low, high] : null;
  }

  widen(low, high) {
    if (low < high) this.hasBand = true;
    if (low < this.least) this.least = low;
    if (high > this.greatest) this.greatest = high;
  }

  addGap(x, what) {
    if (this.gaps.length < GAPS) this.gaps.push({ x, what });
  }

  /** Makes the columns lists that can grow. */
  own() {
    if (Array.isArray(this.x) && this.count && this.lo !== this.mid) return;
    this.count = this.count ? Array.from(this.count) : new Array(this.length).fill(1);
    for (const column of COLUMNS) this[column] = Array.from(this[column]);
  }
}

function joined(old, index) {
  const next = index + 1 < old.x.length ? index + 1 : index;
  if (next === index || !Number.isFinite(old.mid[next])) return { ...at(old, index), to: old.to[next] };
  if (!Number.isFinite(old.mid[index])) return { ...at(old, next), from: old.from[index] };
  const count = old.count[index] + old.count[next];
  return {
    x: (old.x[index] + old.x[next]) / 2,
    from: old.from[index],
    to: old.to[next],
    lo: Math.min(old.lo[index], old.lo[next]),
    hi: Math.max(old.hi[index], old.hi[next]),
    mid: (old.mid[index] * old.count[index] + old.mid[next] * old.count[next]) / count,
    count,
  };
}

function at(old, index) {
  return Object.fromEntries(COLUMNS.map((column) => [column, old[column][index]]));
}
