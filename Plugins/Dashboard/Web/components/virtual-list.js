// SPDX-License-Identifier: Apache-2.0
// A list of any length that holds only the rows one sees. All rows are of one height.
//
// Browsers cannot make an element taller than some ten million pixels. A longer list is scrolled by a shorter bar: `offset` is where we are in the
// list's own pixels, `ratio` how many of them one pixel of the bar stands for; wheel and keys still move by true pixels. Rows are placed from the
// beginning of their block on, as coordinates of tens of millions are no longer exact.

import { h } from "../core/dom.js";

const tallest = 4_000_000;
const block = 1_000_000;
const spare = 8;

/**
 * @param {{rowHeight: number, render: (index: number) => Node, name: string, range?: (first: number, last: number) => void, role?: string}} what `name`: for who
 *   cannot see it; `range`: hears which rows are shown, to fetch what is missing
 * @returns {{element: HTMLElement, setCount: (n: number) => void, refresh: (index?: number) => void, scrollTo: (index: number) => void, atEnd: () => boolean,
 *   range: () => [number, number]}}
 */
export function virtualList({ rowHeight, render, name, range, role = "list" }) {
  const rows = h("div.virtual-rows");
  const space = h("div.virtual-space", rows);
  const element = h("div.virtual-list", { role, tabindex: "0", aria: { label: name } }, space);
  const shown = new Map();
  let count = 0;
  let offset = 0;
  let expected = -1;
  let base = 0;
  let frame = 0;
  let last = [0, 0];

  const height = () => element.clientHeight || 400;
  const end = () => Math.max(0, count * rowHeight - height());
  const barEnd = () => Math.max(0, Math.min(tallest, count * rowHeight) - height());
  const ratio = () => (barEnd() ? end() / barEnd() : 1);

  function moveTo(to) {
    offset = Math.min(end(), Math.max(0, to));
    element.scrollTop = expected = offset / ratio();
    expected = element.scrollTop;
    draw();
  }
  function schedule() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }
  function draw() {
    const first = Math.max(0, Math.floor(offset / rowHeight) - spare);
    const after = Math.min(count, Math.ceil((offset + height()) / rowHeight) + spare);
    const newBase = Math.floor(offset / block) * block;
    for (const [index, node] of shown) if (index < first || index >= after || newBase !== base) drop(index, node);
    base = newBase;
    for (let index = first; index < after; index++) if (!shown.has(index)) add(index);
    rows.style.transform = `translateY(${element.scrollTop - offset + base}px)`;
    if (first !== last[0] || after !== last[1]) range?.(first, after);
    last = [first, after];
  }
  function add(index) {
    const node = h("div.virtual-row", role === "list" ? { role: "listitem", aria: { setsize: count, posinset: index + 1 } } : {}, render(index));
    node.style.transform = `translateY(${index * rowHeight - base}px)`;
    node.style.height = `${rowHeight}px`;
    shown.set(index, node);
    rows.append(node);
  }
  function drop(index, node) {
    shown.delete(index);
    node.remove();
  }

  element.addEventListener("scroll", () => {
    if (Math.abs(element.scrollTop - expected) >= 1) offset = element.scrollTop * ratio();
    expected = element.scrollTop;
    schedule();
  });
  element.addEventListener("wheel", (event) => {
    if (ratio() <= 1.001 || event.ctrlKey || event.shiftKey || !event.deltaY) return;
    event.preventDefault();
    moveTo(offset + event.deltaY * [1, rowHeight, height()][event.deltaMode]);
  }, { passive: false });
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = height() - rowHeight;
    const to = { ArrowDown: offset + rowHeight, ArrowUp: offset - rowHeight, PageDown: offset + page, PageUp: offset - page, Home: 0, End: end(), " ": offset + (event.shiftKey ? -page : page) }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    moveTo(to);
  });
  new ResizeObserver(() => {
    offset = Math.min(offset, end());
    schedule();
  }).observe(element);

  return {
    element,
    setCount(n) {
      for (const [index, node] of shown) if (index >= n) drop(index, node);
      count = n;
      space.style.height = `${Math.min(tallest, n * rowHeight)}px`;
      offset = Math.min(offset, end());
      if (ratio() > 1.001) element.scrollTop = expected = offset / ratio();
      schedule();
    },
    refresh(index) {
      for (const [at, node] of shown) if (index === undefined || at === index) drop(at, node);
      schedule();
    },
    scrollTo: (index) => moveTo(index * rowHeight),
    atEnd: () => offset >= end() - rowHeight,
    range: () => last,
  };
}
