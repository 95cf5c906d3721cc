// SPDX-License-Identifier: Apache-2.0
// One command: a form made from its schema, what it streams while it works, and its result.

import { copyButton } from "../components/copy.js";
import { confirm, openDialog } from "../components/dialog.js";
import { schemaForm } from "../components/schema-form.js";
import { stream } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { remember, remembered } from "../core/settings.js";

const dangerous = /delete|reset|clean|stop|shutdown|kill|revoke|remove|disable|restart|cancel/;
const mostChunks = 500;
const mostText = 200_000;

/** Shows the command and lets it run as often as one likes. @param {{name: string, summary?: string, input?: object, idempotent: boolean, stream: boolean}} command */
export async function runCommand(command) {
  const place = `palette.input.${command.name}`;
  const form = schemaForm(command.input ?? { type: "object" }, remembered(place, undefined));
  const output = h("div.command-output", { aria: { live: "polite" } });
  const begin = h("button.primary", { type: "submit" }, "Run");
  const halt = h("button", { type: "button", hidden: true }, "Cancel");
  let leave = null;

  async function run(event) {
    event.preventDefault();
    if (leave || form.errors().length) return;
    const input = form.value();
    if (!(await mayRun(command, input))) return;
    if (!holdsSecret(command)) remember(place, input);
    leave = new AbortController();
    begin.setAttribute("aria-busy", "true");
    halt.hidden = false;
    await follow(command, input, leave, output);
    leave = null;
    begin.removeAttribute("aria-busy");
    halt.hidden = true;
  }
  begin.addEventListener("click", run);
  halt.addEventListener("click", () => leave?.abort());
  const hasInput = Object.keys(command.input?.properties ?? {}).length > 0;
  const facts = [`of ${command.plugin}`, command.stream ? "streams" : null, command.idempotent ? "may be repeated without harm" : null].filter(Boolean).join(" · ");
  await openDialog({
    title: command.name,
    wide: true,
    body: h("div.command", h("p", command.summary ?? ""), h("p.quiet.small", facts), hasInput ? form.element : null, h("div.bar", begin, halt), output),
  });
  leave?.abort();
}

async function mayRun({ name, idempotent }, input) {
  const verb = name.split(".").at(-1);
  if (idempotent && !/delete|shutdown|stop|reset|clean/.test(verb)) return true;
  if (!dangerous.test(verb)) return true;
  const details = h("pre.result", JSON.stringify(input, null, 2));
  return confirm({ title: `Run ${name}?`, text: "This may end or take away something. It is called with:", details, action: "Run it", danger: true });
}

function holdsSecret({ input }) {
  return /secret|password|token/i.test(JSON.stringify(input?.properties ?? {}));
}

async function follow({ name }, input, leave, output) {
  const began = performance.now();
  const bar = h("progress", { max: "1", aria: { label: "How far it is" } });
  const note = h("span.quiet", "running …");
  const chunks = h("pre.result.chunks", { hidden: true, tabindex: "0" });
  const lines = [];
  let count = 0;
  let frame = 0;
  const draw = () => {
    frame = 0;
    chunks.hidden = false;
    chunks.textContent = (count > lines.length ? `… ${count - lines.length} before\n` : "") + lines.join("\n");
    chunks.scrollTop = chunks.scrollHeight;
  };
  replace(output, h("div.bar", bar, note), chunks);
  try {
    for await (const message of stream(name, input, { signal: leave.signal })) {
      if ("chunk" in message) {
        count = lines.push(JSON.stringify(message.chunk)) && count + 1;
        if (lines.length > mostChunks) lines.shift();
        frame ||= requestAnimationFrame(draw);
      } else if (message.progress) {
        if (Number.isFinite(message.progress.fraction)) bar.value = message.progress.fraction;
        note.textContent = message.progress.note ?? "running …";
      } else end(output, h("p.small.quiet", `done in ${Math.round(performance.now() - began)} ms`), resultOf(message.result));
    }
  } catch (error) {
    end(output, h("p.problem", { role: "alert" }, leave.signal.aborted ? "cancelled" : error.message));
  }
}

function end(output, ...parts) {
  output.firstChild.remove();
  output.append(...parts);
}

/** A result as readable JSON, with all of it to copy. */
export function resultOf(result) {
  const text = JSON.stringify(result, null, 2) ?? "nothing";
  const isLong = text.length > mostText;
  return h("div.result-box", h("pre.result", { tabindex: "0" }, isLong ? text.slice(0, mostText) : text), copyButton(text), isLong ? h("p.quiet.small", `The first ${mostText} of ${text.length} characters; the copy has all.`) : null);
}
