// SPDX-License-Identifier: Apache-2.0
// What the watches raised, the newest first: what lasts, and what has ended.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { h, replace } from "../../core/dom.js";
import { ago, count, duration, time } from "../../core/format.js";
import { href } from "../../core/route.js";
import { empty } from "../../components/empty.js";
import { stepHref } from "../logs/step-link.js";
import { plainText, safeText } from "../results/output/safe-text.js";
import { fieldText, sentenceCase, severityBadge } from "./words.js";

const page = 100;

/**
 * Alerts of a run, or of all, kept up by their event.
 *
 * @param {{run?: string, open?: boolean}} of `open`: only what lasts, or only what has ended
 * @returns {{element: HTMLElement, set(open: boolean|undefined): void, unmount(): void}}
 */
export function alertsList({ run, open } = {}) {
  const list = h("ol.hl-alerts", { aria: { live: "polite", label: "Alerts" } });
  const more = h("div");
  const element = h("div", list, more);
  let limit = page;
  let wish = open;

  async function refresh() {
    try {
      const { alerts } = await call("health.alerts", { ...(run ? { run } : {}), ...(wish === undefined ? {} : { open: wish }), limit });
      replace(list, alerts.map((alert) => row(alert, !run)));
      replace(
        more, alerts.length === limit ? h("button", { type: "button", onclick: () => ((limit += page), refresh()) }, "Show more") : null,
      );
      if (!alerts.length) replace(more, nothing(run, wish));
    } catch (error) {
      replace(more, h("p.problem", error.message));
    }
  }

  let timer = null;
  const forget = subscribe("health.alert", () => {
    timer ??= setTimeout(() => ((timer = null), refresh()), 250);
  }, { ...(run ? { where: { run: [run] } } : {}), missed: refresh });
  refresh();
  return {
    element,
    set: (now) => {
      if (now === wish) return;
      wish = now;
      refresh();
    },
    unmount: () => (clearTimeout(timer), forget()),
  };
}

function row({ kind, severity, sentence, run, step, ts, ended, fields }, showsRun) {
  const numbers = Object.entries(fields ?? {}).filter(([name]) => name !== "plugin").slice(0, 6);
  return h("li.hl-alert", { class: ended ? "hl-ended" : "" },
    h("div.bar", severityBadge(severity), h("strong", sentenceCase(kind)), h(
      "span.badge", { class: ended ? "" : "warn" }, ended ? `ended after ${duration(Math.max(0, ended - ts))}` : "lasts",
    ),
      h("span.grow"), h("time.quiet.small", { datetime: new Date(ts * 1000).toISOString(), title: time(ts) }, ago(ts))),
    h("p", safeText(sentence)),
    h("div.bar.small", showsRun ? where(run, fields?.plugin) : null, run && Number.isFinite(step) ? h(
      "a", { href: stepHref(run, step) }, `step ${count(step)} in the charts`,
    ) : null,
      run ? h("a", { href: href(["logs"], { run, since: local(ts - 5) }) }, "log of that time") : null,
      numbers.map(([name, value]) => h("span.quiet", `${sentenceCase(name)}: ${fieldText(name, value)}`))));
}

function where(run, plugin) {
  if (run) return h("a", { href: href(["runs", run]) }, safeText(run));
  return plugin ? h("a", { href: href(["host"]) }, `plugin ${plainText(plugin)}`) : null;
}

/** Unix seconds as a field for local time has them. */
function local(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function nothing(run, open) {
  const what = open === true ? "Nothing lasts" : open === false ? "Nothing has ended" : "No alerts";
  const when = run ? "While this run trains" : "While trainings run";
  const text = "losses that are not finite or diverge, plateaus, slow steps, gradients and silence are watched; what is found stands here.";
  return empty({ title: what, text: `${when}, ${text}` });
}
