// SPDX-License-Identifier: Apache-2.0
// Scripts: those that run, what they ask, what waits, what they were allowed to do.

import { tabs } from "../../components/tabs.js";
import { h, replace } from "../../core/dom.js";
import { loadStyles } from "../../core/styles.js";
import { takeIn } from "../../front/stack.js";
import { auditTab, consentsTab, conversationsTab } from "./records.js";
import { operationsTab } from "./operations.js";
import { runPanel } from "./run.js";
import { runsTab, startButton } from "./runs.js";
import { answerSwitch } from "./switch.js";

/** Shows the list, or one script when the address names it. */
export async function mount(root, { route, session, title }) {
  await loadStyles(new URL("./scripts.css", import.meta.url));
  const questions = h("div.questions-place");
  const content = h("div");
  const answers = session.read_only ? null : answerSwitch();
  root.append(h("div.view-head", h("h1", "Scripts"), answers?.element ?? null, session.read_only ? null : startButton()), questions, content);
  const letFloat = session.read_only ? () => {} : takeIn(questions);
  let shown = null;
  let leave = null;

  function update({ query }) {
    const run = query.get("run") ?? "";
    if (run === shown) return;
    leave?.();
    shown = run;
    replace(content);
    leave = run ? runPanel(content, run, session, title) : list(content, session, title);
  }
  update(route);
  return {
    update,
    unmount() {
      leave?.();
      answers?.unmount();
      letFloat();
    },
  };
}

function list(content, session, title) {
  title("Scripts");
  const parts = tabs([
    { id: "runs", label: "Runs", mount: (place) => runsTab(place, session) },
    { id: "operations", label: "Pending operations", mount: (place) => operationsTab(place, session) },
    { id: "consents", label: "Consents", mount: (place) => consentsTab(place, session) },
    { id: "audit", label: "Audit", mount: auditTab },
    { id: "conversations", label: "Conversations", mount: conversationsTab },
  ], { name: "Scripts" });
  content.append(parts.element);
  return parts.unmount;
}
