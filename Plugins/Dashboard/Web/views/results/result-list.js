// SPDX-License-Identifier: Apache-2.0
// All results of a file, in order, as they change.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { empty } from "../../components/empty.js";
import { problem } from "../../components/toast.js";
import { resultCard } from "./result-card.js";

const page = 200;

/**
 * The list of results.
 *
 * @param {string} name the document
 * @param {{mayWrite: boolean, focus?: string}} options `focus`: the id of a result to go to
 * @returns {{element: HTMLElement, step(by: number): void, refresh(): Promise<void>, unmount(): void}}
 */
export function resultList(name, { mayWrite, focus }) {
  const element = h("div.rs-list");
  const more = h("div");
  const cards = new Map();
  let total = 0;
  let loaded = 0;
  let isLoading = false;
  let isAgain = false;
  let wanted = focus;

  async function refresh() {
    if (isLoading) return (isAgain = true);
    isLoading = true;
    try {
      const results = await fetchAll(Math.max(page, loaded));
      draw(results);
    } catch (error) {
      problem(error, "Results");
    } finally {
      isLoading = false;
      if (isAgain) ((isAgain = false), refresh());
    }
  }

  async function fetchAll(wish) {
    const all = [];
    while (all.length < wish) {
      const answer = await call("results.list", { document: name, offset: all.length, limit: page });
      total = answer.total;
      all.push(...answer.results);
      if (answer.results.length < page || all.length >= total) break;
    }
    loaded = all.length;
    return all;
  }

  function draw(results) {
    const ids = new Set(results.map(({ id }) => id));
    for (const [id, card] of cards) {
      if (ids.has(id)) continue;
      card.dispose();
      card.element.remove();
      cards.delete(id);
    }
    results.forEach((result, index) => {
      let card = cards.get(result.id);
      if (!card) cards.set(result.id, (card = resultCard(result, { mayWrite })));
      else if (["revision", "freshness", "stale", "pinned"].some((member) => card.result()[member] !== result[member])) {
        card.update(result);
        card.changed();
      }
      if (element.children[index] !== card.element) element.insertBefore(card.element, element.children[index] ?? null);
    });
    replace(
      more,
      loaded < total ? h(
        "button", { type: "button", onclick: () => ((loaded += page), refresh()) }, `Show more of ${count(total - loaded)}`,
      ) : null,
    );
    if (!results.length) replace(more, nothing(name));
    if (wanted && cards.has(wanted)) {
      const card = cards.get(wanted).element;
      wanted = null;
      requestAnimationFrame(() => (card.scrollIntoView({ block: "start" }), card.focus({ preventScroll: true })));
    }
  }

  let timer = null;
  const forget = subscribe("results.changed", (events) => {
    const news = events.map(({ payload }) => payload);
    const gone = new Set(news.filter(({ change }) => change === "removed").map(({ id }) => id));
    for (const { id, change } of news) if (change === "updated" && !gone.has(id)) cards.get(id)?.changed();
    const isOther = news.some(({ id, change, document, state }) => {
      return document === name && (change !== "updated" || !cards.has(id) || state !== cards.get(id).result().state);
    });
    if (!isOther) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, 120);
  }, { missed: refresh });
  refresh();

  function step(by) {
    const all = [...element.children];
    const at = all.indexOf(document.activeElement?.closest(".rs-card"));
    const to = all[Math.max(0, Math.min(all.length - 1, at + by))];
    to?.focus();
    to?.scrollIntoView({ block: "nearest" });
  }

  return {
    element: h("div", element, more),
    step,
    refresh,
    unmount: () => {
      clearTimeout(timer);
      forget();
      for (const card of cards.values()) card.dispose();
    },
  };
}

function nothing(name) {
  return empty({
    title: "No results yet", text: "Run a block of this file, here or in a terminal, and what it prints and draws is kept here.",
    command: `jackfield exec ${name}:1`,
  });
}
