# SPDX-License-Identifier: Apache-2.0
"""What is measured: each function does one round of one pair, baseline first, and returns {row: (baseline, ours)}."""

import json
import os
import pathlib
import random
import re
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time

from bridge import Bridges
from host import Host, memory
from kernels import Kernels

METRICS = ["loss", "accuracy", "grad_norm", "lr", "weight_norm", "activation_zero_frac", "throughput", "mem_vram"]


class Bench(Kernels, Bridges):
    def __init__(self, root, products, quick):
        self.root, self.products, self.quick = root, products, quick
        self.scratch = root / "build/bench"
        self.plugins = self.scratch / "plugins"
        self.steps = Steps(self.scratch, 20_000 if quick else 200_000)

    def tool(self, name):
        return self.scratch / name

    def calls(self):
        """Commands and events in one process."""
        calls = 20_000 if self.quick else 100_000
        call = output(self.tool("call"))
        many = output(self.tool("handoff"), 64, calls)
        single = output(self.tool("handoff"), 1, calls // 4)
        queue = output(self.tool("events"))
        ours = {row["name"]: row["nanoseconds"] for row in map(json.loads, text(
            self.products / "benchmarks", self.tool("libecho.so"), *(["--quick"] if self.quick else [])).splitlines())}
        return {
            "call inline": (call["nanoseconds"], ours["call inline"]),
            "call 64 in flight": (many["nanoseconds"], ours["call queued, 64 in flight"]),
            "call one at a time": (single["nanoseconds"], ours["call queued, one at a time"]),
            "event": (queue["nanoseconds"], ours["event to a plugin"]),
        }

    def runners(self):
        """The same in a process of its own."""
        calls = 5_000 if self.quick else 50_000
        base = {flight: output(self.tool("runner"), flight, calls)["nanoseconds"] for flight in (1, 8, 64)}
        start = output(self.tool("runner"), "start", 50)
        ours = {row["name"]: row["nanoseconds"] for row in map(json.loads, text(
            self.products / "benchmarks", self.tool("libecho.so"), "--runner", self.products / "jackfield-runner",
            *(["--quick"] if self.quick else [])).splitlines())}
        return {
            **{f"runner {flight}": (base[flight], ours[f"call to a runner, {flight} in flight"]) for flight in base},
            "runner event": (base[1], ours["event to a runner"]),
            "runner start": (start["nanoseconds"] / 1e6, ours["start of a runner"] / 1e6),
        }

    def ingest(self):
        """The same rows: by a C program from memory, and from a trainer's socket through the host."""
        with tempfile.TemporaryDirectory(prefix="baseline-", dir=self.scratch) as folder:
            path = pathlib.Path(folder) / "jackfield.sqlite"
            base = output(self.tool("ingest"), path, self.schema(), self.steps.binary, *METRICS)
            expected = content(path)
        with Host(self.root, self.scratch) as host:
            fresh, cpu = host.memory(), host.cpu_seconds()
            seconds = self.blast(host)
            cpu = host.cpu_seconds() - cpu
            found, after, most = content(host.database), host.memory(), host.memory("VmHWM")
        if expected != found:
            raise SystemExit(f"not the same rows: the C program has {expected}, the host {found}")
        events, rows = base["events"], base["rows"]
        return {
            "rows": (rows / base["seconds"], rows / seconds),
            "events": (events / base["seconds"], events / seconds),
            "cpu": (base["cpu"] / events * 1e6, cpu / events * 1e6),
            "memory fresh": (None, fresh), "memory after": (None, after), "memory most": (None, most),
        }

    def blast(self, host):
        """Seconds from the connection to the commit of the last event."""
        lines = self.steps.lines.read_bytes()
        begun = time.perf_counter()
        with socket.create_connection(("127.0.0.1", host.port)) as trainer:
            trainer.sendall(lines)
            database = sqlite3.connect(f"file:{host.database}?mode=ro", uri=True)
            while (database.execute("SELECT max(last_seq) FROM sessions").fetchone()[0] or 0) < self.steps.count:
                if time.perf_counter() - begun > 120:
                    raise SystemExit("the host did not store all events in two minutes")
                time.sleep(0.005)
            seconds = time.perf_counter() - begun
            database.close()
        return seconds

    def series(self):
        """A long series as many points as a screen has: by a C program that reads every row, and by the host's command."""
        points, rounds = 1_000_000, 20
        with tempfile.TemporaryDirectory(prefix="series-", dir=self.scratch) as folder:
            with Host(self.root, self.scratch, home=folder):
                pass  # makes the database
            fill(pathlib.Path(folder) / "data/jackfield.sqlite", points)
            with Host(self.root, self.scratch, home=folder) as host:
                base = output(self.tool("series"), host.database, "long", "loss", 2_000, rounds)
                ours = {}
                asked = {"run": "long", "metric": "loss", "points": 2_000}
                for name, more in {"series": {}, "series lttb": {"method": "lttb"}, "series zoomed": {"from": 500_000, "to": 519_999}}.items():
                    ours[name], answer = fastest(host, "runs.series", {**asked, **more}, rounds)
                    if name == "series":
                        self._compare(base, answer["series"][0], points)
                most = host.memory("VmHWM")
        return {**{name: (base["seconds"] * 1e3, seconds * 1e3) for name, seconds in ours.items()}, "series memory": (None, most)}

    @staticmethod
    def _compare(base, series, points):
        """Both have read the same values, and neither has lost a spike."""
        values = series["values"]
        if (base["rows"], base["least"], base["greatest"]) != (points, min(values), max(values)) :
            raise SystemExit(f"not the same series: the C program has {base}, the host {min(values)} to {max(values)}")
        if len(values) > 2_000 or not {-77.0, 77.0} <= set(values):
            raise SystemExit("a planted spike is missing")

    def schema(self):
        """The schema as the store makes it, taken from its source."""
        source = (self.root / "Plugins/Store/Sources/Migrations.swift").read_text()
        path = self.scratch / "schema.sql"
        path.write_text("\n".join(re.findall(r'"""\n(.*?)"""', source, re.S)))
        return path

    def start(self):
        """From making the process to its answer, with a database file that exists; and the memory then."""
        with tempfile.TemporaryDirectory(prefix="start-", dir=self.scratch) as folder:
            with Host(self.root, self.scratch, home=folder):
                pass  # makes the database and warms the page cache
            base_seconds, base_memory = self._start_baseline(pathlib.Path(folder))
            with Host(self.root, self.scratch, home=folder) as host:
                return {"start": (base_seconds * 1e3, host.start_seconds * 1e3), "memory": (base_memory, host.memory())}

    def _start_baseline(self, folder):
        path = os.path.relpath(folder / "start.sock")
        begun = time.perf_counter()
        process = subprocess.Popen([self.tool("start"), folder / "data/jackfield.sqlite", path])
        door = socket.socket(socket.AF_UNIX)
        while True:
            try:
                door.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if process.poll() is not None:
                    raise SystemExit("the baseline of the start failed") from None
                time.sleep(0.001)
        seconds = time.perf_counter() - begun
        size = memory(process.pid)
        door.close()
        process.wait()
        return seconds, size

    def door(self):
        """Round trips over a Unix socket, one at a time."""
        count = 2_000 if self.quick else 20_000
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "command/call", "params": {"name": "echo.inline", "input": "x" * 100}})
        with tempfile.TemporaryDirectory(prefix="door-", dir=self.scratch) as folder:
            path = os.path.relpath(pathlib.Path(folder) / "echo.sock")
            server = subprocess.Popen([self.tool("door"), "serve", path])
            try:
                while not os.path.exists(path):
                    time.sleep(0.001)
                base = output(self.tool("door"), "call", path, line, count)["nanoseconds"]
            finally:
                server.kill()
                server.wait()
        with Host(self.root, self.scratch, extra_plugins=[self.plugins]) as host:
            ours = output(self.tool("door"), "call", host.socket, line, count)["nanoseconds"]
        return {"door": (base / 1e3, ours / 1e3)}


