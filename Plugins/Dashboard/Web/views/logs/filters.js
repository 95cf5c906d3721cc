// SPDX-License-Identifier: Apache-2.0
// What of a log is shown: words, levels, phase and time, all of it in the address.

import { h } from "../../core/dom.js";
import { setQuery } from "../../core/route.js";

const levels = ["debug", "info", "warn", "error"];
const names = ["q", "levels", "phase", "since", "until", "near"];

/** The filter that an address tells: input for runs.logs, the words apart. */
export function filterOf(query) {
  const chosen = query.get("levels")?.split(",").filter(Boolean);
  return {
    query: query.get("q") ?? "",
    isNear: query.get("near") === "1",
    levels: chosen?.length ? chosen : null,
    phase: query.get("phase") ?? "",
    since: seconds(query.get("since")),
    until: seconds(query.get("until")),
  };
}

/** The input of runs.logs for a filter. */
export function inputOf({ query, isNear, levels: chosen, phase, since, until }, of) {
  return {
    ...of, ...(query.trim() && !isNear ? { query: query.trim(), highlight: true } : {}), ...(chosen ? { levels: chosen } : {}), ...(phase ? { phase } : {}),
    ...(since !== null ? { since } : {}), ...(until !== null ? { until } : {}),
  };
}

function seconds(text) {
  const value = text ? Date.parse(text) / 1000 : NaN;
  return Number.isFinite(value) ? value : null;
}

/**
 * The bar with the fields.
 *
 * @returns {{element: HTMLElement, update(query: URLSearchParams): void, search: HTMLInputElement}}
 */
export function filterBar(query) {
  let timer = null;
  const say = (changes) => setQuery({ line: null, ...changes });
  const search = h("input", { type: "search", name: "q", placeholder: "word, \"two words\", begin*", aria: { label: "Search the log" }, oninput: () => {
    clearTimeout(timer);
    timer = setTimeout(() => say({ q: search.value.trim() }), 250);
  } });
  const near = h("input", { type: "checkbox", name: "near", onchange: () => say({ near: near.checked ? null : "1" }) });
  const boxes = new Map(levels.map((level) => [level, h("input", { type: "checkbox", name: level, onchange: sayLevels })]));
  const phase = h(
    "input",
    {
      name: "phase", list: "log-phases", size: "8", placeholder: "any", aria: { label: "Phase" },
      onchange: () => say({ phase: phase.value.trim() }),
    },
  );
  const since = h("input", { type: "datetime-local", name: "since", step: "1", onchange: () => say({ since: since.value }) });
  const until = h("input", { type: "datetime-local", name: "until", step: "1", onchange: () => say({ until: until.value }) });
  const clear = h(
    "button.plain", { type: "button", onclick: () => say(Object.fromEntries(names.map((name) => [name, null]))) }, "Show all",
  );
  const element = h("form.lg-filters", { role: "search", onsubmit: (event) => event.preventDefault() },
    h("div.lg-search", search, h("label.small", near, "only lines that fit")),
    h(
      "fieldset.lg-levels", h("legend.hidden-name", "Levels"),
      [...boxes].map(([level, box]) => h(
        "label", box,
        h("span.lg-level", { class: `lg-level-${level}` }, `${{ debug: "·", info: "○", warn: "▲", error: "✕" }[level]} ${level}`),
      )),
    ),
    h(
      "details.lg-more", h("summary", "Phase and time"),
      h(
        "div.bar", h("label", "Phase", phase),
        h("datalist", { id: "log-phases" }, ["train", "test", "stdout", "stderr"].map((value) => h("option", { value }))),
        h("label", "From", since), h("label", "To", until),
      ),
    ),
    clear);

  function sayLevels() {
    const chosen = levels.filter((level) => boxes.get(level).checked);
    say({ levels: chosen.length === levels.length || !chosen.length ? null : chosen.join(",") });
  }

  function update(now) {
    const filter = filterOf(now);
    if (document.activeElement !== search) search.value = filter.query;
    near.checked = !filter.isNear;
    for (const [level, box] of boxes) box.checked = !filter.levels || filter.levels.includes(level);
    if (document.activeElement !== phase) phase.value = filter.phase;
    since.value = now.get("since") ?? "";
    until.value = now.get("until") ?? "";
    clear.hidden = !names.some((name) => now.get(name));
    element.querySelector("details").open ||= Boolean(filter.phase || now.get("since") || now.get("until"));
  }

  update(query);
  return { element, update, search };
}
