// SPDX-License-Identifier: Apache-2.0
// What stands around every view: the navigation, whether the host is there, and the place for the view.

import { watchConnection } from "../core/events.js";
import { h } from "../core/dom.js";
import { href } from "../core/route.js";

/** Draws the frame of the page and gives `{clear() → main, selected(view), title(text)}`. */
export function makeShell(session, views) {
  const main = h("main", { id: "main", tabindex: "-1" });
  const links = new Map(views.filter(({ title }) => title).map((view) => [view.id, h("a", { href: href(view.parts) }, view.title)]));
  const badge = h("span.connection", { role: "status" });
  document.body.append(
    h("header.top", h("a.skip", { href: "#main" }, "Skip to the content"), h("a.brand", { href: href([]) }, "Jackfield"), badge),
    h("nav.side", { "aria-label": "Views" }, [...links.values()]), main);
  watchConnection(({ connected }) => (badge.textContent = connected ? "connected" : "not connected"));
  return {
    clear: () => {
      main.replaceChildren();
      return main;
    },
    selected: (view) => {
      for (const [id, link] of links) link.toggleAttribute("aria-current", id === (view.under ?? view.id));
    },
    title: (text) => (document.title = text ? `${text} · Jackfield` : "Jackfield"),
  };
}
