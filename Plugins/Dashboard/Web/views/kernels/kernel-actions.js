// SPDX-License-Identifier: Apache-2.0
// What can be done with a kernel, and what each costs.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { confirm, openDialog } from "../../components/dialog.js";
import { menuButton } from "../../components/menu.js";
import { nameOf } from "../results/documents.js";

/** The buttons of a kernel; `kernel()` gives it as it is now. */
export function kernelActions(kernel) {
  const name = () => kernel().name;
  return h("div.bar",
    actionButton(
      "Interrupt", () => interrupt(kernel()), { hint: "Stops what it runs now; its variables stay", name: `Interrupt ${name()}` },
    ),
    actionButton("Restart…", () => restart(kernel()), { name: `Restart ${name()}` }),
    menuButton("More", () => items(kernel()), { name: `More for ${name()}` }));
}

function items(kernel) {
  return [
    { label: "Interrupt and drop what waits…", run: () => interruptAll(kernel), disabled: !kernel.queued && !kernel.running },
    kernel.queue_paused ? {
      label: "Let the queue go on", run: () => queue("code.resume", kernel, "The queue goes on."),
    } : { label: "Hold the queue", run: () => queue("code.pause", kernel, "The queue is held; what runs goes on.") },
    { label: "Use it for a file…", run: () => useFor(kernel) },
    {
      label: "Let it go (detach)…", run: () => detach(kernel), disabled: kernel.provider === "local",
      hint: kernel.provider === "local" ? "Only kernels that others began, or of a server, can be let go" : undefined,
    },
    { label: "Shut down…", danger: true, run: () => shutdown(kernel) },
  ];
}

async function interrupt(kernel) {
  const { was_running: was, way, seconds } = await call("kernel.interrupt", { kernel: kernel.id });
  if (!was) return "Nothing was running.";
  return `Interrupted${way ? ` by ${way}` : ""}${Number.isFinite(seconds) ? ` after ${seconds.toFixed(1)} s` : ""}.`;
}

async function interruptAll(kernel) {
  if (!(await confirm({
    title: "Interrupt, and drop what waits?",
    text: `What runs is stopped, and ${runs(kernel.queued)} that ${kernel.queued === 1 ? "waits" : "wait"} will not be run.`,
    action: "Interrupt and drop", danger: true,
  }))) return "";
  const { dropped } = await call("kernel.interrupt", { kernel: kernel.id, drop_waiting: true });
  return `Interrupted; ${runs(dropped)} dropped.`;
}

const runs = (number) => `${count(number ?? 0)} ${number === 1 ? "run" : "runs"}`;

async function queue(command, kernel, sentence) {
  await call(command, { kernel: kernel.id });
  return sentence;
}

async function restart(kernel) {
  if (!(await confirm({ title: `Restart ${kernel.name}?`, details: losses(
    kernel, "It keeps its id, its files and its watches; results stay.",
  ), action: "Restart", danger: true }))) return "";
  await call("kernel.restart", { kernel: kernel.id });
  return `${kernel.name} was begun anew.`;
}

async function shutdown(kernel) {
  if (!(await confirm({ title: `Shut down ${kernel.name}?`, details: losses(
    kernel, "Results and watches of its files stay; the next run of a file begins another kernel.",
  ), action: "Shut down", danger: true }))) return "";
  await call("kernel.shutdown", { kernel: kernel.id });
  return `${kernel.name} was shut down.`;
}

/** What is lost for good, said before. */
function losses(kernel, comfort) {
  const lost = [
    "all its variables and imports", kernel.running ? "the run that is under way" : null,
    kernel.queued ? `${runs(kernel.queued)} that ${kernel.queued === 1 ? "waits" : "wait"}` : null,
  ].filter(Boolean);
  const files = (kernel.documents ?? []).map((path) => nameOf(path).name);
  return h(
    "div", h("p", "This is lost for good:"), h("ul", lost.map((one) => h("li", one))),
    files.length ? h("p", `Used by ${files.join(", ")}.`) : null, h("p.quiet", comfort),
  );
}

async function detach(kernel) {
  const text = "It goes on running where it is. Runs of this host that are under way end as lost, what waits is dropped, and its files "
    + "have no kernel any more.";
  if (!(await confirm({ title: `Let ${kernel.name} go?`, text, action: "Let it go", danger: true }))) return "";
  await call("kernel.detach", { kernel: kernel.id });
  return `${kernel.name} was let go.`;
}

async function useFor(kernel) {
  const path = h("input.mono", { name: "document", placeholder: "/home/ada/analysis.py", size: 40, spellcheck: "false" });
  const isWanted = await openDialog({
    title: "Use this kernel for a file",
    body: h(
      "div.kn-form", h("label", "The file, from the root on", path),
      h("p.quiet.small", "Runs of the file go to this kernel from then on. A kernel it has now goes on without it."),
    ),
    actions: [{ label: "Cancel", value: false }, { label: "Use it", value: true, primary: true }],
  });
  if (!isWanted || !path.value.trim()) return "";
  await call("session.attach", { document: path.value.trim(), kernel: kernel.id });
  return `${nameOf(path.value.trim()).name} uses ${kernel.name} now.`;
}
