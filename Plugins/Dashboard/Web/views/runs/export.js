// SPDX-License-Identifier: Apache-2.0
// Writes the values of runs into a file on the host's machine.

import { openDialog } from "../../components/dialog.js";
import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { remember, remembered } from "../../core/settings.js";

const FORMATS = [
  ["csv", "CSV"],
  ["jsonl", "JSON lines"],
  ["tensorboard", "TensorBoard (a directory)"],
];

/** Asks where to, and writes; gives a sentence, or nothing when the reader changed their mind. */
export async function exportMetrics(runs, metrics = null) {
  const stamp = new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", "-");
  const format = h(
    "select",
    { onchange: () => named() },
    FORMATS.map(([id, label]) => h("option", { value: id }, label)),
  );
  const path = h("input", {
    type: "text",
    spellcheck: "false",
    required: true,
    size: 50,
    value: `${remembered("export.folder", "/tmp/")}metrics-${stamp}.csv`,
  });
  const problem = h("p.problem", { role: "alert", hidden: true });
  const named = () => (path.value = path.value.replace(/\.(csv|jsonl)$|$/, format.value === "tensorboard" ? "" : `.${format.value}`));
  const which = metrics ? metrics.join(", ") : "all metrics";
  const body = h(
    "div.fields",
    h("p", `Every value of ${which} of ${runs.length === 1 ? `'${runs[0].name}'` : `${count(runs.length)} runs`}, not only what is drawn.`),
    h("div.field", h("label", { for: "export-format" }, "Format"), withId(format, "export-format")),
    h(
      "div.field",
      h("label", { for: "export-path" }, "Write to"),
      withId(path, "export-path"),
      h("p.field-hint", "The whole path of a new file, on the machine the host runs on."),
    ),
    problem,
  );
  let text;
  const accept = async (value) => {
    if (!value) return true;
    try {
      const result = await call(
        "export.metrics",
        { path: path.value.trim(), format: format.value, runs: runs.map(({ id }) => id), ...(metrics && { metrics }) },
        { timeoutMs: 600000 },
      );
      remember("export.folder", path.value.replace(/[^/]*$/, ""));
      text = `${count(result.points)} values of ${count(result.runs.length)} runs written to ${result.path}.`;
      return true;
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error.message;
      return false;
    }
  };
  await openDialog({
    title: "Export values",
    body,
    accept,
    actions: [
      { label: "Cancel", value: false },
      { label: "Export", value: true, primary: true },
    ],
  });
  return text;
}

function withId(element, id) {
  element.id = id;
  return element;
}
