# SPDX-License-Identifier: Apache-2.0
"""A run's way to its host: connects when it is needed, and again when the connection was lost."""

from __future__ import annotations

import threading
import time
from typing import Any, Dict, Optional

from . import wire
from .door import Door
from .errors import BridgeLostError, BridgeRefusedError, HandshakeTimeoutError
from .link import Link, Part, Ticket, encode
from .operations import Operation, Waiting

#: How long a call waits for a host that was there before, in seconds: it may be restarting.
RECONNECT_SECONDS = 5.0
_FIRST_RETRY_SECONDS = 0.05
_LAST_RETRY_SECONDS = 1.0
#: What may pass by itself. Everything else is an answer: the run is over, or its token is another one's.
_PASSING = (BridgeRefusedError, BridgeLostError, HandshakeTimeoutError)


class Client:
    """For any thread. Errors are `RuntimeError`s; see `errors`."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.waiting = Waiting()
        self._connecting = threading.Lock()
        self._link: Optional[Link] = None
        self._was_connected = False
        self._keeping = threading.Lock()
        self._is_keeping = False
        self._is_closed = False
        self._stopping = threading.Event()

    def begin(self, type: str, params: Dict[str, Any], timeout: Optional[float] = None, on_part: Optional[Part] = None) -> Ticket:
        """Sends a request; its ticket has the answer later.

        - `timeout`: the caller's; a host that was lost is not waited for longer than that.
        """
        text = encode(params)  # before anything is sent
        ticket = Ticket(on_part)
        patience = RECONNECT_SECONDS if timeout is None else min(timeout, RECONNECT_SECONDS)
        try:
            self._connected(patience).ask(type, text, ticket)
        except BridgeLostError:  # the connection was dead already, and nobody had noticed
            self._connected(patience).ask(type, text, ticket)
        return ticket

    def is_reachable(self) -> bool:
        """Tries to connect, unless it is connected."""
        try:
            return self._connected(0).is_alive
        except (RuntimeError, OSError):
            return False

    def announce(self, operation: Operation) -> None:
        """Tells the host what is waited for; again on each new connection, until it is done."""
        text = _event("asyncOperationStarted", operation.body)
        link = self._connected(RECONNECT_SECONDS)
        operation._on_cancel = lambda: self._withdraw(operation)
        self.waiting.add(operation)
        try:
            link.send(text)
        except BridgeLostError:
            self._keep()

    def _withdraw(self, operation: Operation) -> None:
        link = self._link
        if link and link.is_alive:
            body = {"operationId": operation.operation_id, "resumeToken": operation.resume_token, "status": "cancelled"}
            link.try_send(_event("asyncOperationUpdated", body))

    def close(self) -> None:
        """Ends the connection; what waits fails."""
        self._is_closed = True
        self._stopping.set()
        with self._connecting:
            link, self._link = self._link, None
        if link:
            link.close()
        self.waiting.fail(BridgeLostError("the connection to the host was closed"))

    def abandon(self) -> None:
        """In a forked child: closes the child's copies and takes no locks, which other threads of the parent may have held."""
        self._is_closed = True
        if self._link:
            self._link.abandon()

    # MARK: connecting

    def _connected(self, patience: float) -> Link:
        """The connection; makes one when there is none. A host that was there before may take `patience` seconds."""
        with self._connecting:
            if self._link and self._link.is_alive:
                return self._link
            deadline = time.monotonic() + (patience if self._was_connected else 0)
            delay = _FIRST_RETRY_SECONDS
            while True:
                if self._is_closed:
                    raise BridgeLostError("the connection to the host was closed")
                try:
                    return self._connect()
                except _PASSING:
                    if time.monotonic() + delay > deadline:
                        raise
                self._stopping.wait(delay)
                delay = min(delay * 2, _LAST_RETRY_SECONDS)

    def _connect(self) -> Link:
        link = Link(wire.connect(self.door), self._take_event, self._notice_loss)
        self._link = link
        self._was_connected = True
        for operation in self.waiting.all():
            link.try_send(_event("asyncOperationStarted", operation.body))
        return link

    def _take_event(self, event: str, body: Dict[str, Any]) -> None:
        if event == "asyncOperationSubmit":
            self.waiting.submit(body)

    def _notice_loss(self, _: Link) -> None:
        if self.waiting:
            self._keep()

    # MARK: keeping

    def _keep(self) -> None:
        """Connects again for those who wait for a submit, which only a connection can bring."""
        with self._keeping:
            if self._is_keeping or self._is_closed:
                return
            self._is_keeping = True
        threading.Thread(target=self._reconnect, name="jackfield-bridge-keeper", daemon=True).start()

    def _reconnect(self) -> None:
        delay = 0.0
        while not self._is_kept():
            self._stopping.wait(delay)
            delay = min(max(delay * 2, _FIRST_RETRY_SECONDS), _LAST_RETRY_SECONDS)
            try:
                self._connected(0)
            except _PASSING:
                pass  # and tried again
            except RuntimeError as error:
                self.waiting.fail(error)

    def _is_kept(self) -> bool:
        """Whether there is nothing left to do for now; if so, a later loss is another one's task."""
        with self._keeping:
            link = self._link
            self._is_keeping = not (self._is_closed or not self.waiting or (link is not None and link.is_alive))
            return not self._is_keeping


def _event(event: str, body: Dict[str, Any]) -> str:
    return encode({"type": "dapEvent", "event": event, "body": body})
