// SPDX-License-Identifier: Apache-2.0
// All kernels, kept up by events; memory and processor, which no event tells, by asking lightly while the page is seen.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h } from "../../core/dom.js";
import { problem, toast } from "../../components/toast.js";
import { kernelCard } from "./kernel-card.js";
import { usageHistory } from "./usage.js";

const everyMs = 2000;

/**
 * The list of kernels.
 *
 * @param {{mayWrite: boolean, changed: (kernels: object[]) => void}} options `changed` is told which there are
 * @returns {{element: HTMLElement, select(id: string|null): void, refresh(): Promise<void>, unmount(): void}}
 */
export function kernelList({ mayWrite, changed }) {
  const element = h("div.kn-list");
  const cards = new Map();
  const usage = usageHistory();
  let selected = null;
  let isAsking = false;

  async function refresh() {
    if (isAsking) return;
    isAsking = true;
    try {
      draw((await call("kernel.list")).kernels);
    } catch (error) {
      if (!cards.size) problem(error, "Kernels");
    } finally {
      isAsking = false;
    }
  }

  function draw(kernels) {
    const ids = new Set(kernels.map(({ id }) => id));
    const before = [...cards.keys()].join();
    usage.forget(ids);
    for (const [id, card] of cards) if (!ids.has(id)) (card.element.remove(), cards.delete(id));
    for (const kernel of kernels) {
      usage.note(kernel);
      if (cards.has(kernel.id)) cards.get(kernel.id).update(kernel);
      else add(kernel);
    }
    if (before !== [...cards.keys()].join() || !kernels.length) changed(kernels);
  }

  function add(kernel) {
    const card = kernelCard(kernel, { mayWrite, usage });
    cards.set(kernel.id, card);
    card.select(kernel.id === selected);
    element.append(card.element);
  }

  const forget = [
    subscribe("kernel.status", (events) => {
      for (const { payload } of events) {
        const card = cards.get(payload.id);
        if (card && payload.status !== "dead") card.update(payload);
        else setTimeout(refresh, 50);
      }
    }, { missed: refresh }),
    subscribe("kernel.died", (events) => {
      for (const { payload } of events) toast(payload.sentence ?? "A kernel died.", { kind: "bad", source: "kernel" });
      refresh();
    }),
  ];
  const timer = setInterval(() => document.visibilityState === "visible" && refresh(), everyMs);

  return {
    element,
    refresh,
    select: (id) => {
      selected = id;
      for (const [one, card] of cards) card.select(one === id);
    },
    unmount: () => {
      clearInterval(timer);
      forget.forEach((stop) => stop());
    },
  };
}
