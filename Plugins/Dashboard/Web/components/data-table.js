// SPDX-License-Identifier: Apache-2.0
// A table of any number of rows: sorted by a column, with a choice of columns that is remembered, keys, a selection. Only the rows one sees exist.

import { h, replace } from "../core/dom.js";
import { remember, remembered } from "../core/settings.js";
import { columnMenu } from "./data-table-columns.js";
import { known } from "./data-table-keys.js";
import { makeRows } from "./data-table-rows.js";

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * @param {{columns: {id: string, title: string, value: (row: any) => any, cell?: (row: any) => Node|string, number?: boolean, hidden?: boolean, hint?: string}[],
 *   key: (row: any) => string, name: string, open?: (row: any) => void, selectable?: boolean, remember?: string, empty?: Node,
 *   sort?: {id: string, down?: boolean}}} what `value` sorts and, without `cell`, is shown; `hidden`: not shown until chosen; `remember`: the name under which columns
 *   and order are kept; `sort`: the order in the beginning (without: as given)
 * @returns {{element: HTMLElement, update: (rows: any[]) => void, selected: () => any[], select: (keys: string[]) => void, onSelect: (fn: (rows: any[]) => void) => void,
 *   setColumns: (columns: object[]) => void, focus: () => void}}
 */
export function dataTable({ columns, key, name, open, selectable = false, remember: place, empty, sort }) {
  const memory = place ? remembered(`table.${place}`, {}) : {};
  const state = { columns, all: [], rows: [], chosen: new Set(), at: 0, sort: memory.sort ?? sort ?? null, visible: memory.columns ?? {}, key, open, selectable };
  const listeners = new Set();
  const head = h("tr", { aria: { rowindex: "1" } });
  const body = h("tbody");
  const table = h("table", { role: "grid", aria: { label: name, ...(selectable ? { multiselectable: "true" } : {}) } }, h("thead", head), body);
  const scroller = h("div.data-table-scroll", table);
  const element = h("div.data-table", scroller, empty ? h("div.data-table-empty", { hidden: true }, empty) : null);
  const rows = makeRows(state, { scroller, body, table, visible, toggle, move });

  function visible() {
    return state.columns.filter(({ id, hidden }) => state.visible[id] ?? !hidden);
  }
  function keep() {
    if (place) remember(`table.${place}`, { sort: state.sort, columns: state.visible });
  }
  function drawHead() {
    const menu = columnMenu(state, () => (keep(), drawHead(), rows.reset()));
    const all = selectable ? [h("th.narrow", h("input", { type: "checkbox", aria: { label: "Select all rows" }, onchange: ({ target }) => selectAll(target.checked) }))] : [];
    replace(head, all, visible().map(headOf), h("th.narrow", menu));
  }
  function headOf({ id, title, number, hint }) {
    const isSorted = state.sort?.id === id;
    const mark = isSorted ? (state.sort.down ? "↓" : "↑") : "";
    return h("th", { scope: "col", class: number ? "number" : "", title: hint, aria: isSorted ? { sort: state.sort.down ? "descending" : "ascending" } : {} },
      h("button.plain.sort", { type: "button", onclick: () => sortBy(id, number) }, title, h("span", { aria: { hidden: "true" } }, mark)));
  }
  function sortBy(id, startsDown) {
    state.sort = state.sort?.id === id ? { id, down: !state.sort.down } : { id, down: Boolean(startsDown) };
    keep();
    drawHead();
    [...head.querySelectorAll("button.sort")][visible().findIndex((column) => column.id === id)]?.focus();
    arrange();
  }
  function arrange() {
    const focused = state.rows[state.at] && key(state.rows[state.at]);
    state.rows = sorted(state.all, state.columns, state.sort);
    const found = focused === undefined ? -1 : state.rows.findIndex((row) => key(row) === focused);
    state.at = found < 0 ? Math.max(0, Math.min(state.at, state.rows.length - 1)) : found;
    table.setAttribute("aria-rowcount", state.rows.length + 1);
    if (empty) {
      element.lastChild.hidden = state.rows.length > 0;
      scroller.hidden = state.rows.length === 0;
    }
    rows.draw();
  }
  function selected() {
    return state.rows.filter((row) => state.chosen.has(key(row)));
  }
  function changed() {
    const box = head.querySelector("input");
    if (box) {
      box.checked = state.chosen.size > 0 && state.chosen.size >= state.rows.length;
      box.indeterminate = state.chosen.size > 0 && !box.checked;
    }
    rows.draw();
    for (const listener of listeners) listener(selected());
  }
  function selectAll(isChosen) {
    state.chosen = new Set(isChosen ? state.rows.map(key) : []);
    changed();
  }
  /** Takes a row in or out; with `range` all from the last one that was touched. */
  function toggle(index, { range = false } = {}) {
    if (!selectable || !state.rows[index]) return;
    const isIn = !state.chosen.has(key(state.rows[index]));
    const from = range ? state.at : index;
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) state.chosen[isIn ? "add" : "delete"](key(state.rows[at]));
    state.at = index;
    changed();
  }
  function move(index) {
    state.at = Math.max(0, Math.min(index, state.rows.length - 1));
    rows.reveal(state.at);
  }

  known(element, { move: (by) => move(state.at + by), moveTo: move, last: () => state.rows.length - 1, open: () => open && state.rows[state.at] && open(state.rows[state.at]), toggle: () => toggle(state.at), isSelectable: selectable });
  drawHead();
  return {
    element,
    update(all) {
      state.all = all;
      const keys = new Set(all.map(key));
      const before = state.chosen.size;
      state.chosen = new Set([...state.chosen].filter((one) => keys.has(one)));
      arrange();
      if (state.chosen.size !== before) changed();
    },
    selected,
    select(keys) {
      state.chosen = new Set(keys);
      changed();
    },
    onSelect: (listener) => listeners.add(listener),
    setColumns(list) {
      state.columns = list;
      drawHead();
      rows.reset();
    },
    focus: () => move(state.at),
  };
}

/** Numbers by size, texts as people sort them, nothing last; equal ones stay as they came. */
function sorted(rows, columns, sort) {
  const column = sort && columns.find(({ id }) => id === sort.id);
  if (!column) return [...rows];
  const sign = sort.down ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: column.value(row) }));
  keyed.sort((a, b) => {
    const [noA, noB] = [isNothing(a.value), isNothing(b.value)];
    if (noA || noB) return noA - noB;
    return sign * (typeof a.value === "number" && typeof b.value === "number" ? a.value - b.value : order.compare(String(a.value), String(b.value)));
  });
  return keyed.map(({ row }) => row);
}

const isNothing = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);
