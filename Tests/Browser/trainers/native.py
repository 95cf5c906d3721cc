#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A training in the standard library that speaks the protocol of `onthefly-ai` and carries out its commands: it really pauses, forks on the
samples it is given, averages the weights of a merge, and computes the loss of each sample. For tests of the page."""

from __future__ import annotations

import argparse
import csv
import os
import queue
import random
import time
from typing import Any, Dict, List, Optional

from model import Checkpoints, Model, Samples, clusters
from wire import Wire

CAPABILITIES = ["attach_context", "switch_run", "set_counter_seeds", "save_ckpt", "load_ckpt", "pause", "resume", "test_now", "fork", "merge", "generate_report"]


class Training:
    """One session, bound to one run at a time."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.wire = Wire(options.port, options.project)
        self.samples = Samples(options.samples)
        self.tests = Samples(200, seed=8)
        self.checkpoints = Checkpoints(options.directory, options.project)
        self.model = Model()
        self.run, self.generation, self.step, self.epoch, self.rate = options.name, 0, 0, 0, options.rate
        self.subset: Optional[List[int]] = None
        self.resets = 1
        self.counters = {"fork": 0, "merge": 0}
        self.is_paused = self.is_stopped = self.is_gone = False
        self.val_loss: Optional[float] = None

    def main(self) -> None:
        self.emit("session_started", project=self.options.project, run_name=self.run)
        self.emit("newRun", parents=[], meta={"display_name": self.run, **dict(pair.split("=", 1) for pair in self.options.meta)})
        while not self.is_stopped and not self.is_gone and (self.options.steps is None or self.step < self.options.steps or self.is_paused):
            self.obey()
            if not self.is_stopped and not self.is_paused and not self.is_gone:
                self.train()
        if not self.is_gone:
            self.emit("trainingFinished", status="stopped" if self.is_stopped else "completed", step=self.step)
            self.wire.close()

    def train(self) -> None:
        pool = self.subset or range(len(self.samples))
        batch = random.Random(self.step).sample(list(pool), min(16, len(pool))) if len(pool) < 5000 else [random.randrange(len(pool)) for _ in range(16)]
        self.step += 1
        values = self.model.step(self.samples, batch, self.rate)
        self.emit("trainStep", step=self.step, epoch=self.epoch, lr=self.rate, val_loss=self.val_loss, throughput=16 / max(1e-3, self.options.pace), **values)
        if self.step % 25 == 0:
            self.val_loss = self.model.mean_loss(self.tests, range(len(self.tests)))
            self.emit("epoch_end", epoch=self.epoch, val_loss=self.val_loss)
            self.emit("log", level="info", text=f"epoch {self.epoch} val_loss = {self.val_loss:.4f}")
            self.epoch += 1
        time.sleep(self.options.pace)

    def emit(self, type: str, **fields: Any) -> None:
        self.wire.event(type, fields.pop("run_id", self.run), self.generation, **fields)

    def obey(self) -> None:
        while True:
            try:
                message = self.wire.commands.get(block=self.is_paused and not self.is_stopped, timeout=0.05)
            except queue.Empty:
                if not self.is_paused or self.is_stopped:
                    return
                continue
            name, payload = message["cmd"], message.get("payload") or {}
            if name == "gone":
                self.is_gone = True
                return
            if self.options.slow and name in self.options.slow_commands:
                time.sleep(self.options.slow)
            try:
                self.wire.reply(message.get("id"), self.command(name, payload))
            except (ValueError, KeyError) as error:
                self.wire.reply(message.get("id"), error=str(error))

    def command(self, name: str, payload: Dict[str, Any]) -> Any:
        handler = getattr(self, f"do_{name}", None)
        if name.endswith("_health"):
            self.must_be_paused(f"running {name}")
            return {"ok": True, "problems": [], "text": f"Run: {self.run}\nStep: {self.step} | Epoch: {self.epoch}\n{name}\n• nothing found"}
        if handler is None:
            raise ValueError(f"Unknown cmd: {name}")
        return handler(payload)

    def must_be_paused(self, doing: str) -> None:
        if not self.is_paused:
            raise ValueError(f"Model must be paused before {doing}")

    def save(self) -> str:
        return self.checkpoints.save(self.run, self.step, self.epoch, self.model)

    def do_server_info(self, payload: Dict[str, Any]) -> Any:
        return {"version": "0.1.4", "capabilities": CAPABILITIES, "device": "cpu"}

    def do_ping(self, payload: Dict[str, Any]) -> Any:
        return {"status": "pong", "step": self.step}

    def do_pause(self, payload: Dict[str, Any]) -> Any:
        path = self.save()
        if not self.is_paused:
            self.is_paused = True
            self.emit("paused", step=self.step, request={"action": "pause", "reason": payload.get("reason", "manual")}, ckpt=path)
        return {"status": "paused", "step": self.step, "ckpt": path}

    def do_resume(self, payload: Dict[str, Any]) -> Any:
        if self.is_paused:
            self.is_paused = False
            self.emit("resumed", step=self.step)
        return {"status": "resumed", "step": self.step}

    def do_stop(self, payload: Dict[str, Any]) -> Any:
        self.emit("stopping")
        self.is_stopped, self.is_paused = True, False
        return {"status": "stopping"}

    def do_save_ckpt(self, payload: Dict[str, Any]) -> Any:
        path = self.save() if self.is_paused else None
        self.emit("checkpoint_saved", path=path, step=self.step)
        return {"path": path, "step": self.step}

    def do_load_ckpt(self, payload: Dict[str, Any]) -> Any:
        content = self.checkpoints.load(payload["path"])
        self.model, self.step, self.epoch = Model(content["weights"]), content["step"], content["epoch"]
        self.emit("checkpoint_loaded", path=payload["path"], step=self.step)
        return {"path": payload["path"], "step": self.step, "epoch": self.epoch, "last_val_loss": self.val_loss}

    def do_test(self, payload: Dict[str, Any]) -> Any:
        was_running = not self.is_paused
        if was_running:
            self.emit("paused", step=self.step, request={"action": "test", **payload}, ckpt=self.save())
        losses = [self.model.mean_loss(self.tests, range(start, start + 50)) for start in range(0, 200, 50)]
        for number, loss in enumerate(losses, 1):
            self.emit("testStep", step=number, loss=loss)
        data = {"status": "ok", "avg_loss": sum(losses) / len(losses), "run_id": self.run, "session_id": self.wire.session, "step": self.step}
        data.update(label=payload.get("label", "manual"), ckpt_path=self.save(), env_test_label="test_1")
        self.emit("test_complete", **{**data, "source": payload.get("source", "manual")})
        if was_running:
            self.emit("resumed", step=self.step)
        return data

    do_test_now = do_test

    def do_generate_report(self, payload: Dict[str, Any]) -> Any:
        self.must_be_paused("generating report")
        owner, where = payload.get("owner_run_id") or payload.get("runId") or self.run, payload.get("subset_on", "val")
        path = self.save() if owner == self.run else self.checkpoints.newest(owner)
        if path is None:
            raise ValueError(f"No checkpoint found for requested run '{owner}'.")
        content = self.checkpoints.load(path)
        model, data = Model(content["weights"]), self.samples if where == "train" else self.tests
        chosen = payload.get("subset_indices") or (self.subset if where == "train" and owner == self.run else None) or list(range(len(data)))
        meta = {"note": f"{where} split", "samples": len(chosen), "owner_run_id": owner, "subset_on": where, "subset_count": len(payload.get("subset_indices") or [])}
        meta.update(at_step=content["step"], at_epoch=self.epoch, owner_ckpt_path=path)
        losses = [round(model.loss(data, index), 7) for index in chosen]
        return {"losses": losses, "sample_indices": chosen, "owner_run_id": owner, "reqId": payload.get("reqId"), "meta": meta}

    def chosen(self, payload: Dict[str, Any]) -> List[int]:
        selection, region = payload.get("selection") or {}, payload.get("region") or {}
        if selection.get("kind") == "indices":
            return [int(index) for index in selection["ids"]]
        losses = [self.model.loss(self.samples, index) for index in range(len(self.samples))]
        if selection.get("kind") == "quantile":
            ordered = sorted(losses)
            low, high = (ordered[min(len(ordered) - 1, int(selection.get(side, default) * len(ordered)))] for side, default in (("from", 0.85), ("to", 1.0)))
            return [index for index, loss in enumerate(losses) if low <= loss <= high]
        if selection.get("kind") == "kmeans":
            owner, wanted = clusters(losses, int(selection.get("k", 5))), selection.get("target_clusters") or [0]
            return [index for index, place in enumerate(owner) if place in wanted]
        if region:
            return [index for index, loss in enumerate(losses) if region["minLoss"] <= loss <= region["maxLoss"]]
        return []

    def begin(self, name: str, parents: List[str], meta: Dict[str, Any]) -> None:
        old, self.generation = self.run, self.generation + 1
        self.emit("runTransition", **{"from": old, "to": name}, prev_step=self.step)
        self.emit("finalizeRun", next_run=name, last_step=self.step)
        self.run, self.step, self.epoch, self.val_loss = name, 0, 0, None
        self.emit("newRun", parents=parents, meta={**meta, "display_name": name, "run_gen": self.generation})

    def name(self, given: Optional[str], kind: str) -> str:
        self.counters[kind] += 1
        return given or f"{kind}{self.counters[kind]}"

    def do_fork(self, payload: Dict[str, Any]) -> Any:
        parent, path = payload.get("parent_run_id") or payload.get("owner_run_id") or self.run, payload.get("parent_ckpt_path")
        self.save()
        at_step = self.step
        if path:
            content = self.checkpoints.load(path)
            self.model, at_step = Model(content["weights"]), content["step"]
        chosen, factors = self.chosen(payload), payload.get("hparams") or {}
        self.rate *= factors.get("lr_mul", 1)
        meta = {"kind": "fork", "from": parent, "at_step": at_step, "init_from": path, "region": payload.get("region") or {}, "subset_count": len(chosen)}
        meta.update(mode=payload.get("mode", "manual"), selection=payload.get("selection"), hparams=factors)
        self.begin(self.name(payload.get("run_name"), "fork"), [parent], meta)
        self.subset = chosen or None
        return {"new_run": self.run, "subset_indices": chosen}

    def do_merge(self, payload: Dict[str, Any]) -> Any:
        parents = payload.get("parents") or []
        self.save()
        paths = payload.get("paths") or [self.checkpoints.newest(parent) for parent in parents]
        if None in paths:
            raise ValueError(f"no checkpoint found for parent run: {parents[paths.index(None)]}")
        weights = [self.checkpoints.load(path)["weights"] for path in paths]
        self.model = Model([sum(column) / len(weights) for column in zip(*weights)])
        strategy = payload.get("strategy", "swa")
        self.begin(self.name(payload.get("new_name"), "merge"), parents, {"kind": "merge", "strategy": strategy, "parents": parents, "paths": paths})
        self.subset = None
        return {"new_run": self.run, "parents": parents or None, "strategy": strategy, "paths": paths}

    def do_switch_run(self, payload: Dict[str, Any]) -> Any:
        self.is_paused = True
        self.run, self.subset = payload.get("run_id") or payload.get("runId") or self.run, None
        path = payload.get("init_ckpt") or payload.get("ckpt")
        if path:
            content = self.checkpoints.load(path)
            self.model, self.step, self.epoch = Model(content["weights"]), content["step"], content["epoch"]
            self.emit("checkpoint_loaded", path=path, step=self.step)
        self.emit("log", level="info", text=f"Switched to run {self.run}")
        data = {"ok": True, "run_id": self.run, "paused": True, "ckpt_loaded": bool(path), "ckpt_path": path, "step": self.step}
        return {**data, "fork_counter_seed": payload.get("fork_counter_init"), "merge_counter_seed": payload.get("merge_counter_init")}

    do_attach_context = do_switch_run

    def do_set_counter_seeds(self, payload: Dict[str, Any]) -> Any:
        return {"ok": True, "fork_counter_seed": payload.get("fork_counter_init"), "merge_counter_seed": payload.get("merge_counter_init"), "seed_gen": 1}

    def do_export_subset(self, payload: Dict[str, Any]) -> Any:
        indices = sorted(set(payload.get("subset_indices") or self.subset or range(len(self.samples))))
        path = payload.get("out_path") or os.path.join(self.checkpoints.directory, self.run, "subset_indices.csv")
        path = os.path.splitext(path)[0] + ".csv"  # as the original without an engine for parquet
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["sample_id", "label"])
            writer.writerows([index, self.samples.labels[index]] for index in indices if index < len(self.samples))
        self.emit("artifact_created", path=path, rows=len(indices))
        return {"ok": True, "run_id": self.run, "out_path": path, "rows": len(indices), "format": payload.get("format", "parquet"), "export_all": False}

    def do_prepare_export(self, payload: Dict[str, Any]) -> Any:
        return {"ckpt": {"path": self.save() if self.is_paused else None, "run": self.run, "step": self.step}, "snapshots": []}

    def do_reset_session(self, payload: Dict[str, Any]) -> Any:
        self.do_pause({"reason": "manual"})
        self.resets += 1
        self.run, self.generation = payload.get("run_name") or f"{self.options.name}#{self.resets}", 0
        self.model, self.step, self.epoch, self.val_loss, self.subset, self.rate = Model(), 0, 0, None, None, self.options.rate
        session = self.wire.new_session()
        self.emit("paused", step=0)
        return {"ok": True, "run_id": self.run, "display_name": self.run, "project": self.options.project, "session_id": session}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("ONTHEFLY_DASHBOARD_PORT", "47621")))
    parser.add_argument("--project", default="demo")
    parser.add_argument("--name", default="baseline")
    parser.add_argument("--directory", default="checkpoints", help="where checkpoints go")
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--steps", type=int, help="ends after so many; without it, until it is stopped")
    parser.add_argument("--pace", type=float, default=0.02, help="seconds a step")
    parser.add_argument("--rate", type=float, default=0.1, help="learning rate")
    parser.add_argument("--slow", type=float, default=0, help="seconds that a slow command takes longer")
    parser.add_argument("--slow-commands", nargs="*", default=["generate_report"])
    parser.add_argument("--meta", nargs="*", default=[], help="NAME=VALUE of the run's configuration")
    return parser.parse_args()


if __name__ == "__main__":
    Training(options()).main()
