#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A training whose numbers are told as JSON: python3 train.py '{"name": "a", "steps": 100, "pace": 0.01, "metrics": {"loss": "1 / step"}, …}'"""

import itertools
import json
import math
import random
import signal
import sys
import time
from pathlib import Path

import jackfield

given = json.loads(sys.argv[1])
chance = random.Random(given["name"])
# Ended by a signal it ends as a script does: what is not confirmed is delivered.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def save(step: int) -> Path:
    path = Path(f"checkpoint-{step}.json").resolve()
    path.write_text(json.dumps({"step": step}))
    return path


with jackfield.Run(given["project"], given["name"], save_checkpoint=save, load_checkpoint=lambda path: None) as run:
    for line in given["logs"]:
        level, _, text = line.partition(": ")
        run.log(text, level) if level in ("debug", "info", "warning", "error") else run.log(line)
    steps = itertools.count(1) if given["steps"] is None else range(1, given["steps"] + 1)
    for step in steps:
        if given["pace"] == "told":
            if not sys.stdin.readline():
                break
        elif given["pace"]:
            time.sleep(given["pace"])
        names = {"step": step, "random": chance.random, "math": math, "nan": math.nan}
        values = {name: eval(expression, names) for name, expression in given["metrics"].items()}
        if not run.step(step, epoch=step // given["epoch"], **values):
            break
        if step % given["epoch"] == 0:
            run.epoch_end(step // given["epoch"] - 1, val_loss=1 / step)
