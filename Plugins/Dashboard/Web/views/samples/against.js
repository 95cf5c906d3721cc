// SPDX-License-Identifier: Apache-2.0
// This run's losses against another's, its parent's first: what rose, and whether the same samples are hard for both.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { current, setQuery } from "../../core/route.js";
import { lossesOf } from "./losses.js";
import { changes, overlap } from "./differences.js";

const SHOWN = 10;

/**
 * @param {{losses: object, run: object}} state of the panel
 * @param {{watch: (sample: number) => void}} does with a sample that is to be followed
 */
export function against(state, { watch }) {
  const place = h("div.against");
  const picker = h("select", { "aria-label": "Other run", onchange: () => {
    setQuery({ other: picker.value });
    show(picker.value);
  } });
  const share = h("select", { "aria-label": "How many count as hard", onchange: () => show(picker.value) },
    [1, 5, 10, 25].map((part) => h("option", { value: String(part), selected: part === 10 }, `hardest ${part} %`)));
  const element = h("section.card", { "aria-labelledby": "samples-against" },
    h("div.bar", h("h2", { id: "samples-against" }, "Against another run"), h("span.grow"), picker, share), place);
  let isGone = false;
  let turn = 0;

  async function load() {
    const { runs } = await call("runs.list", { limit: 1000, archived: true });
    if (isGone) return;
    const parents = state.run.parents ?? [];
    const nearness = (run) => 2 * parents.includes(run.id) + (run.project === state.run.project);
    const others = runs.filter(({ id }) => id !== state.run.id).sort((a, b) => nearness(b) - nearness(a));
    replace(picker, others.map((run) => h("option", { value: run.id }, parents.includes(run.id) ? `${run.name} (parent)` : run.name)));
    const wanted = current().query.get("other");
    const first = others.find(({ id }) => id === wanted) ?? others.find(({ id }) => parents.includes(id)) ?? others[0];
    if (!first) return replace(place, h("p.quiet", "There is no other run yet."));
    picker.value = first.id;
    await show(first.id);
  }

  async function show(id) {
    const mine = ++turn;
    const { reports } = await call("runs.reports", { run: id, limit: 100 });
    const report = reports.find((one) => one.subset_on === state.losses.set);
    if (mine !== turn || isGone) return;
    if (!report) return replace(place, h("p.quiet", `'${id}' has no report on the same data set. Open it and compute one.`));
    const other = await lossesOf(report.id);
    if (mine === turn && !isGone) draw(id, other);
  }

  function draw(id, other) {
    const part = Number(share.value) / 100;
    const difference = changes(state.losses, other);
    if (!difference.common) return replace(place,
      h("p.quiet", `The reports have no sample in common: that of '${id}' is of ${count(other.count)} others.`));
    const shared = overlap(state.losses, other, part);
    replace(place,
      h("p", h("strong", `${count(difference.rose)} of ${count(difference.common)} samples rose`),
        ` since '${id}' at step ${count(other.step)}, ${count(difference.fell)} fell; the mean change is ${number(difference.mean, 3)}.`),
      h("p", h("strong", `${count(shared.both)} samples are among the hardest ${share.value} % of both`),
        `, of ${count(shared.mine)} here and ${count(shared.others)} there`,
        ` (${number(shared.share * 100, 3)} % of all that are hard for one of them).`),
      venn(shared),
      difference.most.length ? h("div.scroll", h("table", h("caption", `Rose the most since '${id}'`),
          h("thead", h("tr", h("th.number", { scope: "col" }, "Sample"), h("th.number", { scope: "col" }, "There"),
            h("th.number", { scope: "col" }, "Here"), h("th.number", { scope: "col" }, "Rose by"),
            h("th", { scope: "col" }, h("span.hidden-name", "Follow")))),
        h("tbody", difference.most.slice(0, SHOWN).map(({ sample, then, now }) => h("tr", h("td.number", String(sample)),
              h("td.number", number(then)), h("td.number", number(now)), h("td.number", number(now - then)),
              h("td", h("button.plain.small", { type: "button", "aria-label": `Follow sample ${sample} over the reports`,
              onclick: () => watch(sample) }, "Follow"))))))) : null);
  }

  load().catch((error) => replace(place, h("p.problem", error.message)));
  return { element, unmount: () => (isGone = true) };
}

// The three shares as one bar, with words in it.
function venn({ both, mine, others }) {
  const parts = [["only here", mine - both, "mine"], ["both", both, "both"], ["only there", others - both, "others"]];
  return h("ul.overlap", { "aria-label": "Hardest samples" },
    parts.filter(([, value]) => value).map(([words, value, kind]) => h("li", { class: kind, style: { "flex-grow": value } },
        `${words} ${count(value)}`)));
}
