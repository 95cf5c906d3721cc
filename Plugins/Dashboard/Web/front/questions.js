// SPDX-License-Identifier: Apache-2.0
// What each kind of question looks like: {element, actions: [{label, primary?, danger?, answer() → result | undefined when something is missing}]}.

import { commandLine } from "../components/empty.js";
import { schemaForm } from "../components/schema-form.js";
import { h } from "../core/dom.js";

const cancel = { label: "Cancel", answer: () => ({ cancelled: true }) };
let counter = 0;

/** @param {string} kind @param {object} body of the question @param {{name: string}} run who asks */
export function partsOf(kind, body, run) {
  return (kinds[kind] ?? unknown)(body, run);
}

const kinds = {
  choose({ message, options, many, default: chosen = [] }) {
    const name = `choice-${++counter}`;
    const first = [chosen].flat();
    const boxes = options.map((option, index) => h("input", { type: many ? "checkbox" : "radio", name, value: String(index), checked: first.includes(index) }));
    const list = options.map(({ label, description }, index) => h("label.choice", boxes[index], h("span", h("span", label), description ? h("small.quiet", description) : null)));
    const fault = h("p.field-error", { role: "alert" });
    const chosenNow = () => boxes.flatMap((box, index) => (box.checked ? [index] : []));
    const answer = () => {
      fault.textContent = many || chosenNow().length ? "" : "choose one first";
      return fault.textContent ? undefined : { chosen: chosenNow() };
    };
    return { element: h("fieldset.choices", h("legend", message), list, fault), actions: [cancel, { label: many ? "Take these" : "Choose", primary: true, answer }] };
  },
  input({ prompt, default: text = "", password }) {
    const id = `question-${++counter}`;
    const field = h("input", { id, type: password ? "password" : "text", value: text ?? "", autocomplete: "off", spellcheck: "false" });
    return { element: h("div.field", h("label", { for: id }, prompt), field), actions: [cancel, { label: "Answer", primary: true, answer: () => ({ value: field.value }) }] };
  },
  form({ title, schema, values }) {
    const form = schemaForm(schema, values);
    return { element: h("div", title ? h("h4", title) : null, form.element), actions: [cancel, { label: "Answer", primary: true, answer: () => (form.errors().length ? undefined : { values: form.value() }) }] };
  },
  consent({ command, arguments: text, workspace }, run) {
    const what = h("dl.facts", h("div", h("dt", "command"), h("dd.mono", command)), text ? h("div", h("dt", "with"), h("dd.mono", text)) : null, workspace ? h("div", h("dt", "folder"), h("dd.mono", workspace)) : null);
    const decide = (decision) => () => ({ decision });
    return {
      element: h("div", h("p", h("strong", run.name), " wants the host to run a command. Nothing has run yet."), what),
      actions: [{ label: "Deny", danger: true, answer: decide("deny") }, { label: "Allow for this run", answer: decide("allow_run") }, { label: "Allow always", primary: true, answer: decide("allow") }],
    };
  },
  chat({ message, history = [], model }) {
    const id = `question-${++counter}`;
    const field = h("textarea", { id, rows: "4" });
    const before = history.map(({ role, content }) => h("p.chat-line", h("strong", `${role}: `), content));
    const blocked = () => ({ blocked_reason: field.value || "whoever was asked did not want to answer" });
    return {
      element: h("div.field", before.length ? h("details", h("summary", `${before.length} messages before`), before) : null, h("label", { for: id }, message), model ? h("p.field-hint", `It asks for ${model}; you answer in its place.`) : null, field),
      actions: [{ label: "Refuse", answer: blocked }, { label: "Answer", primary: true, answer: () => ({ response: field.value }) }],
    };
  },
  open({ path, line, column }) {
    return { element: h("div", h("p", "wants you to look at a file:"), commandLine([path, line, column].filter((one) => one !== undefined && one !== null).join(":"))), actions: [{ label: "I cannot", error: "nobody opened it" }, { label: "Opened", primary: true, answer: () => ({}) }] };
  },
  diff({ left, right, title }) {
    return { element: h("div", h("p", title ?? "wants you to compare:"), h("div.two-sides", sideOf(left), sideOf(right))), actions: [{ label: "I cannot", error: "nobody looked at it" }, { label: "Seen", primary: true, answer: () => ({}) }] };
  },
};

function sideOf(side) {
  return typeof side === "string" ? commandLine(side) : h("section", h("h4", side?.name ?? "text"), h("pre.result", { tabindex: "0" }, side?.text ?? ""));
}

function unknown(body) {
  return { element: h("div", h("p", "This page does not know such a question."), h("pre.result", JSON.stringify(body, null, 2))), actions: [{ label: "I cannot answer", error: "this page does not know such a question" }] };
}
