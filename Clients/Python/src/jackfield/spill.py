# SPDX-License-Identifier: Apache-2.0
"""A first-in, first-out queue of lines on disk, for when memory is not enough."""

from __future__ import annotations

import os
import struct
import tempfile
from collections import deque
from typing import BinaryIO, Deque, Iterable, List, NamedTuple

#: Before each line on disk: its sequence number and its length in bytes.
_HEADER = struct.Struct("<QI")
_SEGMENT_BYTES = 16 << 20


class Line(NamedTuple):
    """One event on its way: its number within the session, and its bytes, newline included."""

    seq: int
    data: bytes


class Spill:
    """Lines in unnamed temporary files, oldest first. For one thread.

    Files are of 16 MiB, so that space is given back while the queue is read. They have no name: the system removes
    them with the process. Reads and writes carry their own offsets, so a forked child cannot disturb them.
    """

    def __init__(self) -> None:
        self._segments: Deque[_Segment] = deque()

    @property
    def size(self) -> int:
        """Bytes still to be read."""
        return sum(segment.size for segment in self._segments)

    def append(self, lines: Iterable[Line]) -> None:
        """Adds lines at the end. Raises `OSError` when the disk refuses; then none of them is kept."""
        record = b"".join(_HEADER.pack(line.seq, len(line.data)) + line.data for line in lines)
        if not self._segments or self._segments[-1].written >= _SEGMENT_BYTES:
            self._segments.append(_Segment())
        self._segments[-1].write(record)

    def read(self, max_bytes: int) -> List[Line]:
        """Takes the oldest lines, about `max_bytes` of them and at least one; empty when there is none."""
        while self._segments and not self._segments[0].size:
            self._segments.popleft().close()
        return self._segments[0].read(max_bytes) if self._segments else []

    def close(self) -> None:
        """Gives the disk space back."""
        while self._segments:
            self._segments.popleft().close()


class _Segment:
    """One temporary file of a spill."""

    def __init__(self) -> None:
        self._file: BinaryIO = tempfile.TemporaryFile(prefix="jackfield-", buffering=0)
        self._read_offset = 0
        self.written = 0

    @property
    def size(self) -> int:
        return self.written - self._read_offset

    def write(self, data: bytes) -> None:
        view, offset = memoryview(data), self.written
        while view:
            count = os.pwrite(self._file.fileno(), view, offset)
            view, offset = view[count:], offset + count
        self.written = offset

    def read(self, max_bytes: int) -> List[Line]:
        lines: List[Line] = []
        end = min(self.written, self._read_offset + max_bytes)
        while self._read_offset < end:
            seq, length = _HEADER.unpack(self._pread(_HEADER.size, self._read_offset))
            lines.append(Line(seq, self._pread(length, self._read_offset + _HEADER.size)))
            self._read_offset += _HEADER.size + length
        return lines

    def _pread(self, count: int, offset: int) -> bytes:
        data = os.pread(self._file.fileno(), count, offset)
        if len(data) < count:
            raise OSError(f"a temporary file ended early, at byte {offset + len(data)}")
        return data

    def close(self) -> None:
        self._file.close()
