// SPDX-License-Identifier: Apache-2.0
// A question of code as a card with a field.

import { h, replace } from "../../core/dom.js";
import { plainText, safeText } from "../results/output/safe-text.js";
import { send, watchPending } from "./input-requests.js";

/**
 * Cards for all that waits for input.
 *
 * @param {{mayWrite: boolean, kernel?: () => string|null}} options
 * @returns {{element: HTMLElement, unmount(): void}}
 */
export function inputCards({ mayWrite }) {
  const element = h("div.input-cards", { aria: { live: "polite" } });
  const cards = new Map();
  const unmount = watchPending((list) => {
    for (const run of cards.keys()) if (!list.some((one) => one.run === run)) cards.delete(run);
    for (const request of list) if (!cards.has(request.run)) cards.set(request.run, card(request, mayWrite));
    replace(element, [...cards.values()]);
    element.hidden = !cards.size;
  });
  return { element, unmount };
}

function card(request, mayWrite) {
  const field = h(
    "input.mono",
    {
      type: request.password ? "password" : "text", name: "answer", autocomplete: "off",
      aria: { label: plainText(request.prompt || "Answer") },
    },
  );
  return h("form.input-card.card", { onsubmit: (event) => (event.preventDefault(), send(request, field.value)) },
    h(
      "div", h("strong", request.password ? "A password is asked for" : "Input is asked for"),
      h("span.quiet.small", ` by ${plainText(request.document ?? `kernel ${request.kernel.slice(0, 8)}`)}`),
    ),
    h("pre.out-text", { dir: "auto" }, safeText(request.prompt ?? "")),
    mayWrite ? h(
      "div.bar", field, h("button.primary", { type: "submit" }, "Send"),
      h("button", { type: "button", title: "As Ctrl-D in a terminal", onclick: () => send(request, "\u0004") }, "End of input"),
    ) : null);
}
