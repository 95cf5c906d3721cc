// SPDX-License-Identifier: Apache-2.0
// Ctrl+K: goes to any view and run, and runs any command of the host.

import { openDialog } from "../components/dialog.js";
import { call, host } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { go } from "../core/route.js";
import { remember, remembered } from "../core/settings.js";
import { score } from "./fuzzy.js";
import { icon } from "./icons.js";
import { runCommand } from "./palette-command.js";

const most = 60;
const kept = 12;
let isOpen = false;

/** Opens the palette. @param {{read_only: boolean}} session @param {object[]} views */
export async function showPalette(session, views) {
  if (isOpen) return;
  isOpen = true;
  const leave = new AbortController();
  const parts = makeParts();
  const state = { items: viewItems(views), shown: [], at: 0 };
  const search = () => show(parts, state);
  parts.input.addEventListener("input", () => ((state.at = 0), search()));
  parts.input.addEventListener("keydown", (event) => onKey(event, parts, state, leave));
  parts.list.addEventListener("click", (event) => choose(state.shown[[...parts.list.children].indexOf(event.target.closest("[role=option]"))], leave));
  search();
  for (const more of [runItems(), commandItems(session)]) {
    more.then((items) => {
      state.items = [...state.items, ...items];
      search();
    });
  }
  await openDialog({ title: "Search or run a command", body: parts.body, kind: "palette", signal: leave.signal });
  isOpen = false;
}

function makeParts() {
  const list = h("div.palette-list", { id: "palette-list", role: "listbox", aria: { label: "Found" } });
  const aria = { controls: list.id, expanded: "true", autocomplete: "list", label: "Search views, runs and commands" };
  const input = h("input.palette-input", { type: "text", role: "combobox", placeholder: "A view, a run, or a command …", autocomplete: "off", spellcheck: "false", aria });
  const said = h("p.hidden-name", { role: "status" });
  return { list, input, said, body: h("div", input, list, said) };
}

function onKey(event, parts, state, leave) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) {
    state.at = Math.max(0, Math.min(state.shown.length - 1, state.at + step));
    mark(parts, state);
  } else if (event.key === "Enter") choose(state.shown[state.at], leave);
  else return;
  event.preventDefault();
}

/** The dialog goes first, so that the next one, or the view, has the focus. */
function choose(item, leave) {
  if (!item) return;
  remember("palette.recent", [item.id, ...remembered("palette.recent", []).filter((id) => id !== item.id)].slice(0, kept));
  leave.abort();
  queueMicrotask(item.run);
}

function show({ input, list, said }, state) {
  const query = input.value.trim();
  const recent = remembered("palette.recent", []);
  const rank = (item) => (recent.includes(item.id) ? (kept - recent.indexOf(item.id)) / 2 : 0);
  const found = state.items.map((item) => ({ item, fit: query ? Math.max(score(query, item.title) * 2, score(query, `${item.title} ${item.text}`)) : 1 })).filter(({ fit }) => fit);
  found.sort((a, b) => b.fit + rank(b.item) - a.fit - rank(a.item));
  state.shown = found.slice(0, most).map(({ item }) => item);
  replace(list, state.shown.length ? state.shown.map(optionOf) : h("p.quiet.palette-none", "Nothing is called like that."));
  said.textContent = `${found.length} found`;
  mark({ input, list }, state);
}

function optionOf(item, index) {
  return h("div.palette-option", { role: "option", id: `palette-${index}`, aria: { selected: "false" } }, icon(item.icon), h("span.palette-title", item.title), h("span.palette-text.quiet", item.text), h("span.palette-kind.quiet", item.kind));
}

function mark({ input, list }, state) {
  [...list.querySelectorAll("[role=option]")].forEach((option, index) => {
    option.setAttribute("aria-selected", String(index === state.at));
    if (index === state.at) option.scrollIntoView({ block: "nearest" });
  });
  input.setAttribute("aria-activedescendant", state.shown.length ? `palette-${state.at}` : "");
}

function viewItems(views) {
  return views.filter(({ title }) => title).map(({ id, title, parts, keys }) => ({ id: `view ${id}`, icon: id, title, text: keys ?? "", kind: "view", run: () => go(parts) }));
}

async function runItems() {
  try {
    const { runs } = await call("runs.list", { limit: 50 });
    return runs.map(({ id, name, state, project }) => ({ id: `run ${id}`, icon: "runs", title: name ?? id, text: [project, state].filter(Boolean).join(" · "), kind: "run", run: () => go(["runs", id]) }));
  } catch {
    return [];
  }
}

async function commandItems(session) {
  try {
    const { commands } = await host("command/list");
    return commands.filter((command) => isOpenTo(session, command)).map((command) => ({ id: command.name, icon: "scripts", title: command.name, text: command.summary ?? "", kind: "command", run: () => runCommand(command) }));
  } catch {
    return [];
  }
}

/** Who may only read is shown what only reads; the host has the last word. */
function isOpenTo(session, { name, idempotent }) {
  if (!session.read_only) return true;
  return session.commands ? session.commands.includes(name) : idempotent && !/\.(archive|rename|revoke|stop|delete|cancel|shutdown|restart|interrupt|disable|enable|reset|clean)/.test(name);
}
