// SPDX-License-Identifier: Apache-2.0
// A small field for code: Tab indents, Shift+Tab takes back, Enter keeps the indentation, Ctrl+Enter runs; Escape, then Tab, leaves it.

import { h } from "../../core/dom.js";
import { toast } from "../../components/toast.js";

const indent = "    ";

/**
 * A field for code.
 *
 * @param {{value?: string, name: string, run: () => void, changed?: (text: string) => void}} options
 * @returns {HTMLTextAreaElement}
 */
export function codeField({ value = "", name, run, changed }) {
  let leavesNext = false;
  const field = h("textarea.mono.code-field", {
    rows: "6", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", value,
    aria: { label: name, describedby: "code-field-keys" }, oninput: () => changed?.(field.value), onkeydown,
  });

  function onkeydown(event) {
    if (event.key === "Escape") {
      leavesNext = true;
      return toast("Tab leaves the field now.", { kind: "info" });
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) (event.preventDefault(), run());
    else if (event.key === "Tab" && !leavesNext && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) takeBack(field);
      else insert(field, indent);
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) (event.preventDefault(), insert(field, `\n${nextIndent(field)}`));
    if (event.key !== "Shift") leavesNext = false;
  }
  return field;
}

/** `insertText` keeps the browser's own undo. */
function insert(field, text) {
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
}

function lineStart(field) {
  return field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
}

function takeBack(field) {
  const start = lineStart(field);
  const count = /^ {1,4}|^\t/.exec(field.value.slice(start))?.[0].length ?? 0;
  const at = field.selectionStart;
  if (!count) return;
  field.setSelectionRange(start, start + count);
  if (!document.execCommand("delete")) field.setRangeText("", start, start + count, "end");
  field.setSelectionRange(Math.max(start, at - count), Math.max(start, at - count));
}

function nextIndent(field) {
  const line = field.value.slice(lineStart(field), field.selectionStart);
  const space = /^\s*/.exec(line)[0];
  return /:\s*(#.*)?$/.test(line) ? space + indent : space;
}
