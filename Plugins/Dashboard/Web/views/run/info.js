// SPDX-License-Identifier: Apache-2.0
// What a run was started with, by which process, in which sessions, and what it is related to.

import { copyButton } from "../../components/copy.js";
import { h, replace } from "../../core/dom.js";
import { count, duration, number, time } from "../../core/format.js";
import { href } from "../../core/route.js";
import { metricInfo } from "../../components/chart/metrics.js";

/** Makes the tab: `{element, update(run)}`. */
export function infoTab(run) {
  const element = h("div.run-info");
  let shown = "";
  const update = (now) => {
    const text = JSON.stringify({ ...now, updated: 0 });
    if (text === shown) return;
    shown = text;
    replace(element, configuration(now), about(now), metrics(now), family(now), sessions(now));
  };
  update(run);
  return { element, update };
}

/** Members of nested objects as "optimizer.lr" and their values. */
export function flat(value, name = "") {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, part]) => flat(part, name ? `${name}.${key}` : key));
}

const section = (title, ...content) => h("section.card", h("h2", title), content);
const wide = (title, ...content) => h("section.card.wide", h("h2", title), content);
const text = (value) =>
  typeof value === "string" ? value : typeof value === "number" ? String(Number(value.toPrecision(12))) : JSON.stringify(value);

function configuration({ meta }) {
  const rows = flat(meta ?? {}).filter(([name]) => name && name !== "display_name");
  if (!rows.length) return section("Configuration", h("p.quiet", "The script told none. It stands in the run's meta when it does."));
  return section(
    "Configuration",
    h(
      "table",
      h(
        "tbody",
        rows.map(([name, value]) => h("tr", h("th", { scope: "row" }, name), h("td.mono", text(value)))),
      ),
    ),
  );
}

function metrics({ metrics: list }) {
  if (!list.length) return null;
  const columns = ["Metric", "Last", "At step", "Least", "Greatest", "Values"];
  return wide(
    "Metrics",
    h(
      "div.scroll",
      h(
        "table",
        h(
          "thead",
          h(
            "tr",
            columns.map((title, index) => h("th", { scope: "col", class: index ? "number" : "" }, title)),
          ),
        ),
        h(
          "tbody",
          list.map(({ name, last, last_step: step, min, max, count: values }) =>
            h(
              "tr",
              h("th", { scope: "row", title: metricInfo(name).help }, metricInfo(name).title),
              [number(last), count(step), number(min), number(max), count(values)].map((value) => h("td.number", value)),
            ),
          ),
        ),
      ),
    ),
  );
}

function family({ id, parents, children }) {
  const links = (ids) =>
    ids.length
      ? h(
          "ul.plain-list",
          ids.map((one) => h("li", h("a", { href: href(["runs", nameOf(one)]) }, nameOf(one)))),
        )
      : h("p.quiet", "None.");
  return section(
    "Family",
    h("h3", "Comes from"),
    links(parents),
    h("h3", "Went on as"),
    links(children),
    h("p", h("a", { href: href(["lineage"], { run: id }) }, "Show it in the lineage")),
  );
}

const nameOf = (relative) => (typeof relative === "string" ? relative : (relative.id ?? relative.run));

function sessions({ sessions: list }) {
  const rows = list.map((session) =>
    h(
      "tr",
      h("th", { scope: "row", class: "mono" }, session.id),
      h("td", time(session.started)),
      h("td.number", duration(session.updated - session.started)),
      h("td.number", count(session.events)),
      h("td.number.mono", session.pid === null ? "–" : String(session.pid)),
      h("td.mono", session.cwd ?? "–"),
      h("td", ended(session)),
    ),
  );
  const titles = ["Session", "Begun", "Lasted", "Events", "Process", "Directory", "Ended"];
  return wide(
    "Sessions",
    h(
      "div.scroll",
      h(
        "table",
        h(
          "thead",
          h(
            "tr",
            titles.map((title) => h("th", { scope: "col" }, title)),
          ),
        ),
        h("tbody", rows),
      ),
    ),
  );
}

function ended({ ended: at, exit_status: status, exit_signal: signal }) {
  const how = signal ? `by signal ${signal}` : status === null || status === undefined ? "" : `with status ${status}`;
  return at ? `${time(at)} ${how}`.trim() : how || "–";
}

function about(run) {
  const process = run.process?.command ?? run.sessions.find(({ command }) => command)?.command;
  const rows = [
    ["Id", h("span.bar", h("code", run.id), copyButton(run.id))],
    ["Project", run.project],
    ["State", run.state],
    ["Steps", count(run.steps)],
    ["Checkpoints", count(run.checkpoints_count)],
    ["Tests", count(run.tests_count)],
    ["Reports of samples", count(run.reports_count)],
    ["Alerts", count(run.alerts_count)],
    ["Process", process ? h("code", text(process)) : "not known"],
    ["Bundle", run.bundle_name ?? "–"],
  ];
  return section(
    "About",
    h(
      "table",
      h(
        "tbody",
        rows.map(([name, value]) => h("tr", h("th", { scope: "row" }, name), h("td", value ?? "–"))),
      ),
    ),
  );
}
