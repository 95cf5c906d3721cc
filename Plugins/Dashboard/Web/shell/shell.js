// SPDX-License-Identifier: Apache-2.0
// What stands around every view: the navigation, whether the host is there, and the place for the view.

import { startStack } from "../front/stack.js";
import { watchWaiting } from "../front/waiting.js";
import { h } from "../core/dom.js";
import { bind } from "../core/keys.js";
import { go, href } from "../core/route.js";
import { makeConnection } from "./connection.js";
import { showKeys } from "./help.js";
import { icon } from "./icons.js";
import { makeNavigation } from "./navigation.js";
import { showPalette } from "./palette.js";
import { showOutside } from "./sign-in.js";
import { themeButton } from "./theme.js";

/**
 * Draws the frame of the page.
 *
 * @returns {{clear: () => HTMLElement, selected: (view: object) => void, title: (text: string) => void, arrived: () => void, badge: Function}}
 */
export function makeShell(session, views) {
  const main = h("main", { id: "main", tabindex: "-1" });
  const navigation = makeNavigation(views);
  const connection = makeConnection(session, showOutside);
  const palette = () => showPalette(session, views);
  const search = h("button.search", { type: "button", onclick: palette }, icon("search"), h("span.search-text", "Search or run a command"), h("kbd", "Ctrl K"));
  document.body.append(
    h("a.skip", { href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the content"),
    h("header.top", h("a.brand", { href: href([]), aria: { label: "Jackfield, overview" } }, h("span", "Jackfield")), search, h("span.grow"),
      session.read_only ? h("span.badge.read-only", { title: "This link may look at everything and change nothing." }, "read-only") : null,
      connection.badge, themeButton(), h("button.plain.icon.help", { type: "button", title: "Keys (?)", aria: { label: "Keys" }, onclick: showKeys }, icon("help"))),
    navigation.side, h("div.content", connection.banner, main), navigation.bottom);
  bind("Everywhere", [
    { keys: "?", does: "show this list", action: showKeys },
    { keys: "Ctrl+K", does: "search, or run any command", action: palette },
    { keys: "/", does: "search in this view, or everywhere", action: () => (main.querySelector("input[type=search]") ?? search).focus() },
  ]);
  bind("Go to", views.filter(({ keys }) => keys).map(({ keys, title, parts }) => ({ keys, does: title, action: () => go(parts) })));
  let waiting = 0;
  let named = "";
  const say = (text) => (document.title = [waiting ? `(${waiting})` : "", text ? `${text} ·` : "", "Jackfield"].filter(Boolean).join(" "));
  if (!session.read_only) {
    startStack();
    watchWaiting((count) => {
      waiting = count;
      navigation.badge("scripts", count, count === 1 ? "1 question waits" : `${count} questions wait`);
      say(named);
    });
  }
  return {
    clear: () => {
      main.replaceChildren();
      return main;
    },
    selected: (view) => navigation.selected(view.under ?? view.id),
    title: (text) => say((named = text)),
    /** After the reader went to another view: it begins at its top, and keys mean it. */
    arrived: () => {
      scrollTo(0, 0);
      main.focus({ preventScroll: true });
    },
    badge: navigation.badge,
  };
}
