// SPDX-License-Identifier: Apache-2.0
// This page as a front of the run bridge: while it is looked at, scripts' questions and messages come here.

import { call, stream } from "../core/api.js";
import { remember, remembered } from "../core/settings.js";

const capabilities = ["message", "progress", "choose", "input", "form", "consent", "open", "diff"];
const hiddenFor = 120_000;
const watchers = new Set();
let state = { wanted: remembered("answers", true), chats: remembered("answers.chats", false), attached: false, front: null, name: null, problem: null };
let hears = null;
let leave = null;
let timer = null;
let hasQuestions = () => false;

/**
 * Begins to be a front, as soon as the reader wants it and looks.
 *
 * @param {{question: (chunk: object) => void, notice: (chunk: object) => void, withdrawn: (number: number, reason: string) => void, ended: () => void,
 *   open: () => number}} handlers `ended`: the front has gone, its questions with it; `open`: how many questions wait here
 */
export function startFront(handlers) {
  hears = handlers;
  hasQuestions = () => handlers.open() > 0;
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => leave?.abort());
  look();
}

/** Hears what the front is doing: `{wanted, chats, attached, front, name, problem}`. */
export function watchFront(handler) {
  watchers.add(handler);
  handler(state);
  return () => watchers.delete(handler);
}

/** Whether questions are wanted here, and whether one wants to answer in the place of a language model, too. */
export function want({ wanted = state.wanted, chats = state.chats }) {
  remember("answers", wanted);
  remember("answers.chats", chats);
  const isOther = chats !== state.chats;
  tell({ wanted, chats });
  if (isOther || !wanted) leave?.abort();
  look();
}

/** Answers a question, or sends a part of the answer. @throws {CallError} */
export function answer(question, answered) {
  return call("bridge.answer", { front: state.front, question, ...answered });
}

/** A hidden page gives up its place after a while: somebody else may look. Not while a question waits here. */
function look() {
  clearTimeout(timer);
  if (!hears) return;
  if (document.visibilityState === "visible") {
    if (state.wanted && !leave) hold();
  } else if (leave) {
    timer = setTimeout(() => (hasQuestions() ? look() : leave?.abort()), hiddenFor);
  }
}

/** Of all tabs of this browser one is the front; the next takes over when it goes. */
async function hold() {
  const mine = (leave = new AbortController());
  const { signal } = mine;
  try {
    if (navigator.locks) await navigator.locks.request("jackfield-front", { signal }, () => attachAgain(signal));
    else await attachAgain(signal);
  } catch (error) {
    if (!signal.aborted) tell({ problem: error.message });
  }
  if (leave === mine) leave = null;
  if (state.wanted && document.visibilityState === "visible" && !leave) queueMicrotask(look);
}

async function attachAgain(signal) {
  let wait = 1000;
  while (!signal.aborted) {
    try {
      await attach(signal, () => (wait = 1000));
    } catch (error) {
      if (!signal.aborted) tell({ problem: error.message });
      if (["denied", "not_found", "unsupported", "signed_out"].includes(error.status)) wait = 60_000;
    }
    if (state.attached) hears.ended();
    tell({ attached: false, front: null });
    await pause(wait, signal);
    wait = Math.min(15_000, wait * 2);
  }
}

async function attach(signal, begun) {
  const list = state.chats ? [...capabilities, "chat"] : capabilities;
  for await (const { chunk } of stream("bridge.attach", { name: "page", capabilities: list }, { signal })) {
    if (!chunk) continue;
    if (chunk.front) {
      begun();
      tell({ attached: true, front: chunk.front, name: chunk.name, problem: null });
    } else if (chunk.question !== undefined) hears.question(chunk);
    else if (chunk.notice) hears.notice(chunk);
    else if (chunk.withdrawn !== undefined) hears.withdrawn(chunk.withdrawn, chunk.reason);
  }
}

function pause(milliseconds, signal) {
  return new Promise((done) => {
    const clock = setTimeout(done, signal.aborted ? 0 : milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(clock), done()), { once: true });
  });
}

function tell(change) {
  state = { ...state, ...change };
  for (const watcher of watchers) watcher(state);
}
