// SPDX-License-Identifier: Apache-2.0
// The ways to all views: at the side, narrowed to pictures on wish, and in a narrow window a bar below with a drawer.

import { h } from "../core/dom.js";
import { href } from "../core/route.js";
import { remember, remembered } from "../core/settings.js";
import { arranged, first } from "./groups.js";
import { icon } from "./icons.js";

/** @returns {{side: HTMLElement, bottom: HTMLElement, selected: (id: string) => void, badge: (id: string, count: number, words: string) => void, shut: () => void}} */
export function makeNavigation(views) {
  const links = views.filter(({ title }) => title).map((view) => ({ view, link: linkOf(view) }));
  const below = first.map((id) => views.find((view) => view.id === id)).filter(Boolean).map((view) => ({ view, link: linkOf(view) }));
  const all = [...links, ...below];
  const more = h("button.plain.more", { type: "button", aria: { expanded: "false", controls: "side" }, onclick: () => open(!side.classList.contains("open")) }, icon("menu"), h("span.link-text", "More"));
  const collapse = h("button.plain.collapse", { type: "button", onclick: () => narrow(!isNarrow()) }, icon("collapse"), h("span.link-text", "Narrow"));
  const lists = arranged(views).filter((group) => group.views.length).map(({ title, views: some }, index) => {
    const id = `group-${index}`;
    return [title ? h("h2.group", { id }, title) : null, h("ul", title ? { aria: { labelledby: id } } : {}, some.map((view) => h("li", links.find((one) => one.view === view).link)))];
  });
  const side = h("nav.side", { id: "side", aria: { label: "Views" } }, h("div.side-scroll", lists), collapse);
  const bottom = h("nav.bottom", { aria: { label: "Main views" } }, below.map(({ link }) => link), more);
  const shade = h("div.shade", { onclick: () => open(false) });
  side.addEventListener("click", (event) => event.target.closest("a") && open(false));
  side.addEventListener("keydown", (event) => event.key === "Escape" && side.classList.contains("open") && (open(false), more.focus()));

  function open(isOpen) {
    side.classList.toggle("open", isOpen);
    more.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      side.before(shade);
      side.querySelector("a").focus();
    } else shade.remove();
  }
  function isNarrow() {
    return document.documentElement.dataset.side === "narrow";
  }
  function narrow(isIt) {
    document.documentElement.dataset.side = isIt ? "narrow" : "wide";
    remember("side", isIt ? "narrow" : "wide");
    collapse.title = isIt ? "Show the names of the views" : "";
    collapse.setAttribute("aria-label", isIt ? "Show the names of the views" : "Narrow the navigation to pictures");
    for (const { view, link } of links) link.title = isIt ? view.title : "";
  }
  /** The bar below says where one is only where it is seen. */
  function mark() {
    for (const { view, link } of all) {
      const isShown = view.id === shown && (isBelow.matches || links.some((one) => one.link === link));
      if (isShown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    more.classList.toggle("current", !first.includes(shown));
  }
  const isBelow = matchMedia("(max-width: 48rem)");
  let shown = null;
  isBelow.addEventListener("change", mark);
  narrow(remembered("side", "wide") === "narrow");

  return {
    side,
    bottom,
    shut: () => open(false),
    selected(id) {
      shown = id;
      mark();
    },
    badge(id, count, words) {
      for (const { link } of all.filter(({ view }) => view.id === id)) {
        link.querySelector(".nav-badge")?.remove();
        if (count) link.append(h("span.nav-badge", h("span", { aria: { hidden: "true" } }, String(count)), h("span.hidden-name", words)));
      }
    },
  };
}

function linkOf({ id, parts, title }) {
  return h("a", { href: href(parts), dataset: { view: id } }, icon(id), h("span.link-text", title));
}
