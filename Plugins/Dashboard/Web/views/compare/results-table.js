// SPDX-License-Identifier: Apache-2.0
// The last and best values of the runs, and how far each is from one of them.

import { swatch } from "../../components/chart/legend.js";
import { metricInfo } from "../../components/chart/metrics.js";
import { h, replace } from "../../core/dom.js";
import { count, duration, number } from "../../core/format.js";
import { current, href, setQuery } from "../../core/route.js";

/**
 * @param {{runs: object[], metrics: string[], shown: () => string[], group: object, remove: (id: string) => void}} options `shown`: the metrics in the table
 */
export function resultsTable({ runs, metrics, shown, group, remove }) {
  const baseline = h("select", { onchange: () => setQuery({ baseline: baseline.value || null }) });
  const place = h("div.scroll");
  const element = h(
    "section.card.compare-card",
    h("div.bar", h("h2", "Values"), h("span.grow"), h("label.small", "Difference to", baseline)),
    place,
  );

  function draw() {
    const names = shown().filter((name) => metrics.includes(name));
    const base = runs.find(({ id }) => id === current().query.get("baseline")) ?? null;
    replace(
      baseline,
      h("option", { value: "" }, "none"),
      runs.map(({ id, name }) => h("option", { value: id }, name)),
    );
    baseline.value = base?.id ?? "";
    const head = h(
      "tr",
      h("th", { scope: "col" }, "Run"),
      h("th.number", { scope: "col" }, "Step"),
      h("th.number", { scope: "col" }, "Duration"),
      names.flatMap((name) => [
        h("th.number", { scope: "col" }, metricInfo(name).title),
        metricInfo(name).better ? h("th.number", { scope: "col" }, "best") : null,
      ]),
      h("th", { scope: "col" }, h("span.hidden-name", "Remove")),
    );
    replace(
      place,
      h(
        "table",
        h("thead", head),
        h(
          "tbody",
          runs.map((run, index) => row(run, index, names, base)),
        ),
      ),
    );
  }
  function row(run, index, names, base) {
    const raise = () => group.highlight(run.id);
    const lower = () => group.highlight(null);
    return h(
      "tr",
      { onpointerenter: raise, onpointerleave: lower, onfocusin: raise, onfocusout: lower },
      h(
        "th",
        { scope: "row" },
        swatch(index),
        " ",
        h("a", { href: href(["runs", run.id]) }, run.name),
        base?.id === run.id ? h("span.quiet", " baseline") : null,
      ),
      h("td.number", count(run.last_step)),
      h("td.number", duration(run.duration)),
      names.map((name) => cells(run, name, base)),
      h(
        "td",
        h(
          "button.plain.icon",
          { type: "button", aria: { label: `Take ${run.name} out of the comparison` }, onclick: () => remove(run.id) },
          "✕",
        ),
      ),
    );
  }
  function cells(run, name, base) {
    const { better, format } = metricInfo(name);
    const [own, other] = [run.metrics[name], base && base.id !== run.id ? base.metrics[name] : null];
    const best = better === "low" ? "min" : "max";
    const isBest =
      better &&
      own &&
      runs.every(({ metrics: all }) => !all[name] || (better === "low" ? own.min <= all[name].min : own.max >= all[name].max));
    return [
      h("td.number", own ? format(own.last) : "–", delta(own?.last, other?.last, better)),
      better
        ? h(
            "td.number",
            { title: own ? `at step ${count(own[`${best}_step`])}` : null },
            isBest && runs.length > 1 ? h("strong", `${format(own[best])} ★`) : own ? format(own[best]) : "–",
            delta(own?.[best], other?.[best], better),
          )
        : null,
    ];
  }
  draw();
  return {
    element,
    draw,
    update(nextRuns, nextMetrics) {
      runs = nextRuns;
      metrics = nextMetrics;
      draw();
    },
  };
}

/** How much more or less than the baseline, and in a word whether that is better. */
function delta(own, base, better) {
  if (!Number.isFinite(own) || !Number.isFinite(base)) return null;
  const change = own - base;
  const isBetter = better && change !== 0 && (better === "low") === change < 0;
  const word = !better || change === 0 ? "" : isBetter ? " better" : " worse";
  return h("span.delta", { class: word.trim() }, `${change > 0 ? "+" : change < 0 ? "−" : "±"}${number(Math.abs(change))}${word}`);
}
