// SPDX-License-Identifier: Apache-2.0
// Two reports sample by sample.

const MOST = 100;

/** How the losses of the samples in both reports differ: `{common, rose, fell, mean, most}`, `most` those that rose the most. */
export function changes(now, then) {
  const rose = [];
  let [common, fell, sum] = [0, 0, 0];
  now.indices.forEach((sample, place) => {
    const change = now.losses[place] - (then.of(sample) ?? NaN);
    if (!Number.isFinite(change)) return;
    common += 1;
    sum += change;
    if (change > 0) rose.push({ sample, change, place });
    else if (change < 0) fell += 1;
  });
  const most = rose.sort((a, b) => b.change - a.change).slice(0,
    MOST).map(({ sample, change, place }) => ({ sample, now: now.losses[place], then: now.losses[place] - change }));
  return { common, rose: rose.length, fell, mean: common ? sum / common : NaN, most };
}

/** How far the hardest samples of two reports are the same; `part` of all, 0 to 1. */
export function overlap(one, other, part) {
  const mine = hardest(one, part);
  const others = new Set(hardest(other, part));
  const both = mine.filter((sample) => others.has(sample)).length;
  return { mine: mine.length, others: others.size, both, share: both / Math.max(1, mine.length + others.size - both) };
}

function hardest(losses, part) {
  return Array.from(losses.order.slice(-Math.max(1, Math.round(part * losses.count))), (place) => losses.indices[place]);
}
