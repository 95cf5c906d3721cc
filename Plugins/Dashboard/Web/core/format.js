// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes and times as people read them, in their own language and zone.

const whole = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** A count: 12,345. Nothing known: "–". */
export const count = (value) => (Number.isFinite(value) ? whole.format(value) : "–");

/** A measured value in at most `digits` significant ones: 0.1205, 1.2e-5. NaN and infinities by name; nothing known: "–". */
export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(Math.max(0, digits - 2));
  return String(Number(value.toPrecision(digits)));
}

/** 1.5 MiB. */
export function bytes(value) {
  if (!Number.isFinite(value)) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
  return `${Number((value / 2 ** (10 * power)).toPrecision(3))} ${units[power]}`;
}

/** Seconds as 1.5 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.5) return `${Number(seconds.toPrecision(2))} s`;
  const [whole, minutes, hours] = [Math.round(seconds), Math.round(seconds / 60), Math.round(seconds / 3600)];
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Unix seconds as date and time of the reader's zone. */
export const time = (seconds) => (Number.isFinite(seconds) ? moment.format(seconds * 1000) : "–");

/** Unix seconds as the time of day. */
export const clockTime = (seconds) => (Number.isFinite(seconds) ? clock.format(seconds * 1000) : "–");

/** Unix seconds as "3 min. ago". */
export function ago(seconds, now = Date.now() / 1000) {
  if (!Number.isFinite(seconds)) return "–";
  const past = now - seconds;
  if (past < 5) return "now";
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (past >= size) return relative.format(-Math.floor(past / size), unit);
  }
  return relative.format(-Math.floor(past), "second");
}
