# SPDX-License-Identifier: Apache-2.0
"""The way to the host in a debug session: through the debug adapter, which wins over the socket."""

from __future__ import annotations

import queue
import threading
from typing import Any, Callable, Dict, Optional

from .calls import Call
from .errors import failed, timed_out
from .operations import Operation, Waiting

#: How long an adapter waits for a request that says nothing of it.
_STANDARD_SECONDS = 30.0


def answer(bridge: Any, call: Call) -> Any:
    """Asks a debug bridge: an object with `request(type, params, timeout)`, or with functions of the same names as ours."""
    if callable(getattr(bridge, "request", None)):
        return call.read(bridge.request(call.type, call.params, call.timeout))
    function = getattr(bridge, call.name, None)
    if not callable(function):
        raise RuntimeError(f"VSCode request failed: the debug bridge has no '{call.name}'")
    return function(*call.arguments, **call.options)


class DebugBridge:
    """What an adapter gives to `set_debug_bridge`. For any thread.

    The adapter sends each event that this makes to the editor, and hands on what comes back: the arguments of
    `customRequestResponse` to `respond`, those of `asyncOperationSubmit` to `submit`.
    """

    def __init__(self, send_event: Callable[[str, Dict[str, Any]], None]) -> None:
        """`send_event` takes an event's name and body, on the thread that asks."""
        self._send_event = send_event
        self._lock = threading.Lock()
        self._answers: Dict[int, "queue.Queue[Dict[str, Any]]"] = {}
        self._last_id = -1
        self.waiting = Waiting()

    def request(self, type: str, params: Dict[str, Any], timeout: Optional[float]) -> Dict[str, Any]:
        """Asks, and waits for the answer; raises `RuntimeError`."""
        answers: "queue.Queue[Dict[str, Any]]" = queue.Queue()
        with self._lock:
            self._last_id += 1
            id = self._last_id
            self._answers[id] = answers
        seconds = _STANDARD_SECONDS if timeout is None else timeout
        try:
            self._send_event("customRequest", {"requestId": id, "type": type, "params": params})
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise timed_out(seconds) from None
        finally:
            with self._lock:
                self._answers.pop(id, None)
        if not answer.get("success"):
            raise failed(answer.get("error") or "Unknown error")
        result = answer.get("result")
        return result if isinstance(result, dict) else {}

    def respond(self, arguments: Dict[str, Any]) -> bool:
        """Takes the arguments of `customRequestResponse`; returns whether anybody waited for it."""
        with self._lock:
            answers = self._answers.get(arguments.get("requestId", -1))
        if answers:
            answers.put(arguments)
        return answers is not None

    def announce(self, operation: Operation) -> None:
        """Tells the editor that something is waited for."""
        operation._on_cancel = lambda: self._update(operation, "cancelled")
        self.waiting.add(operation)
        self._send_event("asyncOperationStarted", operation.body)

    def submit(self, arguments: Dict[str, Any]) -> bool:
        """Takes the arguments of `asyncOperationSubmit`; returns whether anybody waited for it."""
        return self.waiting.submit(arguments)

    def _update(self, operation: Operation, status: str) -> None:
        self._send_event("asyncOperationUpdated", {"operationId": operation.operation_id, "status": status})
