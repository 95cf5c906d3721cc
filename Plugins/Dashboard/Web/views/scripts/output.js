// SPDX-License-Identifier: Apache-2.0
// What a captured script prints, as it prints it. Long outputs keep their last lines here; all of it stands in the files of the run.

import { virtualList } from "../../components/virtual-list.js";
import { stream } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { count } from "../../core/format.js";

const most = 200_000;
const longest = 4000;

/** @returns {{element: HTMLElement, unmount: () => void}} */
export function outputView(run) {
  const lines = [];
  const ends = { stdout: true, stderr: true };
  const leave = new AbortController();
  const follow = h("input", { type: "checkbox", checked: true });
  const word = h("span.quiet.small", { role: "status" });
  const list = virtualList({ rowHeight: 20, name: "Output", render: (index) => lineOf(lines[index]) });
  let frame = 0;
  let dropped = 0;

  function add(name, text) {
    const parts = text.split("\n");
    parts.forEach((part, index) => {
      const last = lines.at(-1);
      if (index === 0 && !ends[name] && last?.name === name) last.text = `${last.text}${part}`.slice(0, longest);
      else if (part || index < parts.length - 1) lines.push({ name, text: part.slice(0, longest) });
    });
    ends[name] = text.endsWith("\n");
    if (lines.length > most * 1.1) dropped += lines.splice(0, lines.length - most).length;
    frame ||= requestAnimationFrame(draw);
  }
  function draw() {
    frame = 0;
    list.setCount(lines.length);
    list.refresh();
    word.textContent = dropped ? `the last ${count(lines.length)} lines; the rest is in the run's files` : `${count(lines.length)} lines`;
    if (follow.checked) list.scrollTo(lines.length);
  }
  list.element.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && (follow.checked = false), { passive: true });
  (async () => {
    for await (const { chunk } of stream("run.follow", { run }, { signal: leave.signal })) {
      if (chunk?.skipped) add(chunk.stream, `… ${count(chunk.skipped)} bytes are not kept any more …\n`);
      if (chunk?.text) add(chunk.stream, chunk.text);
    }
    draw();
    word.textContent += ", all";
  })().catch((error) => !leave.signal.aborted && (word.textContent = error.message));
  return {
    element: h("section.output", h("div.bar", h("h3", "Output"), word, h("span.grow"), h("label", follow, "Follow")), h("div.output-lines.card", list.element)),
    unmount: () => {
      leave.abort();
      cancelAnimationFrame(frame);
    },
  };
}

/** What went to stderr has a mark, too. */
function lineOf({ name, text }) {
  return h("code.output-line", { class: name }, h("span.output-mark", { aria: { label: name === "stderr" ? "error output" : "" } }, name === "stderr" ? "!" : " "), text);
}
