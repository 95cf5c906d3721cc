// SPDX-License-Identifier: Apache-2.0
// The list of all keys that mean something where one is.

import { openDialog } from "../components/dialog.js";
import { h } from "../core/dom.js";
import { bound } from "../core/keys.js";

/** Shows the list. */
export function showKeys() {
  const groups = new Map();
  for (const { group, list } of bound()) {
    const meant = list.filter(({ when, does }) => does && (!when || when() || group === "Tables"));
    if (meant.length) groups.set(group, [...(groups.get(group) ?? []), ...meant]);
  }
  const body = h("div.key-groups", [...groups].map(([group, list]) => h("section", h("h3", group), h("dl.keys", list.map(({ keys, does }) => h("div", h("dt", keysOf(keys)), h("dd", does)))))));
  return openDialog({ title: "Keys", body, wide: true });
}

function keysOf(keys) {
  return keys.split(" ").flatMap((part, index) => [index ? " then " : null, part.split("+").flatMap((one, at) => [at ? "+" : null, h("kbd", nameOf(one))])]);
}

function nameOf(key) {
  return { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→" }[key] ?? key;
}
