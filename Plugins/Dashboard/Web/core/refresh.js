// SPDX-License-Identifier: Apache-2.0
// Asks again when something changed: at most once a second, one question at a time, only while the page is looked at.

import { problem } from "../components/toast.js";
import { subscribe } from "./events.js";

/**
 * @param {string|string[]} topics which events mean that something changed
 * @param {() => Promise<void>} load asks and draws
 * @param {{every?: number}} [options] also every so many milliseconds
 * @returns {{now: () => Promise<void>, stop: () => void}}
 */
export function refreshing(topics, load, { every } = {}) {
  let timer = null;
  let isBusy = false;
  let isDue = false;
  let isStopped = false;
  let hasFailed = false;

  async function now() {
    if (isStopped) return;
    if (isBusy || document.visibilityState !== "visible") {
      isDue = true;
      return;
    }
    isBusy = true;
    isDue = false;
    try {
      await load();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed && !isStopped) problem(error);
      hasFailed = true;
    }
    isBusy = false;
    if (isDue) soon();
  }
  function soon() {
    timer ??= setTimeout(() => {
      timer = null;
      now();
    }, 1000);
  }
  const unsubscribe = topics.length ? subscribe(topics, soon, { missed: soon }) : () => {};
  const clock = every ? setInterval(now, every) : null;
  const seen = () => isDue && document.visibilityState === "visible" && now();
  document.addEventListener("visibilitychange", seen);
  now();
  return {
    now,
    stop() {
      isStopped = true;
      unsubscribe();
      clearTimeout(timer);
      clearInterval(clock);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
