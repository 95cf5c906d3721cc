// SPDX-License-Identifier: Apache-2.0
// Three ways to begin. Each goes away once there is something of its kind.

import { commandLine } from "../../components/empty.js";
import { h } from "../../core/dom.js";
import { icon } from "../../shell/icons.js";

const lines = `import jackfield

with jackfield.Run(project="lab", name="first") as run:
    for step, batch in enumerate(loader):
        run.step(step, loss=train(batch))`;

/** @returns {HTMLElement|null} */
export function beginnings({ runs, kernels, results, scripts }) {
  const hasKernels = kernels.length > 0 || results > 0;
  const cards = [
    runs.length ? null : card("runs", "Watch a training", ["Add these lines to a training, and its losses appear here as they come:", commandLine(lines), h("p", "Run it with ", h("code", "python train.py"), ". Or try the example, some ten seconds:"), commandLine("python Examples/Training/digits.py")]),
    hasKernels ? null : card("kernels", "Run a block of a file", ["A Python file with ", h("code", "# %%"), " lines is a notebook. Run its first block in a kernel that stays:", commandLine("jackfield exec file.py:1"), h("p.quiet.small", "The outputs appear under Results.")]),
    scripts.length ? null : card("scripts", "Run a script that can ask", ["It runs in your terminal as always, and may ask, show and report here:", commandLine("jackfield run -- python3 x.py"), h("p.quiet.small", "Its questions come up on this page, wherever you are.")]),
  ].filter(Boolean);
  if (!cards.length) return null;
  const isNew = cards.length === 3;
  return h("section.beginnings", { aria: { label: "How to begin" } }, isNew ? h("p.welcome", h("strong", "Nothing has happened here yet."), " This page shows what your trainings, notebooks and scripts do, while they do it. Begin with one of these:") : null, h("div.beginning-cards", cards));
}

function card(picture, title, body) {
  return h("article.card.beginning", h("h2", icon(picture), title), body.map((part) => (typeof part === "string" ? document.createTextNode(part) : part)));
}
