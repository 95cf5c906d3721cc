// SPDX-License-Identifier: Apache-2.0
// Says in words what the marks near the cursor are.

import { h, replace } from "../../core/dom.js";
import { grouped } from "./paint.js";

/** Makes the small sheet of a card: `{show(x|null)}`. */
export function markTip(card) {
  const sheet = h("div.chart-tip", { hidden: true });
  card.plot.append(sheet);
  return {
    show(x) {
      const { chart, group } = card;
      const place = x === null ? NaN : chart.toX(x);
      const near =
        Number.isFinite(place) && group.marks.length
          ? grouped(group.marks, chart.box, (at) => chart.toX(at)).find((one) => Math.abs(one.place - place) < 8)
          : null;
      sheet.hidden = !near;
      if (!near) return;
      replace(
        sheet,
        near.marks.slice(0, 6).map(({ text }) => h("div", text)),
        near.marks.length > 6 ? h("div", `and ${near.marks.length - 6} more`) : null,
      );
      const isRight = near.place > chart.box.left + chart.box.width / 2;
      sheet.style.left = isRight ? "auto" : `${near.place + 8}px`;
      sheet.style.right = isRight ? `${card.plot.clientWidth - near.place + 8}px` : "auto";
    },
  };
}
