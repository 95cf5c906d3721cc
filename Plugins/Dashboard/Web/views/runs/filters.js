// SPDX-License-Identifier: Apache-2.0
// Which runs of the list are shown: by text, state, project, and whether archived ones are among them. All of it stands in the address.

import { h, replace } from "../../core/dom.js";

const STATES = ["running", "paused", "testing", "stopping", "finished", "stopped", "lost", "new"];

/** Makes the bar: `{element, fits(run), setProjects(names), read(query), clear(), focus()}`; `changed` hears what belongs into the address. */
export function filters(query, { changed }) {
  const search = h("input", { type: "search", placeholder: "Search  ( / )", aria: { label: "Search runs by name, id or project" } });
  const state = h(
    "select",
    { aria: { label: "State" } },
    h("option", { value: "" }, "Any state"),
    h("option", { value: "live" }, "live"),
    STATES.map((name) => h("option", { value: name }, name)),
  );
  const project = h("select", { aria: { label: "Project" } }, h("option", { value: "" }, "Any project"));
  const archived = h("input", { type: "checkbox" });
  const values = () => ({ q: search.value.trim(), state: state.value, project: project.value, archived: archived.checked ? "1" : "" });
  const tell = () => changed(values());
  let timer = null;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, 120);
  });
  search.addEventListener(
    "keydown",
    (event) => event.key === "Escape" && (event.preventDefault(), search.value ? ((search.value = ""), tell()) : search.blur()),
  );
  for (const field of [state, project, archived]) field.addEventListener("change", tell);
  const element = h("div.bar.runs-filters", { role: "search" }, search, state, project, h("label", archived, "Archived"));

  const read = (from) => {
    if (document.activeElement !== search) search.value = from.get("q") ?? "";
    state.value = from.get("state") ?? "";
    wanted = from.get("project") ?? "";
    choose();
    archived.checked = from.get("archived") === "1";
  };
  let wanted = "";
  const choose = () => {
    if (wanted && ![...project.options].some(({ value }) => value === wanted)) project.append(h("option", { value: wanted }, wanted));
    project.value = wanted;
  };
  read(query);
  return {
    element,
    read(from) {
      const before = JSON.stringify(values());
      read(from);
      if (JSON.stringify(values()) !== before) tell();
    },
    setProjects(names) {
      wanted = project.value || wanted;
      replace(
        project,
        h("option", { value: "" }, "Any project"),
        names.map((name) => h("option", { value: name }, name)),
      );
      choose();
    },
    fits(run) {
      const { q, state: of, project: within } = values();
      const text = `${run.name}\n${run.id}\n${run.title ?? ""}\n${run.project ?? ""}`.toLowerCase();
      const isLive = ["running", "paused", "testing", "stopping"].includes(run.state);
      return (
        (!run.archived || archived.checked) &&
        (!of || (of === "live" ? isLive : run.state === of)) &&
        (!within || run.project === within) &&
        q
          .toLowerCase()
          .split(/\s+/)
          .every((word) => text.includes(word))
      );
    },
    clear() {
      search.value = state.value = project.value = wanted = "";
      tell();
    },
    focus() {
      search.focus();
      search.select();
    },
  };
}
