// SPDX-License-Identifier: Apache-2.0
// What is told right now: the last events of all topics, or of those that are asked for.

import { virtualList } from "../../components/virtual-list.js";
import { copyButton } from "../../components/copy.js";
import { openDialog } from "../../components/dialog.js";
import { h } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { clockTime, count, time } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";

const most = 5000;
const longest = 2000;

/** Shows the view. */
export async function mount(root, { route, title }) {
  await loadStyles(new URL("./events.css", import.meta.url));
  title("Events");
  const state = { all: [], shown: [], paused: null, topic: route.query.get("topic") || "*", text: (route.query.get("q") ?? "").toLowerCase() };
  const topic = h("input", { type: "text", value: state.topic, list: "topics", spellcheck: "false", autocomplete: "off" });
  const known = h("datalist", { id: "topics" });
  const search = h("input", { type: "search", value: route.query.get("q") ?? "", placeholder: "Text in the payload" });
  const follow = h("input", { type: "checkbox", checked: true });
  const pause = h("button", { type: "button", aria: { pressed: "false" }, onclick: () => setPaused(!state.paused) }, "Pause");
  const word = h("p.quiet.small", { role: "status" });
  const list = virtualList({ rowHeight: 28, name: "Events", render: (index) => rowOf(state.shown[index]) });
  const head = h("div.event-row.event-head", { aria: { hidden: "true" } }, h("span", "Time"), h("span", "Topic"), h("span", "No."), h("span", "Payload"));
  root.append(h("div.view-head", h("h1", "Events")), h("div.bar.event-tools", h("label", "Topic", topic), known, search, h("span.grow"), h("label", follow, "Follow"), pause, h("button", { type: "button", onclick: clear }, "Clear")), word, h("div.event-list.card", head, list.element));
  search.setAttribute("aria-label", "Text in the payload");
  let frame = 0;
  let leave = listen();
  let missed = 0;

  function listen() {
    return subscribe(state.topic, (events) => {
      const into = state.paused ?? state.all;
      into.push(...events);
      if (into.length > most) into.splice(0, into.length - most);
      frame ||= requestAnimationFrame(draw);
    }, { missed: () => (missed += 1) });
  }
  const isMeant = (event) => !state.text || `${event.topic} ${textOf(event)}`.toLowerCase().includes(state.text);
  function draw() {
    frame = 0;
    const wasAtEnd = follow.checked;
    const first = list.range()[0];
    state.shown = state.all.filter(isMeant);
    list.setCount(state.shown.length);
    list.refresh();
    if (wasAtEnd) list.scrollTo(state.shown.length);
    else if (first > state.shown.length) list.scrollTo(state.shown.length);
    const paused = state.paused ? `paused, ${count(state.paused.length)} waiting` : "";
    word.textContent = state.all.length || state.paused ? [`${count(state.shown.length)} of ${count(state.all.length)} events`, paused, missed ? "some were left out" : ""].filter(Boolean).join(" · ") : "Nothing was told yet. Events appear here as they happen; begin a training, a script or a block.";
    for (const name of new Set(state.all.slice(-200).map((event) => event.topic))) if (![...known.children].some(({ value }) => value === name)) known.append(h("option", { value: name }));
  }
  function setPaused(isPaused) {
    if (!isPaused && state.paused) state.all = [...state.all, ...state.paused].slice(-most);
    state.paused = isPaused ? [] : null;
    pause.setAttribute("aria-pressed", String(isPaused));
    pause.textContent = isPaused ? "Go on" : "Pause";
    draw();
  }
  function clear() {
    state.all = [];
    missed = 0;
    draw();
  }
  topic.addEventListener("change", () => setQuery({ topic: topic.value === "*" ? null : topic.value }));
  search.addEventListener("input", () => setQuery({ q: search.value }));
  list.element.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && (follow.checked = false), { passive: true });
  const unbind = bind("Events", [
    { keys: "p", does: "pause, or go on", action: () => setPaused(!state.paused) },
    { keys: "f", does: "follow the newest, or not", action: () => ((follow.checked = !follow.checked), draw()) },
  ]);
  draw();
  return {
    update({ query }) {
      state.text = (query.get("q") ?? "").toLowerCase();
      const wanted = query.get("topic") || "*";
      if (wanted !== state.topic) {
        state.topic = topic.value = wanted;
        state.all = [];
        leave();
        leave = listen();
      }
      draw();
    },
    unmount() {
      leave();
      unbind();
      cancelAnimationFrame(frame);
    },
  };
}

/** An event's payload in one line; made once. */
function textOf(event) {
  return (event.line ??= (typeof event.payload === "string" ? event.payload : (JSON.stringify(event.payload) ?? "")).slice(0, longest));
}

function rowOf(event) {
  return h("div.event-row", h("span.number", clockTime(event.time)), h("span.mono", event.topic), h("span.number", String(event.sequence)), h("button.plain.payload", { type: "button", title: "Show all of it", onclick: () => show(event) }, textOf(event) || "–"));
}

function show(event) {
  const text = JSON.stringify(event.payload, null, 2) ?? "";
  const body = h("div", h("p.quiet", `${time(event.time)} · number ${event.sequence}`), h("div.result-box", h("pre.result", { tabindex: "0" }, text), copyButton(text)));
  openDialog({ title: event.topic, wide: true, body });
}
