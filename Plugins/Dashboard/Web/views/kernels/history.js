// SPDX-License-Identifier: Apache-2.0
// What was run on a kernel before, by anybody, in this and earlier sessions.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { copyButton } from "../../components/copy.js";
import { problem } from "../../components/toast.js";
import { safeText } from "../results/output/safe-text.js";

/** The kernel's history, the newest first, with a search. */
export function mountHistory(root, id, use) {
  const field = h("input", { type: "search", placeholder: "Search, with * and ?", aria: { label: "Search the history" } });
  const list = h("ol.kn-history", { reversed: true });
  const ask = async () => {
    const pattern = field.value.trim();
    try {
      const input = pattern ? {
        access: "search", pattern: /[*?]/.test(pattern) ? pattern : `*${pattern}*`, n: 100, unique: true,
      } : { access: "tail", n: 100 };
      const { history } = await call("kernel.history", { kernel: id, ...input });
      replace(list, history.toReversed().map(entry));
      if (!history.length) replace(list, h("li.quiet", "Nothing was found."));
    } catch (error) {
      problem(error, "History");
    }
  };
  function entry([session, line, input]) {
    const code = String(Array.isArray(input) ? input[0] : input);
    return h("li", h(
      "div.bar", h("span.quiet.small", `session ${session}, [${line}]`), h("span.grow"),
      use ? h("button.plain.small", { type: "button", onclick: () => use(code) }, "Edit and run") : null, copyButton(code),
    ),
      h("pre.out-text", { dir: "auto" }, safeText(code)));
  }
  root.append(
    h("form.bar", { onsubmit: (event) => (event.preventDefault(), ask()) }, field, h("button", { type: "submit" }, "Search")), list,
  );
  ask();
}
