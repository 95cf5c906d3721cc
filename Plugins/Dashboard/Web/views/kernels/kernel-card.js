// SPDX-License-Identifier: Apache-2.0
// One kernel at a glance: its state in words, what it uses, who uses it.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { bytes, count, duration } from "../../core/format.js";
import { href } from "../../core/route.js";
import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { nameOf } from "../results/documents.js";
import { plainText, safeText } from "../results/output/safe-text.js";
import { trend } from "../results/trend.js";
import { kernelActions } from "./kernel-actions.js";

/**
 * A card for a kernel.
 *
 * @param {object} first as kernel.list gives it
 * @param {{mayWrite: boolean, usage: {of(id: string): {memory: number[], cpu: number[]}}}} options
 * @returns {{element: HTMLElement, update(change: object): void, select(is: boolean): void, kernel(): object}}
 */
export function kernelCard(first, { mayWrite, usage }) {
  let kernel = first;
  const state = h("span", { role: "status" });
  const reason = h("p.kn-reason.small");
  const facts = h("dl.kn-facts");
  const files = h("div.kn-files");
  const link = h("a.kn-name", { href: href(["kernels"], { kernel: first.id }) });
  const element = h("article.kn-card.card", { dataset: { kernel: first.id } },
    h(
      "header.kn-head", h("h2", link), h("code.quiet.small", { title: first.id }, first.id.slice(0, 8)), state, h("span.grow"),
      mayWrite ? kernelActions(() => kernel) : null,
    ),
    reason, facts, files);

  function update(change) {
    kernel = { ...kernel, ...change };
    // Members that are told by leaving them out.
    for (const name of ["running", "reason"]) if (change.status && !(name in change)) delete kernel[name];
    replace(link, safeText(kernel.name ?? kernel.id));
    replace(state, stateBadge(kernel.status));
    replace(reason, safeText(kernel.reason ?? ""));
    reason.hidden = !kernel.reason;
    replace(facts, factsOf(kernel, usage.of(kernel.id)));
    replace(files, filesOf(kernel, mayWrite));
    element.setAttribute("aria-label", plainText(`${kernel.name}, ${kernel.status}`));
  }

  update(first);
  return {
    element,
    update,
    select: (is) => {
      element.classList.toggle("kn-selected", is);
      link.toggleAttribute("aria-current", is);
    },
    kernel: () => kernel,
  };
}

function factsOf(kernel, { memory, cpu }) {
  const percent = cpu.length ? `${Math.round(100 * cpu.at(-1))} %` : "–";
  return [
    fact(
      "Memory", bytes(kernel.memory),
      memory.length > 1 ? trend(memory, { label: `Memory over the last minutes, now ${bytes(memory.at(-1))}`, from: 0 }) : null,
      kernel.processes > 1 ? `${kernel.processes} processes` : null,
    ),
    fact(
      "Processor", percent, cpu.length > 1 ? trend(cpu, { label: `Processor over the last minutes, now ${percent}`, from: 0 }) : null,
      kernel.cpu_seconds >= 0 ? `${duration(kernel.cpu_seconds)} in all` : null,
    ),
    fact("Queue", count(kernel.queued ?? 0), null, kernel.queue_paused ? "held" : kernel.running ? "and one runs" : null),
    fact("Up", duration(kernel.uptime), null, kernel.generation > 1 ? `begun ${kernel.generation} times` : null),
    fact("Runs", count(kernel.execution_count ?? 0)),
    fact("Process", kernel.pid ? String(kernel.pid) : "–", null, kernel.provider !== "local" ? plainText(kernel.provider) : null),
  ];
}

function fact(name, value, picture, note) {
  return h("div", h("dt", name), h("dd", h("span.kn-value", value), picture, note ? h("span.quiet.small", note) : null));
}

function filesOf({ documents = [], id }, mayWrite) {
  if (!documents.length) return h("span.quiet.small", "No file uses it.");
  return documents.map((path) => h("span.kn-file", h(
    "a", { href: href(["results"], { document: path }), title: path }, safeText(nameOf(path).name),
  ),
    mayWrite ? actionButton(
      "✕", () => detachFile(path),
      {
        plain: true, name: `Take ${plainText(nameOf(path).name)} from kernel ${id.slice(0, 8)}`,
        confirm: {
          title: `Take ${nameOf(path).name} from this kernel?`, text: "The kernel goes on. The file's next run begins another one.",
          action: "Take it away",
        },
      },
    ) : null));
}

async function detachFile(document) {
  await call("session.detach", { document });
  return `${nameOf(document).name} has no kernel now.`;
}
