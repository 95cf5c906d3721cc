// SPDX-License-Identifier: Apache-2.0
// What can be done with one run, at the top of its page: buttons, keys, what the trainer is doing, and why something cannot be done.

import { actionButton } from "../../components/action-button.js";
import { stateBadge } from "../../components/badge.js";
import { confirm } from "../../components/dialog.js";
import { menuButton } from "../../components/menu.js";
import { toast } from "../../components/toast.js";
import { h, replace } from "../../core/dom.js";
import { duration } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { loadStyles } from "../../core/styles.js";
import { actionsFor } from "../steering/actions.js";
import { busyWords, gate } from "../steering/gate.js";
import { LetGo } from "../steering/progress.js";
import { abilitiesOf, watchSessions } from "../steering/sessions.js";

const shownFirst = ["pause", "resume", "stop", "test", "report", "fork", "merge"];
const inMenu = ["switch", "save", "load", "rename", "samples", "export", "import", "start", "reset"];

/**
 * The bar for a run.
 *
 * @param {object} run as runs.show or runs.list gives it
 * @param {{session: {read_only: boolean}, keys?: boolean}} page `keys`: whether Space, f, m, t and r work; by default they do
 * @returns {{element: HTMLElement, update: (run: object) => void, unmount: () => void}}
 */
export function steeringBar(run, { session: page, keys = true }) {
  loadStyles(new URL("../steering/steering.css", import.meta.url));
  let known = { sessions: [], isLoaded: false, error: null };
  let abilities = null;
  let askedOf = null;
  let state = gate(run, [], { readOnly: page?.read_only });
  const working = h("div.steering-work");
  const status = h("div.steering-state.quiet", { role: "status" });
  const reasons = h("p.steering-why.quiet.small");
  const actions = actionsFor(() => ({ run, session: state.session }), follow);
  const buttons = new Map(shownFirst.map((name) => [name,
        actionButton(label(actions[name]), () => quiet(actions[name].run),
        { danger: actions[name].danger, confirm: actions[name].confirm })]));
  const more = menuButton("More", () => inMenu.map(item), { name: `More to do with ${run.name}` });
  const bar = h("div.bar", [...buttons.values()], more, status);
  const element = h("section.steering", { "aria-label": "Steering" }, bar, working, reasons);
  const clock = setInterval(() => state.session?.busy && drawState(), 1000);

  async function follow(work) {
    working.append(work.element);
    try {
      return await work.result;
    } finally {
      work.element.remove();
    }
  }

  function item(name) {
    const { label: text, run: act, danger } = actions[name];
    return { label: text, danger, disabled: Boolean(state.reasons[name]), hint: state.reasons[name] ?? undefined, run: () => quiet(act) };
  }

  function draw() {
    state = gate(run, known.sessions, { readOnly: page?.read_only, abilities });
    for (const [name, button] of buttons) {
      const reason = state.reasons[name];
      button.disabled = Boolean(reason) && button.getAttribute("aria-busy") !== "true";
      button.title = reason ? `Not now: ${reason}` : "";
      button.classList.toggle("primary", (name === "resume" && state.isPaused) || (name === "pause" && state.state === "running"));
    }
    buttons.get("resume").hidden = state.isCurrent && !state.isPaused;
    buttons.get("pause").hidden = state.isPaused;
    drawState();
    reasons.textContent = known.isLoaded ? why(state.reasons) : "";
    askAbilities();
  }

  // What the head of the page does not say already.
  function drawState() {
    const { session, isCurrent } = state;
    if (!known.isLoaded) return replace(status);
    if (!isCurrent) return replace(status, h("span", elsewhere(session, run)));
    if (!session.busy) return replace(status, session.reason && session.reason !== "training" ? h("span", session.reason) : null);
    const since = session.busySince ? `, ${duration(Math.floor((Date.now() - session.busySince) / 1000))}` : "";
    return replace(status, stateBadge("busy"), h("span", `${busyWords(session.busy)}${since}`));
  }

  async function askAbilities() {
    const { session } = state;
    if (page?.read_only || !session || session.busy || session.session === askedOf) return;
    askedOf = session.session;
    abilities = await abilitiesOf(askedOf);
    if (element.isConnected) draw();
  }

  const perform = (name) => async () => {
    const button = buttons.get(name);
    if (button.hidden || button.disabled) return toast(`${actions[name].label.replace("…", "")}: ${state.reasons[name] ?? "not now"}.`,
      { kind: "info" });
    button.click();
  };
  const unbind = keys ? bind("This run", [
    { keys: "Space", does: "pause, or go on", when: () => !isOnControl(), action: () => perform(state.isPaused ? "resume" : "pause")() },
    ...["fork", "merge", "test", "report"].map((name) => ({ keys: actions[name].key,
          does: actions[name].label.replace("…", "").toLowerCase(), action: perform(name) })),
  ]) : () => {};
  const unwatch = watchSessions((change) => {
    known = change;
    draw();
  });

  return {
    element,
    update(changed) {
      run = changed;
      draw();
    },
    unmount() {
      unwatch();
      unbind();
      clearInterval(clock);
    },
  };
}

/** A button with the same actions as a menu, for a row of a list or a node. */
export function steeringMenu(run, { session: page }) {
  let known = { sessions: [] };
  const follow = (work) => {
    toast("Computing the loss of each sample; the run's samples show it when it is there.", { kind: "info" });
    return work.result;
  };
  const unwatch = watchSessions((change) => (known = change));
  const element = menuButton("Steer", () => {
    const state = gate(run, known.sessions, { readOnly: page?.read_only });
    const actions = actionsFor(() => ({ run, session: state.session }), follow);
    return [...shownFirst, ...inMenu].filter((name) => !["import", "start"].includes(name)).map((name) => menuItem(actions[name],
        state.reasons[name]));
  }, { name: `Steer ${run.name}` });
  return { element, unmount: unwatch };
}

function menuItem({ label: text, run, danger, confirm: question }, reason) {
  const act = async () => {
    if (question && !(await confirm(question()))) return undefined;
    return quiet(run);
  };
  return { label: text, danger, disabled: Boolean(reason), hint: reason ?? undefined, run: act };
}

// Letting go of a long call is no failure.
async function quiet(run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof LetGo)) throw error;
    toast(error.message, { kind: "info" });
    return undefined;
  }
}

function label({ label: text, key }) {
  return key ? h("span", text, " ", h("kbd", { "aria-hidden": "true" }, key)) : text;
}

function elsewhere(session, run) {
  if (!session) return `no trainer is connected${run.state === "lost" ? "; its script ended, or its machine did" : ""}`;
  return `the connected trainer is working on '${session.run ?? "nothing yet"}'`;
}

// Each reason once, with what it keeps from being done.
function why(reasons) {
  const by = new Map();
  for (const name of shownFirst) {
    const reason = reasons[name];
    if (!reason || ["the training is running", "the training is paused already"].includes(reason)) continue;
    by.set(reason, [...(by.get(reason) ?? []), name]);
  }
  return [...by].map(([reason, names]) => (names.length >= shownFirst.length - 2 ? `Not now: ${reason}.`
      : `Not now ${names.join(", ")}: ${reason}.`)).join(" ");
}

function isOnControl() {
  const controls = "button, a[href], summary, input, [role=slider], [role=treeitem], [role=row], [role=tab], .virtual-list";
  return Boolean(document.activeElement?.closest(controls));
}
