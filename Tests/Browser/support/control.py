# SPDX-License-Identifier: Apache-2.0
"""Asks a host through its control door."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List

PATIENCE_SECONDS = 60.0


class Refused(Exception):
    """The host refused; `status` as programs switch on it."""

    def __init__(self, what: str, error: Dict[str, Any]) -> None:
        super().__init__(f"{what}: {error['message']}")
        self.status = (error.get("data") or {}).get("status")


class Control:
    """The control door of a home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "run/host.sock"

    def ask(self, method: str, **parameters: Any) -> Any:
        """One request on a connection of its own."""
        with self._connect() as door:
            _send(door, method, parameters)
            for message in _messages(door):
                if message.get("id") != 1:
                    continue  # progress and chunks on the way
                if "error" in message:
                    raise Refused(parameters.get("name", method), message["error"])
                return message["result"]
        raise ConnectionError("the host closed the connection")

    def call(self, command: str, /, **given: Any) -> Any:
        """What a command answers."""
        return self.ask("command/call", name=command, input=given)["result"]

    def listen(self, *topics: str) -> "Listening":
        """Collects events from now on."""
        return Listening(self._connect(), list(topics))

    def _connect(self) -> socket.socket:
        door = socket.socket(socket.AF_UNIX)
        door.settimeout(PATIENCE_SECONDS)
        # Relative: a socket's path has room for 107 bytes.
        path = min(str(self._path), os.path.relpath(self._path), key=len)
        try:
            door.connect(path)
        except OSError:
            door.close()
            raise
        return door


class Listening:
    """Events as they came; `close` ends it."""

    def __init__(self, door: socket.socket, topics: List[str]) -> None:
        self._door = door
        self._changed = threading.Condition()
        self.events: List[Dict[str, Any]] = []
        _send(door, "event/subscribe", {"patterns": topics, "queue": 65_536})
        self._lines = _messages(door)
        next(self._lines)
        door.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for message in self._lines:
                if message.get("method") == "event":
                    with self._changed:
                        self.events.append(message["params"])
                        self._changed.notify_all()
        except (OSError, ValueError):
            pass  # closed

    def wait(self, condition, what: str) -> Any:
        """Waits until the condition holds for the events so far."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.events), PATIENCE_SECONDS), f"waited in vain for {what}; last: {self.events[-3:]}"
            return condition(self.events)

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        self._door.close()


def _send(door: socket.socket, method: str, parameters: Dict[str, Any]) -> None:
    door.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n")


def _messages(door: socket.socket) -> Iterator[Dict[str, Any]]:
    with door.makefile("rb") as lines:
        for line in lines:
            yield json.loads(line)
