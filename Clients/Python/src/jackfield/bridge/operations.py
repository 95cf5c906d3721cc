# SPDX-License-Identifier: Apache-2.0
"""What a script waits for longer than a call lasts: forms, participants, lambdas, answers over HTTP."""

from __future__ import annotations

import os
import secrets
import threading
import time
from concurrent import futures
from typing import Any, Callable, Dict, Generator, Optional

from ..notices import log
from .errors import failed, timed_out
from .link import finished


class AsyncResult:
    """Something that comes later. For any thread; `await` works as well."""

    def __init__(self) -> None:
        self._future: "futures.Future[Any]" = futures.Future()
        self._process = os.getpid()
        self._on_cancel: Optional[Callable[[], object]] = None

    def result(self, timeout: Optional[float] = None) -> Any:
        """Waits for it, `timeout` seconds at most, or for as long as it takes.

        Raises `RuntimeError`: what went wrong, or `Request timeout after …s`; then it can be asked for again.
        """
        self._check_process()
        try:
            return self._future.result(timeout)
        except futures.TimeoutError:
            if timeout is None or self._future.done():
                raise
            raise timed_out(timeout) from None

    def error(self) -> Optional[str]:
        """What went wrong; `None` when nothing did, or nothing is known yet. Does not wait."""
        error = self._future.exception() if self.done() else None
        return None if error is None else str(error)

    def done(self) -> bool:
        """Whether there is a result, or an error."""
        self._check_process()
        return self._future.done()

    def add_done_callback(self, callback: Callable[["AsyncResult"], Any]) -> None:
        """Calls `callback` with this once it is done: at once if it is, else on the thread that brings the end."""
        self._future.add_done_callback(lambda _: callback(self))

    def cancel(self) -> bool:
        """Gives it up and tells the host; returns whether it was not done before."""
        if not self._fail(failed("cancelled")):
            return False
        if self._on_cancel:
            self._on_cancel()
        return True

    def __await__(self) -> Generator[Any, None, Any]:
        return self._awaited().__await__()

    async def _awaited(self) -> Any:
        import asyncio

        self._check_process()
        try:
            await finished(self._future)
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self._future.result(0)

    def _settle(self, result: Any) -> bool:
        """Ends it; returns false when it was done before."""
        try:
            self._future.set_result(result)
        except futures.InvalidStateError:
            return False
        return True

    def _fail(self, error: BaseException) -> bool:
        """Ends it; returns false when it was done before."""
        try:
            self._future.set_exception(error)
        except futures.InvalidStateError:
            return False
        return True

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise RuntimeError(f"process {self._process} waits for this, and the answer goes there; begin another one here")


class Operation(AsyncResult):
    """An operation that was announced; a submit ends it."""

    def __init__(self, type: str, parameters: Dict[str, Any], shows: bool, timeout: Optional[float]) -> None:
        """`shows`: whether the parameters are for a person, too."""
        super().__init__()
        self.timeout = timeout
        # Whole numbers that every JSON reader keeps, and no two processes of a run share.
        self.operation_id = secrets.randbits(52)
        self.resume_token = f"jf_async_{secrets.token_hex(16)}"
        self.body = self._body(type, parameters, shows)

    def _body(self, type: str, parameters: Dict[str, Any], shows: bool) -> Dict[str, Any]:
        now = int(time.time() * 1000)
        timeout_ms = None if self.timeout is None else self.timeout * 1000
        return {
            "operationId": self.operation_id,
            "operationType": type,
            "resumeToken": self.resume_token,
            "transitionId": None,
            "transitionName": parameters.get("title") or parameters.get("name") or type,
            "transitionDescription": None,
            "inscriptionId": None,
            "netId": None,
            "runId": f"run-{os.getpid()}",
            "createdAt": now,
            "timeoutMs": timeout_ms,
            "uiState": parameters if shows else None,
            "metadata": {"timeout_ms": timeout_ms, "operationParams": parameters},
        }

    def matches(self, body: Dict[str, Any]) -> bool:
        """Whether a submit means this operation; its number may come as text."""
        if body.get("resumeToken"):
            return bool(body["resumeToken"] == self.resume_token)
        return str(body.get("operationId")) == str(self.operation_id)

    def submit(self, body: Dict[str, Any]) -> None:
        """Ends it with what the host says."""
        if body.get("error") is not None:
            self._fail(failed(body["error"]))
        else:
            self._settle(body.get("result"))


class Waiting:
    """The operations that wait for a submit. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._operations: Dict[int, Operation] = {}

    def __bool__(self) -> bool:
        return bool(self._operations)

    def all(self) -> "list[Operation]":
        with self._lock:
            return list(self._operations.values())

    def add(self, operation: Operation) -> None:
        """Keeps it until it is done; past its time it is ended here, in case the host does not."""
        with self._lock:
            self._operations[operation.operation_id] = operation
        operation.add_done_callback(lambda _: self.remove(operation))
        if operation.timeout is not None:
            _end_later(operation, operation.timeout)

    def remove(self, operation: Operation) -> None:
        with self._lock:
            self._operations.pop(operation.operation_id, None)

    def submit(self, body: Dict[str, Any]) -> bool:
        """Takes a submit; returns whether somebody waited for it."""
        for operation in self.all():
            if operation.matches(body):
                operation.submit(body)
                return True
        log.debug("nobody waits for the submit of operation %s", body.get("operationId"))
        return False

    def fail(self, error: BaseException) -> None:
        for operation in self.all():
            operation._fail(error)


#: How much later than the host an operation's end is noticed here, in seconds: the host's own words are the better ones.
GRACE_SECONDS = 1.0


def _end_later(operation: Operation, timeout: float) -> None:
    timer = threading.Timer(timeout + GRACE_SECONDS, lambda: operation._fail(timed_out(timeout)))
    timer.daemon = True
    timer.name = "jackfield-bridge-timer"
    timer.start()
    operation.add_done_callback(lambda _: timer.cancel())
