// SPDX-License-Identifier: Apache-2.0
// Begins a kernel: with which Python or kernelspec, where, and for which file.

import { call, stream } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { openDialog } from "../../components/dialog.js";
import { problem, toast } from "../../components/toast.js";
import { plainText } from "../results/output/safe-text.js";

/** Asks for what a kernel is begun with, begins it, and gives its id, or null. */
export async function startKernel({ document = "" } = {}) {
  const choice = h("select", { name: "environment", aria: { label: "Environment" } }, h("option", { value: "" }, "looking…"));
  const file = h("input.mono", { name: "document", value: document, placeholder: "none, or /home/ada/analysis.py", spellcheck: "false" });
  const folder = h("input.mono", { name: "folder", placeholder: "the file's folder, or your home", spellcheck: "false" });
  const state = h("div.kn-start-state", { aria: { live: "polite" } });
  const body = h(
    "div.kn-form", h("label", "Python or kernel", choice), h("label", "For the file (optional)", file),
    h("label", "Runs in (optional)", folder), state,
  );
  let started = null;
  const options = await choices(choice, document);
  file.addEventListener("change", () => choices(choice, file.value.trim(), options).catch((error) => problem(error, "Environments")));

  const accept = async (value) => {
    if (value !== "start" && value !== "install" && value !== "overlay") return true;
    const wish = {
      ...(options.get(choice.value) ?? {}), document: file.value.trim() || undefined, working_directory: folder.value.trim() || undefined,
    };
    started = await begin(wish, state, (interpreter) => options.set(choice.value, { interpreter }));
    return started !== null;
  };
  await openDialog({
    title: "Begin a kernel", body, accept, actions: [{ label: "Cancel", value: null }, { label: "Begin", value: "start", primary: true }],
  });
  return started?.id ?? null;
}

async function choices(select, document, known = new Map()) {
  const near = document ? { document } : {};
  const [{ specs, unreachable }, { interpreters }] = await Promise.all([call("kernel.specs", near), call("kernel.interpreters", near)]);
  known.clear();
  const nearest = interpreters.find((one) => one.nearest);
  known.set("", {});
  const options = [h("option", { value: "" }, nearest ? `The nearest: ${plainText(nearest.display_name)}` : "What fits best")];
  const groups = [
    [
      "Pythons with ipykernel",
      interpreters.filter(({ ipykernel }) => ipykernel).map((one) => [
        `interpreter ${one.executable}`, { interpreter: one.executable }, `${one.display_name} · ${one.executable}`,
      ]),
    ],
    [
      "Registered kernels",
      specs.filter(({ synthetic }) => !synthetic).map((one) => [
        `spec ${one.provider} ${one.name}`, { spec: one.name, ...(one.provider !== "local" ? { provider: one.provider } : {}) },
        `${one.display_name} · ${one.provider === "local" ? one.name : one.provider}`,
      ]),
    ],
    [
      "Pythons without ipykernel (it is offered to install it)",
      interpreters.filter(({ ipykernel }) => !ipykernel).map((one) => [
        `interpreter ${one.executable}`, { interpreter: one.executable }, `${one.display_name} · ${one.executable}`,
      ]),
    ],
  ];
  for (const [label, list] of groups) {
    if (!list.length) continue;
    for (const [key, wish] of list) known.set(key, wish);
    options.push(h("optgroup", { label }, list.map(([key, , text]) => h("option", { value: key }, plainText(text)))));
  }
  for (const { provider, reason } of unreachable) options.push(h(
    "option", { disabled: true }, plainText(`${provider} cannot be reached: ${reason}`),
  ));
  const before = select.value;
  replace(select, options);
  select.value = known.has(before) ? before : "";
  return known;
}

async function begin(wish, state, use) {
  replace(state, h("p.quiet", "Begins, and waits until it is ready…"));
  try {
    const kernel = await call("kernel.start", wish);
    toast(`${kernel.name} is ready.`, { kind: "good" });
    return kernel;
  } catch (error) {
    if (error.code === "ipykernel_missing") offer(error, wish, state, use);
    else replace(state, h("p.problem", error.message));
    return null;
  }
}

/** Says what is missing, with the very command, and does it when the reader says so. */
function offer(error, wish, state, use) {
  const interpreter = error.details?.interpreter ?? wish.interpreter;
  const output = h("pre.kn-install.out-text", { hidden: true, tabindex: "0", aria: { label: "Output of the installation" } });
  const install = async (overlay) => {
    output.hidden = false;
    for (const button of buttons.querySelectorAll("button")) button.disabled = true;
    try {
      let ready = interpreter;
      for await (const { chunk, result } of stream("kernel.install", { interpreter, overlay })) {
        if (chunk !== undefined) output.append(`${chunk.line ?? JSON.stringify(chunk)}\n`);
        output.scrollTop = output.scrollHeight;
        if (result) ready = result.interpreter;
      }
      use(ready);
      replace(state, h("p", "ipykernel is installed. Choose “Begin” again."));
    } catch (failure) {
      output.append(`\n${failure.message}\n`);
      for (const button of buttons.querySelectorAll("button")) button.disabled = false;
    }
  };
  const buttons = h(
    "div.bar", h("button", { type: "button", onclick: () => install(false) }, "Install into it"),
    h("button", { type: "button", onclick: () => install(true) }, "Leave it as it is, make one on top"),
  );
  replace(
    state,
    h(
      "p.problem", "ipykernel is missing in this environment. This command installs it:", h("br"),
      h("code", plainText(error.details?.command ?? "")),
    ),
    buttons, output,
  );
}
