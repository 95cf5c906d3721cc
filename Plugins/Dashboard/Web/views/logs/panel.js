// SPDX-License-Identifier: Apache-2.0
// The log of a run, a session or all: any number of lines, searched by the host, followed as they come.

import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { current, setQuery, watchRoute } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { loadStyles } from "../../core/styles.js";
import { actionButton } from "../../components/action-button.js";
import { problem, toast } from "../../components/toast.js";
import { filterBar, filterOf, inputOf } from "./filters.js";
import { follower } from "./follower.js";
import { logLine, wordsOf } from "./log-line.js";
import { logSource } from "./log-source.js";
import { logWindow } from "./log-window.js";
import { logRail } from "./rail.js";
import { copyLines, saveLines } from "./save.js";

/**
 * A log with its search.
 *
 * @param {{run?: string, session?: string}} of nothing: the lines of all
 * @returns {{element: HTMLElement, unmount(): void}}
 */
export function logsPanel(of = {}) {
  loadStyles(new URL("./logs.css", import.meta.url));
  loadStyles(new URL("../results/output/output.css", import.meta.url));
  const isMine = { ...(of.run ? { run: of.run } : {}), ...(of.session ? { session: of.session } : {}) };
  let filter = filterOf(current().query);
  let source = logSource(inputOf(filter, isMine));
  let words = [];
  let bounds = null;
  let chosen = null;
  let shownKey = null;
  let told = null;

  const options = () => ({ words, showsRun: !of.run, choose });
  const view = logWindow({
    name: of.run ? `Log of ${of.run}` : "Log", render: (line) => mark(logLine(line, options()), line), moved,
    failed: (error) => problem(error, "Log"),
  });
  const rail = logRail({ controls: view.scroller, jump });
  const filters = filterBar(current().query);
  const note = h("div.lg-note", { role: "status" });
  const nothing = h("div.lg-nothing", { hidden: true });
  const wrap = h("input", { type: "checkbox", name: "wrap", onchange: () => setWrap(wrap.checked) });
  const go = h("button.lg-follow", { type: "button", onclick: () => followEnd() });
  const tail = follower({ of: isMine, tail: view.tail, changed: sayFollowing, added: () => view.toEnd() });
  const element = h("section.lg-panel", { aria: { label: "Log" } }, filters.element,
    h("div.bar.lg-tools", note, h("span.grow"), h("label.small", wrap, "wrap lines"), actionButton(
      "Copy", () => copyLines(source, !of.run), { plain: true, hint: "Copies the lines that fit the filter" },
    ),
      actionButton(
        "Download",
        () => saveLines(
          source, !of.run, of.run ?? of.session ?? "jackfield", (total) => (note.textContent = `${count(total)} lines…`),
        ).finally(moved),
        { plain: true, hint: "Saves the lines that fit the filter" },
      )),
    h("div.lg-view", view.scroller, rail.element, nothing, h("div.lg-float", go)));

  function mark(element, { id }) {
    element.classList.toggle("lg-chosen", id === chosen);
    return element;
  }

  async function show(id) {
    try {
      const before = source;
      const isShown = await view.show(before, id);
      if (!isShown) return;
      bounds = await before.bounds();
      nothing.hidden = bounds !== null;
      if (!bounds) replace(nothing, h("p", shownKey === "{}" || Object.keys(source.filter).every((name) => name in isMine) ? "No line was logged yet. A training logs with run.log(…); what it prints is kept too when the host began it." : "No line fits. Take words or levels away."));
      moved();
    } catch (error) {
      replace(nothing, h("p.problem", error.message));
      nothing.hidden = false;
    }
  }

  /** What the address says: another filter asks anew, another line goes there. */
  function update(query) {
    if (!element.isConnected && shownKey !== null) return;
    filters.update(query);
    setWrap((query.get("wrap") ?? (remembered("logs.wrap", false) ? "1" : "0")) === "1", false);
    const line = Number(query.get("line")) || null;
    filter = filterOf(query);
    const input = inputOf(filter, isMine);
    const key = JSON.stringify([input, filter.isNear && filter.query]);
    if (key !== shownKey) {
      shownKey = key;
      source = logSource(input);
      words = filter.isNear ? wordsOf(filter.query) : [];
      chosen = line;
      told = line;
      tail.set(line === null, true);
      show(line);
    } else if (line !== null && line !== told) goTo(line);
  }

  function setWrap(is, isTold = true) {
    wrap.checked = is;
    element.classList.toggle("lg-wrap", is);
    if (!isTold) return;
    remember("logs.wrap", is);
    setQuery({ wrap: is ? "1" : "0" });
  }

  async function goTo(id) {
    chosen = told = id;
    tail.set(false);
    const line = view.lineOf(id);
    if (!line || Number(line.dataset.id) !== id || id < (view.lines()[0]?.id ?? Infinity)) await show(id);
    view.scrollTo(id, "center");
    for (const one of view.scroller.querySelectorAll(".lg-chosen")) one.classList.remove("lg-chosen");
    view.lineOf(id)?.classList.add("lg-chosen");
  }

  function choose(id) {
    told = id;
    setQuery({ line: id });
    goTo(id);
  }

  async function find(isBack) {
    if (!filter.query.trim()) return filters.search.focus();
    const from = chosen ?? view.topLine()?.id ?? null;
    const found = await source.find(
      filter.query.trim(), isBack ? from : (chosen ?? (from ?? 1) - 1), isBack,
    ).catch((error) => (problem(error, "Search"), undefined));
    if (found) choose(found.id);
    else if (found === null) toast(isBack ? "No earlier line fits." : "No later line fits.", { kind: "info" });
  }

  function jump(part) {
    if (!bounds) return;
    if (part >= 0.999) return followEnd();
    tail.set(false);
    show(Math.floor(bounds.first + part * (bounds.last - bounds.first)));
  }

  function followEnd() {
    chosen = told = null;
    setQuery({ line: null });
    tail.set(true, true);
    if (view.isAtEnd()) tail.now();
    else show(null);
  }

  function toStart() {
    tail.set(false);
    show(0);
  }

  let timer = null;
  function moved() {
    const top = view.topLine();
    const lines = view.lines();
    const isEnd = view.isAtEnd();
    if (lines.length && bounds) bounds = { ...bounds, last: Math.max(bounds.last, lines.at(-1).id) };
    if (tail.isFollowing() && !isEnd && !tail.isBusy()) tail.set(false);
    else if (!tail.isFollowing() && isEnd && chosen === null) tail.set(true);
    if (bounds && top) {
      const span = Math.max(1, bounds.last - bounds.first);
      rail.place(isEnd ? 1 : (top.id - bounds.first) / span, lines.length ? visible() / Math.max(1, span + 1) : 1, top.ts);
    }
    clearTimeout(timer);
    timer = setTimeout(() => tell(top, isEnd), 400);
  }

  /** Roughly how many ids are seen: what the thumb's size tells. */
  function visible() {
    const lines = view.lines();
    const part = view.scroller.clientHeight / Math.max(1, view.scroller.scrollHeight);
    return part * (lines.at(-1).id - lines[0].id + 1);
  }

  /** The place goes into the address, so that a link leads to what is read. */
  function tell(top, isEnd) {
    if (!element.isConnected || !top) return;
    const line = isEnd && tail.isFollowing() ? null : (chosen ?? top.id);
    if (line === told) return;
    told = line;
    setQuery({ line });
  }

  function sayFollowing(isFollowing, waiting) {
    go.hidden = isFollowing;
    go.textContent = waiting ? "↓ New lines: go on following" : "↓ Go to the end and follow";
    note.textContent = isFollowing ? "● Following the end" : "❙❙ Not following";
  }

  const forget = watchRoute(({ query }) => element.isConnected && update(query));
  const unbind = bind("Log", [
    { keys: "/", does: "search the log", action: () => filters.search.focus() },
    { keys: "n", does: "next line that fits the search", action: () => find(false) },
    { keys: "Shift+N", does: "line before that fits the search", action: () => find(true) },
    { keys: "f", does: "follow the end", action: followEnd },
    { keys: "Shift+G", does: "end of the log", action: followEnd },
    { keys: "Home", does: "beginning of the log", action: toStart },
    { keys: "g g", does: "beginning of the log", action: toStart },
    { keys: "w", does: "wrap long lines", action: () => setWrap(!wrap.checked) },
  ]);
  filters.search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") find(event.shiftKey);
    if (event.key === "Escape") view.scroller.focus();
  });
  update(current().query);
  return {
    element,
    unmount: () => {
      clearTimeout(timer);
      view.drop();
      tail.stop();
      forget();
      unbind();
    },
  };
}
