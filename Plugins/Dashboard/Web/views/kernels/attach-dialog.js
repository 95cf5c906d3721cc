// SPDX-License-Identifier: Apache-2.0
// Reaches a kernel that somebody else began: on this machine, or on a configured server.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { openDialog } from "../../components/dialog.js";
import { toast } from "../../components/toast.js";
import { plainText } from "../results/output/safe-text.js";

/** Asks which one, attaches, and gives the kernel's id, or null. */
export async function attachKernel() {
  const server = h("select", { name: "server", onchange: () => draw() }, h("option", { value: "" }, "this machine"));
  const file = h("input.mono", { name: "connection_file", value: "kernel-*", spellcheck: "false" });
  const name = h("input.mono", { name: "id", spellcheck: "false", placeholder: "the kernel's id on the server" });
  const document = h("input.mono", { name: "document", placeholder: "none, or /home/ada/analysis.py", spellcheck: "false" });
  const what = h("div.kn-form");
  const state = h("div", { aria: { live: "polite" } });
  const body = h("div.kn-form", h("label", "Where it runs", server), what, h("label", "For the file (optional)", document), state);
  draw();
  const { servers } = await call("kernel.servers");
  server.append(...servers.filter(({ provider }) => provider).map(({ provider, url }) => h(
    "option", { value: provider }, plainText(`${provider} · ${url}`),
  )));

  function draw() {
    if (server.value) replace(what, h("label", "The kernel's id there", name));
    else replace(
      what, h("label", "Connection file, a kernel's id, or a pattern", file),
      h("p.quiet.small", "Of a pattern the newest that listens is meant. Such a kernel is never signalled: who began it looks after it."),
    );
  }

  let id = null;
  const accept = async (value) => {
    if (value !== "attach") return true;
    replace(state, h("p.quiet", "Looks for it…"));
    try {
      const which = server.value ? { server: server.value, id: name.value.trim() } : { connection_file: file.value.trim() };
      const kernel = await call("kernel.attach", { ...which, ...(document.value.trim() ? { document: document.value.trim() } : {}) });
      id = kernel.id;
      toast(`Attached to ${plainText(kernel.name)}.`, { kind: "good" });
      return true;
    } catch (error) {
      replace(state, h("p.problem", error.message));
      return false;
    }
  };
  await openDialog({
    title: "Attach to a kernel of others", body, accept,
    actions: [{ label: "Cancel", value: null }, { label: "Attach", value: "attach", primary: true }],
  });
  return id;
}
