// SPDX-License-Identifier: Apache-2.0
// The stack of questions that wait for the reader, and the bars of what goes on. It floats at the edge; the view of scripts takes it in.

import { actionButton } from "../components/action-button.js";
import { toast } from "../components/toast.js";
import { h } from "../core/dom.js";
import { subscribe } from "../core/events.js";
import { duration } from "../core/format.js";
import { bind } from "../core/keys.js";
import { href } from "../core/route.js";
import { loadStyles } from "../core/styles.js";
import { answer, startFront } from "./front.js";
import { setWaiting } from "./waiting.js";
import { partsOf } from "./questions.js";

const kindsOfToast = { info: "info", warning: "warn", error: "bad" };
const titles = { choose: "asks you to choose", input: "asks", form: "asks", consent: "asks for consent", chat: "chats", open: "shows a file", diff: "shows a difference" };
const mostBars = 20;
const questions = new Map();
const bars = new Map();
const cards = h("div.question-cards", { role: "log", aria: { label: "Questions of scripts", live: "polite" } });
const progress = h("div.progress-bars");
const stack = h("aside.front-stack", { aria: { label: "Questions and progress of scripts" } }, progress, cards);
let home = null;

/** Begins. */
export function startStack() {
  loadStyles(new URL("./front.css", import.meta.url));
  document.body.append(stack);
  startFront({ question: ask, notice, withdrawn, ended, open: () => questions.size });
  subscribe("bridge.run", (events) => events.filter(({ payload }) => payload?.state === "ended").forEach(({ payload }) => dropBars(payload.run)));
  bind("Everywhere", [{ keys: "q", does: "go to the first question of a script", action: focusFirst, when: () => questions.size > 0 }]);
  setInterval(count, 1000);
}

/** Takes the stack into a place of a view; the returned function lets it float again. */
export function takeIn(place) {
  home = place;
  place.append(stack);
  return () => {
    if (home !== place) return;
    home = null;
    document.body.append(stack);
  };
}

function focusFirst() {
  const field = cards.querySelector(".question :is(input:checked, input, textarea, select, button)");
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

function ask({ question, kind, run, body, deadline_ms: patience }) {
  const parts = partsOf(kind, body, run ?? { name: "a script" });
  const left = h("span.quiet.small");
  const send = (action) => async () => {
    const result = action.answer?.();
    if (action.answer && result === undefined) return;
    await answer(question, action.answer ? { result } : { error: action.error });
    take(question);
  };
  const buttons = parts.actions.map((action) => actionButton(action.label, send(action), { primary: action.primary, danger: action.danger }));
  const primary = buttons[parts.actions.findIndex((action) => action.primary)];
  const title = h("h3", { id: `asked-${question}` }, run?.id ? h("a", { href: href(["scripts"], { run: run.id }) }, run.name ?? run.id) : "A script", ` ${titles[kind] ?? "asks"}`);
  const onsubmit = (event) => (event.preventDefault(), primary?.click());
  const form = h("form.question.card", { onsubmit, aria: { labelledby: `asked-${question}` }, dataset: { kind } }, h("header", title, left), parts.element, h("footer.bar", buttons), h("button", { type: "submit", hidden: true, tabindex: "-1" }));
  questions.set(question, { form, left, until: patience ? Date.now() + patience : null });
  cards.append(form);
  count();
  setWaiting(questions.size);
}

function take(question) {
  const { form } = questions.get(question) ?? {};
  if (!form) return;
  const hadFocus = form.contains(document.activeElement);
  questions.delete(question);
  form.remove();
  if (hadFocus) (questions.size ? focusFirst() : document.getElementById("main")?.focus({ preventScroll: true }));
  setWaiting(questions.size);
}

function withdrawn(question, reason) {
  const { form } = questions.get(question) ?? {};
  if (!form) return;
  const name = form.querySelector("h3").textContent;
  take(question);
  toast(`“${name}” needs no answer any more${reason ? `: ${reason}` : ""}.`, { kind: "info" });
}

function ended() {
  for (const question of [...questions.keys()]) take(question);
  for (const key of [...bars.keys()]) dropBar(key);
}

function notice({ notice: kind, run, body }) {
  if (kind === "progress") return bar(run, body);
  if (kind === "message") toast(body.message, { kind: kindsOfToast[body.level] ?? "info", source: run?.name });
}

function bar(run, { id, title, fraction, note, done }) {
  const key = `${run?.id} ${id}`;
  if (done) return dropBar(key);
  const known = bars.get(key) ?? makeBar(key, run);
  known.title.textContent = [run?.name, title].filter(Boolean).join(": ");
  known.note.textContent = note ?? "";
  known.meter.setAttribute("aria-label", known.title.textContent);
  if (Number.isFinite(fraction)) known.meter.value = fraction;
  else known.meter.removeAttribute("value");
}

function makeBar(key, run) {
  const made = { run: run?.id, title: h("span"), note: h("span.quiet"), meter: h("progress", { max: "1" }) };
  made.element = h("div.progress-bar.card", h("div.progress-words", made.title, made.note), made.meter);
  bars.set(key, made);
  progress.append(made.element);
  if (bars.size > mostBars) dropBar(bars.keys().next().value);
  return made;
}

function dropBar(key) {
  bars.get(key)?.element.remove();
  bars.delete(key);
}

function dropBars(run) {
  for (const [key, one] of bars) if (one.run === run) dropBar(key);
}

function count() {
  for (const { left, until } of questions.values()) {
    if (until) left.textContent = until > Date.now() ? `${duration(Math.ceil((until - Date.now()) / 1000))} left` : "out of time";
  }
}
