// SPDX-License-Identifier: Apache-2.0
// Health: checks of a training, what the watches raised, and how the host is.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { ago } from "../../core/format.js";
import { current, setQuery, watchRoute } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { empty } from "../../components/empty.js";
import { tabs } from "../../components/tabs.js";
import { problem } from "../../components/toast.js";
import { plainText } from "../results/output/safe-text.js";
import { alertsList } from "./alerts-list.js";
import { muteAlerts, watchMuted } from "./alert-toasts.js";
import { mountHostHealth } from "./host-health.js";
import { healthPanel } from "./panel.js";

/** Shows the view. */
export async function mount(root, { session, title }) {
  await Promise.all([
    loadStyles(new URL("./health.css", import.meta.url)), loadStyles(new URL("../results/output/output.css", import.meta.url)),
  ]);
  title("Health");
  const parts = tabs([
    { id: "checks", label: "Checks", mount: (place) => mountChecks(place, session) },
    { id: "alerts", label: "Alerts", mount: mountAlerts },
    { id: "host", label: "Host", mount: mountHostHealth },
  ], { name: "Health" });
  root.append(h("h1.hl-h1", "Health"), parts.element);
  return { update: () => {}, unmount: parts.unmount };
}

function mountChecks(root, session) {
  const run = h("select", { name: "run", onchange: () => setQuery({ run: run.value }, { push: true }) });
  const place = h("div");
  let panel = null;
  let shown;
  root.append(h("div.bar.hl-choice", h("label", "Run", run)), place);

  function show(id) {
    if (id === shown) return;
    shown = id;
    panel?.unmount();
    panel = id ? healthPanel({ run: id, session }) : null;
    replace(place, panel?.element ?? noRuns());
    run.value = id ?? "";
  }

  async function choices() {
    try {
      const { runs } = await call("runs.list", { limit: 200, sort: "updated" });
      const now = current().query.get("run");
      replace(
        run, now && !runs.some(({ id }) => id === now) ? h("option", { value: now }, plainText(now)) : null,
        runs.map((one) => h("option", { value: one.id }, `${plainText(one.name)} · ${one.state}, ${ago(one.updated)}`)),
      );
      show(now ?? (runs.find(({ state }) => state === "running" || state === "paused") ?? runs[0])?.id ?? null);
      run.closest(".bar").hidden = !shown;
    } catch (error) {
      problem(error, "Runs");
    }
  }

  choices();
  const forget = watchRoute(({ query }) => root.isConnected && query.get("run") && show(query.get("run")));
  return () => {
    forget();
    panel?.unmount();
  };
}

function noRuns() {
  const text = "Checks are made of a training. Begin one; it finds this host by itself.";
  return empty({ title: "No runs yet", text, command: "python3 Examples/Training/digits.py" });
}

function mountAlerts(root) {
  const wishOf = (query) => ({ open: true, ended: false })[query.get("show")];
  const choice = h(
    "select", { name: "show", onchange: () => setQuery({ show: choice.value }, { push: true }) }, h("option", { value: "" }, "all"),
    h("option", { value: "open" }, "what lasts"), h("option", { value: "ended" }, "what has ended"),
  );
  const muted = h("input", { type: "checkbox", name: "muted", onchange: () => muteAlerts(!muted.checked) });
  const list = alertsList({ open: wishOf(current().query) });
  choice.value = current().query.get("show") ?? "";
  root.append(
    h("div.bar.hl-choice", h("label", "Show", choice), h("span.grow"), h("label", muted, "tell new alerts on every view")), list.element,
  );
  const forget = [
    watchMuted((is) => (muted.checked = !is)),
    watchRoute(({ query }) => {
      if (!root.isConnected) return;
      choice.value = query.get("show") ?? "";
      list.set(wishOf(query));
    }),
  ];
  return () => {
    forget.forEach((stop) => stop());
    list.unmount();
  };
}
