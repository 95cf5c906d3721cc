// SPDX-License-Identifier: Apache-2.0
// Tabs whose choice stands in the address. A tab's content is mounted when it is first needed, and unmounted when it is left.

import { h, replace } from "../core/dom.js";
import { current, setQuery, watchRoute } from "../core/route.js";

let counter = 0;

/**
 * @param {{id: string, label: string|Node, mount: (root: HTMLElement) => (void|(() => void)|{unmount?: () => void})}[]} list
 * @param {{query?: string, name?: string}} [options] the name in the address, and for who hears it
 * @returns {{element: HTMLElement, select: (id: string) => void, unmount: () => void}}
 */
export function tabs(list, { query = "tab", name = "Sections" } = {}) {
  const prefix = `tabs-${++counter}`;
  const panel = h("div.tab-panel", { role: "tabpanel", tabindex: "0", id: `${prefix}-panel` });
  const buttons = new Map(list.map(({ id, label }) => [id, h("button.tab", { type: "button", role: "tab", id: `${prefix}-${id}`, aria: { controls: panel.id, selected: "false" }, tabindex: "-1", onclick: () => choose(id) }, label)]));
  const bar = h("div.tab-bar", { role: "tablist", aria: { label: name }, onkeydown }, [...buttons.values()]);
  let shown = null;
  let leave = null;

  function choose(id) {
    setQuery({ [query]: id === list[0].id ? null : id }, { push: true });
    select(id);
  }
  function select(id) {
    const tab = list.find((one) => one.id === id) ?? list[0];
    if (tab.id === shown) return;
    leave?.();
    shown = tab.id;
    for (const [other, button] of buttons) {
      button.setAttribute("aria-selected", String(other === tab.id));
      button.tabIndex = other === tab.id ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `${prefix}-${tab.id}`);
    const mounted = tab.mount(replace(panel));
    leave = typeof mounted === "function" ? mounted : () => mounted?.unmount?.();
  }
  function onkeydown(event) {
    const ids = list.map(({ id }) => id);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? ids[0] : event.key === "End" ? ids.at(-1) : step && ids[(ids.indexOf(shown) + step + ids.length) % ids.length];
    if (!to) return;
    event.preventDefault();
    choose(to);
    buttons.get(to).focus();
  }

  select(current().query.get(query));
  const unwatch = watchRoute(({ query: now }) => panel.isConnected && select(now.get(query) ?? list[0].id));
  return {
    element: h("div.tabs", bar, panel),
    select,
    unmount: () => {
      unwatch();
      leave?.();
      leave = null;
    },
  };
}
