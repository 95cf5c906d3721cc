# SPDX-License-Identifier: Apache-2.0
"""The events of one session that the host has not confirmed yet."""

from __future__ import annotations

import threading
from collections import deque
from typing import Deque, Iterator, List

from .spill import Line, Spill

MEMORY_LIMIT_BYTES = 64 << 20
SPILL_LIMIT_BYTES = 1 << 30
_REFILL_BYTES = 256 << 10


class Outbox:
    """Keeps every line, in order, until it is acknowledged.

    A line moves through: `fresh` (just appended), `waiting` (to be sent) and `sent` (on the present connection). Past
    the memory limit new lines queue on disk, between `fresh` and `waiting`. Past the disk limit the oldest go, counted.

    `append` is for any thread and takes microseconds: no system call, no waiting. All else is for the channel's
    thread, and for the last owner once that thread has ended.
    """

    def __init__(self, memory_limit: int = MEMORY_LIMIT_BYTES, spill_limit: int = SPILL_LIMIT_BYTES) -> None:
        self._memory_limit = memory_limit
        self._spill_limit = spill_limit
        self._lock = threading.RLock()  # guards the fresh lines; re-entrant for signal handlers
        self._fresh: Deque[Line] = deque()
        self._fresh_bytes = 0
        self._waiting: Deque[Line] = deque()
        self._sent: Deque[Line] = deque()
        self._kept_bytes = 0  # of waiting and sent
        self._spill = Spill()
        self._last_seq = 0
        self._acknowledged = 0
        #: Lines given up for want of room, since the start.
        self.dropped = 0

    def append(self, seq: int, data: bytes) -> None:
        """Adds one line at the end. [any thread]"""
        with self._lock:
            self._fresh.append(Line(seq, data))
            self._fresh_bytes += len(data)
            while self._fresh_bytes > self._memory_limit and len(self._fresh) > 1:
                self._fresh_bytes -= len(self._fresh.popleft().data)
                self.dropped += 1

    @property
    def has_unsent(self) -> bool:
        """Whether `take` may have something to give."""
        return bool(self._waiting) or self._can_refill()

    @property
    def is_all_sent(self) -> bool:
        """Whether every line appended so far was given to the present connection."""
        return not (self._fresh or self._waiting or self._spill.size)

    @property
    def is_empty(self) -> bool:
        """Whether every line appended so far was acknowledged, or given up."""
        return self.is_all_sent and not self._sent

    @property
    def was_acknowledged(self) -> bool:
        """Whether any host ever acknowledged a line of this session."""
        return self._acknowledged > 0

    def settle(self) -> None:
        """Takes the fresh lines in: to memory while there is room, else to disk."""
        with self._lock:
            fresh, self._fresh = self._fresh, deque()
            self._fresh_bytes = 0
        if fresh:
            self._last_seq = max(self._last_seq, fresh[-1].seq)
        while fresh and not self._spill.size and self._has_room(fresh[0]):
            self._keep(fresh.popleft())
        if fresh:
            self._spill_over(fresh)

    def take(self, max_bytes: int) -> bytes:
        """Gives whole lines to send next, about `max_bytes` and at least one if any, and counts them as sent."""
        self._refill_if_idle()
        chunk: List[bytes] = []
        size = 0
        while self._waiting and size < max_bytes:
            line = self._waiting.popleft()
            self._sent.append(line)
            chunk.append(line.data)
            size += len(line.data)
        return b"".join(chunk)

    def rewind(self) -> None:
        """Forgets the connection: every unacknowledged line is to be sent again, in order."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()

    def acknowledge(self, seq: int) -> None:
        """Forgets every line up to `seq`. A number that was never given out is ignored."""
        if not self._acknowledged < seq <= self._last_seq:
            return
        self._acknowledged = seq
        self._forget_acknowledged(self._sent)
        if not self._sent:
            self._forget_acknowledged(self._waiting)

    def forget_sent(self, keep: int) -> None:
        """Keeps only the last `keep` sent lines: for hosts that never acknowledge."""
        while len(self._sent) > keep:
            self._kept_bytes -= len(self._sent.popleft().data)

    def unacknowledged(self) -> Iterator[bytes]:
        """Takes out every line that is left, oldest first. The outbox is empty afterwards."""
        self.rewind()
        self.settle()
        while self._waiting or self._spill.size:
            self._refill_if_idle()
            while self._waiting:
                line = self._waiting.popleft()
                self._kept_bytes -= len(line.data)
                yield line.data

    def close(self) -> None:
        """Gives the disk space back."""
        self._spill.close()

    def _keep(self, line: Line) -> None:
        if line.seq > self._acknowledged:
            self._waiting.append(line)
            self._kept_bytes += len(line.data)

    def _has_room(self, line: Line) -> bool:
        return self._kept_bytes + len(line.data) <= self._memory_limit or not self._kept_bytes

    def _spill_over(self, lines: Deque[Line]) -> None:
        try:
            self._spill.append(lines)
        except OSError:
            self._do_without_disk(lines)
        while self._spill.size > self._spill_limit:
            self._drop_oldest(self._spill.size - self._spill_limit)
            if self._can_refill():
                self._refill()

    def _do_without_disk(self, lines: Deque[Line]) -> None:
        """Keeps the newest lines in memory; behind lines already on disk there is no place, so there they go."""
        if self._spill.size:
            self.dropped += len(lines)
            return
        self._drop_oldest(sum(len(line.data) for line in lines))
        for line in lines:
            self._keep(line)

    def _drop_oldest(self, byte_count: int) -> None:
        """Drops lines from the front until `byte_count` bytes are free, or memory is empty."""
        while byte_count > 0 and (self._sent or self._waiting):
            line = (self._sent or self._waiting).popleft()
            self._kept_bytes -= len(line.data)
            byte_count -= len(line.data)
            self.dropped += 1

    def _can_refill(self) -> bool:
        return bool(self._spill.size) and self._kept_bytes < self._memory_limit

    def _refill_if_idle(self) -> None:
        while not self._waiting and self._can_refill():
            self._refill()

    def _refill(self) -> None:
        for line in self._spill.read(min(_REFILL_BYTES, self._memory_limit)):
            self._keep(line)

    def _forget_acknowledged(self, lines: Deque[Line]) -> None:
        while lines and lines[0].seq <= self._acknowledged:
            self._kept_bytes -= len(lines.popleft().data)
