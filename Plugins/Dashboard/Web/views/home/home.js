// SPDX-License-Identifier: Apache-2.0
// The overview: what goes on now, what wants attention, what was done last; and in the beginning, how to begin.

import { h, replace } from "../../core/dom.js";
import { refreshing } from "../../core/refresh.js";
import { loadStyles } from "../../core/styles.js";
import { watchWaiting } from "../../front/waiting.js";
import { ask } from "./ask.js";
import { beginnings } from "./beginnings.js";
import { alertsCard, hostCard, kernelsCard, runsCard, scriptsCard } from "./cards.js";
import { tilesOf } from "./tiles.js";

const topics = ["runs.changed", "store.committed", "health.alert", "bridge.run", "bridge.operation", "kernel.status", "kernel.died", "results.changed"];

/** Shows the view. */
export async function mount(root, { title }) {
  await loadStyles(new URL("./home.css", import.meta.url));
  title("Overview");
  const begin = h("div");
  const tiles = h("ul.now");
  const cards = h("div.home-cards");
  root.append(h("h1", "Overview"), tiles, begin, cards);
  let known = null;
  let waiting = 0;
  let before = "";

  function draw() {
    if (!known) return;
    replace(tiles, tilesOf(known, waiting));
    const text = JSON.stringify([known.runs, known.alerts, known.kernels, known.scripts, known.status.state, known.status.plugins.map(({ state }) => state), known.series]);
    if (text === before) return;
    before = text;
    replace(begin, beginnings(known));
    replace(cards, runsCard(known), h("div.home-side", alertsCard(known), kernelsCard(known), scriptsCard(known), hostCard(known)));
  }
  const leave = watchWaiting((count) => {
    waiting = count;
    draw();
  });
  const refresh = refreshing(topics, async () => {
    known = await ask();
    draw();
  }, { every: 30_000 });
  return {
    unmount() {
      refresh.stop();
      leave();
    },
  };
}
