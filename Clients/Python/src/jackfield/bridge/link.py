# SPDX-License-Identifier: Apache-2.0
"""Many requests in flight over one connection: numbers them, and brings each answer to whoever waits for it."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import Future, InvalidStateError
from typing import Any, Callable, Dict, Optional

from ..notices import log
from .errors import BridgeLostError, failed
from .wire import Wire

Part = Callable[[Dict[str, Any]], None]

#: How long the end waits for a message that another thread is sending.
_GOODBYE_SECONDS = 1.0

#: Arguments go out in ASCII; what JSON cannot say raises `TypeError` or `ValueError`.
encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


class Ticket:
    """One request in flight. Its future holds the result, an object, or the `RuntimeError` for the caller."""

    def __init__(self, on_part: Optional[Part] = None) -> None:
        self.future: "Future[Dict[str, Any]]" = Future()
        self.on_part = on_part
        self.link: Optional[Link] = None
        self.id = 0
        self._process = os.getpid()

    def settle(self, result: Dict[str, Any]) -> None:
        try:
            self.future.set_result(result)
        except InvalidStateError:
            pass  # given up meanwhile

    def fail(self, error: Exception) -> None:
        try:
            self.future.set_exception(error)
        except InvalidStateError:
            pass  # given up meanwhile

    def wait(self, seconds: Optional[float]) -> Dict[str, Any]:
        """Raises `concurrent.futures.TimeoutError` when the time is over."""
        self.check_process()
        return self.future.result(seconds)

    def check_process(self) -> None:
        """Raises `RuntimeError` in a forked child, which would wait for ever."""
        if self._process != os.getpid():
            raise RuntimeError(f"process {self._process} asked this, and its answer goes there; ask again in the forked process")


class Link:
    """One connection and the thread that reads it. It is never repaired: when lost, another one is made."""

    def __init__(self, wire: Wire, on_event: Callable[[str, Dict[str, Any]], None], on_lost: Callable[["Link"], None]) -> None:
        self._wire = wire
        self._on_event = on_event
        self._on_lost = on_lost
        self._sending = threading.Lock()
        self._lock = threading.Lock()
        self._tickets: Dict[int, Ticket] = {}
        self._last_id = 0
        self._is_lost = False
        self._reader = threading.Thread(target=self._read, name="jackfield-bridge", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return not self._is_lost

    def ask(self, type: str, params: str, ticket: Ticket) -> None:
        """Sends a request; `params` is JSON already. Raises `BridgeLostError`, and then it was not sent."""
        with self._lock:
            if self._is_lost:
                raise BridgeLostError("the connection to the host was lost")
            self._last_id += 1
            ticket.id, ticket.link = self._last_id, self
            self._tickets[ticket.id] = ticket
        try:
            self.send(f'{{"id": {ticket.id}, "type": {encode(type)}, "params": {params}}}')
        except BaseException:
            self._forget(ticket)
            raise

    def cancel(self, ticket: Ticket) -> None:
        """Gives a request up and tells the host, unless it is answered or the connection lost."""
        if self._forget(ticket):
            self.try_send(encode({"type": "cancel", "id": ticket.id}))

    def send(self, text: str) -> None:
        """Sends one message; raises `BridgeLostError`."""
        with self._sending:
            try:
                self._wire.send(text)
            except BaseException:  # lost, or a Ctrl-C: a part of it may be on its way, so nothing can follow
                self._lose()
                self._wire.drop()
                raise

    def try_send(self, text: str) -> None:
        """Sends what is of no use to a host that is gone."""
        try:
            self.send(text)
        except BridgeLostError:
            pass

    def close(self) -> None:
        """Says goodbye and closes; requests in flight fail."""
        self._lose()
        is_free = self._sending.acquire(timeout=_GOODBYE_SECONDS)
        try:
            self._wire.close() if is_free else self._wire.drop()
        finally:
            if is_free:
                self._sending.release()

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's connection."""
        self._is_lost = True
        self._wire.abandon()

    def _forget(self, ticket: Ticket) -> bool:
        with self._lock:
            return self._tickets.pop(ticket.id, None) is not None

    # MARK: the reading thread

    def _read(self) -> None:
        try:
            while True:
                self._take(self._wire.receive())
        except BridgeLostError as error:
            self._end(error)
        except Exception as error:  # a fault of ours, or of the library: nobody would ever be answered again
            log.exception("the connection to the host is given up")
            self._end(BridgeLostError(f"the connection to the host was lost: {error}"))

    def _end(self, error: BridgeLostError) -> None:
        self._lose()
        with self._lock:
            tickets, self._tickets = self._tickets, {}
        for ticket in tickets.values():
            ticket.fail(BridgeLostError(str(error)))
        self._wire.drop()
        self._on_lost(self)

    def _lose(self) -> None:
        with self._lock:
            self._is_lost = True

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return  # not for us
        if not isinstance(message, dict):
            return
        try:
            self._obey(message)
        except Exception:  # a fault of a callback must not end the conversation
            log.exception("a message of the host could not be taken")

    def _obey(self, message: Dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "dapEvent":
            body = message.get("body")
            self._on_event(str(message.get("event")), body if isinstance(body, dict) else {})
        elif kind == "part":
            self._take_part(message)
        elif isinstance(message.get("id"), int):
            self._answer(message)

    def _take_part(self, message: Dict[str, Any]) -> None:
        with self._lock:
            ticket = self._tickets.get(message.get("id", 0))
        part = message.get("part")
        if ticket and ticket.on_part and isinstance(part, dict):
            ticket.on_part(part)

    def _answer(self, message: Dict[str, Any]) -> None:
        with self._lock:
            ticket = self._tickets.pop(message["id"], None)
        if not ticket:
            return  # given up meanwhile
        if message.get("success"):
            result = message.get("result")
            ticket.settle(result if isinstance(result, dict) else {})
        else:
            ticket.fail(failed(message.get("error") or "Unknown error"))


async def finished(future: "Future[Any]") -> None:
    """Waits until a future is done; a task that is cancelled meanwhile leaves the future as it is."""
    import asyncio  # only for those who have it loaded anyway: it takes longer than all the rest

    loop = asyncio.get_running_loop()
    waiter = loop.create_future()

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    def note(_: "Future[Any]") -> None:
        try:
            loop.call_soon_threadsafe(wake)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    future.add_done_callback(note)
    await waiter
