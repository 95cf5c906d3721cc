// SPDX-License-Identifier: Apache-2.0
// A long call as one sees it: what is done, how far, how long already, and a way to let go of it.

import { stream } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { duration } from "../../core/format.js";

/** That somebody let go of a call; `message` says what happens now. */
export class LetGo extends Error {
  constructor(message) {
    super(message);
    this.name = "LetGo";
  }
}

/**
 * Calls a command and shows how it goes.
 *
 * @param {string} name
 * @param {object} input
 * @param {{what: string, letGo?: string, timeoutMs?: number}} options
 *   `what`: "Writing the bundle"; `letGo`: what cancelling means, as a sentence
 * @returns {{element: HTMLElement, result: Promise<any>, cancel: () => void}} the promise fails with `LetGo` when it was cancelled
 */
export function longCall(name, input, { what, letGo = "Cancelled.", timeoutMs }) {
  const leaving = new AbortController();
  const began = Date.now();
  const bar = h("progress", { "aria-label": what, max: "1" });
  const note = h("span.progress-note", what);
  const time = h("span.quiet.small.number", "0 s");
  const stop = h("button", { type: "button", onclick: () => leaving.abort() }, "Cancel");
  const element = h("div.progress-line", { role: "group", "aria-label": what }, note, bar, time, stop);
  const clock = setInterval(() => (time.textContent = duration(Math.floor((Date.now() - began) / 1000))), 1000);

  async function follow() {
    let result;
    try {
      for await (const message of stream(name, input, { timeoutMs, signal: leaving.signal })) {
        if (message.progress) show(message.progress);
        if ("result" in message) result = message.result;
      }
      return result;
    } catch (error) {
      throw leaving.signal.aborted ? new LetGo(letGo) : error;
    } finally {
      clearInterval(clock);
      stop.disabled = true;
    }
  }

  function show({ fraction, note: text }) {
    if (Number.isFinite(fraction)) bar.value = Math.min(1, Math.max(0, fraction));
    note.textContent = text ? `${what}: ${text}` : what;
  }

  return { element, result: follow(), cancel: () => leaving.abort() };
}
