// SPDX-License-Identifier: Apache-2.0
// Follows the end of a log: an event says that something was logged, the host's commit that it can be asked for.

import { subscribe } from "../../core/events.js";

const leastMs = 200;

/**
 * @param {{of: {run?: string, session?: string}, tail: () => Promise<number>, changed: (isFollowing: boolean, waiting: boolean) => void, added: () => void}} options
 *   `tail` adds what came; `changed` hears whether it is followed, and whether lines wait; `added`: lines came while following
 */
export function follower({ of, tail, changed, added }) {
  let isFollowing = true;
  let isDirty = false;
  let isBusy = false;
  let timer = null;
  let last = 0;

  async function now() {
    clearTimeout(timer);
    timer = null;
    if (!isFollowing || isBusy) return;
    isBusy = true;
    last = performance.now();
    try {
      const came = await tail();
      // The event may be here before the line can be asked for: asked again at the commit, or a little later.
      if (came) {
        isDirty = false;
        added();
      } else if (isDirty) soon(600);
    } catch {
      soon(2000);
    } finally {
      isBusy = false;
    }
  }

  function soon(wait = 0) {
    timer ??= setTimeout(now, Math.max(wait, leastMs - (performance.now() - last)));
  }

  function news() {
    if (!isFollowing && !isDirty) changed(false, true);
    isDirty = true;
    if (isFollowing) soon(400);
  }

  const where = of.run ? { run_id: [of.run] } : of.session ? { session_id: [of.session] } : undefined;
  const forget = [
    subscribe("trainer.log", news, { where, missed: news }),
    subscribe("bridge.log", news),
    subscribe("store.committed", () => {
      if (!isDirty || !isFollowing) return;
      clearTimeout(timer);
      timer = null;
      soon();
    }),
  ];
  changed(true, false);
  return {
    now,
    isFollowing: () => isFollowing,
    isBusy: () => isBusy,
    set: (is, isQuiet = false) => {
      if (is === isFollowing && !isQuiet) return;
      isFollowing = is;
      if (is) isDirty = true;
      changed(is, false);
      if (is) soon(isQuiet ? 500 : 0);
      else isDirty = false;
    },
    stop: () => {
      clearTimeout(timer);
      isFollowing = false;
      forget.forEach((one) => one());
    },
  };
}
