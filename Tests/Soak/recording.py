#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills a host that records heavily, again and again, and looks at the database after each kill.

    Tests/Soak/recording.py --kills 200        what `make soak` does

Two trainers stream steps through our Python client, which keeps what is not acknowledged. After each SIGKILL the file must pass
`PRAGMA integrity_check`, hold every step up to its last one once, and a pyramid that fits its rows: those written since the last look, and
each tenth time and at the end all of them. At the end every step must be there.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAINER = """
import os, sys, time
import jackfield
with jackfield.Run(project="soak", name=sys.argv[1], flush_timeout=240) as run:
    step = 0
    while not os.path.exists(sys.argv[2]):
        for _ in range(50):
            step += 1
            run.step(step, loss=1.0 / step, accuracy=step % 7 / 7, lr=1e-3)
        run.log(f"step {step}")
        time.sleep(0.01)
    print(step, flush=True)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    print(f"soak: {options.kills} kills, seed {seed}", flush=True)
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="jackfield-soak-") as folder:
        soak(pathlib.Path(folder), options.kills, dice)


def soak(folder, kills, dice):
    port = free_port()
    (folder / "config.json").write_text(json.dumps({"plugins": {"trainer": {"config": {"port": port}}}}))
    done = folder / "done"
    host = start(folder)
    names = ["one", "two"]
    trainers = [train(folder, name, port, done) for name in names]
    committed, newest = 0, 0
    try:
        for kill in range(1, kills + 1):
            time.sleep(dice.uniform(0.02, 0.6))
            host.send_signal(signal.SIGKILL)
            host.wait()
            # Else the time that looking takes would be recorded too, and there would be no end to it.
            send_all(trainers, signal.SIGSTOP)
            committed, newest = examine(folder, committed, since=0 if kill % 10 == 0 else newest)
            host = start(folder)
            send_all(trainers, signal.SIGCONT)
            if kill % 10 == 0 or kill == kills:
                print(f"soak: {kill} kills, {committed} steps committed, all sound", flush=True)
        done.touch()
        sent = {name: int(trainer.communicate(timeout=300)[0]) for name, trainer in zip(names, trainers)}
        wait_for_all(folder, host, sent)
    finally:
        for trainer in trainers:
            trainer.kill()
        host.kill()
        host.wait()
    print(f"soak: passed; {sum(sent.values())} steps sent, each stored once, over {kills} kills")


def start(folder):
    host = subprocess.Popen([ROOT / "build/bin/jackfield", "serve", "--home", folder, "--plugins", ROOT / "build/plugins"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(folder / "serve.log", "ab"))
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if host.poll() is not None:
            break
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.connect(os.path.relpath(folder / "run/host.sock"))
            return host
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.005)
    sys.exit(f"soak: the host did not start: {(folder / 'serve.log').read_text()[-2000:]}")


def train(folder, name, port, done):
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "Clients/Python/src"), ONTHEFLY_DASHBOARD_PORT=str(port),
                       XDG_STATE_HOME=str(folder / "client"))
    return subprocess.Popen([sys.executable, "-c", TRAINER, name, done], env=environment, stdout=subprocess.PIPE, text=True)


def send_all(processes, number):
    for process in processes:
        process.send_signal(number)


def examine(folder, before, since):
    """Looks at the buckets of steps from `since` on, and at every event.

    Returns how many steps are committed, never fewer than before, and the last one that both trainers have reached.
    """
    path = folder / "data/jackfield.sqlite"
    if not path.exists():
        return before, 0
    database = sqlite3.connect(path)
    try:
        if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'pyramid'").fetchone()[0]:
            return before, 0  # killed before its first schema was whole
        check = database.execute("PRAGMA integrity_check").fetchone()[0]
        expect(check == "ok", f"integrity_check says {check}")
        reached = []
        for run, in database.execute("SELECT id FROM runs").fetchall():
            steps, distinct, last = database.execute(
                "SELECT count(*), count(DISTINCT step), coalesce(max(step), 0) FROM events WHERE run = ? AND kind = 1", (run,)).fetchone()
            expect(steps == distinct == last, f"run {run}: {steps} step events, {distinct} different, the last is {last}")
            reached.append(steps)
        total = sum(reached)
        expect_fitting_pyramid(database, since)
        expect(total >= before, f"{before} steps were committed, now there are {total}")
        return total, min(reached, default=0)
    finally:
        database.close()


def expect_fitting_pyramid(database, since):
    for level, shift in enumerate((6, 12, 18)):
        first = since >> shift
        rows = f"""SELECT run, metric, step >> {shift} AS bucket, count(*) AS n, min(value) AS low, max(value) AS high, total(value) AS sum,
            min(step) AS first_step, max(step) AS last_step FROM run_metrics JOIN metrics USING (run, metric) WHERE step >= {first << shift} GROUP BY 1, 2, 3"""
        wrong = database.execute(f"""SELECT count(*) FROM ({rows}) AS r FULL JOIN (SELECT * FROM pyramid WHERE level = {level} AND bucket >= {first}) AS p
            USING (run, metric, bucket) WHERE n IS NOT p.count OR low IS NOT p.min OR high IS NOT p.max OR r.first_step IS NOT p.first_step
            OR r.last_step IS NOT p.last_step OR abs(r.sum - p.sum) > 1e-6 * (1 + abs(r.sum))""").fetchone()[0]
        expect(wrong == 0, f"{wrong} buckets of level {level} do not fit their rows")


def wait_for_all(folder, host, sent):
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        database = sqlite3.connect(f"file:{folder / 'data/jackfield.sqlite'}?mode=ro", uri=True)
        try:
            stored = dict(database.execute("SELECT name, steps FROM runs").fetchall())
        finally:
            database.close()
        if all(stored.get(name) == steps for name, steps in sent.items()):
            host.send_signal(signal.SIGTERM)
            expect(host.wait(timeout=30) == 0, "the host did not stop in order")
            expect(examine(folder, 0, since=0)[0] == sum(sent.values()), "steps are missing after the stop")
            return
        time.sleep(0.1)
    sys.exit(f"soak: sent {sent}, stored {stored}")


def expect(condition, sentence):
    if not condition:
        sys.exit(f"soak: {sentence}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
