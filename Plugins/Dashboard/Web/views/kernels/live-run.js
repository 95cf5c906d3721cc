// SPDX-License-Identifier: Apache-2.0
// A run of code that belongs to no file: nothing of it is kept by the host, so it is shown as it comes.

import { call, stream } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { duration } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { errorText } from "../results/output/error-text.js";
import { renderOutput } from "../results/output/output.js";
import { safeText } from "../results/output/safe-text.js";
import { textBlock } from "../results/output/stream-text.js";
import { Terminal } from "../results/output/terminal.js";

const mostOutputs = 500;

/**
 * A card that follows a run to its end.
 *
 * @param {{run: string}} run as code.run gives it
 * @param {string} code
 * @returns {{element: HTMLElement, dispose(): void}}
 */
export function liveRun({ run }, code) {
  const leaving = new AbortController();
  const state = h("span", { role: "status" }, stateBadge("queued"));
  const took = h("span.quiet.small");
  const outputs = h("div.rs-outputs");
  const stop = actionButton("Interrupt", () => call("code.cancel", { run }).then(() => ""), { plain: true });
  const element = h("article.rs-card.card", { aria: { label: "Run of typed code" }, dataset: { run } },
    h("header.rs-head", state, took, h("span.grow"), stop), h("pre.out-text.kn-typed", { dir: "auto" }, safeText(code)), outputs);
  const screen = outputScreen(outputs);

  follow();
  async function follow() {
    try {
      for await (const { chunk } of stream("code.output", { run }, { signal: leaving.signal })) if (chunk) take(chunk);
    } catch (error) {
      if (!leaving.signal.aborted) outputs.append(h("p.problem", error.message));
    }
  }

  function take({ type, content }) {
    if (type === "started") replace(state, stateBadge("running"));
    else if (type === "input_request") replace(state, stateBadge("waiting", "waits for input"));
    else if (type === "ended") end(content);
    else {
      if (type !== "queued" && type !== "execute_input") replace(state, stateBadge("running"));
      screen.take(type, content);
    }
  }

  function end({ status, reason, timings, execution_count: number }) {
    replace(state, stateBadge(status), number ? h("span.quiet.mono", ` [${number}]`) : null);
    if (timings?.busy && timings?.idle) took.textContent = `took ${duration(timings.idle - timings.busy)}`;
    if (reason && status !== "error") outputs.append(h("p.out-note", safeText(reason)));
    if (!outputs.childElementCount) outputs.append(h("p.quiet.rs-nothing", "No output."));
    stop.remove();
  }

  return { element, dispose: () => leaving.abort() };
}

/** The outputs of a run as they come: texts grow, displays are replaced, clear_output clears. */
function outputScreen(place) {
  const displays = new Map();
  let text = null;
  let count = 0;
  let clears = false;

  function add(node) {
    if (++count > mostOutputs) return count === mostOutputs + 1 ? place.append(h(
      "p.out-note", "Further outputs are not shown here.",
    )) : undefined;
    place.append(node);
  }

  function clearIfAsked() {
    if (!clears) return;
    clears = false;
    replace(place);
    displays.clear();
    [text, count] = [null, 0];
  }

  function write({ name, text: piece }) {
    if (text?.name !== name) {
      text = { name, terminal: new Terminal(), element: h("div.out.out-stream", { class: name === "stderr" ? "out-stderr" : "" }) };
      add(text.element);
    }
    text.terminal.write(piece);
    const now = text;
    now.frame ??= requestAnimationFrame(() => {
      now.frame = null;
      replace(
        now.element, now.name === "stderr" ? h("span.out-label", "stderr") : null,
        now.terminal.dropped ? h("p.out-note", `The first ${now.terminal.dropped} lines are no longer shown.`) : null,
        textBlock(now.terminal.text()),
      );
    });
  }

  function display(type, content) {
    const id = content.transient?.display_id ?? content.display_id;
    const element = renderOutput({ output: count, output_type: type, data: content.data ?? {}, metadata: content.metadata ?? {} }, {});
    if (type === "update_display_data") return displays.get(id)?.replaceWith(element), displays.has(id) && displays.set(id, element);
    if (id) displays.set(id, element);
    add(element);
  }

  return {
    take(type, content) {
      if (type === "clear_output") {
        clears = true;
        return content.wait ? undefined : clearIfAsked();
      }
      if (["stream", "display_data", "execute_result", "error"].includes(type)) clearIfAsked();
      if (type === "stream") return write(content);
      if (type !== "update_display_data") text = null;
      if (type === "error") add(h("div.out", errorText(content)));
      else if (type === "truncated") add(h("p.out-note", safeText(content.note ?? "Something was left out here.")));
      else if (["display_data", "execute_result", "update_display_data"].includes(type)) display(type, content);
    },
  };
}
