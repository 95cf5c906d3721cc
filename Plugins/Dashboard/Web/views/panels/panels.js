// SPDX-License-Identifier: Apache-2.0
// What plugins show of their own: the list, and one of them.

import { empty } from "../../components/empty.js";
import { h, replace } from "../../core/dom.js";
import { href } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { panelFrame } from "../../panels/host-frame.js";

/** Shows the view. */
export async function mount(root, { route, session, title }) {
  await loadStyles(new URL("./panels.css", import.meta.url));
  const panels = session.panels ?? [];
  let frame = null;

  function update({ parts: [, plugin, id] }) {
    frame?.unmount();
    frame = null;
    const panel = panels.find((one) => one.plugin === plugin && one.id === id);
    title(panel?.title ?? "Panels");
    if (panel) one(panel);
    else list(plugin !== undefined);
  }
  function one(panel) {
    frame = panelFrame(panel, session);
    replace(root, h("div.view-head", h("h1", panel.title), h("span.quiet", `of ${panel.plugin}`), panels.length > 1 ? h("a", { href: href(["panels"]) }, "All panels") : null), frame.element, factsOf(panel));
  }
  function list(isUnknown) {
    const missing = isUnknown ? h("p.problem", { role: "alert" }, "There is no such panel; is its plugin on?") : null;
    const cards = panels.map((panel) => h("li.card", h("h2", h("a", { href: href(["panels", panel.plugin, panel.id]) }, panel.title)), h("p.quiet", `of ${panel.plugin}`)));
    const none = empty({ title: "No plugin shows a panel", text: ["A plugin may bring a page of its own: a folder of files that its plugin.json names. The example ", h("code", "goal"), " does; Docs/writing-a-plugin.md tells how."], actions: [h("a.button", { href: href(["host"]) }, "See the plugins")] });
    replace(root, h("h1", "Panels"), missing, cards.length ? h("ul.grid.panel-list", cards) : none);
  }
  update(route);
  return { update, unmount: () => frame?.unmount() };
}

function factsOf({ plugin, commands = [], topics = [] }) {
  return h("details.small.quiet", h("summary", "What this panel may do"), h("p", `It is shown apart from the page, without network. It may call ${commands.join(", ") || "no command"}, and hears ${topics.join(", ") || "no event"}. plugin.json of ${plugin} says so.`));
}
