// SPDX-License-Identifier: Apache-2.0
// Takes the lines that fit out of the page: to the clipboard, or into a file.

import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { copy } from "../../components/copy.js";
import { lineText } from "./log-line.js";

const mostCopied = 20_000;
const mostSaved = 2_000_000;

/** Copies what fits, at most so many lines as a clipboard bears. */
export async function copyLines(source, showsRun) {
  const lines = [];
  for await (const some of source.all(mostCopied)) lines.push(...some.map((line) => lineText(line, showsRun)));
  const isCopied = await copy(lines.join("\n"));
  if (!isCopied) throw new Error("This browser does not let the page copy; download the lines instead.");
  return lines.length === mostCopied ? `The first ${count(mostCopied)} lines are copied; download for all.` : `${count(lines.length)} lines copied.`;
}

/** Saves all that fits as a text file, page by page. */
export async function saveLines(source, showsRun, name, progress) {
  const parts = [];
  let total = 0;
  for await (const some of source.all(mostSaved)) {
    parts.push(new Blob([some.map((line) => `${lineText(line, showsRun)}\n`).join("")]));
    total += some.length;
    progress(total);
  }
  const address = URL.createObjectURL(new Blob(parts, { type: "text/plain" }));
  h("a", { href: address, download: `${name.replace(/[^\w.-]+/g, "_") || "jackfield"}.log` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 30_000);
  return `${count(total)} lines downloaded.`;
}
