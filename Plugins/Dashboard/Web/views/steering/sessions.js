// SPDX-License-Identifier: Apache-2.0
// Which trainers there are and what each is doing, kept up to date for everybody who asks: one list for the whole page.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";

const watchers = new Set();
const abilities = new Map();
let known = { sessions: [], isLoaded: false, error: null };
let stop = null;
let timer = null;

/**
 * Hears of every change of the trainers' sessions, and at once.
 *
 * @param {(known: {sessions: object[], isLoaded: boolean, error: Error|null}) => void} handler sessions as in trainer.list, and `busySince`
 *   in milliseconds of this page's clock
 * @returns {() => void}
 */
export function watchSessions(handler) {
  watchers.add(handler);
  if (watchers.size === 1) begin();
  handler(known);
  return () => {
    watchers.delete(handler);
    if (!watchers.size) end();
  };
}

/** Asks again soon; after a command that changes what a trainer does. */
export function refreshSessions(delay = 50) {
  clearTimeout(timer);
  timer = setTimeout(load, delay);
}

/** What the trainer of a session can do, by the names of its commands; null when it does not say. Asked once a session. */
export function abilitiesOf(session) {
  if (!abilities.has(session)) {
    abilities.set(session, call("trainer.info", { session, timeoutMs: 10000 }).then(({ data }) => data?.capabilities ?? null, () => {
      abilities.delete(session);
      return null;
    }));
  }
  return abilities.get(session);
}

/** The session that is bound to the run: a connected one before others, then the one heard of last. */
export function sessionOf(sessions, run) {
  const own = sessions.filter((session) => session.run === run);
  return own.find((session) => session.connected) ?? own[0] ?? null;
}

/** A connected trainer that could take up the run: of its own project before others. */
export function trainerFor(sessions, run) {
  const connected = sessions.filter((session) => session.connected && session.state !== "ended");
  return connected.find((session) => session.project === run.project) ?? connected[0] ?? null;
}

function begin() {
  stop = subscribe("trainer.status", (events) => {
    for (const { payload } of events) took(payload);
    tell();
    refreshSessions(300);
  }, { missed: () => refreshSessions(0) });
  load();
}

function end() {
  stop?.();
  clearTimeout(timer);
  known = { sessions: [], isLoaded: false, error: null };
}

async function load() {
  try {
    const { sessions } = await call("trainer.list");
    for (const session of sessions) session.busySince = since(session);
    known = { sessions, isLoaded: true, error: null };
  } catch (error) {
    known = { ...known, isLoaded: true, error };
  }
  tell();
}

function took({ session_id: id, run_id: run, state, reason, connected, busy }) {
  const session = known.sessions.find((one) => one.session === id);
  if (!session) return;
  const changed = { ...session, run: run ?? session.run, state, reason, connected, busy };
  changed.busySince = since(changed);
  known.sessions = known.sessions.map((one) => (one === session ? changed : one));
}

function since({ session, busy }) {
  if (!busy) return null;
  const before = known.sessions.find((one) => one.session === session);
  return before?.busy === busy ? before.busySince : Date.now();
}

function tell() {
  for (const watcher of [...watchers]) watcher(known);
}
