# SPDX-License-Identifier: Apache-2.0
"""A real host with the RunBridge plugin, and a front that is attached to it, both through the control door."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from program import ROOT, built, environment

PATIENCE_SECONDS = 60.0


class Refused(Exception):
    """A command failed."""


class LiveHost:
    """`jackfield serve` in a home of its own, until `stop`."""

    def __init__(self, home: Path, settings: Optional[Dict[str, Any]] = None) -> None:
        found = built()
        assert found
        self.program, library = found
        self.home = home
        self._stage(library, settings or {})
        self._log = open(home / "serve.log", "wb")
        self.process = subprocess.Popen(
            [self.program, "serve", "--home", home, "--plugins", home / "shipped"],
            env=environment(), cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._said: List[str] = []
        self._is_ready = threading.Event()
        self._reader.start()
        assert self._is_ready.wait(PATIENCE_SECONDS), self.log

    def _stage(self, library: Path, settings: Dict[str, Any]) -> None:
        """As `make build` lays it out, and free to load: the files are whoever's who runs the tests."""
        folder = self.home / "shipped/run-bridge"
        folder.mkdir(mode=0o755, parents=True)
        shutil.copy(library, folder / library.name)
        shutil.copy(ROOT / "Plugins/RunBridge/plugin.json", folder / "plugin.json")
        configuration = {"plugins": {"run-bridge": {"mode": "inprocess", "config": settings}}}
        (self.home / "config.json").write_text(json.dumps(configuration))

    def _read(self) -> None:
        """`serve` prints a line when it listens."""
        for line in self.process.stdout:
            self._said.append(line.decode())
            self._is_ready.set()
        self._is_ready.set()

    @property
    def log(self) -> str:
        return "".join(self._said) + (self.home / "serve.log").read_text(errors="replace")[-4000:]

    @property
    def door(self) -> str:
        return str(self.home / "run/host.sock")

    def commands(self) -> List[str]:
        return [command["name"] for command in self.ask("command/list", {})["commands"]]

    def call(self, command: str, /, **arguments: Any) -> Any:
        return self.ask("command/call", {"name": command, "input": arguments})["result"]

    def ask(self, method: str, parameters: Dict[str, Any]) -> Any:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(self.door)
            send(connection, {"id": 1, "method": method, "params": parameters})
            with connection.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    if message.get("id") == 1:
                        if "error" in message:
                            raise Refused(message["error"]["message"])
                        return message["result"]
        raise ConnectionError(f"the host closed the connection: {self.log}")

    def run(self, *command: Any, **options: Any) -> "subprocess.Popen[str]":
        """Begins a command of the program, as `jackfield run`."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([self.program, "--home", self.home, *command], env=environment(), **{**pipes, **options})

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join()
            self.process.stdout.close()
            self._log.close()
        assert status == 0, self.log


class Front:
    """Is attached until `close`, and answers each question with what `replies` have for its kind: nothing, an answer, or several."""

    def __init__(self, host: LiveHost, replies: Dict[str, Callable[[Dict[str, Any]], Any]], commands: List[str] = []) -> None:
        self._host = host
        self._replies = replies
        self.questions: List[Dict[str, Any]] = []
        self.notices: List[Dict[str, Any]] = []
        self._changed = threading.Condition()
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(host.door)
        introduction = {
            "name": "test",
            "capabilities": sorted({"message", "progress", *replies}),
            "commands": [{"name": name} for name in commands],
        }
        send(
            self._connection,
            {"id": 1, "method": "command/call", "params": {"name": "bridge.attach", "input": introduction, "stream": True}},
        )
        self._lines = self._connection.makefile("rb")
        self.id = self._next()["front"]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _next(self) -> Dict[str, Any]:
        for line in self._lines:
            message = json.loads(line)
            if message.get("method") == "call/chunk":
                return message["params"]["chunk"]
            if message.get("id") == 1:
                raise ConnectionError(f"bridge.attach ended: {message}")
        raise ConnectionError("the host closed the connection")

    def _serve(self) -> None:
        try:
            while True:
                chunk = self._next()
                with self._changed:
                    (self.questions if "question" in chunk else self.notices).append(chunk)
                    self._changed.notify_all()
                if "question" in chunk:
                    self._answer(chunk)
        except (OSError, ValueError):
            pass  # closed by either side

    def _answer(self, chunk: Dict[str, Any]) -> None:
        reply = self._replies[chunk["kind"]](chunk["body"])
        for answer in reply if isinstance(reply, list) else [reply]:
            if answer is not None:
                self._host.call("bridge.answer", front=self.id, question=chunk["question"], **answer)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_SECONDS), f"no {what}: {self.notices[-5:]} {self.questions[-5:]}"
            return condition()

    def told(self, kind: str) -> List[Dict[str, Any]]:
        return [notice["body"] for notice in self.notices if notice.get("notice") == kind]

    def close(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        self._lines.close()
        self._connection.close()


def send(connection: socket.socket, message: Dict[str, Any]) -> None:
    connection.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
