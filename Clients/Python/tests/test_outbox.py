# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from jackfield import spill
from jackfield.outbox import Outbox


_made = []


@pytest.fixture(autouse=True)
def disk_space_is_given_back():
    yield
    while _made:
        _made.pop().close()


def line(seq):
    return b"%08d\n" % seq  # 9 bytes


def filled(count, **limits):
    outbox = Outbox(**limits)
    _made.append(outbox)
    for seq in range(1, count + 1):
        outbox.append(seq, line(seq))
        outbox.settle()
    return outbox


def numbers(data):
    return [int(text) for text in data.split()]


def taken(outbox):
    """Sends and acknowledges everything, a little at a time; returns the numbers in order."""
    result = []
    while outbox.has_unsent:
        part = numbers(outbox.take(20))
        result += part
        if part:
            outbox.acknowledge(part[-1])
    return result


def test_lines_are_kept_until_acknowledged():
    outbox = filled(5)
    assert numbers(outbox.take(1000)) == [1, 2, 3, 4, 5]
    assert outbox.is_all_sent and not outbox.is_empty
    outbox.acknowledge(3)
    outbox.rewind()
    assert numbers(outbox.take(1000)) == [4, 5]
    outbox.acknowledge(5)
    assert outbox.is_empty


def test_an_ack_after_a_reconnect_covers_what_waits():
    outbox = filled(5)
    outbox.take(1000)
    outbox.rewind()
    outbox.acknowledge(4)
    assert numbers(outbox.take(1000)) == [5]


@pytest.mark.parametrize("seq", [0, -1, 6, 10**30])
def test_an_ack_of_what_was_never_sent_is_ignored(seq):
    outbox = filled(5)
    outbox.take(1000)
    outbox.acknowledge(seq)
    outbox.rewind()
    assert numbers(outbox.take(1000)) == [1, 2, 3, 4, 5]


def test_past_the_memory_limit_lines_go_through_the_disk_in_order(monkeypatch):
    monkeypatch.setattr(spill, "_SEGMENT_BYTES", 200)
    outbox = filled(200, memory_limit=100)
    assert taken(outbox) == list(range(1, 201))
    assert outbox.is_empty and outbox.dropped == 0


def test_past_the_disk_limit_the_oldest_go_and_are_counted():
    outbox = filled(300, memory_limit=100, spill_limit=1000)
    left = taken(outbox)
    assert left == list(range(outbox.dropped + 1, 301))
    assert 0 < outbox.dropped < 300


def test_without_a_disk_the_newest_stay(monkeypatch):
    def refuse(self, lines):
        raise OSError("no space left on device")

    monkeypatch.setattr(spill.Spill, "append", refuse)
    outbox = filled(100, memory_limit=100)
    assert taken(outbox) == list(range(outbox.dropped + 1, 101))
    assert outbox.dropped == 89


def test_fresh_lines_are_bounded_when_nobody_settles_them():
    outbox = Outbox(memory_limit=90)
    for seq in range(1, 101):
        outbox.append(seq, line(seq))
    outbox.settle()
    assert taken(outbox) == list(range(91, 101))
    assert outbox.dropped == 90


def test_only_the_last_sent_lines_are_kept_for_a_host_without_acks():
    outbox = filled(10)
    outbox.take(1000)
    outbox.forget_sent(keep=4)
    outbox.rewind()
    assert numbers(outbox.take(1000)) == [7, 8, 9, 10]


def test_what_is_left_comes_out_in_order():
    outbox = filled(100, memory_limit=200)
    outbox.take(50)
    outbox.acknowledge(2)
    outbox.append(101, line(101))
    assert numbers(b"".join(outbox.unacknowledged())) == list(range(3, 102))
    assert outbox.is_empty
