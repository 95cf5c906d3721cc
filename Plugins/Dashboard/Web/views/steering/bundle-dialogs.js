// SPDX-License-Identifier: Apache-2.0
// Bundles: runs written into one file or directory, looked at, and taken in.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { bytes, count, time } from "../../core/format.js";
import { go } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { loadStyles } from "../../core/styles.js";
import { choice, field, formDialog } from "./form-dialog.js";
import { longCall } from "./progress.js";

const styles = () => loadStyles(new URL("./steering.css", import.meta.url));
const lastFolder = () => remembered("steering.folder", "");
const keepFolder = (path) => remember("steering.folder", path.replace(/[^/]*$/, ""));
const absolute = (path) => (path.startsWith("/") ? null : "give the whole path, from / on; it is a place on the machine the host runs on");

/**
 * Writes runs into a bundle.
 *
 * @param {{runs?: {id: string, name: string}[]}} what none: all runs
 */
export async function exportDialog({ runs = [] } = {}) {
  await styles();
  const stamp = new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", "-");
  const path = h("input", { type: "text",
      value: `${lastFolder()}${runs.length === 1 ? runs[0].id.replaceAll(/[^\w.-]+/g, "-") : "runs"}-${stamp}.zip`, spellcheck: "false" });
  const checkpoints = choice("Checkpoints", [{ id: "all", label: "All" }, { id: "latest", label: "The newest of each run" },
      { id: "none", label: "None" }], "all");
  const format = choice("For", [{ id: "jackfield", label: "This kind of host" },
      { id: "onthefly", label: "The earlier dashboard", hint: "a directory, no archive" }], "jackfield");
  const what = runs.length ? runs.map(({ name }) => `'${name}'`).join(", ") : "all runs";
  const body = h("div", h("p",
      `Writes ${what}: numbers, logs, reports, lineage and checkpoints, as they are now. Nobody is paused for it; the training may go on.`),
    field("Write to", path, "a new file ending in .zip or .tar.zst, or a new directory, on the machine the host runs on"),
      checkpoints.element, format.element);
  return formDialog({
    title: "Export a bundle",
    body,
    label: "Export",
    missing: () => absolute(path.value.trim()),
    run: async ({ follow }) => {
      const input = { path: path.value.trim(), checkpoints: checkpoints.value(), format: format.value() };
      if (runs.length) input.runs = runs.map(({ id }) => id);
      const result = await follow(longCall("export.bundle", input,
          { what: "Writing the bundle", letGo: "Cancelled; nothing was left behind." }));
      keepFolder(input.path);
      const lost = result.missing?.length
        ? ` ${count(result.missing.length)} checkpoints could not be taken along: ${result.missing[0].reason}.` : "";
      return { text: `${count(result.runs.length)} runs in ${count(result.files)} files, ${bytes(result.bytes)}: ${result.path}.${lost}`,
        value: result.path };
    },
  });
}

/** Looks into a bundle, then takes it in. Nothing here is overwritten by it. */
export async function importDialog() {
  await styles();
  let found = null;
  const path = h("input", { type: "text", value: lastFolder(), spellcheck: "false", oninput: () => ((found = null), replace(inside)) });
  const inside = h("div.inside", { role: "status" });
  const look = h("button", { type: "button", onclick: inspect }, "Look inside");
  const body = h("div", h("p",
      "Runs are merged into this host: the same run is recognised, another of that name is renamed, and nothing is overwritten."),
    field("Bundle", h("div.bar", path, look), "its whole path on the machine the host runs on"), inside);
  let boxes = [];

  async function inspect() {
    look.setAttribute("aria-busy", "true");
    try {
      found = await call("export.inspect", { path: path.value.trim() }, { timeoutMs: 120_000 });
      replace(inside, content(found));
    } catch (error) {
      found = null;
      replace(inside, h("p.problem", error.message));
    } finally {
      look.removeAttribute("aria-busy");
      body.parentElement.recheck?.();
    }
  }

  function content(bundle) {
    boxes = (bundle.runs ?? []).map((run) => h("input", { type: "checkbox", checked: true, value: run.name ?? run.run ?? run }));
    const made = bundle.created ?? bundle.made ?? bundle.written;
    const facts = [`format ${bundle.format}`, Number.isFinite(made) ? `written ${time(made)}` : made ? `written ${made}` : null,
      Number.isFinite(bundle.bytes) ? bytes(bundle.bytes) : null,
      Number.isFinite(bundle.checkpoints) ? `${count(bundle.checkpoints)} checkpoints` : null];
    return [h("p.quiet.small", facts.filter(Boolean).join(" · ")),
      h("fieldset.choice", h("legend", "Runs to take"),
        boxes.map((box, place) => h("label", box, h("span", box.value, about(bundle.runs[place])))))];
  }

  return formDialog({
    title: "Import a bundle",
    body,
    label: "Import",
    missing: () => absolute(path.value.trim()) ?? (found
      ? (boxes.length && !boxes.some((box) => box.checked) ? "choose at least one run" : null) : "look inside first"),
    run: async ({ follow }) => {
      const input = { path: path.value.trim() };
      if (boxes.some((box) => !box.checked)) input.runs = boxes.filter((box) => box.checked).map((box) => box.value);
      const result = await follow(longCall("export.import", input, { what: "Reading the bundle", letGo: "Cancelled." }));
      keepFolder(input.path);
      return { text: outcome(result), value: result, action: { label: "Show the runs", run: () => go(["runs"]) } };
    },
  });
}

function about(run) {
  if (typeof run !== "object" || !run) return null;
  const facts = [Number.isFinite(run.steps) ? `${count(run.steps)} steps` : null, run.state].filter(Boolean).join(" · ");
  return facts ? h("span.quiet.small", ` ${facts}`) : null;
}

function outcome({ runs, missing }) {
  const by = (action) => runs.filter((run) => run.action === action);
  const parts = [
    by("imported").length ? `${count(by("imported").length)} came in` : null,
    by("renamed").length ? `${by("renamed").map(({ name, as }) => `'${name}' came in as '${as}'`).join(", ")}` : null,
    by("known").length ? `${count(by("known").length)} were here already` : null,
  ].filter(Boolean);
  const lost = missing?.length ? ` ${count(missing.length)} files that it names are not in it.` : "";
  return `${parts.join("; ") || "Nothing came in"}.${lost}`;
}
