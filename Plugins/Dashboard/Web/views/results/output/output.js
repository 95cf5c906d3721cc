// SPDX-License-Identifier: Apache-2.0
// One output of a result: drawn in the best way this page knows, with the other ways to choose.

import { call } from "../../../core/api.js";
import { h, replace } from "../../../core/dom.js";
import { bytes } from "../../../core/format.js";
import { actionButton } from "../../../components/action-button.js";
import { copyButton } from "../../../components/copy.js";
import { errorText } from "./error-text.js";
import { htmlFrame } from "./frame.js";
import { picture, pictures } from "./image.js";
import { jsonTree } from "./json-tree.js";
import { markdown } from "./markdown.js";
import { plainText, safeText } from "./safe-text.js";
import { streamText, textBlock } from "./stream-text.js";

// The richest first: what this page can really draw.
const order = [
  "image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/svg+xml", "text/html", "text/markdown", "text/latex",
  "application/json", "text/plain",
];
const longestText = 200_000;

/**
 * An output as an element.
 *
 * @param {object} output as `results.get` gives it
 * @param {{id: string}} result whose output it is; what is too long is asked for when it is wanted
 */
export function renderOutput(output, result) {
  const element = h("div.out", { dataset: { type: output.output_type } }, content(output, result));
  if (output.late) element.prepend(h("span.out-label", "came after the end of its run"));
  if (output.lost) element.append(h("p.out-note", output.lost.sentence));
  return element;
}

function content(output, result) {
  if (output.output_type === "stream") return streamText(output, result);
  if (output.output_type === "error") return errorText(output);
  if (output.output_type === "truncated") return h(
    "p.out-note", safeText(String(output.note ?? output.text ?? "Something was left out here.")),
  );
  if (output.output_type === "unreadable") return h(
    "div", h("span.out-label", "could not be read; as it came:"), textBlock(String(output.text ?? "")),
  );
  return bundle(output, result);
}

function bundle(output, result) {
  const types = (output.mime_types ?? Object.keys(output.data ?? {})).toSorted((a, b) => rank(a) - rank(b));
  if (!types.length) return h("p.out-note", "This output is empty.");
  const body = h("div.out-body");
  const show = (type) => replace(
    body, output.data && type in output.data ? drawn(type, output.data[type], output) : deferred(type, output, result),
  );
  show(types[0]);
  if (types.length === 1) return body;
  const choice = h(
    "select.out-types", { aria: { label: "Shown as" }, onchange: () => show(choice.value) },
    types.map((type) => h("option", { value: type }, plainText(type))),
  );
  return [h("div.out-choice", choice), body];
}

function rank(type) {
  const place = order.indexOf(type);
  if (place >= 0) return place;
  return /^application\/.*json$/.test(type) && !isWidget(type) ? order.length - 1.5 : order.length;
}

const isWidget = (type) => type.startsWith("application/vnd.jupyter.widget");

/** One type of an output. @param {any} data as it came */
export function drawn(type, data, { metadata, output } = {}) {
  const text = Array.isArray(data) && data.every((one) => typeof one === "string") ? data.join("") : data;
  if (pictures.has(type)) return picture(type, text, metadata?.[type]);
  if (type === "application/json" && typeof data !== "string") return jsonTree(data);
  if (typeof text !== "string") return unknown(type, data);
  if (type === "text/html") return htmlFrame(text, `Output ${(output ?? 0) + 1}, HTML`);
  if (type === "text/markdown") return markdown(text);
  if (type === "text/latex") return h("div", h("span.out-label", "LaTeX"), textBlock(cut(text), { class: "out-formula" }));
  if (type === "text/plain") return h("div", textBlock(cut(text)), rest(text));
  return unknown(type, text);
}

const cut = (text) => (text.length > longestText ? text.slice(0, longestText) : text);

function rest(text) {
  return text.length > longestText ? h(
    "p.out-note", `${bytes(2 * (text.length - longestText))} more are not drawn. `, copyButton(text, { label: "Copy all" }),
  ) : null;
}

/** What this page does not draw is said by name, with its data to copy. */
function unknown(type, data) {
  const text = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  const what = reasonOf(type);
  const body = h("div");
  const fill = () => body.childElementCount || body.append(typeof data === "string" ? textBlock(cut(text)) : jsonTree(data));
  const details = h("details.out-raw", { ontoggle: () => details.open && fill() },
    h("summary", "Show the data"), body);
  return h(
    "div.out-unknown", h("div.bar", h("code", plainText(type)), h("span.quiet", what), copyButton(text, { label: "Copy the data" })),
    details,
  );
}

function reasonOf(type) {
  if (isWidget(type)) return "This is a live widget; it is drawn in a notebook.";
  return /javascript/.test(type) ? "This is a script; it is not run." : "This page does not draw this type.";
}

/** Data that was too much for the answer, asked for when the reader wants it. */
function deferred(type, output, result) {
  const box = h("div.out-deferred", h("span.quiet", `${plainText(type)}, ${bytes(output.left_out?.bytes ?? output.bytes)}`));
  box.append(actionButton("Show", async () => {
    const text = await whole(type, output, result);
    const isText = type.startsWith("text/") || pictures.has(type);
    replace(box, drawn(type, isText ? text : read(text), output));
    box.classList.remove("out-deferred");
  }));
  return box;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function whole(mime, { output }, { id }) {
  let text = "";
  for (let offset = 0; offset !== undefined;) {
    const piece = await call("results.get", { id, output, mime, offset, limit: 4 << 20 });
    text += piece.text;
    offset = piece.next_offset;
    if (text.length > 64 << 20) throw new Error("This output is over 64 MiB; export the document to see it.");
  }
  return text;
}
