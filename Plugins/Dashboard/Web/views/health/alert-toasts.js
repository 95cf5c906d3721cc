// SPDX-License-Identifier: Apache-2.0
// Alerts as messages, wherever the reader is; once each, and not at all when they are muted.

import { subscribe } from "../../core/events.js";
import { go } from "../../core/route.js";
import { remember, remembered } from "../../core/settings.js";
import { toast } from "../../components/toast.js";
import { plainText } from "../results/output/safe-text.js";

const setting = "alerts.muted";
const most = 500;
const kinds = { error: "bad", warning: "warn", info: "info" };
const told = new Map();
const watchers = new Set();
let stop = null;

/** Whether alerts are muted in this browser; they are in the list all the same. */
export const areAlertsMuted = () => remembered(setting, false) === true;

/** Mutes alerts in this browser, or lets them be heard again. */
export function muteAlerts(is) {
  remember(setting, is);
  for (const watcher of watchers) watcher(is);
}

/** Hears whether alerts are muted. Called at once, too. */
export function watchMuted(handler) {
  watchers.add(handler);
  handler(areAlertsMuted());
  return () => watchers.delete(handler);
}

/** Begins to show alerts as they come; the shell does it once. Gives what ends it. */
export function watchAlerts() {
  stop ??= subscribe("health.alert", (events) => {
    for (const { payload } of events) tell(payload);
  });
  return () => {
    stop?.();
    stop = null;
  };
}

function tell(alert) {
  if (!alert?.key) return;
  const isKnown = told.has(alert.key);
  if (alert.ended) {
    // What ended needs no attention any more.
    told.get(alert.key)?.();
    told.set(alert.key, null);
    return;
  }
  if (isKnown || areAlertsMuted()) return;
  const where = alert.run ?? alert.fields?.plugin ?? "host";
  const action = { label: "Look", run: () => (alert.run ? go(["runs", alert.run], { tab: "health" }) : go(["health"], { tab: "alerts" })) };
  told.set(
    alert.key, toast(plainText(alert.sentence ?? alert.kind), { kind: kinds[alert.severity] ?? "warn", source: plainText(where), action }),
  );
  if (told.size > most) told.delete(told.keys().next().value);
}
