// SPDX-License-Identifier: Apache-2.0
// Brings the cards of a view their data: one request for many metrics, by what is seen; then what the trainers tell, at once.
// A card that is off screen costs nothing: it has no data asked for and none appended.

import { call } from "../../core/api.js";
import { subscribe } from "../../core/events.js";
import { columnsOf } from "./answer.js";
import { xAxis } from "./axis.js";
import { EpochMap } from "./epochs.js";
import { requests } from "./requests.js";
import { SeriesData } from "./series-data.js";

const RECENT = 3000;
const CACHED = 24;

/**
 * Makes the feed of a view.
 *
 * @param {{runs: {id: string, started?: number}[], axis?: string, range?: [number, number]|null, state?: (text: string) => void}} options
 */
export function createFeed(options) {
  return new Feed(options);
}

class Feed {
  constructor({ runs, axis = "step", range = null, problem }) {
    this.cards = new Set();
    this.lines = new Map();
    this.cache = new Map();
    this.recent = [];
    this.smoothing = 0;
    this.problem = problem;
    this.range = range;
    this.setRuns(runs, axis);
  }

  /** Shows other runs, or another axis. */
  setRuns(runs, axis = this.axis.kind) {
    this.runs = runs;
    this.about = new Map(
      runs.map(({ id, started }) => [id, this.about?.get(id) ?? { started: started ?? 0, epochs: new EpochMap(), isMapped: false }]),
    );
    this.axis = xAxis(axis, this.about);
    this.lines.clear();
    this.cache.clear();
    this.stopHearing?.();
    const ids = runs.map(({ id }) => id);
    this.stopHearing = ids.length
      ? subscribe("trainer.step", (events) => this.hear(events), { where: { run_id: ids }, missed: () => this.again() })
      : null;
    this.refresh();
  }

  setAxis(axis) {
    this.range = null;
    this.setRuns(this.runs, axis);
  }

  /** Shows a part of the axis, null for all. */
  setRange(range) {
    this.range = range;
    this.refresh(120);
  }

  setSmoothing(weight) {
    this.smoothing = weight;
    for (const { data } of this.lines.values()) data.setSmoothing(weight);
    for (const card of this.cards) card.changed();
  }

  /** Joins a card: `{metric, isShown(), width(), changed(), appended()}`. Gives what takes it out again. */
  join(card) {
    this.cards.add(card);
    this.want();
    return () => this.cards.delete(card);
  }

  /** The line of a metric of a run, null while it is not there. */
  line(run, metric) {
    return this.lines.get(`${run}\n${metric}`)?.data ?? null;
  }

  /** Asks again for all that is shown. */
  refresh(wait = 0) {
    this.asking?.abort();
    this.asking = null;
    clearTimeout(this.timer);
    this.timer = null;
    for (const line of this.lines.values()) line.isStale = true;
    this.want(wait);
  }

  /** Events may have been missed: nothing that was kept is to be trusted. */
  again() {
    this.cache.clear();
    this.recent = [];
    this.refresh();
  }

