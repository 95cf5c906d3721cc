// SPDX-License-Identifier: Apache-2.0
// One result: what was run, how it ended, whether it still stands for its lines, and what came of it.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count, duration, time } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { copy } from "../../components/copy.js";
import { confirm } from "../../components/dialog.js";
import { menuButton } from "../../components/menu.js";
import { renderOutput } from "./output/output.js";
import { plainText, safeText } from "./output/safe-text.js";

const words = {
  edited: "The lines were edited since they were run.",
  orphaned: "The lines it was run from are no longer in the file.",
  stale: "Another run of lines around it came after it.",
};

/**
 * A card for a result. Outputs are fetched when it comes into sight, and again when it changed.
 *
 * @param {object} first the result, as `results.list` gives it
 * @param {{mayWrite: boolean}} options
 * @returns {{element: HTMLElement, update(result: object): void, changed(): void, isDirty(): boolean, dispose(): void}}
 */
export function resultCard(first, { mayWrite }) {
  let result = first;
  let isSeen = false;
  let isDirty = true;
  let isAsking = false;
  const head = h("header.rs-head");
  const outputs = h("div.rs-outputs", { aria: { live: "off" } });
  const source = h("details.rs-source", h("summary", "Code"), h("pre.out-text", { dir: "auto" }));
  const element = h(
    "article.rs-card.card", { id: `result-${first.id}`, tabindex: "-1", dataset: { result: first.id } }, head, source, outputs,
  );
  const shown = new Map();
  const sight = new IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    if (isSeen && isDirty) ask();
  }, { rootMargin: "400px" });
  sight.observe(element);

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    isDirty = false;
    try {
      update(await call("results.get", { id: first.id }));
    } catch (error) {
      // Replaced by another run in the meantime: the list takes the card away.
      if (error.code !== "result_not_found") replace(outputs, h("p.problem", `The outputs cannot be shown: ${error.message}`));
    } finally {
      isAsking = false;
      if (isDirty && isSeen) ask();
    }
  }

  function update(next) {
    result = { ...result, ...next };
    replace(head, headOf(result, mayWrite));
    element.setAttribute("aria-label", plainText(nameOf(result)));
    element.classList.toggle("rs-old", result.freshness !== "fresh" || result.stale);
    replace(source.querySelector("pre"), safeText(String(result.source ?? "")));
    source.querySelector("summary").textContent = summaryOf(result);
    if (next.outputs) drawOutputs(outputs, shown, result);
  }

  update(first);
  return {
    element,
    update,
    changed: () => {
      isDirty = true;
      if (isSeen) ask();
    },
    isDirty: () => isDirty,
    result: () => result,
    dispose: () => sight.disconnect(),
  };
}

/** Draws what changed and leaves the rest: a frame or a picture that is the same stays as it is. */
function drawOutputs(place, shown, result) {
  const wanted = result.outputs.map((output) => {
    const key = JSON.stringify(output);
    const known = shown.get(output.output);
    if (known?.key === key) return known.element;
    const element = renderOutput(output, result);
    shown.set(output.output, { key, element });
    return element;
  });
  for (const index of shown.keys()) if (!result.outputs.some(({ output }) => output === index)) shown.delete(index);
  const notes = [
    result.outputs_left_out ? more(place, shown, result) : null, result.left_out ? h("p.out-note", result.left_out.sentence) : null,
  ];
  if (!wanted.length) notes.push(h("p.quiet.rs-nothing", nothing(result)));
  const next = [...wanted, ...notes].filter(Boolean);
  if (next.length !== place.children.length || next.some((node, index) => place.children[index] !== node)) sync(place, next);
}

/** Puts the nodes in place without moving those that stand there: a frame that is moved loads anew. */
function sync(place, next) {
  const wanted = new Set(next);
  for (const child of [...place.childNodes]) if (!wanted.has(child)) child.remove();
  next.forEach((node, index) => {
    if (place.childNodes[index] !== node) place.insertBefore(node, place.childNodes[index] ?? null);
  });
}

