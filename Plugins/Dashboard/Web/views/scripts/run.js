// SPDX-License-Identifier: Apache-2.0
// One script: what it is, how it does, and what it prints.

import { h, replace } from "../../core/dom.js";
import { call } from "../../core/api.js";
import { duration, time } from "../../core/format.js";
import { refreshing } from "../../core/refresh.js";
import { href } from "../../core/route.js";
import { outputView } from "./output.js";
import { stateOf, stopButton } from "./runs.js";

/** Mounts it. @returns {() => void} */
export function runPanel(place, id, session, title) {
  title("Script");
  const head = h("div.view-head");
  const facts = h("dl.facts.card");
  const outside = h("div");
  let output = null;
  place.append(h("p", h("a", { href: href(["scripts"]) }, "← All scripts")), head, facts, outside);
  let before = "";

  const refresh = refreshing(["bridge.run"], async () => {
    const run = await call("run.show", { run: id });
    if (JSON.stringify(run) === before) return;
    before = JSON.stringify(run);
    title(run.name);
    replace(head, h("h2", run.name), stateOf(run), session.read_only || run.state === "ended" ? null : stopButton(run));
    replace(facts, factsOf(run).map(([name, text]) => h("div", h("dt", name), h("dd", text))));
    if (output) return;
    output = run.kind === "captured" ? outputView(id) : { element: h("p.quiet", "It prints to the terminal where it was begun. With ", h("code", "jackfield run --capture"), " the host keeps what it prints."), unmount() {} };
    replace(outside, output.element);
  });
  return () => {
    refresh.stop();
    output?.unmount();
  };
}

function factsOf(run) {
  const lines = [
    ["command", h("code", (run.command ?? []).join(" "))],
    ["folder", h("code", run.cwd)],
    ["process", run.pid],
    ["started", time(run.started)],
    ["lasted", run.ended ? duration(run.ended - run.started) : null],
    ["ended", run.reason],
    ["may ask for", run.scopes?.requests?.join(", ")],
    ["may run unasked", run.scopes?.commands?.join(", ")],
    ["output", run.output ? h("code", run.output) : null],
  ];
  return lines.filter(([, text]) => text !== null && text !== undefined && text !== "").map(([name, text]) => [name, text instanceof Node ? text : String(text)]);
}
