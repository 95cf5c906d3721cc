// SPDX-License-Identifier: Apache-2.0

/** Round numbers between two values, about so many. */
export function ticks(from, to, wanted) {
  if (!(to > from)) return [from];
  const rough = (to - from) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const list = [];
  for (let place = Math.ceil(from / step); place * step <= to + step * 1e-9; place += 1) list.push(Number((place * step).toPrecision(12)));
  return list;
}
