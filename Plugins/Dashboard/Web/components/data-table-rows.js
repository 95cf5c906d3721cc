// SPDX-License-Identifier: Apache-2.0
// The rows of a data table that one sees, and the space of those that one does not.

import { h, replace } from "../core/dom.js";

const spare = 12;

/**
 * @param {object} state of the table: `rows`, `at` (where the keys are), `chosen`, `key`, `open`, `selectable`
 * @param {{scroller: HTMLElement, body: HTMLElement, table: HTMLElement, visible: () => object[], toggle: Function, move: Function}} parts
 */
export function makeRows(state, { scroller, body, table, visible, toggle, move }) {
  const before = h("tr.space", { aria: { hidden: "true" } }, h("td"));
  const after = h("tr.space", { aria: { hidden: "true" } }, h("td"));
  const made = new Map();
  let frame = 0;
  let height = 0;
  let wanted = -1;

  const rowHeight = () => (height ||= body.querySelector("tr:not(.space)")?.offsetHeight || 0) || 36;

  function draw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
      if (!height && state.rows.length > 2 * spare && body.isConnected) paint();
      if (wanted >= 0) focusRow();
    });
  }
  function paint() {
    const high = rowHeight();
    const top = Math.max(0, scroller.scrollTop);
    const first = Math.max(0, Math.floor(top / high) - spare);
    const end = Math.min(state.rows.length, Math.ceil((top + (scroller.clientHeight || 800)) / high) + spare);
    const rows = state.rows.slice(first, end);
    const keys = new Set(rows.map(state.key));
    for (const [key, { element }] of made) if (!keys.has(key)) forget(key, element);
    const list = rows.map((row, index) => rowOf(row, first + index));
    sized(before, first * high);
    sized(after, (state.rows.length - end) * high);
    inOrder([before, ...list, after]);
    if (state.rows.length > rows.length) holdWidths();
  }
  function forget(key, element) {
    made.delete(key);
    element.remove();
  }
  /** The element of a row; what did not change is left alone, so that focus and selection of text stay. */
  function rowOf(row, index) {
    const key = state.key(row);
    const known = made.get(key);
    const element = known?.element ?? makeRow(key);
    if (known?.row !== row) fill(element, row, known);
    made.set(key, { element, row });
    const isChosen = state.chosen.has(key);
    element.dataset.index = index;
    element.setAttribute("aria-rowindex", index + 2);
    element.tabIndex = index === state.at ? 0 : -1;
    if (state.selectable) {
      element.setAttribute("aria-selected", String(isChosen));
      element.firstChild.firstChild.checked = isChosen;
    }
    return element;
  }
  function makeRow(key) {
    const box = state.selectable ? [h("td.narrow", h("input", { type: "checkbox", tabindex: "-1", aria: { label: `Select ${key}` } }))] : [];
    return h("tr", { class: state.open ? "openable" : "" }, box, visible().map(({ number }) => h("td", { class: number ? "number" : "" })), h("td.narrow"));
  }
  function fill(element, row, known) {
    const cells = [...element.children].slice(state.selectable ? 1 : 0, -1);
    visible().forEach((column, index) => {
      const content = column.cell ? column.cell(row) : shown(column.value(row));
      if (known && typeof content === "string" && cells[index].childElementCount === 0 && cells[index].textContent === content) return;
      keepingFocus(cells[index], () => replace(cells[index], content));
    });
  }
  /** A table that holds only some rows would change its widths as one scrolls: a column only ever grows. */
  function holdWidths() {
    for (const cell of table.tHead.rows[0].cells) cell.style.minWidth = `${cell.offsetWidth}px`;
  }
  function inOrder(list) {
    list.forEach((element, index) => {
      if (body.children[index] !== element) body.insertBefore(element, body.children[index] ?? null);
    });
  }
  function focusRow() {
    const row = body.querySelector(`tr[data-index="${wanted}"]`);
    wanted = -1;
    row?.focus({ preventScroll: true });
  }
  function reset() {
    for (const [key, { element }] of made) forget(key, element);
    for (const cell of table.tHead.rows[0].cells) cell.style.minWidth = "";
    height = 0;
    draw();
  }
  /** Scrolls so that the row is seen, and gives it the focus. */
  function reveal(index) {
    const high = rowHeight();
    const head = table.tHead.offsetHeight;
    const top = index * high;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + high + head > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + high + head - scroller.clientHeight;
    wanted = index;
    draw();
    requestAnimationFrame(() => body.querySelector(`tr[data-index="${index}"]`)?.scrollIntoView({ block: "nearest" }));
  }

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-index]");
    if (!row) return;
    const index = Number(row.dataset.index);
    if (event.target.matches("td.narrow:first-child, td.narrow:first-child input") && state.selectable) {
      toggle(index, { range: event.shiftKey });
    } else if (!event.target.closest("a, button, input, select, label, summary") && String(getSelection()) === "") {
      move(index);
      state.open?.(state.rows[index]);
    }
  });
  body.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-index]");
    if (!row || Number(row.dataset.index) === state.at) return;
    state.at = Number(row.dataset.index);
    draw();
  });
  scroller.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(scroller);
  return { draw, reset, reveal };
}

function sized(row, height) {
  row.hidden = height <= 0;
  row.firstChild.style.height = `${height}px`;
}

function shown(value) {
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

/** A button that is drawn anew keeps the focus. */
function keepingFocus(cell, change) {
  const focusable = "a, button, input, select";
  const at = cell.contains(document.activeElement) ? [...cell.querySelectorAll(focusable)].indexOf(document.activeElement) : -1;
  change();
  if (at >= 0) cell.querySelectorAll(focusable)[at]?.focus();
}
