# SPDX-License-Identifier: Apache-2.0
"""One connection of a trainer to a host: lines of JSON both ways."""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
import uuid
from typing import Any, Dict


class Wire:
    """Sends events with their envelope and replies; collects the host's commands."""

    def __init__(self, port: int, project: str) -> None:
        self.commands: "queue.SimpleQueue[Dict[str, Any]]" = queue.SimpleQueue()
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._lock = threading.Lock()
        self._project = project
        self.new_session()
        threading.Thread(target=self._read, daemon=True).start()

    def new_session(self) -> str:
        self.session, self._number = f"sess-{uuid.uuid4().hex[:12]}", 0
        return self.session

    def event(self, type: str, run: str, generation: int, **fields: Any) -> None:
        self._number += 1
        envelope = {"run_id": run, "run_gen": generation, "ts": time.time(), "session_id": self.session, "event_seq": self._number}
        self._send({"type": type, **envelope, **fields})

    def reply(self, id: Any, data: Any = None, error: "str | None" = None) -> None:
        if id:
            self._send({"id": id, "ok": True, "data": data} if error is None else {"id": id, "ok": False, "error": error, "detail": "Traceback"})

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)
        time.sleep(0.3)  # as a script that lives on a little: what was written is read
        self._socket.close()

    def _send(self, message: Dict[str, Any]) -> None:
        with self._lock:
            self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _read(self) -> None:
        try:
            for line in self._socket.makefile("rb"):
                message = json.loads(line)
                if "cmd" in message:
                    self.commands.put(message)
        except (OSError, ValueError):
            pass
        self.commands.put({"cmd": "gone"})