class Steps:
    """The same training steps twice: as lines of a trainer, and as numbers for the C program."""

    def __init__(self, scratch, count):
        self.count, self.lines, self.binary = count, scratch / f"steps-{count}.ndjson", scratch / f"steps-{count}.bin"
        if not (self.lines.exists() and self.binary.exists()):
            self._generate()

    def _generate(self):
        chance = random.Random(1)
        with open(self.lines, "wb") as lines, open(self.binary, "wb") as binary:
            for step in range(1, self.count + 1):
                epoch, ts = step // 1_000, round(1.7e9 + step * 0.05, 3)
                values = [round(2.3 / (1 + step / 500) + chance.random() / 10, 6), round(min(0.99, step / 50_000), 4),
                          round(chance.expovariate(1), 5), 0.0003, round(41 + chance.random(), 4), round(chance.random() / 2, 4),
                          round(900 + 50 * chance.random(), 1), round(11.2 + chance.random() / 10, 3)]
                event = {"type": "trainStep", "step": step, "epoch": epoch, "val_loss": None, "gpu_util": None,
                         **dict(zip(METRICS, values)), "run_id": "run-bench", "run_gen": 1, "ts": ts, "session_id": "sess-bench",
                         "event_seq": step}
                lines.write(json.dumps(event).encode() + b"\n")
                binary.write(struct.pack(f"<dqqq{len(values)}d", ts, step, step, epoch, *values))


