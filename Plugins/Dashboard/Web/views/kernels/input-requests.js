// SPDX-License-Identifier: Apache-2.0
// Code that waits for input, wherever the reader is: told by a message, and kept until it is answered.

import { call, stream } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h } from "../../core/dom.js";
import { openDialog } from "../../components/dialog.js";
import { problem, toast } from "../../components/toast.js";
import { plainText, safeText } from "../results/output/safe-text.js";

const pending = new Map();
const watchers = new Set();
let isWatching = false;
let mayAnswer = true;
let unfollow = null;

/**
 * Begins to watch for code that asks; the shell does it once. A message shows each question, `watchPending` says how many wait.
 *
 * @param {{session?: {read_only: boolean}}} [options]
 */
export function watchInputRequests({ session } = {}) {
  mayAnswer = !session?.read_only;
  if (isWatching) return;
  isWatching = true;
  subscribe("kernel.input_request", (events) => {
    for (const { payload } of events) add(payload, true);
  }, { missed: findPending });
  subscribe("kernel.status", (events) => {
    for (const { payload } of events) {
      const over = [...pending.values()].filter((one) => one.kernel === payload.id && payload.running !== one.run);
      for (const one of over) remove(one.run);
    }
  });
  findPending();
}

/** Hears what waits for input: `[{run, kernel, document?, prompt, password}]`. Called at once, too. */
export function watchPending(handler) {
  watchers.add(handler);
  handler([...pending.values()]);
  return () => watchers.delete(handler);
}

/** Asks the reader for the answer to a question, and gives it to the code. */
export async function answer(request) {
  const field = h(
    "input.mono",
    {
      type: request.password ? "password" : "text", name: "answer", autocomplete: "off", autofocus: true,
      aria: { label: plainText(request.prompt || "Answer") },
    },
  );
  const body = h("div.input-question", h(
    "pre.out-text", { dir: "auto" }, safeText(request.prompt || "The code asks for a line of text."),
  ), field,
    h("p.quiet.small", `Asked by ${plainText(request.document ?? `kernel ${request.kernel.slice(0, 8)}`)}.`));
  const what = await openDialog({
    title: request.password ? "The code asks for a password" : "The code asks for input", body,
    actions: [{ label: "End of input", value: "end" }, { label: "Send", value: "send", primary: true }],
  });
  if (what) await send(request, what === "end" ? "\u0004" : field.value);
}

/** Gives a text to the code that asked. */
export async function send(request, text) {
  try {
    await call("kernel.input", { run: request.run, text });
    remove(request.run);
  } catch (error) {
    problem(error, "Input");
    if (error.code !== "busy") findPending();
  }
}

function add(request, isNew) {
  if (!request?.run) return;
  pending.set(request.run, request);
  tell();
  if (!isNew || !mayAnswer) return;
  request.close = toast(
    plainText(request.prompt || "Code asks for input"),
    { kind: "warn", source: "input wanted", action: { label: "Answer", run: () => answer(request) } },
  );
}

function remove(run) {
  if (!pending.has(run)) return;
  pending.get(run).close?.();
  pending.delete(run);
  tell();
}

function tell() {
  follow();
  for (const watcher of watchers) watcher([...pending.values()]);
}

/** Anything a run says after its question shows that somebody answered. */
function follow() {
  unfollow?.();
  unfollow = null;
  const kernels = [...new Set([...pending.values()].map(({ kernel }) => kernel))];
  if (!kernels.length) return;
  unfollow = subscribe("kernel.output", (events) => {
    for (const { payload: { event } } of events) if (pending.has(event.run) && event.type !== "input_request") remove(event.run);
  }, { where: { kernel: kernels } });
}

/** Events tell only what is asked from now on: a kernel that is busy may have asked before. */
async function findPending() {
  try {
    const { kernels } = await call("kernel.list");
    const busy = kernels.filter(({ running }) => running);
    for (const run of pending.keys()) if (!busy.some(({ running }) => running === run)) remove(run);
    await Promise.all(busy.map(lookAt));
  } catch {
    // The kernel plugin may not be there; then nobody asks either.
  }
}

/** Reads what a run has said so far; a question as its last word is one that waits. */
async function lookAt(kernel) {
  const leaving = new AbortController();
  let last = null;
  let quiet = setTimeout(() => leaving.abort(), 1500);
  try {
    for await (const { chunk } of stream("code.output", { run: kernel.running }, { signal: leaving.signal })) {
      if (chunk) last = chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => leaving.abort(), 300);
    }
  } catch {
    // Cut off on purpose as soon as nothing more comes.
  } finally {
    clearTimeout(quiet);
    leaving.abort();
  }
  if (last?.type === "input_request") add(
    { ...last.content, run: last.run, kernel: kernel.id, document: kernel.documents?.[0] }, !pending.has(last.run),
  );
}
