// SPDX-License-Identifier: Apache-2.0
// Merges any number of runs into a new one: which, how, and what is missing for it.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { go } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { choice, field, formDialog } from "./form-dialog.js";
import { longCall } from "./progress.js";
import { runName } from "./run-name.js";
import { refreshSessions } from "./sessions.js";
import { done } from "./words.js";

const strategies = [
  { id: "swa", label: "Average (swa)", hint: "every weight is the mean of the parents'" },
  { id: "fisher", label: "Fisher", hint: "asks for weights by importance; today's trainer has no such information and averages" },
  { id: "adapter", label: "Adapters", hint: "the first parent's model; of the others only parameters named 'adapter' are averaged in" },
];

/**
 * @param {{parents: string[], session: object}} what ids of runs chosen already, any number; `session`: the trainer that merges
 * @returns {Promise<string|null>} the new run
 */
export async function mergeDialog({ parents, session }) {
  await loadStyles(new URL("./steering.css", import.meta.url));
  const { runs } = await call("runs.list", { limit: 1000 });
  const chosen = new Map();
  const list = h("ul.parents", { "aria-label": "Parents" });
  const words = h("p.will", { role: "status" });
  const name = await runName("merge", () => say());
  const strategy = choice("How", strategies, "swa", () => say());
  const resume = h("input", { type: "checkbox", checked: true });
  const search = h("input", { type: "search", placeholder: "Find a run", "aria-label": "Find a run to add", oninput: offer });
  const offers = h("ul.offers", { "aria-label": "Runs that can be added" });
  const title = (id) => runs.find((run) => run.id === id)?.name ?? id;

  async function add(id) {
    if (chosen.has(id)) return;
    chosen.set(id, { state: "asking" });
    show();
    try {
      const { checkpoints } = await call("runs.checkpoints", { run: id, limit: 100 });
      const usable = checkpoints.find((one) => one.usable_path);
      chosen.set(id, usable ? { state: "usable", step: usable.step }
        : { state: id === session.run ? "live" : "missing", had: checkpoints.length });
    } catch (error) {
      chosen.set(id, { state: "missing", error: error.message });
    }
    if (id === session.run) chosen.set(id, { state: "live" });
    show();
  }

  function remove(id) {
    chosen.delete(id);
    show();
    search.focus();
  }

  function stateWords({ state, step, had, error }) {
    if (state === "asking") return "looking for its checkpoint…";
    if (state === "live") return session.state === "paused" ? "with its present weights" : "paused first, with the weights it then has";
    if (state === "usable") return `checkpoint at step ${count(step)}`;
    return error ?? (had ? "its checkpoint files are gone; switch the trainer to it and save one"
      : "has no checkpoint; switch the trainer to it, pause, and one is written");
  }

  function show() {
    replace(list, [...chosen].map(([id, found]) => h("li", { class: found.state === "missing" ? "lacking" : "" }, h("strong", title(id)),
          h("span.quiet.small", stateWords(found)),
      h("button.plain", { type: "button", onclick: () => remove(id), "aria-label": `Take ${title(id)} away` }, "✕"))));
    offer();
    say();
  }

  function offer() {
    const text = search.value.trim().toLowerCase();
    const fitting = runs.filter((run) => !chosen.has(run.id)
      && (!text || `${run.name} ${run.id} ${run.project}`.toLowerCase().includes(text)));
    replace(offers, fitting.slice(0, 8).map((run) => h("li", h("button", { type: "button", onclick: () => add(run.id) }, `+ ${run.name}`),
          h("span.quiet.small", `${run.project} · ${run.state} · loss ${number(run.last_loss)}`))),
      fitting.length > 8 ? h("li.quiet.small", `and ${count(fitting.length - 8)} more; type to find them`) : null);
  }

  function missing() {
    if (chosen.size < 2) return "choose at least two runs";
    const lacking = [...chosen].filter(([, found]) => found.state === "missing").map(([id]) => `'${title(id)}'`);
    if (lacking.length) return `${lacking.join(", ")} ${lacking.length === 1 ? "has" : "have"} no checkpoint that can be used`;
    return [...chosen.values()].some(({ state }) => state === "asking") ? "one moment…" : name.missing();
  }

  const body = h("div.merge", h("h3", "Parents"), list,
    h("details.adding", { open: parents.length < 2 }, h("summary", "Add a run"), search, offers), strategy.element,
    h("div.fields", field("Name of the new run", name.element, name.hint)), h("label", resume, "Go on training with it at once"),
      h("h3", "What this will do"), words);

  function say() {
    const names = [...chosen.keys()].map((id) => `'${title(id)}'`);
    const how = strategy.value() === "adapter" ? `the model of ${names[0]}, its adapters averaged with those of the others`
      : `the mean of their weights`;
    words.textContent = names.length < 2 ? "Choose at least two runs first." : [
      session.state === "running" ? `Pauses '${session.run}' and writes a checkpoint of it.` : null,
      `Begins the run '${name.value()}' with ${how}: ${names.join(", ")}.`,
      "It trains on the full data set, with the optimiser's present state.",
      resume.checked ? "The training goes on with the new run." : "The training stays paused.",
      "The parents keep everything they have.",
    ].filter(Boolean).join(" ");
    body.parentElement?.recheck?.();
  }

  async function run({ follow }) {
    const input = { session: session.session, parents: [...chosen.keys()], strategy: strategy.value(), name: name.value(),
      resume: resume.checked };
    const result = await follow(longCall("trainer.merge", input,
        { what: "Merging", letGo: "You no longer wait; the trainer may still carry the merge out. The lineage shows it when it does." }));
    refreshSessions();
    const child = result.run ?? result.data?.new_run;
    return { text: done.merge(result), value: child, action: { label: "Show it", run: () => go(["runs", child]) } };
  }

  body.addEventListener("input", () => queueMicrotask(say));
  body.addEventListener("change", () => queueMicrotask(say));
  for (const id of parents) add(id);
  show();
  try {
    return await formDialog({ title: "Merge runs", body, label: "Merge", run, missing, wide: true });
  } finally {
    name.unmount();
  }
}
