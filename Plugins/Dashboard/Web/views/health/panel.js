// SPDX-License-Identifier: Apache-2.0
// The health of a training: five checks with their verdicts, made one by one or all in one pause.

import { call, stream } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { loadStyles } from "../../core/styles.js";
import { actionButton } from "../../components/action-button.js";
import { problem, toast } from "../../components/toast.js";
import { plainText, safeText } from "../results/output/safe-text.js";
import { alertsList } from "./alerts-list.js";
import { checkCard } from "./check-card.js";
import { checks, verdictBadge } from "./words.js";

/**
 * The checks and alerts of a run.
 *
 * @param {{run: string, session?: {read_only: boolean}}} of `session`: what the page may do
 * @returns {{element: HTMLElement, unmount(): void}}
 */
export function healthPanel({ run, session }) {
  loadStyles(new URL("./health.css", import.meta.url));
  loadStyles(new URL("../results/output/output.css", import.meta.url));
  const mayWrite = !session?.read_only;
  const verdict = h("div.hl-verdict", { role: "status" }, h("h2", "Health"));
  const gate = h("p.quiet.hl-gate");
  let trainer = null;
  let leaving = null;
  const cards = new Map(checks.map((check) => [
    check.id,
    checkCard(
      check, run, { mayWrite, check: () => one(check), confirm: () => question(`Check ${check.name.toLowerCase()} now?`, "Check now") },
    ),
  ]));
  const all = mayWrite ? actionButton(
    "Make all checks…", () => makeAll(), { primary: true, confirm: () => question("Make all five checks now?", "Make all checks") },
  ) : null;
  const cancel = h("button", { type: "button", hidden: true, onclick: () => leaving?.abort() }, "Cancel the checks");
  const alerts = alertsList({ run });
  const element = h("section.hl-panel", { aria: { label: "Health" } },
    h("header.hl-title", verdict, h("span.grow"), cancel, all), gate,
    h("div.grid", [...cards.values()].map((card) => card.element)),
    h("section", { aria: { label: "Alerts of this run" } }, h("h2", "Alerts"), alerts.element));

  async function refresh() {
    try {
      const report = await call("health.report", { run });
      replace(
        verdict, h("h2", "Health"), report.verdict ? verdictBadge(report.verdict) : null,
        h("span", safeText(report.sentence.replace(/; 'health\.run' makes them\.$/, "."))),
      );
      for (const entry of report.checks) cards.get(entry.check)?.update(entry);
    } catch (error) {
      replace(verdict, h("h2", "Health"), h("span.problem", error.message));
    }
  }

  /** Which trainer would be asked, and what a check does to it. */
  async function refreshGate() {
    try {
      const { sessions } = await call("trainer.list");
      trainer = sessions.find((one) => one.connected && one.run === run && one.state !== "ended") ?? null;
    } catch (error) {
      problem(error, "Trainers");
    }
    const reason = obstacle(trainer);
    gate.textContent = reason ?? effect(trainer);
    for (const card of cards.values()) card.gate(reason);
    if (all) all.disabled = reason !== null;
  }

  function question(title, action) {
    if (trainer?.state === "paused") return { title, action, text: "The training is paused and stays so." };
    const place = Number.isFinite(trainer?.lastStep) ? ` (step ${count(trainer.lastStep)})` : "";
    const text = `The training${place} is paused after the batch in flight, checked, and goes on by itself. A check may take some minutes.`;
    return { title, action, text };
  }

  async function one({ id }) {
    cards.get(id).busy(true);
    try {
      const result = await call("health.check", { check: id, run });
      say(result);
    } finally {
      cards.get(id).busy(false);
      await refresh();
    }
  }

  async function makeAll() {
    leaving = new AbortController();
    cancel.hidden = false;
    for (const card of cards.values()) card.busy(true);
    try {
      let end = null;
      for await (const { chunk, result } of stream("health.run", { run }, { signal: leaving.signal })) {
        if (chunk?.check) (cards.get(chunk.check)?.busy(false), cards.get(chunk.check)?.update({ latest: chunk }));
        if (result) end = result;
      }
      if (end) say(end);
    } finally {
      leaving = null;
      cancel.hidden = true;
      for (const card of cards.values()) card.busy(false);
      await refresh();
    }
  }

  let timer = null;
  const soon = () => (timer ??= setTimeout(() => ((timer = null), refreshGate()), 300));
  const forget = [
    subscribe("health.result", () => leaving || refresh(), { where: { run: [run] }, missed: refresh }),
    subscribe(["trainer.status", "trainer.connected", "trainer.disconnected"], soon, { missed: soon }),
  ];
  refresh();
  refreshGate();
  return {
    element,
    unmount: () => {
      clearTimeout(timer);
      forget.forEach((stop) => stop());
      alerts.unmount();
    },
  };
}

/** Why no check can be made now; null when one can. */
function obstacle(trainer) {
  if (!trainer) return "No trainer of this run is connected: a check asks the training itself.";
  return trainer.busy ? `The trainer is busy with ${trainer.busy}.` : null;
}

/** What a check does to the training. */
function effect({ state }) {
  if (state === "paused") return "The training is paused: a check leaves it so.";
  return "The training runs: a check pauses it after the batch in flight, and lets it go on afterwards.";
}

function say({ verdict, sentence, trouble, paused, resumed }) {
  const went = trouble ? ` ${trouble}` : paused ? (resumed ? " The training goes on." : " The training stays paused.") : "";
  toast(plainText(`${sentence}${went}`), { kind: trouble ? "bad" : verdict === "ok" ? "good" : "warn", source: "health" });
}