def fill(path, points):
    """A run of so many steps with one metric and two spikes, and the pyramid over it."""
    chance = random.Random(2)
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    run, session, metric = (database.execute(f"INSERT INTO {table}(name) VALUES (?)", (name,)).lastrowid
                            for table, name in (("runs", "long"), ("sessions", "sess-long"), ("metric_names", "loss")))
    spikes = {points // 3: 77.0, points // 7 * 5: -77.0}
    rows = ((run, metric, step, session, step, spikes.get(step, 2.3 / (1 + step / 5_000) + chance.random() / 10)) for step in range(1, points + 1))
    database.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
    database.execute("INSERT INTO session_runs(run, session) VALUES (?, ?)", (run, session))
    database.execute("INSERT INTO run_metrics SELECT run, metric, count(*), min(value), max(value), 0, max(step), session, max(seq) FROM metrics "
                     "WHERE run = ? AND metric = ?", (run, metric))
    for level, shift in enumerate((6, 12, 18)):
        # A bare column beside one min() or max() is that row's; so each extreme is asked for by itself.
        found = [database.execute(f"SELECT step >> {shift}, {what} FROM metrics WHERE run = ? AND metric = ? GROUP BY 1 ORDER BY 1", (run, metric)).fetchall()
                 for what in ("count(*), total(value)", "min(value), step", "max(value), step", "value, min(step)", "value, max(step)")]
        database.executemany("INSERT INTO pyramid VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (
            (run, metric, level, parts[0][0], *[value for part in parts for value in part[1:]]) for parts in zip(*found)))
    database.commit()
    database.close()


def fastest(host, command, given, rounds):
    """Seconds of the fastest of so many calls over one connection, to the last byte of the answer; and the answer."""
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "command/call", "params": {"name": command, "input": given}}).encode() + b"\n"
    least, answer = float("inf"), bytearray()
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(host.socket)
        for _ in range(rounds):
            answer.clear()
            begun = time.perf_counter()
            door.sendall(request)
            while not answer.endswith(b"\n"):
                answer += door.recv(1 << 18)
            least = min(least, time.perf_counter() - begun)
    return least, json.loads(answer)["result"]["result"]


def content(path):
    """What must be equal in both databases."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    counts = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("events", "metrics", "metric_names")}
    sums = database.execute("SELECT total(value), total(step), count(DISTINCT metric) FROM metrics").fetchone()
    times = database.execute("SELECT total(ts), total(step), total(epoch) FROM events").fetchone()
    database.close()
    return counts, sums, times


def text(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"'{command[0]}' failed ({done.returncode}): {done.stderr.strip()}")
    return done.stdout


def output(*command):
    return json.loads(text(*command))
