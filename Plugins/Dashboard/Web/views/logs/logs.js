// SPDX-License-Identifier: Apache-2.0
// Logs of any run, of a session, or of all.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { ago } from "../../core/format.js";
import { go } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { problem } from "../../components/toast.js";
import { plainText } from "../results/output/safe-text.js";
import { logsPanel } from "./panel.js";

/** Shows the view: a choice of whose log, and the log. */
export async function mount(root, { route, title }) {
  await loadStyles(new URL("./logs.css", import.meta.url));
  const run = h("select", { name: "run", onchange: () => go(["logs"], keep({ run: run.value, session: null })) });
  const session = h("select", { name: "session", onchange: () => go(["logs"], keep({ session: session.value })) });
  const sessionLabel = h("label", "Session", session);
  const place = h("div");
  let query = route.query;
  let panel = null;
  let shown = null;
  root.append(h("header.bar.lg-head", h("h1", "Logs"), h("span.grow"), h("label", "Run", run), sessionLabel), place);

  /** What was searched stays when another run is chosen, the place in the log does not. */
  function keep(changes) {
    return { ...Object.fromEntries(query), line: null, ...changes };
  }

  async function choices() {
    try {
      const { runs } = await call("runs.list", { limit: 200, archived: true, sort: "updated" });
      const now = query.get("run") ?? "";
      const known = runs.some(({ id }) => id === now) || !now;
      replace(
        run, h("option", { value: "" }, "All runs"), known ? null : h("option", { value: now }, plainText(now)),
        runs.map((one) => h("option", { value: one.id }, `${plainText(one.name)} · ${one.state}, ${ago(one.updated)}`)),
      );
      run.value = now;
      await sessions(now);
    } catch (error) {
      problem(error, "Runs");
    }
  }

  async function sessions(id) {
    const now = query.get("session") ?? "";
    const list = id || now ? (await call("runs.sessions", { ...(id ? { run: id } : {}), limit: 50 })).sessions : [];
    replace(
      session, h("option", { value: "" }, "all"),
      list.map((one) => h("option", { value: one.id }, `${plainText(one.id)} · ${ago(one.started)}`)),
    );
    if (now && !list.some(({ id: one }) => one === now)) session.append(h("option", { value: now }, plainText(now)));
    session.value = now;
    sessionLabel.hidden = list.length < 2 && !now;
  }

  function update(next) {
    query = next.query;
    const of = { run: query.get("run") || undefined, session: query.get("session") || undefined };
    const key = JSON.stringify(of);
    if (key === shown) return;
    shown = key;
    panel?.unmount();
    panel = logsPanel(of);
    replace(place, panel.element);
    title(of.run ? `${of.run} · Logs` : "Logs");
    choices();
  }

  update(route);
  let timer = null;
  const forget = subscribe("runs.changed", () => {
    timer ??= setTimeout(() => ((timer = null), document.activeElement === run || choices()), 5000);
  });
  return {
    update,
    unmount: () => {
      clearTimeout(timer);
      forget();
      panel?.unmount();
    },
  };
}
