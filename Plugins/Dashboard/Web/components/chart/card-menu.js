// SPDX-License-Identifier: Apache-2.0
// What the menu of a chart card offers.

import { toast } from "../toast.js";
import { allValues, csv, download, fileName, shownRows } from "./chart-export.js";

const SCALES = [
  ["linear", "Linear y axis"],
  ["log", "Logarithmic y axis"],
  ["symlog", "Symmetric logarithmic y axis"],
];

/** The entries, for `menuButton`. */
export function cardMenu(card) {
  return [
    ...SCALES.map(([kind, label]) => ({ label: `${card.kind === kind ? "✓ " : ""}${label}`, run: () => card.setY(kind) })),
    { label: card.table ? "Show the picture" : "Show the data as a table", run: () => card.toggleTable() },
    { label: "Full screen", run: () => card.element.requestFullscreen?.(), disabled: !document.fullscreenEnabled },
    { label: "Save the picture (PNG)", run: () => savePicture(card), disabled: !card.chart },
    { label: "Save what is shown (CSV)", run: () => saveShown(card) },
    { label: "Save all values (CSV)", run: () => saveAll(card), hint: "Every step, also those that are not drawn one by one" },
    ...(card.actions?.() ?? []),
  ];
}

const nameOf = (card) => fileName(...card.runs.slice(0, 3).map(({ name }) => name), card.metric);

async function savePicture(card) {
  const picture = await card.chart.png(`${card.name}${card.runs.length === 1 ? `: ${card.runs[0].name}` : ""}`);
  download(`${nameOf(card)}.png`, picture);
}

function saveShown(card) {
  const rows = shownRows(
    card.metric,
    card.lines().map(({ id, data }) => ({ run: id, data })),
    card.group.seen(),
  );
  download(`${nameOf(card)}.csv`, new Blob([csv(rows)], { type: "text/csv" }));
  return `${rows.length - 1} rows saved.`;
}

async function saveAll(card) {
  toast(`Reading all values of ${card.name} …`);
  const { parts, total, isCut } = await allValues(
    card.runs.map(({ id }) => id),
    card.metric,
  );
  download(`${nameOf(card)}-all.csv`, new Blob(parts, { type: "text/csv" }));
  return isCut ? `The first ${total} values saved; export the runs for all of them.` : `${total} values saved.`;
}
