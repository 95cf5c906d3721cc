# SPDX-License-Identifier: Apache-2.0
"""The one thread that owns the socket: connects, sends, reads, and connects again, for ever."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, NamedTuple, Optional

from . import wire
from .connection import Connection
from .notices import log, tell
from .outbox import Outbox
from .settings import Address

#: How long a host may take for its first ack before it counts as one that never sends any, in seconds.
ACK_GRACE_SECONDS = 5.0
#: How many sent lines are kept for a host that never acknowledges.
KEPT_WITHOUT_ACKS = 20_000
#: Events are gathered at most this often, in seconds, so that a fast loop does not pay for a wake-up each step.
GATHER_SECONDS = 0.02
_FIRST_RETRY_SECONDS = 0.1
_LAST_RETRY_SECONDS = 2.0
#: How long the end waits for a host that never acknowledges to close its side, in seconds.
_CLOSE_SECONDS = 1.0
_CHUNK_BYTES = 256 << 10
_MAX_REPLIES = 1000


class Link(int):
    """Names one connection: a reply goes out on the connection its command came from, or not at all."""


class _Reply(NamedTuple):
    link: Link
    line: bytes


class Channel:
    """Carries an outbox to a host, and the host's commands back.

    `wake`, `reply`, `flush` and `stop` are for any thread. The handlers are called on the channel's own thread.
    """

    def __init__(
        self,
        address: Address,
        outbox: Outbox,
        session_id: str,
        hello: Callable[[], bytes],
        on_command: Callable[[Dict[str, Any], Link], None],
        on_connected: Callable[[], None],
    ) -> None:
        """`hello` makes the first line of each connection."""
        self.address = address
        self._outbox = outbox
        self._session_id = session_id
        self._hello = hello
        self._on_command = on_command
        self._on_connected = on_connected

        self._connection: Optional[Connection] = None
        self._link = Link(0)
        self._replies: Deque[_Reply] = deque(maxlen=_MAX_REPLIES)
        self._retry_at = 0.0
        self._retry_delay = _FIRST_RETRY_SECONDS
        self._gather_at = 0.0
        self._first_sent_at: Optional[float] = None  # on the present connection
        self._is_acknowledging = False  # on the present connection
        self._has_told_of_drops = False

        self._is_woken = False
        self._is_flushing = False
        self._is_stopping = False
        #: Whether the last flush ended with everything at the host.
        self.was_delivered = False
        self._flushed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jackfield", daemon=True)

    # MARK: any thread

    def start(self) -> None:
        """Starts the thread; the first attempt to connect follows at once. Only then are other calls allowed."""
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._thread.start()

    def wake(self) -> None:
        """Says that the outbox has fresh lines. At most one system call, and none while the thread is awake."""
        if not self._is_woken:
            self._is_woken = True
            self._poke()

    def reply(self, line: bytes, link: Link) -> None:
        """Sends a line ahead of the events, if the connection it answers is still there."""
        self._replies.append(_Reply(link, line))
        if threading.current_thread() is not self._thread:
            self._poke()

    def flush(self, timeout: float) -> bool:
        """Waits, at most `timeout` seconds, until the host has everything; returns whether it has.

        A host that was never there is tried once more, and not waited for.
        """
        self._flushed.clear()
        self.was_delivered = False
        self._is_flushing = True
        self._retry_at = 0.0
        self._poke()
        self._flushed.wait(timeout)
        self._is_flushing = False
        return self.was_delivered

    def stop(self) -> None:
        """Closes the connection and ends the thread. The outbox is the caller's afterwards."""
        self._is_stopping = True
        self._poke()
        self._thread.join(timeout=3)

    def abandon(self) -> None:
        """In a forked child: closes the child's copies and leaves the parent's connection alone."""
        if self._connection:
            self._connection.abandon()
        self._wake_reader.close()
        self._wake_writer.close()
        self._selector.close()

    def _poke(self) -> None:
        try:
            self._wake_writer.send(b"\0")
        except OSError:
            pass  # full, so a wake-up is on its way; or closed, so there is nobody to wake

    # MARK: the channel's thread

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._turn()
            except OSError as error:
                self._lose(error)
            except Exception as error:  # a fault of ours must not end the delivery
                log.exception("the channel stumbled and goes on")
                self._lose(error)
        self._close()

    def _turn(self) -> None:
        """Does all that can be done now, then waits for the next reason."""
        self._gather()
        if not self._connection and time.monotonic() >= self._retry_at:
            self._connect()
        self._send()
        self._judge()
        self._wait()

    def _gather(self) -> None:
        now = time.monotonic()
        if self._is_flushing or (self._is_woken and now >= self._gather_at):
            self._is_woken = False  # before settling: a line appended later wakes us again
            self._outbox.settle()
            self._gather_at = now + GATHER_SECONDS
            self._tell_of_drops()

    def _connect(self) -> None:
        """Makes a connection or raises `OSError`."""
        self._connection = Connection(self.address, self._hello())
        self._link = Link(self._link + 1)
        self._first_sent_at = None
        self._is_acknowledging = False
        self._outbox.rewind()
        self._selector.register(self._connection.socket, selectors.EVENT_READ)
        log.info("connected to %s", self.address)
        self._on_connected()

    def _lose(self, error: Exception) -> None:
        """Drops the connection, if there is one, and sets the time of the next attempt."""
        now = time.monotonic()
        connection, self._connection = self._connection, None
        if connection:
            log.info("lost %s: %s", self.address, error)
            self._selector.unregister(connection.socket)
            connection.abandon()
            if connection.has_heard or now - connection.made_at > _LAST_RETRY_SECONDS:
                self._retry_delay = _FIRST_RETRY_SECONDS
        elif self._is_flushing and self._link == 0:
            self._flushed.set()  # nobody was ever there
        self._retry_at = now + self._retry_delay
        self._retry_delay = min(2 * self._retry_delay, _LAST_RETRY_SECONDS)

    def _send(self) -> None:
        """Writes one chunk at most, so that reading is never starved."""
        connection = self._connection
        if not connection:
            return
        if not connection.has_pending:
            connection.load(self._next_replies() or self._next_events())
        if connection.has_pending:
            connection.write()

    def _next_replies(self) -> bytes:
        lines = []
        while self._replies:
            reply = self._replies.popleft()
            if reply.link == self._link:
                lines.append(reply.line)
        return b"".join(lines)

    def _next_events(self) -> bytes:
        events = self._outbox.take(_CHUNK_BYTES)
        if events and self._first_sent_at is None:
            self._first_sent_at = time.monotonic()
        return events

    def _judge(self) -> None:
        """Draws the conclusions from acks, or from their absence."""
        if self._is_silent() and not self._outbox.was_acknowledged:
            self._outbox.forget_sent(KEPT_WITHOUT_ACKS)
        if self._is_flushing and not self._flushed.is_set():
            self.was_delivered = self._outbox.is_empty or (self._is_silent() and self._is_written())
            if self.was_delivered:
                self._flushed.set()

    def _is_silent(self) -> bool:
        """Whether the present host had events for a while and acknowledged none."""
        if not self._connection or self._is_acknowledging or self._first_sent_at is None:
            return False
        return time.monotonic() >= self._first_sent_at + ACK_GRACE_SECONDS

    def _is_written(self) -> bool:
        return self._outbox.is_all_sent and not (self._connection and self._connection.has_pending)

    def _wait(self) -> None:
        connection = self._connection
        if connection:
            wants_to_write = connection.has_pending or self._replies or self._outbox.has_unsent
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if wants_to_write else 0)
            self._selector.modify(connection.socket, mask)
        for key, events in self._selector.select(self._patience()):
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(4096)
            elif events & selectors.EVENT_READ:
                self._read()

    def _patience(self) -> Optional[float]:
        """Seconds until something is due by the clock; `None` when nothing is."""
        due = []
        if not self._connection:
            due.append(self._retry_at)
        elif self._first_sent_at is not None and not self._is_acknowledging and not self._is_silent():
            due.append(self._first_sent_at + ACK_GRACE_SECONDS)
        if self._is_woken:
            due.append(self._gather_at)
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _read(self) -> None:
        assert self._connection
        for line in self._connection.read():
            message = wire.decode(line)
            if message is None or not isinstance(message.get("cmd"), str):
                continue
            if message["cmd"] == "ack":
                self._acknowledge(message.get("payload"))
            else:
                self._on_command(message, self._link)

    def _acknowledge(self, payload: Any) -> None:
        if not isinstance(payload, dict) or payload.get("session_id") != self._session_id:
            return
        seq = payload.get("event_seq")
        if isinstance(seq, int) and not isinstance(seq, bool):
            self._is_acknowledging = True
            self._outbox.acknowledge(seq)

    def _tell_of_drops(self) -> None:
        if self._outbox.dropped and not self._has_told_of_drops:
            self._has_told_of_drops = True
            tell(f"no host at {self.address} for so long that there is no room left: the oldest events are dropped")

    def _close(self) -> None:
        if self._connection:
            self._selector.unregister(self._connection.socket)
            is_unconfirmed = self.was_delivered and not self._outbox.is_empty
            self._connection.close(_CLOSE_SECONDS if is_unconfirmed else 0.0)
            self._connection = None
        self._selector.close()
        self._wake_reader.close()
        self._wake_writer.close()
