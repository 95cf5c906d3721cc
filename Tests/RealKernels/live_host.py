# SPDX-License-Identifier: Apache-2.0
"""A host of its own with the shipped plugins, asked through its control door."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

from surroundings import JACKFIELD, PLUGINS, environment

PATIENCE_SECONDS = 60.0


class Refused(Exception):
    """A command failed; `code` as programs switch on it."""

    def __init__(self, command: str, error: Dict[str, Any]) -> None:
        super().__init__(f"{command}: {error['message']}")
        self.code = (error.get("data") or {}).get("code")
        self.status = (error.get("data") or {}).get("status")


class Call:
    """One command under way on a connection of its own: its chunks as they come, then its answer."""

    def __init__(self, door: Path, command: str, arguments: Dict[str, Any], patience: float) -> None:
        self.command = command
        self.seen: List[Any] = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(patience)
        # Relative: a socket's path has room for 107 bytes.
        self.socket.connect(os.path.relpath(door))
        self._send(1, "command/call", {"name": command, "input": arguments, "stream": True, "callId": "call"})
        self.lines = self.socket.makefile("rb")

    def _send(self, number: int, method: str, parameters: Dict[str, Any]) -> None:
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}).encode() + b"\n")

    def __iter__(self) -> Iterator[Any]:
        """The chunks; ends with the answer, which is then in `answer`."""
        for line in self.lines:
            message = json.loads(line)
            if message.get("method") == "call/chunk":
                self.seen.append(message["params"]["chunk"])
                yield self.seen[-1]
            if message.get("id") == 1:
                self.socket.close()
                if "error" in message:
                    raise Refused(self.command, message["error"])
                self.answer = message["result"]["result"]
                return
        raise ConnectionError("the host closed the connection")

    def until(self, condition: Callable[[Any], Any]) -> Any:
        """The next chunk for which the condition holds."""
        for chunk in self:
            if condition(chunk):
                return chunk
        raise AssertionError(f"'{self.command}' ended with {self.answer}; it said {self.seen[-20:]}")

    def until_text(self, text: str) -> Any:
        """Waits for a line of output."""
        return self.until(lambda event: event["type"] == "stream" and text in event["content"]["text"])

    def rest(self) -> Any:
        """Reads to the end."""
        for _ in self:
            pass
        return self.answer

    def cancel(self) -> None:
        self._send(2, "call/cancel", {"callId": "call"})


class Run:
    """What became of one run of code."""

    def __init__(self, call: Call) -> None:
        self.answer = call.rest()
        self.events = call.seen
        self.ending = self.answer["runs"][-1]
        self.status = self.ending["status"]
        self.reason = self.ending.get("reason", "")

    def text(self, *names: str) -> str:
        """What it printed."""
        wanted = names or ("stdout", "stderr")
        return "".join(event["content"]["text"] for event in self.events if event["type"] == "stream" and event["content"]["name"] in wanted)

    def all(self, kind: str) -> List[Any]:
        return [event["content"] for event in self.events if event["type"] == kind]


class LiveHost:
    """Runs until `stop`."""

    def __init__(self, home: Path, configuration: Optional[Dict[str, Any]] = None, **variables: str) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.json").write_text(json.dumps({"plugins": {"kernel": {"config": configuration or {}}, "trainer": {"config": {"port": 0}}}}))
        self.log = open(home / "serve.log", "wb")
        self.process = subprocess.Popen(
            [JACKFIELD, "serve", "--home", home, "--plugins", PLUGINS], env=environment(home, **variables), cwd=home, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.until("the host to be ready", self._is_ready)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return self._ask("host/status", {})["state"] == "ready"
        except (FileNotFoundError, ConnectionError):
            return False

    def _ask(self, method: str, parameters: Dict[str, Any]) -> Any:
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(os.path.relpath(self.home / "run/host.sock"))
            door.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n")
            with door.makefile("rb") as lines:
                answer = json.loads(next(lines))
        if "error" in answer:
            raise Refused(method, answer["error"])
        return answer["result"]

    def said(self) -> str:
        """The end of its log."""
        return (self.home / "serve.log").read_text(errors="replace")[-4000:]

    def open(self, command: str, /, patience: float = PATIENCE_SECONDS, **arguments: Any) -> Call:
        """Begins a command."""
        return Call(self.home / "run/host.sock", command, arguments, patience)

    def call(self, command: str, /, **arguments: Any) -> Any:
        """Runs a command and gives its answer."""
        return self.open(command, patience=120, **arguments).rest()

    def run(self, kernel: str, code: str, **arguments: Any) -> Run:
        """Runs code to its end."""
        return Run(self.open("code.run", kernel=kernel, code=code, **arguments))

    def kernels(self) -> List[Any]:
        return self.call("kernel.list")["kernels"]

    def until(self, what: str, condition: Callable[[], Any], patience: float = PATIENCE_SECONDS) -> Any:
        """Asks again until the condition holds; there is nothing else to wait on from outside."""
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}; the host's log ends: {self.said()}")

    def stop(self) -> None:
        """Ends the kernels, which would outlive it, and the host."""
        try:
            for kernel in self.kernels() if self.process.poll() is None else []:
                try:
                    self.call("kernel.shutdown", kernel=kernel["id"])
                except Refused:
                    pass  # it ended by itself in between
        finally:
            self.leave()

    def leave(self) -> None:
        """Ends the host alone."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.log.close()
        assert status == 0, self.said()
