// SPDX-License-Identifier: Apache-2.0
// Runs code on a kernel, or a block of a file, and shows what comes of it as it comes.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h } from "../../core/dom.js";
import { remember, remembered } from "../../core/settings.js";
import { actionButton } from "../../components/action-button.js";
import { resultCard } from "../results/result-card.js";
import { codeField } from "./editor.js";
import { liveRun } from "./live-run.js";

// Each run that is followed costs a connection while it lasts; an older one is left alone then.
const mostCards = 20;
const modes = [
  ["statement", "The statement at the line"], ["top", "The whole statement at the left margin"], ["cell", "The cell around the line"],
  ["line", "The line alone"], ["above", "All above the line"], ["below", "All from the line on"], ["all", "The whole file"],
];

/**
 * The form that runs code, and its results.
 *
 * @param {{kernel: () => string|null, document?: string, line?: string}} options
 * @returns {{element: HTMLElement, use(code: string): void, focus(): void, unmount(): void}}
 */
export function runBlock({ kernel, document: file = "", line = "" }) {
  const field = codeField({
    value: remembered("kernels.code", ""), name: "Code to run", run: () => go.click(), changed: (text) => remember("kernels.code", text),
  });
  const path = h("input.mono", { name: "document", value: file, placeholder: "/home/ada/analysis.py", spellcheck: "false" });
  const at = h("input.number", { name: "line", type: "number", min: "1", value: line || "1" });
  const mode = h("select", { name: "mode" }, modes.map(([value, text]) => h("option", { value }, text)));
  const results = h("div.rs-list", { role: "region", aria: { label: "What came of it" } });
  const cards = new Map();
  const go = actionButton("Run", () => runCode(), { primary: true, hint: "Ctrl+Enter" });
  const goFile = actionButton("Run", () => runFile(), { primary: true });
  const code = h(
    "div.kn-code", field,
    h(
      "div.bar", go,
      h(
        "span.quiet.small", { id: "code-field-keys" }, h("kbd", "Ctrl+Enter"), " runs, ", h("kbd", "Tab"), " indents, ", h("kbd", "Esc"),
        " then ", h("kbd", "Tab"), " leaves",
      ),
    ),
  );
  const block = h(
    "form.kn-block", { onsubmit: (event) => (event.preventDefault(), goFile.click()) }, h("label.kn-grow", "File", path),
    h("label", "Line", at), h("label", "What", mode), goFile,
  );
  const element = h(
    "section.kn-run.card", { aria: { label: "Run code" } }, h("h2", "Run code"), choice(code, block, Boolean(file)), code, block, results,
  );

  async function runCode() {
    const text = field.value;
    if (!text.trim()) return field.focus();
    await begin({ code: text, ...(kernel() ? { kernel: kernel() } : {}) }, text);
  }

  async function runFile() {
    if (!path.value.trim()) return path.focus();
    await begin({ document: path.value.trim(), line: Number(at.value) || 1, mode: mode.value }, "");
  }

  async function begin(input, source) {
    const { runs, next_line: next, note } = await call("code.run", { ...input, wait: false, client: "dashboard" });
    for (const run of runs) show(run, source);
    if (next && input.document && mode.value !== "all") at.value = next;
    return note ?? "";
  }

  function show(run, source) {
    const card = source ? liveRun(run, source) : resultCard(
      {
        id: run.run, state: run.status === "waiting" ? "queued" : run.status, source: "", first_line: run.first_line,
        last_line: run.last_line, kernel: run.kernel, freshness: "fresh", outputs: [],
      },
      { mayWrite: true },
    );
    cards.set(run.run, card);
    results.prepend(card.element);
    while (cards.size > mostCards) drop([...cards.keys()][0]);
  }

  function drop(id) {
    cards.get(id).dispose();
    cards.get(id).element.remove();
    cards.delete(id);
  }

  const forget = subscribe("results.changed", (events) => {
    for (const { payload: { id, change } } of events) {
      if (!cards.get(id)?.changed) continue;
      if (change === "removed") drop(id);
      else cards.get(id).changed();
    }
  }, { missed: () => [...cards.values()].forEach((card) => card.changed?.()) });

  return {
    element,
    use: (text) => {
      field.value = text;
      remember("kernels.code", text);
      element.querySelector("input[value=code]").click();
      field.focus();
    },
    focus: () => field.focus(),
    unmount: () => {
      forget();
      for (const card of cards.values()) card.dispose();
    },
  };
}

function choice(code, block, isFile) {
  const select = (value) => {
    code.hidden = value !== "code";
    block.hidden = value !== "file";
  };
  const option = (value, text) => h(
    "label",
    h("input", { type: "radio", name: "what-to-run", value, checked: (value === "file") === isFile, onchange: () => select(value) }), text,
  );
  select(isFile ? "file" : "code");
  return h(
    "div.bar", { role: "radiogroup", aria: { label: "What to run" } }, option("code", "Code you type"), option("file", "A block of a file"),
  );
}
