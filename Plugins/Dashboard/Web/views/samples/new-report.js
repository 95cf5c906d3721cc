// SPDX-License-Identifier: Apache-2.0
// Asks the trainer for a new report of losses.

import { actionButton } from "../../components/action-button.js";
import { toast } from "../../components/toast.js";
import { h } from "../../core/dom.js";
import { report } from "../steering/actions.js";
import { LetGo } from "../steering/progress.js";

/**
 * @param {{run: object, gate: object}} state of the panel
 * @param {() => Promise<void>} done when there is one more
 * @returns {{element: HTMLElement, work: HTMLElement, update: () => void, unmount: () => void}}
 */
export function newReport(state, done) {
  const where = h("select", { "aria-label": "Of which data set" }, h("option", { value: "train" }, "training set"),
    h("option", { value: "val" }, "validation set"));
  const work = h("div.steering-work");
  const why = h("span.quiet.small");
  const button = actionButton("New report", compute, { primary: true });
  const element = h("div.bar", why, where, button);

  async function compute() {
    const follow = async (call) => {
      work.replaceChildren(call.element);
      try {
        return await call.result;
      } finally {
        work.replaceChildren();
      }
    };
    try {
      const text = await report({ run: state.run, session: state.gate.session }, follow, { subset_on: where.value });
      await done();
      return text;
    } catch (error) {
      if (!(error instanceof LetGo)) throw error;
      toast(error.message);
      return undefined;
    }
  }

  function update() {
    const reason = state.gate.reasons.report;
    if (button.getAttribute("aria-busy") !== "true") button.disabled = Boolean(reason);
    button.title = reason ? `Not now: ${reason}` : "";
    why.textContent = reason ? `No new report now: ${reason}.` : "";
  }

  update();
  return { element, work, update, unmount: () => {} };
}
