// SPDX-License-Identifier: Apache-2.0
// Reaches a kernel that somebody else began.

import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { openDialog } from "../../components/dialog.js";
import { toast } from "../../components/toast.js";

/** Asks which one, attaches, and gives the kernel's id, or null. */
export async function attachKernel() {
  const file = h("input.mono", { name: "connection_file", value: "kernel-*", spellcheck: "false" });
  const document = h("input.mono", { name: "document", placeholder: "none, or /home/ada/analysis.py", spellcheck: "false" });
  const state = h("div", { aria: { live: "polite" } });
  const body = h("div.kn-form", h("label", "Connection file, a kernel's id, or a pattern", file), h("p.quiet.small", "Of a pattern the newest that listens is meant. Such a kernel is never signalled: who began it looks after it."), h("label", "For the file (optional)", document), state);
  let id = null;
  const accept = async (value) => {
    if (value !== "attach") return true;
    state.textContent = "Looks for it…";
    try {
      const kernel = await call("kernel.attach", { connection_file: file.value.trim(), ...(document.value.trim() ? { document: document.value.trim() } : {}) });
      id = kernel.id;
      toast(`Attached to ${kernel.name}.`, { kind: "good" });
      return true;
    } catch (error) {
      state.replaceChildren(h("p.problem", error.message));
      return false;
    }
  };
  await openDialog({ title: "Attach to a kernel of others", body, accept, actions: [{ label: "Cancel", value: null }, { label: "Attach", value: "attach", primary: true }] });
  return id;
}
