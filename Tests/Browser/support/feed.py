# SPDX-License-Identifier: Apache-2.0
"""Feeds a host with lines as trainers write them, as fast as it takes them or at a pace."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence

from .host import Host


class Feed:
    """One session of a trainer, from this process. What it writes is numbered."""

    def __init__(self, host: Host, run: str, *, project: str = "browser", session: Optional[str] = None, begin: bool = True) -> None:
        self.host, self.run = host, run
        self.session = session or f"sess-{run}"
        self.sequence = 0
        self._socket = socket.create_connection(("127.0.0.1", host.trainer_port))
        self._lock = threading.Lock()
        # The host may ask and acknowledge: whoever does not read blocks it at last.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if begin:
            self.send({"type": "session_started", "project": project, "run_name": run},
                      {"type": "newRun", "parents": [], "meta": {"display_name": run}})

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    if "cmd" in message:
                        self._answer(message)
        except (OSError, ValueError):
            pass  # closed

    def _answer(self, message: Dict[str, Any]) -> None:
        """Says who it is, and that it can do nothing else."""
        answer: Dict[str, Any] = {"id": message.get("id"), "ok": False, "error": f"Unknown cmd: {message['cmd']}"}
        if message["cmd"] == "server_info":
            answer = {"id": message.get("id"), "ok": True, "data": {"version": "0.1.4", "capabilities": [], "device": "cpu"}}
        with self._lock:
            self._socket.sendall(json.dumps(answer).encode() + b"\n")

    def line(self, event: Dict[str, Any]) -> bytes:
        """An event as a line, with the next number."""
        self.sequence += 1
        whole = {"run_id": self.run, "run_gen": 0, "ts": time.time(), "session_id": self.session, **event, "event_seq": self.sequence}
        return json.dumps(whole).encode() + b"\n"

    def send(self, *events: Dict[str, Any]) -> None:
        with self._lock:
            self._socket.sendall(b"".join(self.line(event) for event in events))

    def step(self, step: int, **values: Any) -> None:
        self.send({"type": "trainStep", "step": step, "epoch": step // 1000, **values})

    def steps(self, count: int, *, first: int = 1, metrics: Sequence[str] = ("loss",), spikes: Optional[Dict[int, float]] = None) -> None:
        """So many steps at once; `spikes` are losses of single steps."""
        self._stream(self._steps(range(first, first + count), metrics, spikes or {}))

    def logs(self, lines: Iterable[str], level: str = "info") -> None:
        self._stream({"type": "log", "level": level, "text": text} for text in lines)

    def _steps(self, steps: range, metrics: Sequence[str], spikes: Dict[int, float]) -> Iterator[Dict[str, Any]]:
        chance = random.Random(self.run)
        for step in steps:
            values = {name: round(2.3 / (1 + step / 5_000) + chance.random() / 10 + place, 6) for place, name in enumerate(metrics)}
            if step in spikes:
                values[metrics[0]] = spikes[step]
            yield {"type": "trainStep", "step": step, "epoch": step // 1000, **values}

    def _stream(self, events: Iterable[Dict[str, Any]], bunch: int = 2_000) -> None:
        waiting: List[bytes] = []
        with self._lock:
            for event in events:
                waiting.append(self.line(event))
                if len(waiting) == bunch:
                    self._socket.sendall(b"".join(waiting))
                    waiting.clear()
            self._socket.sendall(b"".join(waiting))

    def paced(self, per_second: float, seconds: float, *, first: int = 1, metrics: Sequence[str] = ("loss",)) -> int:
        """So many steps a second for so long; the last step."""
        chance, begun, step = random.Random(1), time.monotonic(), first - 1
        while (passed := time.monotonic() - begun) < seconds:
            due = first - 1 + int(passed * per_second)
            events = [{"type": "trainStep", "step": each, "epoch": 0, **{name: round(chance.random(), 5) for name in metrics}}
                      for each in range(step + 1, due + 1)]
            if events:
                self.send(*events)
                step = due
            time.sleep(0.01)
        return step

    def stored(self, seconds: float = 240) -> None:
        """Waits until the host has stored all that was sent."""
        self.host.until(f"{self.sequence} events of '{self.run}' to be stored", self._is_stored, seconds)

    def _is_stored(self) -> bool:
        sessions = self.host.call("trainer.list", all=True)["sessions"]
        return any(each["session"] == self.session and each["committedSequence"] >= self.sequence for each in sessions)

    def finish(self, status: str = "completed") -> None:
        self.send({"type": "trainingFinished", "status": status, "step": 0})

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the host was first
        self._reader.join(10)
        self._socket.close()
