// SPDX-License-Identifier: Apache-2.0
// What scripts announced and wait for: answered here, or given up.

import { stateBadge } from "../../components/badge.js";
import { dataTable } from "../../components/data-table.js";
import { openDialog } from "../../components/dialog.js";
import { empty } from "../../components/empty.js";
import { schemaForm } from "../../components/schema-form.js";
import { problem, toast } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { ago, duration, time } from "../../core/format.js";
import { refreshing } from "../../core/refresh.js";

/** Mounts the list. @returns {() => void} */
export function operationsTab(place, session) {
  const table = dataTable({
    name: "Operations",
    remember: "operations",
    key: ({ operation }) => operation,
    open: (row) => show(row, session).catch((error) => problem(error)),
    empty: empty({ title: "Nothing waits", text: "Scripts announce here what takes a person longer: a form, a participant, an answer from outside.", command: "result = bridge.show_form_async({\"fields\": []}).result()" }),
    columns: [
      { id: "name", title: "What", value: (row) => row.name ?? row.type, cell: (row) => h("strong", row.name ?? row.type) },
      { id: "state", title: "State", value: ({ state }) => state, cell: ({ state }) => stateBadge(state) },
      { id: "run", title: "Script", value: ({ run_name }) => run_name },
      { id: "type", title: "Kind", value: ({ type }) => type.replaceAll("_", " ") },
      { id: "announced", title: "Since", value: ({ announced }) => announced, cell: ({ announced }) => h("span", { title: time(announced) }, ago(announced)), number: true },
      { id: "left", title: "Time left", value: ({ deadline, ended }) => (ended ? null : deadline), cell: ({ deadline, ended }) => (ended || !deadline ? "–" : duration(Math.max(0, deadline - Date.now() / 1000))), number: true },
      { id: "operation", title: "Number", value: ({ operation }) => operation, hidden: true },
    ],
  });
  place.append(table.element);
  return refreshing(["bridge.operation"], async () => table.update((await call("bridge.pending", { history: true })).operations), { every: 10_000 }).stop;
}

async function show({ operation }, session) {
  const one = await call("bridge.operation", { operation });
  const schema = schemaOf(one.parameters);
  const form = one.state === "waiting" && !session.read_only ? schemaForm(schema ?? {}, undefined) : null;
  const body = h("div", h("dl.facts", h("div", h("dt", "script"), h("dd", one.run_name)), h("div", h("dt", "state"), h("dd", stateBadge(one.state))), one.error ? h("div", h("dt", "error"), h("dd", one.error)) : null),
    h("h3.gap", "What it says"), h("pre.result", { tabindex: "0" }, JSON.stringify(one.parameters, null, 2)),
    one.result === undefined ? null : [h("h3.gap", "Result"), h("pre.result", { tabindex: "0" }, JSON.stringify(one.result, null, 2))],
    form ? [h("h3.gap", "Answer"), form.element] : null);
  const accept = async (what) => {
    if (!what) return true;
    if (what === "answer" && form.errors().length) return false;
    try {
      if (what === "answer") await call("bridge.submit", { operation, result: form.value() ?? null, by: "page" });
      else await call("bridge.cancel", { operation, by: "page" });
      toast(what === "answer" ? "Answered." : "Given up; the script hears that it was cancelled.", { kind: "good" });
      return true;
    } catch (error) {
      problem(error);
      return false;
    }
  };
  const actions = form ? [{ label: "Close", value: null }, { label: "Give it up", value: "cancel", danger: true }, { label: "Answer", value: "answer", primary: true }] : [];
  await openDialog({ title: one.name ?? one.type.replaceAll("_", " "), body, wide: true, actions, accept });
}

/** Where scripts say what they want to have filled in. */
function schemaOf(parameters) {
  const spec = parameters?.formSpec ?? parameters;
  const found = spec?.schema ?? (spec?.properties ? spec : null);
  return found && typeof found === "object" ? found : null;
}
