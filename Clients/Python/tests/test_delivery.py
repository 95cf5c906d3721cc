# SPDX-License-Identifier: Apache-2.0
"""What happens to events when the host is late, deaf, dead, or of another kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from host import DEADLINE_SECONDS, free_port
from jackfield import channel, spool

HERE = Path(__file__).parent


def numbers_to(run):
    return list(range(1, run._seq + 1))


def test_a_host_that_comes_late_gets_everything(make_host, make_run, caplog):
    caplog.set_level("INFO", "jackfield")
    port = free_port()
    run = make_run(port)
    for step in range(1, 101):
        run.step(step, loss=0.5)
    host = make_host(port)
    host.wait_for("trainStep", 100)
    run.finish()
    assert host.seqs() == numbers_to(run)
    assert host.lines[0]["type"] == "client_hello"


def test_a_host_that_dies_without_an_ack_is_sent_all_again_in_order(make_host, make_run, train):
    first = make_host(acks=False)
    run = make_run(first.port)
    training = train(run)
    first.wait_for("trainStep", 20)
    first.die()
    second = make_host(first.port)
    second.wait_for("trainStep", 40)
    training.end()
    run.finish()
    assert second.lines[0]["type"] == "client_hello"
    assert second.seqs() == numbers_to(run)
    assert [event for event in second.events if event in first.events] == first.events


def test_what_was_acknowledged_is_not_sent_again(make_host, make_run, train):
    first = make_host()
    run = make_run(first.port)
    training = train(run)
    first.wait_for("trainStep", 20)
    first.die()
    second = make_host(first.port)
    second.wait_for("trainStep", 20)
    training.end()
    run.finish()
    resumed_at = second.seqs()[0]
    assert 1 < resumed_at <= first.seqs()[-1] + 1
    assert second.seqs() == list(range(resumed_at, run._seq + 1))


def test_a_connection_cut_again_and_again_loses_nothing(host, make_run, train):
    run = make_run(host.port)
    training = train(run)
    for round in range(1, 4):
        host.wait(lambda: len(host.hellos) >= round, "reconnect")
        host.wait(lambda seen=len(host.events): len(host.events) > seen + 10, "more events")
        host.hang_up()
    host.wait(lambda: len(host.hellos) == 4, "reconnect")
    training.end()
    run.finish()
    assert sorted(set(host.seqs())) == numbers_to(run)


def test_a_host_that_reads_nothing_does_not_hold_the_training(make_host, make_run):
    host = make_host(reads=False)
    run = make_run(host.port).start()
    host.wait(lambda: host.sockets, "connection")
    for step in range(1, 20_001):
        run.step(step, loss=0.5, text="x" * 500)  # ten megabytes: more than the system's buffers
    assert len(host.lines) <= 1, "every step returned while the host read nothing"
    host.reading.set()
    run.finish(flush_timeout=DEADLINE_SECONDS)
    assert host.seqs() == numbers_to(run)


def test_a_host_without_acks_gets_everything_once_and_nothing_is_spooled(make_host, make_run, monkeypatch):
    monkeypatch.setattr(channel, "ACK_GRACE_SECONDS", 0.2)
    host = make_host(acks=False)
    with make_run(host.port) as run:
        for step in range(1, 101):
            run.step(step)
    host.wait_for("trainingFinished")
    assert host.seqs() == numbers_to(run)
    assert spool.pending() == []


def test_for_a_host_without_acks_only_the_last_lines_are_kept(make_host, make_run, monkeypatch):
    monkeypatch.setattr(channel, "ACK_GRACE_SECONDS", 0.0)
    monkeypatch.setattr(channel, "KEPT_WITHOUT_ACKS", 10)
    first = make_host(acks=False)
    run = make_run(first.port).start()
    for step in range(1, 101):
        run.step(step)
    first.wait_for("trainStep", 100)
    assert first.ask("ping")["ok"], "one more turn of the channel, so the outbox is trimmed"
    first.die()
    second = make_host(first.port)
    run.finish()
    second.wait_for("trainingFinished")
    assert second.seqs() == list(range(run._seq - 10, run._seq + 1))


def test_a_reply_does_not_go_to_another_connection(make_host, make_run):
    first = make_host()
    run = make_run(first.port).start()
    first.wait_for("newRun")
    first.send(b'{"id": "old", "cmd": "save_ckpt"}\n')
    assert first.ask("ping")["ok"]
    first.die()
    second = make_host(first.port)
    second.wait(lambda: second.hellos, "reconnect")
    run.step(1)
    run.finish()
    assert second.of_type("checkpoint_saved") and not [line for line in second.lines if "ok" in line]


def test_dropped_events_are_told_once_and_put_on_record(make_host, make_run, monkeypatch):
    port = free_port()
    run = make_run(port)
    run._outbox._memory_limit, run._outbox._spill_limit = 2000, 4000
    has_told = threading.Event()
    told = []
    monkeypatch.setattr(channel, "tell", lambda text: (told.append(text), has_told.set()))
    for step in range(1, 1001):
        run.step(step)
    assert has_told.wait(DEADLINE_SECONDS)
    host = make_host(port)
    host.wait_for("log")
    run.finish(flush_timeout=DEADLINE_SECONDS)
    assert len(told) == 1 and "oldest events are dropped" in told[0]
    seqs = host.seqs()
    assert seqs == sorted(seqs) and seqs[-1] == run._seq
    missing = run._seq - len(seqs)
    assert host.of_type("log")[-1]["text"].startswith(f"{missing} events of this session were dropped")


def test_a_host_process_killed_outright_loses_nothing(make_run, train, tmp_path):
    port = free_port()

    def start(name):
        command = [sys.executable, str(HERE / "host_process.py"), str(port), str(tmp_path / name)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        return process

    run = make_run(port)
    first = start("first")
    training = train(run)
    tick = threading.Event()
    while not (tmp_path / "first").read_bytes().count(b"\n") > 25:
        tick.wait(0.01)
    first.kill()
    first.wait()
    first.stdout.close()
    second = start("second")
    while not (tmp_path / "second").read_bytes().count(b"\n") > 25:
        tick.wait(0.01)
    training.end()
    run.finish(flush_timeout=DEADLINE_SECONDS)
    second.wait(DEADLINE_SECONDS)
    second.stdout.close()

    before, after = (seqs_in(tmp_path / name) for name in ("first", "second"))
    assert after == list(range(after[0], run._seq + 1))
    assert before == list(range(1, len(before) + 1))
    assert after[0] <= len(before) + 1
    assert spool.pending() == []


def seqs_in(path):
    lines = path.read_bytes().split(b"\n")[:-1]
    return [json.loads(line)["event_seq"] for line in lines if b"event_seq" in line]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_is_silent(host, make_run):
    run = make_run(host.port).start()
    unstarted = make_run(host.port, name="unstarted")
    host.wait_for("newRun")
    child = os.fork()
    if child == 0:
        run.step(99, loss=0.5)
        run.log("from the child")
        unstarted.log("from the child")
        run.finish()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    run.step(1, loss=0.5)
    run.finish()
    assert [event["type"] for event in host.events] == ["session_started", "newRun", "trainStep", "trainingFinished"]
    assert host.seqs() == [1, 2, 3, 4] and len(host.hellos) == 1


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_does_not_keep_the_connection_open(host, make_run):
    """A data loader's worker that outlives the script must not hide its end from the host."""
    run = make_run(host.port).start()
    host.wait_for("newRun")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    os.close(reader)
    run.finish()
    host.wait(lambda: host.ended == 1, "end of the connection while the child lives")
    os.close(writer)
    os.waitpid(child, 0)
