// SPDX-License-Identifier: Apache-2.0
// Writes a document with its results to a file of the host's machine, or to one of the reader's.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { openDialog } from "../../components/dialog.js";
import { toast } from "../../components/toast.js";

const formats = [
  ["ipynb", "Notebook (.ipynb)", "ipynb"], ["markdown", "Markdown (.md)", "md"],
  ["script", "Script with outputs as comments (.py)", "out.py"],
];

/** Asks for a format and a place, writes, and says where the file is. */
export async function exportDocument(document) {
  const path = h("input.mono", { value: proposal(document, "ipynb"), name: "path", size: 48, spellcheck: "false" });
  const format = h(
    "select", { name: "format", onchange: () => (path.value = proposal(document, format.value)) },
    formats.map(([value, label]) => h("option", { value }, label)),
  );
  const images = h(
    "select", { name: "images" }, h("option", { value: "files" }, "as files beside it"), h("option", { value: "inline" }, "inside of it"),
  );
  const body = h("div.rs-export", h("label", "Format", format), h(
    "label", "Path on the host's machine", path,
  ), h("label", "Pictures of Markdown", images),
    h("p.quiet.small", "A file that is there is replaced, whole or not at all."));
  const choice = await openDialog({
    title: "Export with results", body,
    actions: [
      { label: "Cancel", value: null }, { label: "Download", value: "download" }, { label: "Write", value: "write", primary: true },
    ],
  });
  if (!choice) return "";
  const input = {
    document, format: format.value, ...(format.value === "markdown" ? { images: choice === "download" ? "inline" : images.value } : {}),
  };
  if (choice === "download") return download(await call("results.export", input), fileName(path.value));
  const written = await call("results.export", { ...input, path: path.value });
  toast(`Written to ${written.path ?? path.value}.`, { kind: "good" });
  return "";
}

const fileName = (path) => path.split("/").pop() || "export";

function proposal(document, format) {
  const ending = formats.find(([value]) => value === format)[2];
  return `${document.replace(/^file:\/\//, "").replace(/\.[^./]*$/, "")}.${ending}`;
}

function download({ text }, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return `Downloaded as ${name}.`;
}
