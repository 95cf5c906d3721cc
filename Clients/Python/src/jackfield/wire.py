# SPDX-License-Identifier: Apache-2.0
"""The wire: one JSON object a line, in ASCII, both ways. No sockets here."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Optional, Tuple

#: The longest line accepted from a host, in bytes; a longer one is skipped whole.
MAX_LINE_BYTES = 1 << 20

_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, check_circular=False).encode


def encode(message: Dict[str, Any]) -> bytes:
    """Makes one line, newline included, of a message made of `plain` values."""
    return _encode(message).encode("ascii") + b"\n"


def decode(line: bytes) -> Optional[Dict[str, Any]]:
    """Reads one line; `None` when it is not a JSON object."""
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def plain(value: Any, _parents: Tuple[int, ...] = ()) -> Any:
    """Turns any value into one that every JSON reader accepts. Never raises.

    NaN and the infinities become `None` at every depth; arrays and tensors (by their `tolist`) become numbers or
    lists; integers beyond 64 bits become floats; unpaired surrogates become U+FFFD; the unknown becomes its text.
    """
    if value is None or value is True or value is False:
        return value
    try:
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else None
        if isinstance(value, int):
            return int(value) if -(2**63) <= value < 2**64 else plain(float(value))
        if isinstance(value, str):
            return _text(value)
        return _plain_compound(value, _parents)
    except Exception:  # a foreign object's method may raise anything at all
        return _described(value)


def _plain_compound(value: Any, parents: Tuple[int, ...]) -> Any:
    if id(value) in parents:
        return "<circular>"
    inside = parents + (id(value),)
    if isinstance(value, dict):
        return {_text(str(key)): plain(item, inside) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, inside) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist(), inside)
    if hasattr(value, "__float__"):
        return plain(float(value))
    return _text(str(value))


def _text(text: str) -> str:
    """Returns text that has a UTF-8 form, as a plain `str`."""
    if text.isascii():
        return str(text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _described(value: Any) -> Optional[str]:
    try:
        return _text(str(value))
    except Exception:  # not even its text can be had
        return f"<{type(value).__name__}>"


class LineSplitter:
    """Cuts a stream of bytes into lines, before any decoding: a character is never cut in two."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._partial = bytearray()
        self._is_skipping = False

    def feed(self, data: bytes) -> List[bytes]:
        """Takes the next bytes; returns the lines they complete, without newlines, too long ones left out."""
        *ends, rest = data.split(b"\n")
        lines = [line for line in map(self._complete, ends) if line is not None]
        self._extend(rest)
        return lines

    def _complete(self, end: bytes) -> Optional[bytes]:
        self._extend(end)
        line = None if self._is_skipping else bytes(self._partial)
        self._partial.clear()
        self._is_skipping = False
        return line

    def _extend(self, part: bytes) -> None:
        if self._is_skipping or len(self._partial) + len(part) > self._max_line_bytes:
            self._partial.clear()
            self._is_skipping = True
        else:
            self._partial += part
