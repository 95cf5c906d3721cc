// SPDX-License-Identifier: Apache-2.0
// What was done with runs and what happened to them: as marks in the charts, and as a list in words.

import { menuButton } from "../../components/menu.js";
import { problem } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { count, time } from "../../core/format.js";
import { remember, remembered } from "../../core/settings.js";

const KINDS = {
  pause: ["P", "info", "Pauses"],
  resume: ["R", "good", "Pauses"],
  stop: ["S", "warn", "Pauses"],
  finish: ["E", "good", "Pauses"],
  origin: ["O", "accent", "Forks and merges"],
  fork: ["F", "accent", "Forks and merges"],
  merge: ["M", "accent", "Forks and merges"],
  learning_rate: ["L", "info", "Learning rate"],
  alert: ["A", "bad", "Alerts"],
  checkpoint: ["C", "quiet", "Checkpoints"],
  test: ["T", "info", "Tests, reports, health"],
  report: ["N", "info", "Tests, reports, health"],
  health: ["H", "info", "Tests, reports, health"],
};
const GROUPS = [...new Set(Object.values(KINDS).map(([, , group]) => group))];
const FIRST = ["Pauses", "Forks and merges", "Learning rate", "Alerts"];
const MOST = 200;

/**
 * Reads the marks of runs and keeps them up to date.
 *
 * @param {string[]} runs
 * @param {{show: (marks: object[]) => void, pick: (mark: object) => void}} options `show` hears the marks, `pick` that one of the list was chosen
 */
export function runMarks(runs, { show, pick }) {
  let chosen = remembered("charts.marks", FIRST);
  let timer = null;
  let all = [];
  const items = h("ol");
  const summary = h("summary");
  const list = h("details.run-marks", { hidden: true }, summary, items);
  const button = menuButton(
    "Marks",
    () => GROUPS.map((group) => ({ label: `${chosen.includes(group) ? "✓ " : ""}${group}`, run: () => toggle(group) })),
    { name: "Which marks are shown" },
  );
  const stop = subscribe(["health.alert", "trainer.state"], () => loadSoon(), { missed: () => loadSoon() });

  function toggle(group) {
    chosen = chosen.includes(group) ? chosen.filter((one) => one !== group) : [...chosen, group];
    remember("charts.marks", chosen);
    load();
  }
  async function load() {
    clearTimeout(timer);
    timer = null;
    const kinds = Object.keys(KINDS).filter((kind) => chosen.includes(KINDS[kind][2]));
    try {
      const answers = kinds.length ? await Promise.all(runs.map((run) => call("runs.marks", { run, kinds, limit: MOST }))) : [];
      const next = answers.flatMap(({ marks }, index) =>
        marks.map((mark) => ({
          ...mark,
          other: mark.run,
          run: runs[index],
          letter: KINDS[mark.kind]?.[0] ?? "•",
          tone: KINDS[mark.kind]?.[1] ?? "quiet",
        })),
      );
      if (JSON.stringify(next) === JSON.stringify(all)) return;
      all = next;
      show(all);
      drawList();
    } catch (error) {
      if (error.status !== "not_found") problem(error, "What happened could not be read");
    }
  }
  function drawList() {
    list.hidden = !all.length;
    summary.textContent = `What happened (${count(all.length)})`;
    replace(
      items,
      all.map((mark) =>
        h(
          "li",
          h(
            "button.plain",
            { type: "button", onclick: () => pick(mark) },
            h("kbd", { aria: { hidden: "true" } }, mark.letter),
            h("span.quiet.number", Number.isFinite(mark.step) ? `step ${count(mark.step)}` : "–"),
            h("span", mark.text),
          ),
          h("span.quiet.small", time(mark.ts)),
        ),
      ),
    );
  }
  function loadSoon() {
    timer ??= setTimeout(load, 1500);
  }
  return {
    button,
    list,
    load,
    loadSoon,
    unmount() {
      clearTimeout(timer);
      stop();
    },
  };
}
