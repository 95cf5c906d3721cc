// SPDX-License-Identifier: Apache-2.0
// Writes chosen samples to a table.

import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { loadStyles } from "../../core/styles.js";
import { choice, field, formDialog } from "./form-dialog.js";
import { longCall } from "./progress.js";
import { samples } from "./words.js";

/**
 * @param {{run: {id: string, name: string}, indices?: number[]|Uint32Array, words?: string}} what
 *   no indices: the samples the run trains on; `words`: which they are, for the reader
 */
export async function samplesDialog({ run, indices, words }) {
  await loadStyles(new URL("./steering.css", import.meta.url));
  const format = choice("Format", [{ id: "parquet", label: "Parquet" }, { id: "csv", label: "CSV" }, { id: "feather", label: "Feather" }],
    "csv");
  const path = h("input", { type: "text", spellcheck: "false", placeholder: "the trainer's folder" });
  const body = h("div", h("p",
      `Writes ${indices ? samples(indices.length) : "the samples"} of '${run.name}'`
        + `${words ? `, ${words}` : indices ? "" : ": those it trains on"}. `
    + "With a trainer connected they come with their labels; without one, their numbers and losses from the stored report."),
      format.element,
    field("Write to", path, "a whole path on the machine the host runs on; empty: where the trainer keeps its files"));
  return formDialog({
    title: "Export samples",
    body,
    label: "Export",
    missing: () => (path.value.trim() && !path.value.trim().startsWith("/") ? "give the whole path, from / on" : null),
    run: async ({ follow }) => {
      const input = { run: run.id, format: format.value() };
      if (path.value.trim()) input.path = path.value.trim();
      if (indices) input.indices = [...indices];
      const result = await follow(longCall("export.samples", input, { what: "Writing the samples" }));
      const how = result.format === input.format ? "" : ` The trainer wrote ${result.format} instead of ${input.format}.`;
      return { text: `${count(result.rows)} rows: ${result.path}.${how}${result.note ? ` ${result.note}` : ""}`, value: result.path };
    },
  });
}
