# SPDX-License-Identifier: Apache-2.0
"""Shows how far a script is, without ever holding it up for that."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent import futures
from types import TracebackType
from typing import Any, Generic, Iterable, Iterator, Optional, Type, TypeVar

from ..notices import log
from . import calls, debug, session
from .link import Ticket

Item = TypeVar("Item")

#: At most so often is a step told, in seconds; the last one always is.
INTERVAL_SECONDS = 0.1
#: How long the end waits until the host has taken it, in seconds.
_END_SECONDS = 1.0


class Progress(Generic[Item]):
    """A bar somewhere: in an editor, a page, a terminal. For any thread.

    Reports are dropped while the host has not taken the one before. Without a bridge nothing is shown, and nothing raised:
    a long run must not end because nobody watches.

        with bridge.progress("Training", total=1000) as bar:
            for batch in batches:
                bar.step(note=f"loss {train(batch):.3f}")

        for path in bridge.progress("Reading", paths):
            read(path)
    """

    def __init__(self, title: str, items: Optional[Iterable[Item]] = None, total: Optional[int] = None) -> None:
        self.title = title
        self.fraction: Optional[float] = None
        self.note: Optional[str] = None
        self._items = items
        self._total = total if total is not None else _length(items)
        self._count = 0
        self._id = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._told_at: Optional[float] = None
        self._told: Optional[Ticket] = None
        self._is_done = False

    def update(self, fraction: Optional[float] = None, note: Optional[str] = None) -> None:
        """Says how far it is, from 0 to 1; what is not given stays as it was."""
        if fraction is not None:
            self.fraction = min(1.0, max(0.0, float(fraction)))
        if note is not None:
            self.note = str(note)
        self._tell()

    def step(self, count: int = 1, note: Optional[str] = None) -> None:
        """Says that `count` more of the total are done."""
        with self._lock:
            self._count += count
            fraction = self._count / self._total if self._total else None
        self.update(fraction, note)

    def finish(self, note: Optional[str] = None) -> None:
        """Takes the bar away; once. The end of a `with` or of the items does it, too."""
        if note is not None:
            self.note = str(note)
        with self._lock:
            if self._is_done:
                return
            self._is_done = True
        self._send()
        if self._told:
            futures.wait([self._told.future], _END_SECONDS)

    def __enter__(self) -> "Progress[Item]":
        self._tell()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], _: Optional[TracebackType]) -> None:
        self.finish(None if error is None else f"failed: {error or type(error).__name__}")

    def __iter__(self) -> Iterator[Item]:
        with self:
            for item in self._items if self._items is not None else ():
                yield item
                self.step()

    def _tell(self) -> None:
        with self._lock:
            now = time.monotonic()
            is_early = self._told_at is not None and now < self._told_at + INTERVAL_SECONDS
            if self._is_done or is_early or (self._told and not self._told.future.done()):
                return
            self._told_at = now
        self._send()

    def _send(self) -> None:
        call = calls.progress(self._id, self.title, self.fraction, self.note, self._is_done)
        try:
            if session.debug_bridge() is None:
                self._told = session.begin(call)
            else:
                debug.answer(session.debug_bridge(), call)
        except RuntimeError as error:
            log.debug("progress is not shown: %s", error)


def _length(items: Any) -> Optional[int]:
    """How many items there are; `None` when they cannot be counted before they are had."""
    try:
        return len(items)
    except TypeError:
        return None
