// SPDX-License-Identifier: Apache-2.0
// What a kernel runs and what waits for it, in the order it will be run.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { ago, count } from "../../core/format.js";
import { href } from "../../core/route.js";
import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { nameOf } from "../results/documents.js";
import { plainText, safeText } from "../results/output/safe-text.js";

/** The queue of a kernel, kept up by its events. */
export function mountQueue(root, id, mayWrite) {
  const body = h("div.kn-queue", { aria: { live: "polite" } });
  root.append(body);
  let timer = null;

  async function refresh() {
    try {
      draw(await call("code.queue", { kernel: id }));
    } catch (error) {
      replace(body, h("p.problem", error.message));
    }
  }

  function draw({ running, waiting, paused }) {
    const rows = [...(running ? [row(running, "running", 0)] : []), ...waiting.map((run, index) => row(run, "waiting", index + 1))];
    replace(body,
      h(
        "div.bar",
        h("span", paused ? "The queue is held: what runs goes on, what waits does not begin." : `${count(waiting.length)} waiting`),
        h("span.grow"), mayWrite ? buttons(paused, waiting.length) : null,
      ),
      rows.length ? h(
        "div.scroll", { tabindex: "0", role: "region", aria: { label: "Queue" } },
        h(
          "table",
          h(
            "thead",
            h(
              "tr",
              ["State", "What", "Asked by", "Since", ""].map((name) => h("th", { scope: "col" }, name || h("span.hidden-name", "Actions"))),
            ),
          ),
          h("tbody", rows),
        ),
      ) : h("p.quiet", "Nothing runs and nothing waits."));
  }

  function buttons(paused, waiting) {
    return [
      paused ? actionButton(
        "Go on", () => act("code.resume", "The queue goes on."), { primary: true },
      ) : actionButton("Hold", () => act("code.pause", "The queue is held."), { hint: "What runs goes on; what waits does not begin" }),
      actionButton(
        "Drop all that waits…", () => act("code.drop", "Dropped."),
        {
          danger: true, disabled: !waiting,
          confirm: {
            title: "Drop all that waits?",
            text: `${count(waiting)} waiting ${waiting === 1 ? "run" : "runs"} will not be run. What runs now goes on.`, action: "Drop all",
            danger: true,
          },
        },
      ),
    ];
  }

  async function act(command, sentence) {
    await call(command, { kernel: id });
    await refresh();
    return sentence;
  }

  function row(run, state, place) {
    return h("tr", h("td", stateBadge(state)), h("td", whatOf(run)), h("td", safeText(String(run.client ?? ""))), h("td", ago(run.queued)),
      h("td", mayWrite ? h("div.bar", place > 1 ? actionButton(
        "Next", () => one("code.next", run, "It is the next one."), { plain: true, hint: "Runs before all others that wait" },
      ) : null,
        actionButton(
          place ? "Cancel" : "Interrupt", () => one("code.cancel", run, place ? "Taken out of the queue." : "Interrupted."),
          { plain: true },
        )) : null));
  }

  async function one(command, { run }, sentence) {
    await call(command, { run });
    await refresh();
    return sentence;
  }

  const forget = subscribe("kernel.status", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 150);
  }, { where: { id: [id] }, missed: refresh });
  refresh();
  return () => (clearTimeout(timer), forget());
}

function whatOf(run) {
  if (!run.document) return h("span", "code of no file");
  const lines = run.first_line ? `:${run.first_line}${run.last_line > run.first_line ? `–${run.last_line}` : ""}` : "";
  return h(
    "a", { href: href(["results"], { document: run.document, result: run.run }), title: plainText(run.document) },
    safeText(nameOf(run.document).name), lines,
  );
}
