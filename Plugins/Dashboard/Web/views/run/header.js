// SPDX-License-Identifier: Apache-2.0
// The head of a run's page: its name, what it is at, how fresh that is, and the way to its neighbours.

import { stateBadge } from "../../components/badge.js";
import { problem, toast } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { subscribe } from "../../core/events.js";
import { ago, count, number, time } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { go, href } from "../../core/route.js";
import { followBox } from "../runs/follow.js";
import { sessionOf, watchSessions } from "../steering/sessions.js";

/** Makes the head: `{element, update(run), unmount()}`. */
export function runHeader(run, options) {
  return new Header(run, options);
}

class Header {
  constructor(run, { session, changed }) {
    Object.assign(this, {
      run,
      changed,
      isReadOnly: session.read_only,
      live: { step: run.last_step, epoch: run.last_epoch, loss: run.last_loss, ts: run.updated },
    });
    this.name = h("h1.run-name");
    this.state = h("span");
    this.trainer = h("span");
    this.facts = h("dl.run-facts");
    this.problem = h("p.problem", { role: "alert", hidden: true });
    this.follow = followBox({ current: run.id });
    const arrow = (label, key, to) =>
      h(
        "button.plain.icon",
        { type: "button", title: `${label} (${key})`, aria: { label }, onclick: () => this.neighbour(to) },
        to < 0 ? "‹" : "›",
      );
    this.rename = h("button.plain.small", { type: "button", hidden: this.isReadOnly, onclick: () => this.edit() }, "Rename");
    this.element = h(
      "header.run-head",
      h(
        "div.bar",
        h("a.small", { href: href(["runs"]) }, "Runs"),
        arrow("The newer run", "Shift+K", -1),
        arrow("The older run", "Shift+J", 1),
        h("span.grow"),
        this.follow.element,
      ),
      h(
        "div.bar",
        this.name,
        this.state,
        this.trainer,
        this.rename,
        h("span.grow"),
        h("a.button", { href: href(["compare"], { runs: run.id }) }, "Compare…"),
      ),
      this.problem,
      this.facts,
    );
    this.update(run);
    this.stops = [
      () => this.follow.stop(),
      subscribe("trainer.step", (events) => this.heard(events), { where: { run_id: [run.id] } }),
      subscribe("trainer.error", (events) => this.failed(events), { where: { run_id: [run.id] } }),
      watchSessions(({ sessions, isLoaded }) => this.tellTrainer(isLoaded ? sessionOf(sessions, run.id) : undefined)),
      bind("This run", [
        { keys: "Shift+K", does: "the newer run", action: () => this.neighbour(-1) },
        { keys: "Shift+J", does: "the older run", action: () => this.neighbour(1) },
        { keys: "u", does: "back to all runs", action: () => go(["runs"]) },
      ]),
    ];
    this.clock = setInterval(() => this.tell(), 1000);
  }

  update(run) {
    this.run = run;
    if (run.updated >= this.live.ts || !(this.live.ts > 0))
      this.live = { step: run.last_step, epoch: run.last_epoch, loss: run.last_loss, ts: run.updated };
    if (!this.isEditing) replace(this.name, run.name);
    replace(this.state, stateBadge(run.state), run.archived ? stateBadge("archived") : null);
    this.tell();
  }

  heard(events) {
    const { payload } = events[events.length - 1];
    this.live = { step: payload.step, epoch: payload.epoch ?? this.live.epoch, loss: payload.loss ?? this.live.loss, ts: payload.ts };
    if (performance.now() - (this.told ?? 0) > 200) this.tell();
  }

  tell() {
    this.told = performance.now();
    const { step, epoch, loss, ts } = this.live;
    const facts = [
      ["Step", count(step)],
      ["Epoch", count(epoch)],
      ["Loss", number(loss)],
      ["Last event", h("time", { title: time(ts), datetime: Number.isFinite(ts) ? new Date(ts * 1000).toISOString() : null }, ago(ts))],
      ["Project", this.run.project],
      ["Begun", time(this.run.started)],
    ];
    replace(
      this.facts,
      facts.map(([name, value]) => h("div", h("dt", name), h("dd", value ?? "–"))),
    );
  }

  /** Whether a trainer is there, as far as this run is concerned. */
  tellTrainer(session) {
    if (session === undefined) return;
    const isConnected = session?.connected ?? false;
    const isOver = ["finished", "stopped"].includes(this.run.state);
    replace(
      this.trainer,
      isConnected ? stateBadge("connected", "Trainer connected") : isOver ? null : stateBadge("waiting", "Waiting for the trainer"),
    );
    const isUnfit = session && /version|update required|incompatib/i.test(session.reason ?? "");
    this.problem.hidden = !isUnfit;
    if (isUnfit) this.problem.textContent = `The trainer and this host do not fit: ${session.reason}`;
  }

  failed(events) {
    const { payload } = events[events.length - 1];
    const text = payload.error ?? payload.text ?? payload.message;
    if (!text || !/version|update required|incompatib/i.test(text)) return;
    this.problem.hidden = false;
    this.problem.textContent = `The trainer and this host do not fit: ${text}`;
  }

  async neighbour(by) {
    try {
      const { runs } = await call("runs.list", { archived: Boolean(this.run.archived), limit: 10000 });
      const at = runs.findIndex(({ id }) => id === this.run.id);
      const next = runs[at + by];
      if (next) go(["runs", next.id]);
      else toast(by < 0 ? "This is the newest run." : "This is the oldest run.");
    } catch (error) {
      problem(error);
    }
  }

  edit() {
    const field = h("input", {
      type: "text",
      value: this.run.title ?? this.run.name,
      maxlength: 200,
      aria: { label: `Another name for ${this.run.name}` },
    });
    const form = h(
      "form.bar",
      {
        onsubmit: (event) => {
          event.preventDefault();
          this.save(field.value.trim());
        },
        onkeydown: (event) => event.key === "Escape" && (event.stopPropagation(), this.endEdit()),
      },
      field,
      h("button.primary", { type: "submit" }, "Save"),
      h("button", { type: "button", onclick: () => this.endEdit() }, "Cancel"),
    );
    this.isEditing = true;
    this.rename.hidden = true;
    replace(this.name, form);
    field.select();
  }

  async save(title) {
    try {
      const { name } = await call("runs.rename", { run: this.run.id, title: title === this.run.id ? "" : title });
      toast(`It is called '${name}' now.`, { kind: "good" });
      this.endEdit();
      this.changed();
    } catch (error) {
      problem(error);
    }
  }

  endEdit() {
    this.isEditing = false;
    this.rename.hidden = this.isReadOnly;
    replace(this.name, this.run.name);
    this.rename.focus();
  }

  unmount() {
    clearInterval(this.clock);
    for (const stop of this.stops) stop();
  }
}
