// SPDX-License-Identifier: Apache-2.0
// Results by file: what each block printed and drew, kept in the order of the file, with the file's watches beside.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { ago, count } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { href } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { actionButton } from "../../components/action-button.js";
import { empty } from "../../components/empty.js";
import { problem } from "../../components/toast.js";
import { documents, nameOf } from "./documents.js";
import { exportDocument } from "./export-dialog.js";
import { safeText } from "./output/safe-text.js";
import { resultList } from "./result-list.js";
import { watches } from "./watches.js";

/** Shows the view: the files, and the results of one. */
export async function mount(root, { route, session, title }) {
  await Promise.all([loadStyles(new URL("./results.css", import.meta.url)), loadStyles(new URL("./output/output.css", import.meta.url))]);
  const files = h("nav.rs-files", { aria: { label: "Files with results" } });
  const place = h("div.rs-place");
  const mayWrite = !session.read_only;
  root.append(h("div.rs-view", h("aside.rs-side", h("h1", "Results"), files), place));
  let open = null;
  let shown = null;
  let query = route.query;

  async function refreshFiles() {
    try {
      const list = await documents();
      replace(
        files, list.map((one) => fileLink(one, shown ?? query.get("document"))),
        list.isPart ? h("p.quiet.small", "Files of older results are not listed.") : null,
      );
      if (!list.length) replace(place, nothing());
      else if (!shown && !query.get("document")) show(list[0].document);
    } catch (error) {
      problem(error, "Results");
    }
  }

  function show(document, focus) {
    shown = document;
    open?.unmount();
    title(`${nameOf(document).name} · Results`);
    open = shownResults(place, document, { mayWrite, focus });
    for (const link of files.querySelectorAll("a")) link.toggleAttribute("aria-current", link.dataset.document === shown);
  }

  function update(next) {
    query = next.query;
    const document = query.get("document");
    if (document && (document !== shown || query.get("result"))) show(document, query.get("result"));
  }

  title("Results");
  update(route);
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refreshFiles, 500);
  };
  const forget = subscribe(
    ["results.changed", "kernel.status"],
    (events) => events.some(({ payload, topic }) => topic === "kernel.status" || payload.change !== "updated") && soon(), { missed: soon },
  );
  const unbind = bind("Results", [
    { keys: "j", does: "next result", action: () => open?.step(1) },
    { keys: "k", does: "previous result", action: () => open?.step(-1) },
  ]);
  await refreshFiles();
  return {
    update,
    unmount: () => {
      clearTimeout(timer);
      forget();
      unbind();
      open?.unmount();
    },
  };
}

function fileLink({ document, results, last, running }, shown) {
  const { name, folder } = nameOf(document);
  return h("a.rs-file", {
    href: href(["results"], { document }), dataset: { document }, title: document, "aria-current": document === shown ? "true" : null,
  },
    h("span.rs-file-name", safeText(name)), h("span.rs-file-folder.quiet", safeText(folder)),
    h(
      "span.quiet.small", running ? "running · " : "", `${count(results)} ${results === 1 ? "result" : "results"}`,
      last ? ` · ${ago(last)}` : "",
    ));
}

function shownResults(place, document, { mayWrite, focus }) {
  const list = resultList(document, { mayWrite, focus });
  const side = watches({ document }, { mayWrite });
  const { name, folder } = nameOf(document);
  replace(place,
    h(
      "header.rs-title", h("div", h("h2", safeText(name)), h("p.quiet.mono.small", safeText(folder))), h("span.grow"),
      mayWrite ? actions(document, list) : null,
    ),
    h("div.rs-columns", list.element, side.element));
  return {
    step: list.step,
    unmount: () => {
      list.unmount();
      side.unmount();
    },
  };
}

function actions(document, list) {
  return h("div.bar",
    h("a.button", { href: href(["kernels"], { document }) }, "Run a block"),
    actionButton("Compare with the file", async () => {
      await call("results.sync", { document });
      await list.refresh();
      return "Compared: what was edited or moved since its run is marked.";
    }, { hint: "Reads the file as it is on the disk and marks results whose lines changed" }),
    actionButton("Export…", () => exportDocument(document)),
    actionButton("Clear…", async () => {
      await call("results.clear", { document });
      return "Cleared.";
    }, { danger: true, confirm: clearing(document) }));
}

function clearing(document) {
  const text = `Every output of ${document} is removed for good; pinned ones stay.`;
  return { title: "Clear all results here?", text, action: "Clear all", danger: true };
}

function nothing() {
  const text = "Run a block of a Python file; what it prints and draws is kept and shown here, in the order of the file.";
  return empty({ title: "No results yet", text, command: "jackfield exec analysis.py:1" });
}
