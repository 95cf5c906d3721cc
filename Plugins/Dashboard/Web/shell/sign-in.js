// SPDX-License-Identifier: Apache-2.0
// What stands there instead of the page when this browser is not let in, or nobody answers.

import { commandLine } from "../components/empty.js";
import { h } from "../core/dom.js";

/** @param {Error & {status?: string}} error */
export function showOutside(error) {
  const isOut = error.status === "signed_out" || error.status === "denied";
  const text = isOut
    ? ["You are signed out.", "A link opens the page for this browser. Get one in a terminal on the machine where the host runs:"]
    : ["The host does not answer.", "Start it in a terminal, then try again:"];
  document.title = `${isOut ? "Signed out" : "No answer"} · Jackfield`;
  document.body.replaceChildren(
    h("main.outside", { id: "main" }, h("div.card", h("p.brand", "Jackfield"), h("h1", text[0]), h("p", text[1]), commandLine(isOut ? "jackfield dashboard" : "jackfield serve"),
      isOut ? h("p.quiet.small", "Links are good once, for five minutes. Whoever shared a link with you can make another one.") : h("p.quiet.small", error.message),
      h("button.primary", { type: "button", onclick: () => location.reload() }, "Try again"))));
  document.body.classList.add("outside");
}
