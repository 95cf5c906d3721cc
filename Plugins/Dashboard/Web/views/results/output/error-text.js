// SPDX-License-Identifier: Apache-2.0
// An error of the code: its name and value, and how it came to it.

import { h } from "../../../core/dom.js";
import { copyButton } from "../../../components/copy.js";
import { safeText } from "./safe-text.js";
import { withoutEscapes } from "./ansi.js";
import { textBlock } from "./stream-text.js";

/** The error with its traceback; `output` as `results.get` gives it. */
export function errorText(output) {
  const lines = Array.isArray(output.traceback) ? output.traceback.filter((line) => typeof line === "string") : [];
  const traceback = lines.join("\n") || String(output.text ?? "");
  return h("div.out-error", { role: "group", aria: { label: "Error" } },
    h("div.out-error-head",
      h("strong", safeText(`✕ ${output.ename ?? "Error"}`)),
      h("span.out-error-value", safeText(withoutEscapes(String(output.evalue ?? "")))),
      copyButton(() => withoutEscapes(traceback), { label: "Copy", name: "Copy the traceback" })),
    traceback ? textBlock(traceback) : null);
}
