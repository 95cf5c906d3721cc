// SPDX-License-Identifier: Apache-2.0
// A run and a step of the lineage in words.

import { count, number } from "../../core/format.js";

/** How samples were chosen: "52 samples by loss". */
export function selectionWords({ selection, region, subset_count: chosen }) {
  if (!chosen && !selection) return null;
  const kind = selection?.kind ?? (region && "minLoss" in region ? "region" : null);
  const how = { indices: "chosen one by one",
    quantile: `by quantile ${number((selection?.from ?? 0.85) * 100, 3)} to ${number((selection?.to ?? 1) * 100, 3)} %`,
    kmeans: `in clusters ${(selection?.target_clusters ?? []).join(", ")} of ${selection?.k}`,
    region: `with a loss from ${number(region?.minLoss ?? selection?.minLoss)} to ${number(region?.maxLoss ?? selection?.maxLoss)}` }[kind];
  return [chosen ? `${count(chosen)} ${chosen === 1 ? "sample" : "samples"}` : null, how].filter(Boolean).join(" ");
}

/** "↓ 0.12": what a child gained over its parent at the fork. A smaller loss is a gain. */
export function gainWords(gained) {
  if (!Number.isFinite(gained)) return null;
  if (gained === 0) return "loss unchanged";
  return gained > 0 ? `loss ▼ ${number(gained, 3)}` : `loss ▲ ${number(-gained, 3)}`;
}

/** The short text on an edge, at most two lines. */
export function edgeLabel(edge) {
  const gain = gainWords(edge.loss_gained);
  if (edge.kind === "merge") return [`merge${edge.strategy ? ` ${edge.strategy}` : ""}`, gain].filter(Boolean);
  const chosen = edge.subset_count ? `${count(edge.subset_count)} ${edge.subset_count === 1 ? "sample" : "samples"}` : null;
  return [[`at ${count(edge.at_step)}`, gain].filter(Boolean).join(", "), chosen].filter(Boolean);
}

/** How a run came from a parent, as a sentence. */
export function edgeWords(edge, nameOf) {
  const parts = [edge.kind === "merge" ? `Merged from ${nameOf(edge.from)}${edge.strategy ? ` by ${edge.strategy}` : ""}`
    : `${edge.kind === "fork" ? "Forked from" : "From"} ${nameOf(edge.from)}`];
  if (Number.isFinite(edge.at_step)) parts.push(`at step ${count(edge.at_step)}`);
  const selection = selectionWords(edge);
  const gain = gainWords(edge.loss_gained);
  const since = gain ? `; ${gain.replace("▼", "lower by").replace("▲", "higher by")} since` : "";
  return `${parts.join(" ")}${selection ? `, on ${selection}` : ""}${since}.`;
}

/** A run, for who cannot see the picture. */
export function nodeWords(node, nameOf) {
  const loss = Number.isFinite(node.best_val_loss) ? `best validation loss ${number(node.best_val_loss)}` : Number.isFinite(node.last_loss)
    ? `loss ${number(node.last_loss)}` : "no loss yet";
  const from = node.parents.map((edge) => edgeWords(edge, nameOf)).join(" ");
  const many = node.children.length;
  const children = many ? `${count(many)} ${many === 1 ? "child" : "children"}.` : "";
  return `${node.name}, ${node.state}, ${count(node.steps)} steps, ${loss}. ${from} ${children}`.trim();
}
