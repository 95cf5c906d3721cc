// SPDX-License-Identifier: Apache-2.0
// How the navigation is arranged. A view that stands in no group is shown with the host's.

const groups = [
  { title: null, ids: ["home"] },
  { title: "Training", ids: ["runs", "compare", "lineage", "samples", "health", "logs"] },
  { title: "Notebooks and scripts", ids: ["kernels", "results", "scripts"] },
  { title: "Host", ids: ["panels", "host", "events", "settings"] },
];

/** Those that stand in the bar of a narrow window; the rest is behind its last button. */
export const first = ["home", "runs", "kernels", "scripts"];

/** @param {{id: string, title?: string}[]} views @returns {{title: string|null, views: object[]}[]} */
export function arranged(views) {
  const named = views.filter(({ title }) => title);
  const placed = new Set(groups.flatMap(({ ids }) => ids));
  return groups.map(({ title, ids }, index) => ({
    title,
    views: [...ids.map((id) => named.find((view) => view.id === id)).filter(Boolean), ...(index === groups.length - 1 ? named.filter(({ id }) => !placed.has(id)) : [])],
  }));
}
