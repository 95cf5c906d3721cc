// SPDX-License-Identifier: Apache-2.0
// Watches: expressions that are looked at after every run, with the way their values went.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { clockTime, number, time } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { problem } from "../../components/toast.js";
import { trend } from "./trend.js";
import { drawn } from "./output/output.js";
import { safeText } from "./output/safe-text.js";
import { withoutEscapes } from "./output/ansi.js";

/**
 * The watches of a document or a kernel.
 *
 * @param {{document?: string, kernel?: string}} of
 * @param {{mayWrite: boolean}} options
 * @returns {{element: HTMLElement, unmount(): void}}
 */
export function watches(of, { mayWrite }) {
  const list = h("ul.watch-list", { aria: { label: "Watches" } });
  const note = h("p.quiet.small", { hidden: true }, "Nothing is watched yet. An expression you add here is looked at after every run.");
  const field = h(
    "input.mono",
    {
      name: "expression", placeholder: "len(data)", aria: { label: "Expression to watch" }, autocomplete: "off", spellcheck: "false",
      autocapitalize: "off",
    },
  );
  const add = actionButton("Watch", () => addWatch(), { primary: true });
  const form = h("form.bar", { onsubmit: (event) => (event.preventDefault(), add.click()) }, field, add);
  const element = h("section.watches.card", { aria: { label: "Watches" } },
    h("header.bar", h("h2", "Watches"), h("span.grow"), mayWrite ? actionButton(
      "Refresh", () => call("watch.refresh", of).then(() => ""), { plain: true, hint: "Looks at all of them now" },
    ) : null,
      mayWrite ? actionButton(
        "Clear", () => call("watch.clear", of).then(refresh),
        {
          plain: true,
          confirm: {
            title: "Remove all watches here?", text: "They, and the values they had, are removed for good.", action: "Remove all",
            danger: true,
          },
        },
      ) : null),
    mayWrite ? form : null, note, list);
  const rows = new Map();

  async function addWatch() {
    const expression = field.value.trim();
    if (!expression) return field.focus();
    await call("watch.add", { ...of, expression });
    field.value = "";
    await refresh();
  }

  async function refresh() {
    try {
      const { watches: all } = await call("watch.list", of);
      const ids = new Set(all.map(({ id }) => id));
      for (const [id, row] of rows) if (!ids.has(id)) (row.element.remove(), rows.delete(id));
      for (const watch of all) show(watch);
      note.hidden = all.length > 0;
    } catch (error) {
      problem(error, "Watches");
    }
  }

  function show(watch) {
    let row = rows.get(watch.id);
    if (!row) {
      row = watchRow(watch, mayWrite, refresh);
      rows.set(watch.id, row);
      list.append(row.element);
    }
    row.update(watch);
  }

  const forget = subscribe("watch.changed", (events) => {
    const isHere = (watch) => (of.document ? watch.document === of.document : watch.kernel === of.kernel);
    const here = events.map(({ payload }) => payload).filter(isHere);
    if (here.some((watch) => watch.change === "removed" || watch.change === "cleared" || watch.change === "renamed")) refresh();
    else for (const watch of here) show(watch);
    note.hidden = rows.size > 0;
  }, { missed: refresh });
  refresh();
  return { element, unmount: forget };
}

function watchRow(first, mayWrite, refresh) {
  const value = h("div.watch-value");
  const past = h("div.watch-past");
  const when = h("span.quiet.small");
  const history = h(
    "details.watch-history", { hidden: true, ontoggle: () => history.open && fillHistory() }, h("summary", "History"), h("div"),
  );
  let seen = null;
  const element = h("li.watch",
    h("div.bar", h("code.watch-expression", safeText(first.expression)), h("span.grow"), when, mayWrite ? buttons(first, refresh) : null),
    h("div.watch-now", value, past), history);

  async function fillHistory() {
    const { values } = await call("watch.history", { id: first.id, limit: 200 });
    replace(
      history.lastElementChild,
      h(
        "ol.watch-values", { reversed: true },
        values.toReversed().map((one) => h("li", h("span.quiet", clockTime(one.time)), " ", h("span.mono", safeText(words(one))))),
      ),
    );
  }

  async function draw(watch) {
    const { values } = await call("watch.history", { id: watch.id, limit: 200 });
    const numbers = values.filter((one) => Number.isFinite(one.number)).map((one) => one.number);
    replace(past, numbers.length > 1 ? trend(numbers, { label: wordsOf(watch.expression, numbers) }) : null);
    history.hidden = values.length < 2;
    if (history.open) await fillHistory();
  }

  return {
    element,
    update: (watch) => {
      when.textContent = watch.pending ? "looking…" : clockTime(watch.value?.time);
      when.title = time(watch.value?.time);
      if (watch.pending || seen === watch.value?.time) return;
      seen = watch.value?.time ?? null;
      replace(value, shown(watch.value));
      draw(watch).catch((error) => problem(error, "Watch"));
    },
  };
}

function buttons(watch, refresh) {
  return [
    actionButton(
      "↻", () => call("watch.refresh", { id: watch.id }).then(() => ""), { plain: true, name: `Look at ${watch.expression} now` },
    ),
    actionButton(
      "✕", () => call("watch.remove", { id: watch.id }).then(refresh), { plain: true, name: `Remove the watch of ${watch.expression}` },
    ),
  ];
}

/** What a line shows, for who hears it. */
function wordsOf(expression, numbers) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return `${expression}: ${numbers.length} values, from ${number(least)} to ${number(most)}, now ${number(numbers.at(-1))}`;
}

/** A value in one line. */
function words(value) {
  if (!value) return "not looked at yet";
  if (value.status === "ok") return withoutEscapes(String(value.text ?? "")).slice(0, 500);
  return `${value.status}: ${withoutEscapes(String(value.text ?? value.ename ?? value.evalue ?? value.sentence ?? ""))}`.slice(0, 500);
}

function shown(value) {
  if (!value) return h("span.quiet", "Not looked at yet.");
  if (value.status !== "ok") return h("span.watch-problem", safeText(words(value)));
  const picture = Object.keys(value.data ?? {}).find((type) => type.startsWith("image/"));
  if (picture) return drawn(picture, value.data[picture], { metadata: value.metadata });
  return drawn("text/plain", value.data?.["text/plain"] ?? value.text ?? "");
}
