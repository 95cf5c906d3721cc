// SPDX-License-Identifier: Apache-2.0
// The host and its plugins: how they are, what they cost, and what can be done with them.

import { stateBadge } from "../../components/badge.js";
import { dataTable } from "../../components/data-table.js";
import { actionButton } from "../../components/action-button.js";
import { call, host } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { bytes, count } from "../../core/format.js";
import { refreshing } from "../../core/refresh.js";
import { setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { pluginActions, pluginDrawer } from "./plugin.js";

/** Shows the view. */
export async function mount(root, { route, session, title }) {
  await loadStyles(new URL("./host.css", import.meta.url));
  title("Host");
  const tiles = h("dl.tiles");
  const drawer = h("div.drawer-place");
  let rows = [];
  let open = null;
  const table = dataTable({ name: "Plugins", remember: "plugins", key: ({ id }) => id, open: ({ id }) => setQuery({ plugin: id }, { push: true }), columns: columns(session, () => refresh.now()), sort: { id: "id" } });
  const reload = actionButton("Read the configuration again", async () => {
    await host("host/reload");
    refresh.now();
    return "The configuration was read again.";
  });
  root.append(h("div.view-head", h("h1", "Host"), session.read_only ? null : reload), tiles, h("h2.gap-above", "Plugins"), table.element, drawer);

  const refresh = refreshing([], async () => {
    const [plugins, status] = await Promise.all([call("host.plugins"), host("host/status")]);
    rows = plugins.plugins;
    table.update(rows);
    replace(tiles, tilesOf(status, rows));
    open?.update(rows.find(({ id }) => id === open.id));
  }, { every: 1000 });

  function update({ query }) {
    const id = query.get("plugin");
    if (id === (open?.id ?? null)) return;
    open = id ? pluginDrawer(id, session, () => refresh.now()) : null;
    replace(drawer, open?.element ?? null);
    open?.update(rows.find((row) => row.id === id));
    open?.focus();
  }
  update(route);
  return { update, unmount: refresh.stop };
}

function columns(session, changed) {
  const micro = (name, label) => ({ id: name, title: label, value: (row) => row[name] || null, cell: (row) => microseconds(row[name]), number: true });
  const plain = (name, label, more = {}) => ({ id: name, title: label, value: (row) => row[name], cell: (row) => count(row[name]), number: true, ...more });
  return [
    { id: "id", title: "Plugin", value: ({ id }) => id, cell: ({ id }) => h("strong", id) },
    { id: "state", title: "State", value: ({ state }) => state, cell: ({ state, reason }) => h("span", stateBadge(state), reason ? h("span.quiet.reason", { title: reason }, ` ${reason}`) : null) },
    { id: "mode", title: "Mode", value: ({ mode }) => mode, cell: ({ mode }) => ({ inprocess: "in the host", process: "own process", own: "own process" })[mode] ?? mode },
    { id: "cpu", title: "CPU", hint: "Of one core; plugins in the host's process have none of their own", value: (row) => cpuOf(row), cell: (row) => (cpuOf(row) === null ? "–" : `${cpuOf(row).toFixed(1)} %`), number: true },
    { id: "memory", title: "Memory", hint: "Resident; plugins in the host's process share the host's", value: ({ residentBytes }) => residentBytes ?? null, cell: ({ residentBytes }) => (residentBytes ? bytes(residentBytes) : "–"), number: true },
    plain("calls", "Calls"),
    plain("failures", "Errors"),
    micro("p50Microseconds", "p50"),
    micro("p99Microseconds", "p99"),
    plain("eventsQueued", "Queued"),
    plain("eventsDropped", "Dropped"),
    plain("openCalls", "Open calls", { hidden: true }),
    plain("eventsDelivered", "Delivered", { hidden: true }),
    plain("crashes", "Crashes", { hidden: true }),
    { id: "version", title: "Version", value: ({ version }) => version, hidden: true },
    { id: "actions", title: "Actions", value: () => "", cell: (row) => (session.read_only ? "" : pluginActions(row, changed)) },
  ];
}

const seen = new Map();

/** Processor time is a sum; two of them and the time between give a share. */
function cpuOf({ id, cpuSeconds }) {
  if (!Number.isFinite(cpuSeconds)) return null;
  const before = seen.get(id);
  const now = performance.now() / 1000;
  if (!before || now - before.now > 0.9) seen.set(id, { now, cpuSeconds, share: before ? (100 * (cpuSeconds - before.cpuSeconds)) / (now - before.now) : null });
  return seen.get(id).share;
}

/** 850 µs, 12.3 ms. */
export function microseconds(value) {
  if (!value) return "–";
  return value < 1000 ? `${Math.round(value)} µs` : value < 1e6 ? `${Number((value / 1000).toPrecision(3))} ms` : `${Number((value / 1e6).toPrecision(3))} s`;
}

function tilesOf(status, rows) {
  const broken = rows.filter(({ state }) => ["failed", "refused", "quarantined"].includes(state));
  const published = status.topics?.reduce((sum, { published: one }) => sum + one, 0);
  return [
    ["State", stateBadge(status.state)],
    ["Process", String(status.pid)],
    ["Memory", bytes(status.residentBytes)],
    ["Plugins", broken.length ? `${rows.length}, ${broken.length} with trouble` : String(rows.length)],
    ["Open calls", count(status.openCalls)],
    ["Events told", count(published)],
    ["Data", h("code", status.directories?.data ?? "–")],
  ].map(([name, value]) => h("div", h("dt", name), h("dd", value)));
}
