// SPDX-License-Identifier: Apache-2.0
// How the host itself is: what needs attention first, all the rest below.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { clockTime } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { safeText } from "../results/output/safe-text.js";
import { fieldText, sentenceCase, verdictBadge } from "./words.js";

const everyMs = 10_000;
const rank = { failed: 0, error: 1, warning: 2, ok: 3 };

/** The host's health, looked at while it is shown. */
export function mountHostHealth(root) {
  const head = h("div.hl-verdict", { role: "status" });
  const items = h("div.grid");
  root.append(h("header.hl-title", head, h("span.grow"), actionButton("Look again", refresh, { plain: true })), items);

  async function refresh() {
    try {
      const { verdict, sentence, ts, items: all } = await call("health.host");
      replace(head, verdictBadge(verdict), h("span", safeText(sentence)), h("span.quiet.small", `at ${clockTime(ts)}`));
      replace(items, all.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]).map(card));
    } catch (error) {
      replace(head, h("span.problem", error.message));
    }
  }

  refresh();
  const timer = setInterval(() => document.visibilityState === "visible" && refresh(), everyMs);
  return () => clearInterval(timer);
}

function card({ item, verdict, sentence, fields }) {
  const names = Object.keys(fields ?? {}).filter((name) => typeof fields[name] !== "object");
  return h("article.hl-item.card", { aria: { label: item } },
    h("header.hl-head", h("h3", sentenceCase(item)), h("span.grow"), verdictBadge(verdict)),
    h("p", safeText(sentence)),
    names.length ? h(
      "details", h("summary", "Numbers"),
      h("dl.hl-fields", names.map((name) => [h("dt", sentenceCase(name)), h("dd", safeText(fieldText(name, fields[name])))])),
    ) : null);
}
