// SPDX-License-Identifier: Apache-2.0
// The part of a log that is in the page: some pages around what is read, further ones as the reader scrolls. Lines may have any height.

import { h, replace } from "../../core/dom.js";
import { pageLines } from "./log-source.js";

const mostPages = 8;
const near = 600;

/**
 * A scrolling window onto lines.
 *
 * @param {{render: (line: object) => HTMLElement, moved: () => void, failed: (error: Error) => void, name: string}} options `moved`: the reader scrolled, or lines came
 */
export function logWindow({ render, moved, failed, name }) {
  const body = h("div.lg-lines");
  const scroller = h("div.lg-scroller", { tabindex: "0", role: "log", aria: { label: name, live: "off" } }, body);
  let source = null;
  let pages = [];
  let [isStart, isEnd] = [true, true];
  let turn = 0;
  let isLoading = false;

  /** Shows the end, or the lines around an id. */
  async function show(next, id = null) {
    source = next;
    const now = ++turn;
    const [before, after] = await Promise.all([source.before(id), id === null ? { lines: [], isEnd: true } : source.after(id - 1)]);
    if (now !== turn) return false;
    pages = [];
    replace(body);
    [isStart, isEnd] = [before.isEnd, after.isEnd];
    if (before.lines.length) add(before.lines, false);
    if (after.lines.length) add(after.lines, false);
    if (id === null) scroller.scrollTop = scroller.scrollHeight;
    else scrollTo(id);
    moved();
    await fill();
    return true;
  }

  function add(lines, isFront) {
    const page = { first: lines[0].id, last: lines.at(-1).id, lines, element: h("div.lg-page", lines.map(render)) };
    if (isFront) {
      keepPlace(() => (pages.unshift(page), body.prepend(page.element)));
      if (pages.length > mostPages) (pages.pop().element.remove(), (isEnd = false));
    } else {
      pages.push(page);
      body.append(page.element);
      if (pages.length > mostPages) keepPlace(() => (pages.shift().element.remove(), (isStart = false)));
    }
  }

  /** What stands above may change its height; what is read stays where it is. */
  function keepPlace(change) {
    const before = scroller.scrollHeight;
    const top = scroller.scrollTop;
    change();
    scroller.scrollTop = top + scroller.scrollHeight - before;
  }

  async function fill() {
    if (isLoading || !source) return;
    isLoading = true;
    const now = turn;
    try {
      while (now === turn) {
        const above = scroller.scrollTop;
        const below = scroller.scrollHeight - above - scroller.clientHeight;
        if (!isStart && above < near) await more(now, true);
        else if (!isEnd && below < near) await more(now, false);
        else break;
      }
    } catch (error) {
      failed(error);
    } finally {
      isLoading = false;
    }
    if (now !== turn) fill();
    else moved();
  }

  async function more(now, isFront) {
    const page = isFront ? await source.before(pages[0]?.first ?? null) : await source.after(pages.at(-1)?.last ?? 0);
    if (now !== turn) return;
    if (isFront) isStart = page.isEnd;
    else isEnd = page.isEnd;
    if (page.lines.length) add(page.lines, isFront);
  }

  /** Adds what came at the end; gives how many lines. With more than a page behind, goes to the end at once. */
  async function tail() {
    if (!source || isLoading) return 0;
    if (!pages.length) return (await show(source)) ? 1 : 0;
    const now = turn;
    const { lines, isEnd: done } = await source.after(pages.at(-1).last, pageLines);
    if (now !== turn || !lines.length) return 0;
    if (!done) return (await show(source)), lines.length;
    const last = pages.at(-1);
    if (last.lines.length + lines.length <= pageLines) {
      last.lines.push(...lines);
      last.last = lines.at(-1).id;
      last.element.append(...lines.map(render));
    } else add(lines, false);
    return lines.length;
  }

  function scrollTo(id, block = "start") {
    const element = lineOf(id);
    if (!element) return false;
    const place = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += place - (block === "center" ? scroller.clientHeight / 3 : 0);
    return true;
  }

  /** The line with the id, or the next one after it. */
  function lineOf(id) {
    const page = pages.find(({ last }) => last >= id);
    const index = page?.lines.findIndex((line) => line.id >= id) ?? -1;
    return index < 0 ? null : page.element.children[index];
  }

  function topLine() {
    const top = scroller.getBoundingClientRect().top + 1;
    const page = pages.find(({ element }) => element.getBoundingClientRect().bottom > top);
    if (!page) return pages.at(-1)?.lines.at(-1) ?? null;
    let [low, high] = [0, page.lines.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (page.element.children[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    return page.lines[low];
  }

  let frame = 0;
  scroller.addEventListener("scroll", () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      moved();
      fill();
    });
  }, { passive: true });

  return {
    scroller,
    show,
    tail,
    scrollTo,
    lineOf,
    topLine,
    toEnd: () => (scroller.scrollTop = scroller.scrollHeight),
    isAtEnd: () => isEnd && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 8,
    lines: () => pages.flatMap(({ lines }) => lines),
    redraw: () => {
      for (const page of pages) replace(page.element, page.lines.map(render));
    },
    drop: () => (turn += 1),
  };
}
