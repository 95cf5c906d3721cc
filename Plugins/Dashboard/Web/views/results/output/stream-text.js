// SPDX-License-Identifier: Apache-2.0
// What was printed: the beginning and the end of long texts, and all that lies between by pieces.

import { call } from "../../../core/api.js";
import { h } from "../../../core/dom.js";
import { bytes, count } from "../../../core/format.js";
import { actionButton } from "../../../components/action-button.js";
import { ansiText } from "./ansi.js";

const pieceBytes = 64 * 1024;

/** A stream's text with its name where it is not the usual one; `output` as `results.get` gives it. */
export function streamText(output, result) {
  const isError = output.name === "stderr";
  return h("div.out-stream", { class: isError ? "out-stderr" : "" },
    isError ? h("span.out-label", "stderr") : null,
    textBlock(output.text ?? ""),
    output.tail === undefined ? null : gap(output, result));
}

/** Text with colours in a block of its own. */
export function textBlock(text, properties = {}) {
  return h("pre.out-text", { dir: "auto", ...properties }, ansiText(text));
}

/** The place between the beginning and the end, filled piece by piece. */
function gap(output, result) {
  const tail = textBlock(output.tail);
  const middle = h("div");
  const note = h("span.quiet", between(output.left_out));
  const whole = new TextEncoder().encode(output.text ?? "").length;
  const end = output.bytes - new TextEncoder().encode(output.tail).length;
  let offset = whole;
  const more = actionButton("Show more", async () => {
    const limit = Math.min(pieceBytes, end - offset);
    const piece = await call("results.get", { id: result.id, output: output.output, offset, limit });
    // A line that is cut off comes whole with the next piece.
    const isLast = offset + limit >= end;
    const text = isLast ? piece.text : piece.text.slice(0, piece.text.lastIndexOf("\n") + 1) || piece.text;
    middle.append(textBlock(text));
    offset += new TextEncoder().encode(text).length;
    if (isLast || !text) bar.remove();
    else note.textContent = `${bytes(end - offset)} more between here and the end`;
  });
  const bar = h("div.out-gap", note, more);
  return [middle, bar, tail];
}

function between({ lines, bytes: size }) {
  return lines ? `${count(lines)} lines (${bytes(size)}) between here and the end` : `${bytes(size)} between here and the end`;
}
