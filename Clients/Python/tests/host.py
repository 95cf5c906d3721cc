# SPDX-License-Identifier: Apache-2.0
"""A small real host: a TCP server that records every line, and acknowledges events or not."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from typing import Any, Callable, Dict, List, Optional

DEADLINE_SECONDS = 15.0


class Host:
    """Listens on loopback until `die`. Each connection has a thread of its own."""

    def __init__(self, port: int = 0, acks: bool = True, reads: bool = True) -> None:
        self.acks = acks
        self.reading = threading.Event()
        if reads:
            self.reading.set()
        self.lines: List[Dict[str, Any]] = []
        self.raw: List[bytes] = []
        self.sockets: List[socket.socket] = []
        self.ended = 0
        self._changed = threading.Condition()
        self._sending = threading.Lock()  # acks and commands must not mix within a line
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._is_dead = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    # What it saw

    @property
    def events(self) -> List[Dict[str, Any]]:
        """The lines that belong to the event stream, in order of arrival."""
        return [line for line in self.lines if "event_seq" in line]

    @property
    def hellos(self) -> List[Dict[str, Any]]:
        return [line for line in self.lines if line.get("type") == "client_hello"]

    def seqs(self) -> List[int]:
        return [event["event_seq"] for event in self.events]

    def of_type(self, kind: str) -> List[Dict[str, Any]]:
        return [line for line in self.lines if line.get("type") == kind]

    def wait(self, condition: Callable[[], Any], what: str = "condition") -> Any:
        """Waits until the condition holds after some line or connection; fails after a deadline."""
        with self._changed:
            if not self._changed.wait_for(condition, DEADLINE_SECONDS):
                raise AssertionError(f"no {what}; the host saw {self.lines[-5:]}")
            return condition()

    def wait_for(self, kind: str, count: int = 1) -> Dict[str, Any]:
        """Waits for the `count`th line of a type and returns it."""
        self.wait(lambda: len(self.of_type(kind)) >= count, f"'{kind}' number {count}")
        return self.of_type(kind)[count - 1]

    # What it does

    def send(self, data: bytes) -> None:
        self.wait(lambda: self.sockets, "connection")
        with self._sending:
            self.sockets[-1].sendall(data)

    def ask(self, command: str, payload: Any = None, id: Any = None) -> Dict[str, Any]:
        """Sends a command and waits for its reply."""
        id = id or f"{command}-{time.monotonic_ns()}"
        self.send(json.dumps({"id": id, "cmd": command, "payload": payload}).encode() + b"\n")
        return self.reply(id)

    def reply(self, id: Any) -> Dict[str, Any]:
        def find() -> Optional[Dict[str, Any]]:
            return next((line for line in self.lines if "ok" in line and line.get("id") == id), None)

        return self.wait(find, f"reply to {id!r}")

    def hang_up(self) -> None:
        """Resets every connection, as the system does for a process that died."""
        for connection in self.sockets:
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def die(self) -> None:
        """Closes everything; the port is free afterwards."""
        self._is_dead = True
        self._acceptor.join()
        self._listener.close()
        self.hang_up()
        self.reading.set()

    def _accept(self) -> None:
        while not self._is_dead:
            try:
                if not select.select([self._listener], [], [], 0.05)[0]:
                    continue
                connection, _ = self._listener.accept()
            except (OSError, ValueError):
                return
            with self._changed:
                self.sockets.append(connection)
                self._changed.notify_all()
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as stream:
                while self.reading.wait() and not self._is_dead:
                    line = stream.readline()
                    if not line.endswith(b"\n"):
                        break
                    self._take(connection, line)
        except (OSError, ValueError):
            pass
        connection.close()
        with self._changed:
            self.ended += 1
            self._changed.notify_all()

    def _take(self, connection: socket.socket, line: bytes) -> None:
        message = json.loads(line, parse_constant=_refuse)
        with self._changed:
            self.raw.append(line)
            self.lines.append(message)
            self._changed.notify_all()
        if self.acks and "event_seq" in message:
            with self._sending:
                connection.sendall(ack(message["session_id"], message["event_seq"]))


def ack(session_id: str, seq: int) -> bytes:
    payload = {"session_id": session_id, "event_seq": seq}
    return json.dumps({"cmd": "ack", "payload": payload}).encode() + b"\n"


def free_port() -> int:
    """A port nobody listens on, for a host that comes later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
