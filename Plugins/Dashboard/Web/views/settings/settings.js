// SPDX-License-Identifier: Apache-2.0
// The configuration in force, and where each value comes from.

import { actionButton } from "../../components/action-button.js";
import { dataTable } from "../../components/data-table.js";
import { commandLine, empty } from "../../components/empty.js";
import { host } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { refreshing } from "../../core/refresh.js";
import { setQuery } from "../../core/route.js";
import { subscribe } from "../../core/events.js";

const secret = /(^|\.|_)(api_?key|apikey|token|password|secret)s?$/i;

/** Shows the view. */
export function mount(root, { route, session, title }) {
  title("Configuration");
  const search = h("input", { type: "search", value: route.query.get("q") ?? "", placeholder: "Search settings", aria: { label: "Search settings" }, oninput: () => setQuery({ q: search.value }) });
  const onlySet = h("input", { type: "checkbox", checked: route.query.get("set") === "1", onchange: () => setQuery({ set: onlySet.checked ? "1" : null }) });
  const word = h("span.quiet.small", { role: "status" });
  let rows = [];
  const table = dataTable({
    name: "Settings",
    remember: "settings",
    key: ({ key }) => key,
    sort: { id: "key" },
    empty: empty({ title: "No setting is called like that" }),
    columns: [
      { id: "key", title: "Setting", value: ({ key }) => key, cell: ({ key }) => h("code", key) },
      { id: "value", title: "Value", value: (row) => textOf(row), cell: (row) => h("code", { title: textOf(row) }, textOf(row)) },
      { id: "origin", title: "From", value: ({ origin }) => origin, cell: ({ origin }) => (origin === "default" ? h("span.quiet", "default") : h("span", { title: origin }, h("strong", origin.split("/").at(-1)), h("span.quiet", ` ${folderOf(origin)}`))) },
    ],
  });
  const reload = actionButton("Read the files again", async () => {
    await host("host/reload");
    await refresh.now();
    return "The configuration was read again.";
  });
  root.append(h("div.view-head", h("h1", "Configuration"), session.read_only ? null : reload), h("div.bar", search, h("label", onlySet, "Only what was set"), word), h("p"), table.element,
    h("details", h("summary", "How to change a setting"), h("p"), h("p", "Settings stand in config.json of the host's configuration folder. The host reads it again by itself, or by the button above."), commandLine("jackfield config show --origin")));

  function draw() {
    const text = search.value.trim().toLowerCase();
    const meant = rows.filter((row) => (!onlySet.checked || row.origin !== "default") && (!text || `${row.key} ${textOf(row)} ${row.origin}`.toLowerCase().includes(text)));
    word.textContent = `${meant.length} of ${rows.length} settings`;
    table.update(meant);
  }
  const refresh = refreshing([], async () => {
    rows = await host("config/show", { origin: true });
    draw();
  });
  const leave = subscribe(["host.*"], () => refresh.now(), { missed: () => refresh.now() });
  return {
    update({ query }) {
      if (search.value !== (query.get("q") ?? "")) search.value = query.get("q") ?? "";
      onlySet.checked = query.get("set") === "1";
      draw();
    },
    unmount() {
      refresh.stop();
      leave();
    },
  };
}

/** The host does not tell secrets; what looks like one is not shown here either way. */
function textOf({ key, value }) {
  return secret.test(key) && typeof value === "string" && value ? "••••••" : (JSON.stringify(value) ?? "");
}

function folderOf(origin) {
  return origin.includes("/") ? origin.slice(0, origin.lastIndexOf("/")) : "";
}
