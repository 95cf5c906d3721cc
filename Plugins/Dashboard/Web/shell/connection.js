// SPDX-License-Identifier: Apache-2.0
// Whether the host is there, how old the last word of it is, and what to do when it is not or has become another.

import { session } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { watchConnection } from "../core/events.js";
import { duration } from "../core/format.js";

const patience = 1500;

/**
 * @param {{assets: string}} what the session @param {(error: Error) => void} signedOut called when this browser is no longer let in
 * @returns {{badge: HTMLElement, banner: HTMLElement}}
 */
export function makeConnection(what, signedOut) {
  const age = h("span.age");
  const word = h("span", "connecting");
  const badge = h("span.connection", { dataset: { state: "connecting" } }, h("span.lamp", { aria: { hidden: "true" } }), word, age);
  const said = h("span.hidden-name", { role: "status" });
  const banner = h("div.banners");
  let state = null;
  let lostSince = performance.now();
  let timer = null;

  function draw() {
    const isLost = !state?.connected && performance.now() - lostSince > patience;
    const name = state?.connected ? "connected" : isLost ? "lost" : "connecting";
    if (badge.dataset.state !== name) said.textContent = { connected: "connected to the host", lost: "connection to the host lost; trying again", connecting: "" }[name];
    badge.dataset.state = name;
    word.textContent = { connected: "live", lost: "not connected", connecting: "connecting" }[name];
    const seconds = state?.lastEvent ? (Date.now() - state.lastEvent) / 1000 : NaN;
    age.textContent = Number.isFinite(seconds) ? (seconds < 2 ? "now" : `${duration(Math.floor(seconds))} ago`) : "";
    badge.title = "How long ago the host said something";
    const isNewer = Boolean(state?.assets && what.assets && state.assets !== what.assets);
    const wanted = isLost ? "lost" : isNewer ? "newer" : "";
    if (banner.dataset.shown === wanted) return;
    banner.dataset.shown = wanted;
    replace(banner, wanted === "lost" ? lost() : wanted === "newer" ? newer() : null);
  }
  watchConnection((now) => {
    if (state?.connected && !now.connected) lostSince = performance.now();
    if (!now.connected && !timer) timer = setTimeout(check, patience + 100);
    if (now.connected) timer = clearTimeout(timer) ?? null;
    const isUrgent = state?.connected !== now.connected || state?.assets !== now.assets;
    state = now;
    if (isUrgent) draw();
  });
  /** A session that has ended looks like a host that is away: one question tells them apart. */
  async function check() {
    timer = null;
    draw();
    if (state?.connected) return;
    try {
      await session();
    } catch (error) {
      if (error.status === "signed_out" || error.status === "denied") return signedOut(error);
    }
    timer ??= setTimeout(check, 4000);
  }
  setInterval(() => document.visibilityState === "visible" && draw(), 1000);
  return { badge: h("span.connection-place", badge, said), banner };
}

function lost() {
  return h("div.banner.warn", { role: "alert" }, h("span", h("strong", "The host does not answer."), " What you see is as it was. The page tries again by itself."));
}

function newer() {
  return h("div.banner.info", { role: "alert" }, h("span", h("strong", "The host was updated."), " This page is of the version before."), h("button", { type: "button", onclick: () => location.reload() }, "Reload the page"));
}
