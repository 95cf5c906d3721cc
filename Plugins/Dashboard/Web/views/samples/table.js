// SPDX-License-Identifier: Apache-2.0
// The samples themselves, in any number: loss, rank, and how each changed since the report before.

import { virtualList } from "../../components/virtual-list.js";
import { h } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { current, setQuery } from "../../core/route.js";
import { ordered } from "./losses.js";

const columns = [
  { id: "sample", title: "Sample" },
  { id: "loss", title: "Loss" },
  { id: "rank", title: "Rank" },
  { id: "change", title: "Change" },
];

/**
 * @param {{losses: object, earlier: object|null}} state of the panel
 * @param {{watch: (sample: number) => void}} does with a sample that is to be followed over the reports
 */
export function samplesTable(state, { watch }) {
  const { losses, earlier } = state;
  const before = earlier ? Float64Array.from(losses.indices, (sample) => earlier.of(sample) ?? NaN) : null;
  const keys = { sample: (place) => losses.indices[place], loss: (place) => losses.losses[place], rank: (place) => losses.ranks[place],
    change: (place) => losses.losses[place] - before[place] };
  let [by, isUp] = parse(current().query.get("samples"));
  let region = null;
  let places = new Uint32Array(0);
  let watched = (current().query.get("watch") ?? "").split(",").filter(Boolean).map(Number);
  const onlyRegion = h("input", { type: "checkbox", checked: current().query.get("rows") !== "all", onchange: () => {
    setQuery({ rows: onlyRegion.checked ? null : "all" });
    fill();
  } });
  const heads = new Map(columns.filter(({ id }) => id !== "change"
      || before).map(({ id, title }) => [id, h("span", { role: "columnheader", class: "number" },
        h("button.plain", { type: "button", onclick: () => sort(id) }, title))]));
  const list = virtualList({ rowHeight: 32, render: row, name: "Samples", role: "rowgroup" });
  const tally = h("span.quiet.small", { role: "status" });
  const table = h("div.samples-table", { role: "table", "aria-label": "Samples and their losses" },
    h("div.samples-row.head", { role: "row" }, [...heads.values()], h("span", { role: "columnheader" }, h("span.hidden-name", "Follow"))),
    list.element);
  const element = h("section.card", { "aria-labelledby": "samples-table" },
    h("div.bar", h("h2", { id: "samples-table" }, "Samples"), tally, h("span.grow"),
      h("label.small", onlyRegion, "Only those in the range")),
    before ? h("p.quiet.small", `Change: since the report at step ${count(earlier.step)}.`) : null, table);

  function row(index) {
    const place = places[index];
    const sample = losses.indices[place];
    const change = before ? losses.losses[place] - before[place] : NaN;
    const isWatched = watched.includes(sample);
    return h("div.samples-row", { role: "row" }, h("span.number", { role: "cell" }, String(sample)),
      h("span.number", { role: "cell" }, number(losses.losses[place])),
      h("span.number", { role: "cell" }, losses.ranks[place] ? count(losses.ranks[place]) : "–"),
      before ? h("span.number", { role: "cell" }, changeWords(change)) : null,
      h("span", { role: "cell" }, h("button.plain.small",
          { type: "button", "aria-pressed": String(isWatched), "aria-label": `Follow sample ${sample} over the reports`,
            onclick: () => watch(sample) }, isWatched ? "Followed" : "Follow")));
  }

  function sort(id) {
    if (by === id) isUp = !isUp;
    else [by, isUp] = [id, id === "sample" || id === "rank"];
    setQuery({ samples: by === "loss" && !isUp ? null : `${by}:${isUp ? "up" : "down"}` });
    fill();
  }

  function fill() {
    const isIn = onlyRegion.checked && region ? (place) => losses.losses[place] >= region.low && losses.losses[place] <= region.high
      : () => true;
    if (by === "loss" || by === "rank") {
      const isRising = by === "loss" ? isUp : !isUp;
      places = losses.order.filter(isIn);
      if (!isRising) places.reverse();
    } else {
      places = sortedBy(Uint32Array.from(losses.losses.keys()).filter(isIn), keys[by], isUp);
    }
    for (const [id, head] of heads) head.setAttribute("aria-sort", id === by ? (isUp ? "ascending" : "descending") : "none");
    tally.textContent = count(places.length);
    list.setCount(places.length);
    list.refresh();
  }

  fill();
  return {
    element,
    setRegion(next) {
      region = next;
      if (onlyRegion.checked) fill();
    },
    watching(samples) {
      watched = samples;
      list.refresh();
    },
    unmount: () => {},
  };
}

// Sorted by a number each, what has none at the end.
function sortedBy(places, key, isUp) {
  const values = Float64Array.from(places, key);
  const order = ordered(values);
  if (!isUp) order.reverse();
  const without = Uint32Array.from(values.keys()).filter((position) => !Number.isFinite(values[position]));
  return Uint32Array.from([...order, ...without], (position) => places[position]);
}

function parse(text) {
  const [id, way] = (text ?? "loss:down").split(":");
  return columns.some((column) => column.id === id) ? [id, way === "up"] : ["loss", false];
}

function changeWords(change) {
  if (!Number.isFinite(change)) return "–";
  if (change === 0) return "same";
  return `${change > 0 ? "▲ +" : "▼ −"}${number(Math.abs(change), 3)}`;
}
