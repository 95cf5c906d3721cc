# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from decimal import Decimal

import pytest

from jackfield import wire


class Tensor:
    """Stands for the arrays of other libraries."""

    def __init__(self, value):
        self._value = value

    def tolist(self):
        return self._value


class Hostile:
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "value, expected",
    [
        (math.nan, None),
        ({"a": [1.5, math.inf, {"b": (-math.inf, 2)}]}, {"a": [1.5, None, {"b": [None, 2]}]}),
        (Tensor([1.0, math.nan]), [1.0, None]),
        (Tensor(0.5), 0.5),
        (Decimal("0.5"), 0.5),
        (True, True),
        (2**64, float(2**64)),
        (10**400, str(10**400)),
        ({1: "one"}, {"1": "one"}),
        ("caf\u00e9 \ud800", "caf\u00e9 \ufffd"),
        ("\U0001f600", "\U0001f600"),
        (Hostile(), "<Hostile>"),
    ],
)
def test_any_value_becomes_plain(value, expected):
    assert wire.plain(value) == expected
    wire.encode({"value": wire.plain(value)})


def test_a_circle_ends():
    circle = []
    circle += [circle, circle]
    assert wire.plain(circle) == ["<circular>", "<circular>"]


def test_lines_are_ascii():
    assert wire.encode({"text": "é\n😀"}) == b'{"text": "\\u00e9\\n\\ud83d\\ude00"}\n'


def test_a_character_cut_by_the_network_stays_whole():
    line = '{"cmd": "é😀"}\n'.encode()
    splitter = wire.LineSplitter()
    lines = [line for byte in line for line in splitter.feed(bytes([byte]))]
    assert [wire.decode(line) for line in lines] == [{"cmd": "é😀"}]


def test_a_line_too_long_is_skipped_and_the_next_one_read():
    splitter = wire.LineSplitter(max_line_bytes=10)
    assert splitter.feed(b"short\n" + b"x" * 11) == [b"short"]
    assert splitter.feed(b"x" * 50) == []
    assert splitter.feed(b"\n1234567890\n") == [b"1234567890"]


@pytest.mark.parametrize("line", [b"", b"garbage", b"[1]", b"7", b"\xff\xfe{", b"[" * 100_000, b'{"a":'])
def test_what_is_not_an_object_is_nothing(line):
    assert wire.decode(line) is None