function nothing({ state }) {
  if (state === "queued" || state === "waiting") return "Waits for its turn.";
  return state === "running" ? "Nothing yet." : "No output.";
}

function more(place, shown, result) {
  return h("p.out-note", `${result.outputs_left_out}. `, actionButton("Show the next 20", async () => {
    const from = result.outputs.length;
    const list = await Promise.all(Array.from(
      { length: Math.min(20, result.output_count - from) }, (_, index) => call("results.get", { id: result.id, output: from + index }),
    ));
    const outputs = list.map(({ text, output }) => ({ output, output_type: "unreadable", text }));
    result.outputs = [...result.outputs, ...outputs];
    if (result.outputs.length >= result.output_count) result.outputs_left_out = null;
    drawOutputs(place, shown, result);
  }));
}

function nameOf(result) {
  const count = result.execution_count ? `, run ${result.execution_count}` : "";
  return `Result of ${linesOf(result)}${count}: ${result.state}`;
}

function linesOf({ first_line: first, last_line: last }) {
  if (!first) return "code without lines";
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
}

function summaryOf(result) {
  const lines = String(result.source ?? "").split("\n").filter((line) => line.trim());
  const title = lines[0]?.trim() ?? "";
  return `${title.slice(0, 120)}${lines.length > 1 ? ` … ${count(lines.length)} lines` : ""}` || "Code";
}

function headOf(result, mayWrite) {
  const { started, ended, freshness, stale } = result;
  return [
    h("strong", linesOf(result)),
    result.execution_count ? h("span.quiet.mono", `[${result.execution_count}]`) : null,
    stateBadge(result.state),
    freshness && freshness !== "fresh" ? h("span.badge.warn", { title: words[freshness] }, freshness) : null,
    stale ? h("span.badge.warn", { title: words.stale }, "stale") : null,
    result.pinned ? h("span.badge.info", { title: "No other run replaces it, and no limit removes it." }, "pinned") : null,
    started ? h(
      "time.quiet.small", { datetime: new Date(started * 1000).toISOString(), title: time(started) },
      ended ? `took ${duration(ended - started)}` : "under way",
    ) : null,
    h("span.grow"),
    mayWrite ? h("div.bar", pinButton(result), menu(result)) : null,
  ];
}

function pinButton(result) {
  return actionButton(result.pinned ? "Unpin" : "Pin", async () => {
    await call("results.pin", { id: result.id, pinned: !result.pinned });
  }, {
    plain: true, hint: result.pinned ? "Lets later runs replace it again" : "Keeps it: no other run replaces it, and no limit removes it",
  });
}

function menu(result) {
  const items = [
    { label: "Copy the code", run: async () => ((await copy(result.source)) ? "Copied." : "This browser does not let the page copy.") },
    {
      label: "Copy a link to it", run: async () => ((await copy(linkTo(result))) ? "Copied." : "This browser does not let the page copy."),
    },
    { label: "Run again", disabled: !result.document || !result.first_line, run: () => runAgain(result) },
    { label: "Clear…", danger: true, run: () => clear(result) },
  ];
  return menuButton("More", items, { plain: true, name: `More for ${linesOf(result)}` });
}

function linkTo(result) {
  const address = new URL(location.href);
  address.searchParams.set("result", result.id);
  return address.href;
}

async function runAgain({ document, first_line: first, last_line: last }) {
  await call("code.run", { document, mode: "lines", first_line: first, last_line: last, wait: false, client: "dashboard" });
  return "In the queue.";
}

async function clear(result) {
  const pinned = result.pinned ? ", although it is pinned" : "";
  const text = `The outputs of ${linesOf(result)} are removed for good${pinned}. Running the lines again makes new ones.`;
  const isWanted = await confirm({ title: "Clear this result?", text, action: "Clear", danger: true });
  if (!isWanted) return "";
  await call("results.clear", { id: result.id, pinned: true });
  return "Cleared.";
}
