// SPDX-License-Identifier: Apache-2.0
// A plugin's panel in a frame that is nobody's, and the page's end of what the two may say to each other (Docs/writing-a-plugin.md).

import { CallError, call } from "../core/api.js";
import { h } from "../core/dom.js";
import { subscribe } from "../core/events.js";
import { theme } from "../shell/theme.js";

const [shortest, tallest] = [100, 20_000];
const mostCalls = 32;
const mostTopics = 64;

/**
 * @param {{id: string, plugin: string, title: string, url: string, commands: string[], topics: string[]}} panel as the session tells it
 * @param {{read_only: boolean}} session
 * @returns {{element: HTMLIFrameElement, unmount: () => void}}
 */
export function panelFrame(panel, session) {
  const frame = h("iframe.panel-frame", { sandbox: "allow-scripts allow-forms", title: panel.title, src: panel.url, referrerpolicy: "no-referrer" });
  const leave = new AbortController();
  let open = 0;
  let unsubscribe = () => {};
  const say = (message) => frame.contentWindow?.postMessage(message, "*");
  const says = new Map([
    ["ready", () => say({ type: "hello", plugin: panel.plugin, panel: panel.id, theme: theme(), read_only: session.read_only === true, commands: panel.commands, topics: panel.topics })],
    ["call", run],
    ["subscribe", listen],
    ["height", ({ pixels }) => Number.isFinite(pixels) && (frame.style.height = `${Math.min(tallest, Math.max(shortest, Math.ceil(pixels)))}px`)],
  ]);

  async function run({ id, command, input }) {
    if (!["number", "string"].includes(typeof id)) return;
    const refuse = (status, message) => say({ type: "error", id, error: { status, message } });
    if (typeof command !== "string" || !isNamed(command, panel.commands)) return refuse("denied", `plugin.json of '${panel.plugin}' does not name this command for its panel`);
    if (open >= mostCalls) return refuse("busy", `${mostCalls} calls of this panel are under way`);
    open += 1;
    try {
      say({ type: "result", id, result: await call(command, isObject(input) ? input : {}, { signal: leave.signal }) });
    } catch (error) {
      if (!leave.signal.aborted) refuse(error instanceof CallError ? error.status : "failed", error.message);
    } finally {
      open -= 1;
    }
  }
  /** Only what plugin.json names; a panel that names "trainer.*" may hear one of them. */
  function listen({ topics }) {
    unsubscribe();
    const allowed = (Array.isArray(topics) ? topics : []).filter((topic) => typeof topic === "string" && isNamed(topic, panel.topics)).slice(0, mostTopics);
    unsubscribe = allowed.length ? subscribe(allowed, (events) => say({ type: "events", events }), { missed: () => say({ type: "missed" }) }) : () => {};
  }
  function hear({ source, data }) {
    if (source !== frame.contentWindow || !isObject(data)) return;
    says.get(data.type)?.(data);
  }
  const tellTheme = () => say({ type: "theme", theme: theme() });
  addEventListener("message", hear);
  document.addEventListener("themechange", tellTheme);
  return {
    element: frame,
    unmount() {
      removeEventListener("message", hear);
      document.removeEventListener("themechange", tellTheme);
      unsubscribe();
      leave.abort();
      frame.remove();
    },
  };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a list of names and of "namespace.*" has the name; what is no plain name is in none. */
function isNamed(name, list) {
  if (!/^[\w-]+(\.[\w*-]+)+$/.test(name)) return false;
  return (list ?? []).some((one) => one === name || (one.endsWith(".*") && one.length > 2 && name.startsWith(one.slice(0, -1))));
}
