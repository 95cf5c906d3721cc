# SPDX-License-Identifier: Apache-2.0
"""Files of events that could not be delivered, and their delivery later."""

from __future__ import annotations

import os
import select
import socket
import time
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

from . import wire
from .settings import Address, spool_folder

_CHUNK_BYTES = 64 << 10


class DeliveryError(Exception):
    """A spooled file could not be delivered; it is left as it was. The message is for a person."""


def write(session_id: str, hello: bytes, lines: Iterable[bytes]) -> Path:
    """Writes `<session>.ndjson`: the hello, then the events. Returns its path; raises `OSError`."""
    folder = spool_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{session_id}.ndjson"
    partial = folder / f"{session_id}.part"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(hello)
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return path


def pending() -> List[Path]:
    """The spooled files, oldest first."""
    return sorted(spool_folder().glob("*.ndjson"), key=lambda path: (path.stat().st_mtime, path.name))


def is_spooled(path: Path) -> bool:
    """Whether a file is ours to remove once it is delivered."""
    return path.resolve().parent == spool_folder().resolve()


def deliver(path: Path, address: Address, timeout: float) -> int:
    """Sends a spooled file and waits until the host has confirmed its last event.

    - `timeout`: how long the host may show no sign of life, in seconds; a big file may take longer in all.
    - Returns: how many events the host now has. A file without events is delivered at once.
    - Raises: `DeliveryError`.
    """
    return _Delivery(path, address, timeout).run()


class _Delivery:
    """One file on its way to one host."""

    def __init__(self, path: Path, address: Address, timeout: float) -> None:
        self._path = path
        self._address = address
        self._timeout = timeout
        self._splitter = wire.LineSplitter()
        self._session_id: Any = None
        self._last_seq = 0
        self._count = 0
        self._acknowledged = 0

    def run(self) -> int:
        try:
            with open(self._path, "rb") as file:
                lines = self._sendable(file)
                first = next(lines, None)
                if first is None:
                    return 0
                with socket.create_connection(self._address, timeout=self._timeout) as connection:
                    self._send(connection, first, lines)
                    self._await_last_ack(connection)
        except OSError as error:
            raise DeliveryError(f"cannot send '{self._path}' to {self._address}: {error.strerror or error}") from error
        return self._count

    def _sendable(self, file: Iterable[bytes]) -> Iterator[bytes]:
        """The file's lines: a hello, written anew if the file has none, and the events. Torn lines are left out."""
        for line in file:
            message = wire.decode(line)
            if message is None or "session_id" not in message:
                continue
            if self._session_id is None:
                self._session_id = message["session_id"]
                if message.get("type") != "client_hello":
                    yield wire.encode(_hello(message))
            if message["session_id"] != self._session_id:
                raise DeliveryError(f"cannot send '{self._path}': it holds more than one session; send them apart")
            self._note(message)
            yield line.rstrip(b"\r\n") + b"\n"

    def _note(self, message: Dict[str, Any]) -> None:
        seq = message.get("event_seq")
        if isinstance(seq, int):
            self._last_seq = max(self._last_seq, seq)
            self._count += 1

    def _send(self, connection: socket.socket, first: bytes, lines: Iterator[bytes]) -> None:
        """Sends in chunks, and reads in between: a host whose acks nobody reads would stop reading, too."""
        chunk = bytearray(first)
        for line in lines:
            chunk += line
            if len(chunk) >= _CHUNK_BYTES:
                connection.sendall(chunk)
                chunk.clear()
                self._read_acks(connection, 0)
        connection.sendall(chunk)

    def _await_last_ack(self, connection: socket.socket) -> None:
        deadline = time.monotonic() + self._timeout
        while self._acknowledged < self._last_seq:
            before = self._acknowledged
            if not self._read_acks(connection, deadline - time.monotonic()):
                raise DeliveryError(
                    f"sent '{self._path}' to {self._address}, which confirmed {self._acknowledged or 'none'} of "
                    f"{self._last_seq} events: is a Jackfield host listening there? The file is kept"
                )
            if self._acknowledged > before:
                deadline = time.monotonic() + self._timeout

    def _read_acks(self, connection: socket.socket, patience: float) -> bool:
        """Reads what is there, after at most `patience` seconds; returns whether there was anything."""
        if not select.select([connection], [], [], max(0.0, patience))[0]:
            return False
        data = connection.recv(_CHUNK_BYTES)
        for line in self._splitter.feed(data):
            self._acknowledged = max(self._acknowledged, self._acknowledged_by(line) or 0)
        return bool(data)

    def _acknowledged_by(self, line: bytes) -> Optional[int]:
        message = wire.decode(line) or {}
        payload = message.get("payload")
        if message.get("cmd") != "ack" or not isinstance(payload, dict):
            return None
        seq = payload.get("event_seq")
        return seq if payload.get("session_id") == self._session_id and isinstance(seq, int) else None


def _hello(event: Dict[str, Any]) -> Dict[str, Any]:
    """A first line for a file of events that has none."""
    known = {key: event.get(key) for key in ("session_id", "run_id", "project", "run_name")}
    return {"type": "client_hello", **known, "client": "jackfield", "wants_ack": True}
