// SPDX-License-Identifier: Apache-2.0
// Samples of any run: which run, and its panel.

import { empty } from "../../components/empty.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { href, setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { samplesPanel } from "./panel.js";

/** Shows the view: the run is `run` in the address, else the newest one with a report. */
export async function mount(root, { route, session, title }) {
  title("Samples");
  await loadStyles(new URL("./samples.css", import.meta.url));
  const { runs } = await call("runs.list", { limit: 1000 });
  const wanted = (query) => query.get("run") ?? runs[0]?.id;
  if (!runs.length) {
    root.append(h("h1", "Samples"), empty({ title: "No run yet",
          text: "Which samples a model finds hard shows here, once a training has run and a report was made.",
          command: "PYTHONPATH=Clients/Python/src python3 Examples/Training/digits.py" }));
    return {};
  }
  const picker = h("select", { onchange: () => setQuery({ run: picker.value, report: null, region: null, watch: null, other: null },
        { push: true }) }, runs.map((run) => h("option", { value: run.id }, `${run.name} · ${run.project}`)));
  const open = h("a.button", "Open the run");
  const place = h("div");
  let shown = null;
  root.append(h("div.bar.view-head", h("h1", "Samples"), h("span.grow"), h("label", "Run", picker), open), place);

  function show(id) {
    if (shown?.id === id) return;
    shown?.panel.unmount();
    shown = { id, panel: samplesPanel(id, { session }) };
    if (runs.some((run) => run.id === id)) picker.value = id;
    open.href = href(["runs", id]);
    replace(place, shown.panel.element);
  }

  show(wanted(route.query));
  return { update: ({ query }) => show(wanted(query)), unmount: () => shown?.panel.unmount() };
}
