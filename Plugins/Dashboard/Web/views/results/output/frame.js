// SPDX-License-Identifier: Apache-2.0
// HTML of outputs, in a frame of an origin of its own: no scripts unless the reader says so, no network, no way to this page.

import { h } from "../../../core/dom.js";
import { confirm } from "../../../components/dialog.js";
import { plainText } from "./safe-text.js";

const least = 24;
const most = 640;
const frames = new Map();

/**
 * An output's HTML in a sandboxed frame, with a button that opens it again with its scripts.
 *
 * @param {string} html
 * @param {string} name what the frame is called for those who hear it
 */
export function htmlFrame(html, name) {
  const box = h("div.out-frame");
  const hasScripts = /<script|\son[a-z]+\s*=|javascript:/i.test(html);
  const button = h("button.plain.small", { type: "button", onclick: () => allow(box, html, name, button) }, "Run its scripts…");
  box.append(frameOf(html, name, false));
  if (hasScripts) box.append(h("div.out-frame-bar", h("span.quiet.small", "Shown without its scripts."), button));
  return box;
}

async function allow(box, html, name, button) {
  const isAllowed = await confirm({
    title: "Run the scripts of this output?",
    text: "They came from the kernel, or from what it read. They run walled off: they see neither this page nor your files, and reach no "
      + "network. They can draw anything here, and keep the browser busy.",
    action: "Run scripts",
  });
  if (!isAllowed) return;
  box.firstElementChild.replaceWith(frameOf(html, name, true));
  button.parentElement.replaceChildren(h("span.quiet.small", "Its scripts run, walled off."));
}

function frameOf(html, name, withScripts) {
  // The frame's own script tells its height; what the output brings runs only with `?scripts`.
  const frame = h("iframe", {
    src: new URL(`frames/output.html${withScripts ? "?scripts" : ""}`, document.baseURI).href,
    sandbox: "allow-scripts", referrerpolicy: "no-referrer", loading: "lazy", title: plainText(name), allow: "",
  });
  for (const [old, state] of frames) {
    state.wasSeen ||= old.isConnected;
    if (state.wasSeen && !old.isConnected) frames.delete(old);
  }
  frames.set(frame, { html, isFilled: false, wasSeen: false });
  return frame;
}

function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function say(frame, message) {
  // An opaque origin has no name to send to; what is sent is the output itself, which is the frame's own.
  frame.contentWindow?.postMessage({ jackfield: message }, "*");
}

addEventListener("message", ({ source, data, origin }) => {
  if (origin !== "null" || typeof data?.jackfield !== "object" || data.jackfield === null) return;
  for (const [frame, state] of frames) {
    if (frame.contentWindow !== source) continue;
    const { ready, height } = data.jackfield;
    // Filled once: a frame that goes elsewhere by itself is given nothing more.
    if (ready === true && !state.isFilled) {
      state.isFilled = true;
      say(frame, { html: state.html, theme: theme() });
      state.html = null;
    } else if (Number.isFinite(height)) {
      frame.style.setProperty("height", `${Math.min(most, Math.max(least, Math.ceil(height)))}px`);
    }
    return;
  }
});

function tellTheme() {
  for (const frame of frames.keys()) if (frame.isConnected) say(frame, { theme: theme() });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tellTheme);
new MutationObserver(tellTheme).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
