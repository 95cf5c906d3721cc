// SPDX-License-Identifier: Apache-2.0
// Begins the page: what it may do, where the reader is, and the view of that place.

import { session } from "./core/api.js";
import { h, replace } from "./core/dom.js";
import { current, watchRoute } from "./core/route.js";
import { views } from "./views/index.js";
import { makeShell } from "./shell/shell.js";

let shown = null;

async function show(shell, what, route) {
  const view = views.filter(({ parts }) => parts.length <= route.parts.length && parts.every((part, index) => part === "*" || part === route.parts[index])).sort((a, b) => b.parts.length - a.parts.length)[0];
  if (shown?.view === view && shown.mounted?.update) return shown.mounted.update(route);
  shown?.mounted?.unmount?.();
  const turn = (shown = { view, mounted: null });
  shell.selected(view);
  const root = shell.clear();
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

const what = await session();
const shell = makeShell(what, views);
watchRoute((route) => show(shell, what, route));
await show(shell, what, current());
