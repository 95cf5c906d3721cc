// SPDX-License-Identifier: Apache-2.0
// The monitor of kernels: all there are, what can be done with each, and a place to run code.

import { h, replace } from "../../core/dom.js";
import { bind } from "../../core/keys.js";
import { go } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { actionButton } from "../../components/action-button.js";
import { empty } from "../../components/empty.js";
import { tabs } from "../../components/tabs.js";
import { plainText } from "../results/output/safe-text.js";
import { watches } from "../results/watches.js";
import { mountAbout } from "./about.js";
import { attachKernel } from "./attach-dialog.js";
import { mountHistory } from "./history.js";
import { inputCards } from "./input-card.js";
import { kernelList } from "./kernel-list.js";
import { mountQueue } from "./queue.js";
import { runBlock } from "./run-block.js";
import { startKernel } from "./start-dialog.js";
import { mountVariables } from "./variables.js";

/** Shows the view. */
export async function mount(root, { route, session, title }) {
  await Promise.all([
    "./kernels.css", "../results/results.css", "../results/output/output.css",
  ].map((sheet) => loadStyles(new URL(sheet, import.meta.url))));
  const mayWrite = !session.read_only;
  const detail = h("div.kn-detail");
  const nothing = h("div", { hidden: true });
  let kernels = [];
  let selected = null;
  let shown = null;

  const list = kernelList({ mayWrite, changed: (now) => {
    kernels = now;
    if (!now.length) replace(
      nothing,
      empty({
        title: "No kernels", text: "A kernel begins by itself when a file's first block is run. Or begin one here.",
        command: "jackfield exec analysis.py:1", actions: mayWrite ? [begin({ primary: true })] : [],
      }),
    );
    nothing.hidden = now.length > 0;
    select(route.query.get("kernel"));
  } });
  const inputs = inputCards({ mayWrite });
  const run = mayWrite ? runBlock({
    kernel: () => selected, document: route.query.get("document") ?? "", line: route.query.get("line") ?? "",
  }) : null;

  function begin(options) {
    return actionButton("Begin a kernel…", async () => {
      const id = await startKernel();
      if (id) await shows(id);
    }, options);
  }

  async function shows(id) {
    await list.refresh();
    go(["kernels"], { kernel: id });
  }

  function select(wish) {
    const id = kernels.find((kernel) => wish && kernel.id.startsWith(wish))?.id ?? kernels[0]?.id ?? null;
    list.select(id);
    if (id === selected && shown) return;
    selected = id;
    shown?.unmount();
    shown = id ? details(kernels.find((kernel) => kernel.id === id), mayWrite, run) : null;
    replace(detail, shown?.element);
  }

  title("Kernels");
  root.append(
    h("header.bar.kn-title", h("h1", "Kernels"), h("span.grow"), mayWrite ? [begin(), actionButton("Attach…", async () => {
      const id = await attachKernel();
      if (id) await shows(id);
    })] : null),
    inputs.element, nothing, h("div.kn-columns", list.element, h("div.kn-side", run?.element, detail)));
  const unbind = bind("Kernels", [
    { keys: "j", does: "next kernel", action: () => move(1) },
    { keys: "k", does: "previous kernel", action: () => move(-1) },
    { keys: "e", does: "write code", action: () => run?.focus() },
  ]);

  function move(by) {
    const at = kernels.findIndex(({ id }) => id === selected);
    const to = kernels[Math.max(0, Math.min(kernels.length - 1, at + by))];
    if (to) go(["kernels"], { kernel: to.id }, { replace: true });
  }

  await list.refresh();
  return {
    update: (next) => {
      route = next;
      select(next.query.get("kernel"));
    },
    unmount: () => {
      unbind();
      list.unmount();
      inputs.unmount();
      run?.unmount();
      shown?.unmount();
    },
  };
}

function details(kernel, mayWrite, run) {
  const parts = tabs([
    { id: "queue", label: "Queue", mount: (root) => mountQueue(root, kernel.id, mayWrite) },
    { id: "variables", label: "Variables", mount: (root) => mountVariables(root, kernel.id) },
    { id: "watches", label: "Watches", mount: (root) => {
      const part = watches({ kernel: kernel.id }, { mayWrite });
      root.append(part.element);
      return part;
    } },
    { id: "history", label: "History", mount: (root) => mountHistory(root, kernel.id, run?.use) },
    { id: "about", label: "About", mount: (root) => void mountAbout(root, kernel.id) },
  ], { name: `Parts of ${plainText(kernel.name)}` });
  return {
    element: h("section.card", { aria: { label: plainText(kernel.name) } }, h("h2.kn-detail-name", plainText(kernel.name)), parts.element),
    unmount: parts.unmount,
  };
}
