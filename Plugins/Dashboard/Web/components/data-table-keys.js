// SPDX-License-Identifier: Apache-2.0
// Keys of data tables: they mean the table with the focus, else the first one that is shown.

import { bind } from "../core/keys.js";

const tables = new WeakMap();

/** Lets keys reach a table. */
export function known(element, actions) {
  tables.set(element, actions);
}

function wanted() {
  const focused = document.activeElement?.closest(".data-table");
  const element = focused ?? [...document.querySelectorAll("main .data-table")].find((one) => one.checkVisibility());
  return element && tables.get(element);
}

/** Enter on a link or a button is that one's. */
const isFree = () => !document.activeElement?.closest("a, button, summary, [role=tab], [role=slider], [role=separator]");
const isInTable = () => Boolean(document.activeElement?.closest(".data-table tbody"));
const does = (what) => () => wanted()?.[what]();
const any = () => Boolean(wanted());

bind("Tables", [
  { keys: "j", does: "next row", action: () => wanted()?.move(isInTable() ? 1 : 0), when: any },
  { keys: "k", does: "row before", action: () => wanted()?.move(isInTable() ? -1 : 0), when: any },
  { keys: "Enter", does: "open the row", action: does("open"), when: () => any() && isFree() && isInTable() },
  { keys: "x", does: "select the row, or not", action: does("toggle"), when: () => Boolean(wanted()?.isSelectable) },
  { keys: "ArrowDown", does: "next row", action: () => wanted()?.move(1), when: isInTable },
  { keys: "ArrowUp", does: "row before", action: () => wanted()?.move(-1), when: isInTable },
  { keys: "Home", does: "first row", action: () => wanted()?.moveTo(0), when: isInTable },
  { keys: "End", does: "last row", action: () => wanted()?.moveTo(wanted().last()), when: isInTable },
]);
