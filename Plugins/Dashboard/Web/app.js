// SPDX-License-Identifier: Apache-2.0
// Begins the page: what it may do, where the reader is, and the view of that place.

import { session } from "./core/api.js";
import { h, replace } from "./core/dom.js";
import { current, watchRoute } from "./core/route.js";
import { views } from "./views/index.js";
import { watchForAttention } from "./shell/attention.js";
import { makeShell } from "./shell/shell.js";
import { showOutside } from "./shell/sign-in.js";

let shown = null;

/** The view whose parts fit the most of the address. */
function viewOf({ parts }) {
  const fits = (view) => view.parts.length <= parts.length && view.parts.every((part, index) => part === "*" || part === parts[index]);
  return views.filter(fits).sort((a, b) => b.parts.length - a.parts.length)[0];
}

async function show(shell, what, route) {
  const view = viewOf(route);
  if (shown?.view === view && shown.mounted?.update) return shown.mounted.update(route);
  const isFirst = shown === null;
  shown?.mounted?.unmount?.();
  const turn = (shown = { view, mounted: null });
  shell.selected(view);
  const root = shell.clear();
  if (!isFirst) shell.arrived();
  try {
    const module = await view.load();
    if (shown !== turn) return;
    turn.mounted = await module.mount(root, { route, session: what, title: shell.title });
    if (shown !== turn) turn.mounted?.unmount?.();
  } catch (error) {
    if (shown === turn) replace(root, h("p.problem", { role: "alert" }, `This view could not be shown: ${error.message}`));
    console.error(error);
  }
}

async function begin() {
  const what = await session();
  const shell = makeShell(what, views);
  watchRoute((route) => show(shell, what, route));
  await show(shell, what, current());
  await watchForAttention(what, shell.badge);
}

begin().catch((error) => {
  showOutside(error);
  if (!error.status) console.error(error);
});
