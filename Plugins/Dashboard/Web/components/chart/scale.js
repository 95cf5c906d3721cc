// SPDX-License-Identifier: Apache-2.0
// From values to places on an axis, and the places that get a number. Both renderers use these, so both show the same.

const LOG = Math.log(10);

/**
 * How values are spread along the y axis: `{forward, inverse, ticks(low, high, count)}`.
 *
 * @param {"linear"|"log"|"symlog"} kind log has no place for zero and below (NaN); symlog is linear around zero
 * @param {number} [near] symlog: where linear goes over into logarithmic
 */
export function yScale(kind, near = 1e-3) {
  if (kind === "log")
    return { kind, forward: (value) => (value > 0 ? Math.log(value) / LOG : NaN), inverse: (place) => 10 ** place, ticks: logTicks };
  if (kind === "symlog") {
    return {
      kind,
      forward: (value) => Math.asinh(value / near),
      inverse: (place) => Math.sinh(place) * near,
      ticks: (low, high, count) => symlogTicks(low, high, count, near),
    };
  }
  return { kind: "linear", forward: (value) => value, inverse: (place) => place, ticks: linearTicks };
}

/** Round numbers in a range, about `count` of them. */
export function linearTicks(low, high, count = 5) {
  if (!(high > low)) return Number.isFinite(low) ? [low] : [];
  const step = roundStep((high - low) / Math.max(1, count));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The next of 1, 2, 5, 10 … times a power of ten. */
export function roundStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = size / power;
  return (factor <= 1.0001 ? 1 : factor <= 2.0001 ? 2 : factor <= 5.0001 ? 5 : 10) * power;
}

/** Powers of ten in a range of values, every second or third of them when there are many, 2 and 5 between them when there are few. */
export function logTicks(low, high, count = 5) {
  if (!(low > 0) || !(high > low)) return low > 0 ? [low] : [];
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const powers = last - first + 1;
  if (powers < 2) return powers === 1 || high / low > 3 ? withBetween(low, high, [1, 2, 5]) : linearTicks(low, high, count);
  if (powers <= count / 2) return withBetween(low, high, [1, 2, 5]);
  const every = Math.max(1, Math.ceil(powers / count));
  const ticks = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) ticks.push(Number(`1e${power}`));
  return ticks;
}

/** Zero, and powers of ten on both sides of it. */
export function symlogTicks(low, high, count = 5, near = 1e-3) {
  if (!(high > low)) return Number.isFinite(low) ? [low] : [];
  if (Math.max(Math.abs(low), Math.abs(high)) <= near * 2) return linearTicks(low, high, count);
  const above = high > near ? logTicks(Math.max(near, low), high, low < 0 ? count / 2 : count) : [];
  const below =
    low < -near
      ? logTicks(Math.max(near, -high), -low, high > 0 ? count / 2 : count)
          .map((value) => -value)
          .reverse()
      : [];
  return [...below, ...(low <= 0 && high >= 0 ? [0] : []), ...above.filter((value) => value >= low)];
}

function withBetween(low, high, factors) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push(value);
    }
  }
  return ticks;
}

const SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000,
];

/** Round times (Unix seconds) in a range: full minutes, hours and days of the reader's zone. */
export function timeTicks(low, high, count = 5) {
  if (!(high > low)) return [];
  const wanted = (high - low) / count;
  if (wanted < 1) return linearTicks(low, high, count);
  const step = SECONDS.find((size) => size >= wanted) ?? roundStep(wanted / 86400) * 86400;
  const shift = new Date(low * 1000).getTimezoneOffset() * 60;
  const ticks = [];
  for (let value = Math.ceil((low - shift) / step) * step + shift; value <= high; value += step) ticks.push(value);
  return ticks;
}

/** Round lengths of time in a range of seconds. */
export function elapsedTicks(low, high, count = 5) {
  if (!(high > low) || (high - low) / count < 1) return linearTicks(low, high, count);
  const step = SECONDS.find((size) => size >= (high - low) / count) ?? roundStep((high - low) / count / 86400) * 86400;
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) ticks.push(value);
  return ticks;
}

/** How a number stands at a tick: as short as the distance of the ticks allows. */
export function tickLabel(value, ticks) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return value
      .toExponential()
      .replace(/(\.\d\d)\d*/, "$1")
      .replace("e+", "e");
  const gap = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : size || 1;
  return String(Number(value.toFixed(Math.min(8, Math.max(0, Math.ceil(-Math.log10(gap)) + 1)))));
}
