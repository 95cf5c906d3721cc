// SPDX-License-Identifier: Apache-2.0
// What scripts were allowed to do, what they did, and what they talked about.

import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { dataTable } from "../../components/data-table.js";
import { openDialog } from "../../components/dialog.js";
import { empty } from "../../components/empty.js";
import { problem } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { ago, clockTime, count, time } from "../../core/format.js";
import { refreshing } from "../../core/refresh.js";

const whenOf = (name) => ({ value: (row) => row[name], cell: (row) => h("span", { title: time(row[name]) }, ago(row[name])), number: true });

/** Decisions that are remembered. @returns {() => void} */
export function consentsTab(place, session) {
  let refresh = null;
  const revoke = (row) => actionButton("Revoke", async () => {
    await call("bridge.revoke", { consent: row.consent });
    refresh.now();
    return "Taken back; the next time somebody is asked again.";
  }, { danger: true, name: `Revoke the decision on ${row.command}` });
  const table = dataTable({
    name: "Consents",
    remember: "consents",
    key: ({ consent }) => String(consent),
    empty: empty({ title: "No decisions yet", text: "When a script runs a command of the host that changes something, you are asked once. What you decide stands here, and can be taken back." }),
    columns: [
      { id: "command", title: "Command", value: ({ command }) => command, cell: ({ command }) => h("code", command) },
      { id: "decision", title: "Decision", value: ({ decision }) => decision, cell: ({ decision }) => stateBadge(decision) },
      { id: "for", title: "For", value: (row) => row.run ?? row.workspace ?? "all", cell: (row) => (row.run ? `the run ${row.run}` : row.workspace ? `scripts of ${row.workspace}` : "all scripts") },
      { id: "by", title: "By", value: ({ by }) => by },
      { id: "given", title: "When", ...whenOf("given") },
      { id: "revoke", title: "Revoke", value: () => "", cell: (row) => (session.read_only ? "" : revoke(row)) },
    ],
  });
  place.append(table.element);
  refresh = refreshing(["bridge.request"], async () => table.update((await call("bridge.consents")).consents));
  return refresh.stop;
}

/** Every command that a script ran, with what decided. @returns {() => void} */
export function auditTab(place) {
  const table = dataTable({
    name: "Audit",
    remember: "audit",
    key: ({ number }) => String(number),
    empty: empty({ title: "Nothing was run by scripts yet", text: "Every command that a script executes is written down here, with what decided and what came of it." }),
    columns: [
      { id: "time", title: "When", value: ({ time: at }) => at, cell: ({ time: at }) => h("span", { title: time(at) }, clockTime(at)), number: true },
      { id: "run", title: "Script", value: ({ run_name }) => run_name },
      { id: "detail", title: "Command", value: ({ detail }) => detail, cell: ({ detail, what }) => h("code", detail ?? what) },
      { id: "decision", title: "Decision", value: ({ decision }) => decision, cell: ({ decision }) => stateBadge(decision) },
      { id: "outcome", title: "Outcome", value: ({ outcome }) => outcome ?? "under way" },
      { id: "milliseconds", title: "Took", value: ({ milliseconds }) => milliseconds, cell: ({ milliseconds }) => (milliseconds === null || milliseconds === undefined ? "–" : `${Math.round(milliseconds)} ms`), number: true },
      { id: "by", title: "By", value: ({ by }) => by, hidden: true },
    ],
  });
  place.append(table.element);
  return refreshing(["bridge.request"], async () => table.update((await call("bridge.audit", { limit: 1000 })).entries)).stop;
}

/** What scripts talked about with language models. @returns {() => void} */
export function conversationsTab(place) {
  const table = dataTable({
    name: "Conversations",
    remember: "conversations",
    key: ({ run, conversation }) => `${run} ${conversation}`,
    open: (row) => show(row).catch((error) => problem(error)),
    empty: empty({ title: "Nobody has talked yet", text: "What scripts ask a language model through the host is kept here.", command: "print(bridge.chat(\"What is a jackfield?\"))" }),
    columns: [
      { id: "conversation", title: "Conversation", value: ({ conversation }) => conversation },
      { id: "run", title: "Script", value: ({ run }) => run },
      { id: "messages", title: "Messages", value: ({ messages }) => messages, cell: ({ messages }) => count(messages), number: true },
      { id: "latest", title: "Latest", ...whenOf("latest") },
    ],
  });
  place.append(table.element);
  return refreshing(["bridge.request"], async () => table.update((await call("bridge.conversations")).conversations)).stop;
}

async function show({ run, conversation }) {
  const { messages = [] } = await call("bridge.conversations", { run, conversation });
  const lines = messages.map(({ role, content, timestamp }) => h("article.chat-message", { class: role }, h("p.quiet.small", `${role} · ${time(timestamp / 1000)}`), h("p.chat-line", content)));
  await openDialog({ title: conversation, wide: true, body: h("div", lines.length ? lines : h("p", "No messages.")) });
}
