// SPDX-License-Identifier: Apache-2.0
// The variables of a kernel, asked for when they are looked at and after each run.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { actionButton } from "../../components/action-button.js";
import { safeText } from "../results/output/safe-text.js";

/** The variables of a kernel as a table with a filter. */
export function mountVariables(root, id) {
  const filter = h(
    "input", { type: "search", placeholder: "Filter by name or type", aria: { label: "Filter variables" }, oninput: () => draw() },
  );
  const note = h("span.quiet.small", { role: "status" });
  const body = h("div");
  root.append(h("div.bar", filter, actionButton("Refresh", refresh, { plain: true }), note), body);
  let all = [];
  let timer = null;

  async function refresh() {
    try {
      ({ variables: all } = await call("kernel.variables", { kernel: id }));
      draw();
    } catch (error) {
      const isBusy = error.status === "busy" || error.code === "busy";
      note.textContent = isBusy ? "It is busy and cannot say now; asked again after the run." : error.message;
    }
  }

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    const shown = all.filter(({ name, type }) => `${name} ${type}`.toLowerCase().includes(wanted));
    note.textContent = `${shown.length === all.length ? "" : `${count(shown.length)} of `}${count(all.length)} variables`;
    replace(
      body,
      shown.length ? table(shown.slice(0, 500)) : h(
        "p.quiet", all.length ? "None fits." : "No variables yet: run some code on this kernel.",
      ),
    );
    if (shown.length > 500) body.append(h("p.quiet.small", "The first 500 are shown; the filter finds the others."));
  }

  const forget = subscribe("kernel.status", (events) => {
    if (!events.some(({ payload }) => payload.status === "idle")) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  }, { where: { id: [id] } });
  refresh();
  return () => (clearTimeout(timer), forget());
}

function table(list) {
  return h("div.scroll", { tabindex: "0", role: "region", aria: { label: "Variables" } },
    h("table", h("thead", h("tr", ["Name", "Type", "Size", "Value"].map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        list.map((one) => h(
          "tr", h("th.mono", { scope: "row" }, safeText(one.name)), h("td", safeText(typeOf(one))), h("td.number", sizeOf(one)),
          h("td.mono.kn-cut", safeText(String(one.value ?? ""))),
        )),
      )));
}

const typeOf = ({ type, module }) => (module && module !== "builtins" ? `${module}.${type}` : String(type));
const sizeOf = ({ shape, length }) => (Array.isArray(shape) ? shape.join(" × ") : Number.isFinite(length) ? count(length) : "");