  /** Looks soon which shown cards lack data, and asks for all of them together. */
  want(wait = 0) {
    const due = performance.now() + Math.max(wait, 20);
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.ask();
    }, due - performance.now());
  }

  async ask() {
    const cards = [...this.cards].filter((card) => card.isShown() && this.runs.some(({ id }) => this.isLacking(id, card.metric)));
    if (!cards.length || !this.runs.length) return;
    const turn = (this.asking ??= new AbortController());
    const metrics = [...new Set(cards.map(({ metric }) => metric))].filter((metric) => !this.isAsked(metric, turn));
    if (!metrics.length) return;
    for (const metric of metrics) turn.metrics = (turn.metrics ?? new Set()).add(metric);
    const width = Math.max(200, ...cards.map((card) => card.width()));
    try {
      await this.mapEpochs(metrics, turn.signal);
      for (const request of requests({ runs: this.runs, metrics, axis: this.axis, range: this.seen(), width })) await this.take(request, turn);
    } catch (error) {
      if (!turn.signal.aborted) this.problem?.(error);
    } finally {
      for (const metric of metrics) turn.metrics.delete(metric);
    }
  }

  isAsked(metric, turn) {
    return turn.metrics?.has(metric) ?? false;
  }

  isLacking(run, metric) {
    const line = this.lines.get(`${run}\n${metric}`);
    return !line || line.isStale;
  }

  /** The range with a little more on both sides, so that lines reach the edges. */
  seen() {
    if (!this.range) return null;
    const room = (this.range[1] - this.range[0]) * 0.02 + (this.axis.kind === "step" ? 1 : 0);
    return [this.range[0] - room, this.range[1] + room];
  }

  async take(request, turn) {
    const key = JSON.stringify(request);
    const answer = this.cache.get(key) ?? (await this.series(request, turn.signal));
    if (turn.signal.aborted) return;
    this.cache.delete(key);
    if (!this.recent.length) this.cache.set(key, answer);
    if (this.cache.size > CACHED) this.cache.delete(this.cache.keys().next().value);
    for (const series of answer) this.put(series);
    for (const card of this.cards) if (request.metrics.includes(card.metric)) card.changed();
  }

  /** Asks; when one metric is in none of the runs, the others are asked for alone. */
  async series(request, signal) {
    try {
      return (await call("runs.series", request, { signal })).series;
    } catch (error) {
      if (error.code !== "metric_not_found") throw error;
      const none = (metric) => request.runs.map((run) => ({ run, metric, steps: [], values: [], missing: true }));
      if (request.metrics.length === 1) return none(request.metrics[0]);
      const parts = [];
      for (const metric of request.metrics) parts.push(...(await this.series({ ...request, metrics: [metric] }, signal)));
      return parts;
    }
  }

  put(series) {
    const key = `${series.run}\n${series.metric}`;
    const line = this.lines.get(key) ?? { data: new SeriesData() };
    line.isStale = false;
    this.lines.set(key, line);
    line.data.weight = this.smoothing;
    line.data.load(columnsOf(series, this.axis.places(series.run, series)));
    line.data.isDense = (series.count ?? 0) * 2 > line.data.lastStep - (series.steps[0] ?? 0);
    this.tellLast(
      line.data,
      this.runs.find(({ id }) => id === series.run),
      series.metric,
    );
    for (const payload of this.recent) if (payload.run_id === series.run) this.add(payload, series.metric, line);
  }

  /** The last value of the run, also when only a part of it is seen. */
  tellLast(data, run, metric) {
    const known = run?.stats?.[metric];
    if (this.range && known && known.last_step > data.lastStep) data.last = known.last;
    data.lastTime = run && (this.range || data.lastStep >= run.last_step) ? run.updated : null;
  }

  /** Learns the epochs of runs that have none yet. */
  async mapEpochs([metric], signal) {
    if (this.axis.kind !== "epoch") return;
    for (const { id } of this.runs) {
      const about = this.about.get(id);
      if (about.isMapped) continue;
      const [series] = await this.series({ runs: [id], metrics: [metric], x: "epoch", points: 3000 }, signal);
      about.epochs.learn(series.steps, series.xs ?? []);
      about.isMapped = series.steps.length > 0;
    }
  }

  hear(events) {
    const touched = new Set();
    this.cache.clear();
    for (const { payload } of events) {
      this.recent.push(payload);
      for (const card of this.cards) if (card.isShown()) this.hearFor(card, payload, touched);
    }
    if (this.recent.length > RECENT) this.recent.splice(0, this.recent.length - RECENT);
    for (const card of this.cards) {
      if (touched.has(card.metric)) card.appended();
      else if (!card.isShown()) this.leaveBehind(card);
    }
  }

  hearFor(card, payload, touched) {
    const line = this.lines.get(`${payload.run_id}\n${card.metric}`);
    if (!line) return card.metric in payload ? this.want(500) : undefined;
    if (touched.has(card.metric) && line.heard === payload) return;
    line.heard = payload;
    if (this.add(payload, card.metric, line)) touched.add(card.metric);
  }

  /** Adds the value of an event to a line, if it is a later one. */
  add(payload, metric, line) {
    const value = payload[metric];
    const { data } = line;
    if (payload.step <= data.lastStep) {
      if (payload.step < data.lastStep && payload.ts > (line.lastTs ?? Infinity) + 1) this.retake(line);
      return false;
    }
    if (value === undefined || (value === null && !data.isDense)) return false;
    const x = this.axis.live(payload.run_id, payload);
    line.lastTs = data.lastTime = payload.ts;
    if (this.range && x > this.range[1] + (this.range[1] - this.range[0]) * 0.02) return this.noteBeyond(data, payload.step, value);
    data.append(payload.step, x, value);
    return true;
  }

  /** A value beyond what is seen: only the last value is kept. */
  noteBeyond(data, step, value) {
    data.lastStep = step;
    if (typeof value === "number") data.last = value;
    return true;
  }

  /** Steps that go back: the run was taken up again from an earlier one. */
  retake(line) {
    line.isStale = true;
    line.lastTs = undefined;
    this.want(1000);
  }

  /** A card that is not seen misses values: it asks anew when it is seen again. */
  leaveBehind(card) {
    if ([...this.cards].some((other) => other.metric === card.metric && other.isShown())) return;
    for (const { id } of this.runs) this.lines.delete(`${id}\n${card.metric}`);
    card.changed();
  }

  /** First and last place over all lines that are there. */
  extent() {
    let [from, to] = [Infinity, -Infinity];
    for (const { data } of this.lines.values()) {
      if (!data.length) continue;
      from = Math.min(from, data.x[0]);
      to = Math.max(to, data.x[data.length - 1]);
    }
    return from <= to ? [from, to] : null;
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.stopHearing?.();
    this.cards.clear();
  }
}
