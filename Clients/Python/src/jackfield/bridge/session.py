# SPDX-License-Identifier: Apache-2.0
"""The one way from this process to its host: the debug bridge if one was set, else the client of the environment's door."""

from __future__ import annotations

import atexit
import os
import threading
from concurrent import futures
from typing import Any, Callable, Optional

from . import debug
from .calls import Call
from .client import Client
from .door import door
from .errors import NOT_INITIALIZED, failed, timed_out
from .link import Part, Ticket, finished
from .operations import Operation

#: How long after its time an answer is still taken, in seconds: a host that ends a request in time says why.
GRACE_SECONDS = 0.5

_lock = threading.Lock()
_client: Optional[Client] = None
_debug_bridge: Any = None


def set_debug_bridge(bridge: Any) -> None:
    """Sends everything through `bridge` from now on; `None`: over the socket again.

    - `bridge`: a `DebugBridge`, or an object with `request(type, params, timeout)` that returns the host's result, or
      with functions named as those of this module.
    """
    global _debug_bridge
    _debug_bridge = bridge


def debug_bridge() -> Any:
    return _debug_bridge


def client(refusal: str = NOT_INITIALIZED) -> Client:
    """The client of the door that the environment names now; raises `RuntimeError` when it names none."""
    global _client
    found = door()
    if found is None:
        raise RuntimeError(refusal)
    with _lock:
        former, is_same = _client, _client is not None and _client.door == found
        if _client is None or not is_same:
            _client = Client(found)
        current = _client
    if former is not None and not is_same:
        former.close()
    return current


def close() -> None:
    """Ends the connection; the next call makes another one."""
    global _client
    with _lock:
        former, _client = _client, None
    if former:
        former.close()


def require(refusal: str = NOT_INITIALIZED) -> None:
    """Raises `RuntimeError` when there is neither a debug bridge nor a door. Does not connect."""
    if _debug_bridge is None:
        client(refusal)


def is_available() -> bool:
    """Whether a call would reach somebody: tries to connect. Never raises."""
    if _debug_bridge is not None:
        return True
    try:
        return client().is_reachable()
    except RuntimeError:
        return False


# MARK: asking


def ask(call: Call, begun: Callable[[Ticket], None] = lambda _: None) -> Any:
    """Asks and waits; `begun` is told of what is in flight."""
    if _debug_bridge is not None:
        return debug.answer(_debug_bridge, call)
    ticket = begin(call)
    try:
        begun(ticket)
        return call.read(ticket.wait(patience(call)))
    except futures.TimeoutError:
        give_up(ticket)
        raise timed_out(call.timeout or 0) from None
    except BaseException:  # as a Ctrl-C
        give_up(ticket)
        raise


async def ask_async(call: Call) -> Any:
    """Asks, and lets the loop go on."""
    import asyncio

    if _debug_bridge is not None:
        return await asyncio.to_thread(debug.answer, _debug_bridge, call)
    ticket = await begin_async(call)
    try:
        await asyncio.wait_for(finished(ticket.future), patience(call))
        return call.read(ticket.future.result(0))
    except futures.TimeoutError:
        await asyncio.to_thread(give_up, ticket)
        raise timed_out(call.timeout or 0) from None
    except asyncio.TimeoutError:  # another class before Python 3.11
        await asyncio.to_thread(give_up, ticket)
        raise timed_out(call.timeout or 0) from None
    except asyncio.CancelledError:
        give_up_soon(ticket)
        raise


def begin(call: Call, on_part: Optional[Part] = None) -> Ticket:
    """Sends the question over the socket."""
    return client(call.refusal).begin(call.type, call.params, call.timeout, on_part)


async def begin_async(call: Call, on_part: Optional[Part] = None) -> Ticket:
    """The same from a loop, which connecting and sending must not hold."""
    import asyncio

    require(call.refusal)
    handover = _Handover()
    try:
        return await asyncio.to_thread(handover.begin, call, on_part)
    except asyncio.CancelledError:
        handover.abandon()
        raise


class _Handover:
    """A question that is being sent on another thread, for a task that may be cancelled meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ticket: Optional[Ticket] = None
        self._is_abandoned = False

    def begin(self, call: Call, on_part: Optional[Part]) -> Ticket:
        ticket = begin(call, on_part)
        with self._lock:
            self._ticket = ticket
            is_abandoned = self._is_abandoned
        if is_abandoned:
            give_up(ticket)
        return ticket

    def abandon(self) -> None:
        with self._lock:
            self._is_abandoned = True
            ticket = self._ticket
        if ticket:
            give_up_soon(ticket)


def patience(call: Call) -> Optional[float]:
    return None if call.timeout is None else call.timeout + GRACE_SECONDS


def give_up(ticket: Ticket) -> None:
    """Forgets a question and tells the host; who still waits for it is told, too."""
    if ticket.link:
        ticket.link.cancel(ticket)
    ticket.fail(failed("cancelled"))


def give_up_soon(ticket: Ticket) -> None:
    """The same on another thread: the loop is about to go on, or to end."""
    threading.Thread(target=give_up, args=[ticket], name="jackfield-bridge-cancel", daemon=True).start()


# MARK: waiting


def announce(operation: Operation) -> Operation:
    """Tells the host, or the debug adapter, that something is waited for."""
    if _debug_bridge is None:
        client().announce(operation)
    elif callable(getattr(_debug_bridge, "announce", None)):
        _debug_bridge.announce(operation)
    else:
        raise RuntimeError("VSCode request failed: the debug bridge takes no asynchronous operations")
    return operation


def _forget_parent() -> None:
    """In a forked child: the connection is the parent's, and so are the locks that its other threads held."""
    global _client, _lock
    former, _client, _lock = _client, None, threading.Lock()
    if former:
        former.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parent)
atexit.register(close)
