// SPDX-License-Identifier: Apache-2.0
// Goes to the run that a trainer begins, when the reader wants that. Who chooses a run by hand is left alone for ten seconds.

import { toast } from "../../components/toast.js";
import { h } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { go, watchRoute } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";

const ALONE_MS = 10000;

/**
 * Makes the check box: `{element, stop()}`.
 *
 * @param {{current?: string}} options `current`: the run that is shown now
 */
export function followBox({ current = null } = {}) {
  const box = h("input", {
    type: "checkbox",
    checked: remembered("runs.follow", false),
    onchange: () => remember("runs.follow", box.checked),
  });
  let chosen = Date.now() - ALONE_MS;
  const stopWatching = watchRoute(() => (chosen = Date.now()));
  const stopHearing = subscribe("trainer.run", (events) => {
    const begun = events.findLast(({ payload }) => payload.type === "newRun")?.payload.run_id;
    if (!box.checked || !begun || begun === current || Date.now() - chosen < ALONE_MS) return;
    toast(`'${begun}' has begun; this page follows it.`);
    go(["runs", begun]);
  });
  return {
    element: h(
      "label.small",
      { title: "Shows each run that a trainer begins, ten seconds after your last choice" },
      box,
      "Follow the live run",
    ),
    stop() {
      stopWatching();
      stopHearing();
    },
  };
}
