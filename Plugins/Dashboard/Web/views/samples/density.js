// SPDX-License-Identifier: Apache-2.0

const POINTS = 160;

/**
 * The smooth line over a histogram: a Gaussian on the middle of each bar, as wide as 1.06 σ n^(-1/5), between 0.6 and 3 bars.
 *
 * @param {{edges: number[], counts: number[]}} bins
 * @returns {[number, number][]} places and heights; a height is a count per bar, so that the line fits the bars
 */
export function density({ edges, counts }) {
  const total = counts.reduce((sum, value) => sum + value, 0);
  const bar = edges[1] - edges[0];
  if (!total || !(bar > 0)) return [];
  const middles = counts.map((_, place) => (edges[place] + edges[place + 1]) / 2);
  const mean = counts.reduce((sum, value, place) => sum + value * middles[place], 0) / total;
  const spread = Math.sqrt(counts.reduce((sum, value, place) => sum + value * (middles[place] - mean) ** 2, 0) / total);
  const width = Math.min(3 * bar, Math.max(0.6 * bar, 1.06 * spread * total ** -0.2));
  const scale = bar / (width * Math.sqrt(2 * Math.PI));
  const [first, last] = [edges[0], edges[edges.length - 1]];
  return Array.from({ length: POINTS }, (_, point) => {
    const place = first + ((last - first) * point) / (POINTS - 1);
    const height = counts.reduce((sum, value, index) => (value ? sum + value * Math.exp(-0.5 * ((place - middles[index]) / width) ** 2)
        : sum), 0);
    return [place, height * scale];
  });
}
