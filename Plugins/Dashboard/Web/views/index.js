// SPDX-License-Identifier: Apache-2.0
// All views, in the order of the navigation. A view is loaded when it is first shown.
//
// `parts` is matched with the beginning of the address; the longest wins. A view module exports
//   mount(root, context) → { update?(route), unmount?() }
// where root is an empty <main>, context = {route, session, title(text)} and update is called when the address changes below the same view.

export const views = [
  { id: "home", parts: [], title: "Overview", keys: "g o", load: () => import("./home/home.js") },
  { id: "runs", parts: ["runs"], title: "Runs", keys: "g r", load: () => import("./runs/runs.js") },
  { id: "run", parts: ["runs", "*"], under: "runs", load: () => import("./run/run.js") },
  { id: "compare", parts: ["compare"], title: "Compare", keys: "g c", load: () => import("./compare/compare.js") },
  { id: "lineage", parts: ["lineage"], title: "Lineage", keys: "g l", load: () => import("./lineage/lineage.js") },
  { id: "samples", parts: ["samples"], title: "Samples", keys: "g s", load: () => import("./samples/samples.js") },
  { id: "health", parts: ["health"], title: "Health", keys: "g h", load: () => import("./health/health.js") },
  { id: "logs", parts: ["logs"], title: "Logs", keys: "g t", load: () => import("./logs/logs.js") },
  { id: "kernels", parts: ["kernels"], title: "Kernels", keys: "g k", load: () => import("./kernels/kernels.js") },
  { id: "results", parts: ["results"], title: "Results", keys: "g e", load: () => import("./results/results.js") },
  { id: "scripts", parts: ["scripts"], title: "Scripts", keys: "g b", load: () => import("./scripts/scripts.js") },
  { id: "panels", parts: ["panels"], title: "Panels", keys: "g n", load: () => import("./panels/panels.js") },
  { id: "host", parts: ["host"], title: "Host", keys: "g p", load: () => import("./host/host.js") },
  { id: "events", parts: ["events"], title: "Events", keys: "g v", load: () => import("./events/events.js") },
  { id: "settings", parts: ["settings"], title: "Configuration", keys: "g ,", load: () => import("./settings/settings.js") },
];
