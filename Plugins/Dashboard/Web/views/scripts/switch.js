// SPDX-License-Identifier: Apache-2.0
// Whether scripts' questions come to this browser.

import { h } from "../../core/dom.js";
import { want, watchFront } from "../../front/front.js";

/** @returns {{element: HTMLElement, unmount: () => void}} */
export function answerSwitch() {
  const wanted = h("input", { type: "checkbox", role: "switch", onchange: () => want({ wanted: wanted.checked }) });
  const chats = h("input", { type: "checkbox", role: "switch", onchange: () => want({ chats: chats.checked }) });
  const word = h("span.quiet.small", { role: "status" });
  const second = h("label", { title: "You then answer in the place of the language model that is configured." }, chats, "and their chats");
  const unmount = watchFront((state) => {
    wanted.checked = state.wanted;
    chats.checked = state.chats;
    second.hidden = !state.wanted;
    word.textContent = !state.wanted ? "nobody is asked here" : state.attached ? `attached as “${state.name}”` : state.problem ? `not attached: ${state.problem}` : "another tab answers, or the host is being asked";
  });
  return { element: h("div.bar.answers", h("label", wanted, "Answer scripts' questions here"), second, word), unmount };
}
