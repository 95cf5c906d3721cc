# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import functools
import json
import math
import os
import re
import signal
import socket
import threading

import pytest

import jackfield
from host import DEADLINE_SECONDS, ack, free_port
from jackfield import connection, settings

ENVELOPE = {"type", "run_id", "run_gen", "ts", "session_id", "event_seq"}


def test_a_run_tells_its_story_in_order(host, make_run):
    with make_run(host.port) as run:
        assert run.step(1, loss=0.5, accuracy=0.25, epoch=0, lr=0.1, my_metric=7) is True
        run.log("half way", level="warn")
        run.epoch_end(0, val_loss=0.75)
        run.step(2, loss=0.25)
        run.checkpoint_saved("/tmp/step2.pt")
    assert [event["type"] for event in host.events] == [
        "session_started",
        "newRun",
        "trainStep",
        "log",
        "epoch_end",
        "trainStep",
        "checkpoint_saved",
        "trainingFinished",
    ]
    started, new_run, step, log, epoch, second, checkpoint, finished = host.events
    assert (started["project"], started["run_name"]) == ("digits", "baseline")
    assert (new_run["parents"], new_run["meta"]) == ([], {"display_name": "baseline"})
    assert {key: step[key] for key in step.keys() - ENVELOPE} == {
        "step": 1,
        "loss": 0.5,
        "accuracy": 0.25,
        "epoch": 0,
        "lr": 0.1,
        "my_metric": 7,
        "val_loss": None,
    }
    assert (log["level"], log["text"]) == ("warn", "half way")
    assert (epoch["epoch"], epoch["val_loss"]) == (0, 0.75)
    assert second["val_loss"] == 0.75
    assert (checkpoint["path"], checkpoint["step"]) == ("/tmp/step2.pt", 2)
    assert (finished["status"], finished["step"]) == ("completed", 2)


def test_every_event_carries_the_envelope(host, make_run):
    with make_run(host.port) as run:
        run.step(1, loss=0.5)
    assert host.seqs() == [1, 2, 3, 4]
    for event in host.events:
        assert ENVELOPE <= event.keys()
        assert (event["run_id"], event["run_gen"], event["session_id"]) == ("baseline", 0, run.session_id)
        assert isinstance(event["ts"], float)
    assert re.fullmatch("sess-[0-9a-f]{12}", run.session_id)


def test_the_first_line_is_a_hello_outside_the_stream(host, make_run):
    with make_run(host.port) as run:
        pass
    hello = host.lines[0]
    assert hello.pop("ts") > 0
    assert hello == {
        "type": "client_hello",
        "session_id": run.session_id,
        "run_id": "baseline",
        "project": "digits",
        "run_name": "baseline",
        "client": "jackfield",
        "version": jackfield.__version__,
        "wants_ack": True,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
    }


def test_the_wire_is_ascii_without_nan(host, make_run):
    with make_run(host.port, name="größe") as run:
        run.step(1, loss=math.nan, nested={"deep": [math.inf, 1.0]})
        run.log("naïve 😀")
    assert all(line.isascii() for line in host.raw)
    step = host.of_type("trainStep")[0]
    assert step["loss"] is None and step["nested"] == {"deep": [None, 1.0]}
    assert host.of_type("log")[0]["text"] == "naïve 😀"
    assert step["run_id"] == "größe"


def test_a_metric_cannot_hide_the_envelope(host, make_run):
    with make_run(host.port) as run:
        run.step(1, ts=3.5, type="odd", kind="any")
    step = host.of_type("trainStep")[0]
    assert (step["metric_ts"], step["metric_type"], step["kind"]) == (3.5, "odd", "any")


def test_pause_saves_and_holds_until_resume(host, make_run, train):
    saved = []

    def save(step):
        saved.append(step)
        return f"/ck/step{step}.json"

    training = train(make_run(host.port, save_checkpoint=save))
    host.wait_for("trainStep", 3)
    reply = host.ask("pause", {"reason": "coffee"})
    paused = host.wait_for("paused")
    step = reply["data"]["step"]
    assert reply["data"] == {"status": "paused", "step": step, "ckpt": f"/ck/step{step}.json"}
    assert (paused["step"], paused["ckpt"]) == (step, f"/ck/step{step}.json")
    assert paused["request"] == {"action": "pause", "reason": "coffee"}
    assert host.ask("pause") == {**reply, "id": host.lines[-1]["id"]}, "asked twice, answered the same"
    assert host.ask("ping")["data"] == {"status": "pong", "step": step}
    assert saved == [step] and training.run.is_paused
    assert host.of_type("trainStep")[-1]["step"] == step

    assert host.ask("resume")["data"] == {"status": "resumed", "step": step}
    assert host.wait_for("resumed")["step"] == step
    host.wait(lambda: host.of_type("trainStep")[-1]["step"] > step, "step after resume")


@pytest.mark.parametrize("first", [None, "pause"])
def test_stop_ends_the_loop(host, make_run, train, first):
    run = make_run(host.port)
    training = train(run)
    host.wait_for("trainStep")
    if first:
        host.ask(first)
    assert host.ask("stop")["data"] == {"status": "stopping"}
    assert training.has_ended.wait(DEADLINE_SECONDS)
    assert run.should_stop and run.step(1000) is False
    run.finish()
    host.wait_for("stopping")
    assert host.wait_for("trainingFinished")["status"] == "stopped"


def test_a_ping_does_not_wait_for_a_step(host, make_run):
    make_run(host.port).start()
    assert host.ask("ping")["data"] == {"status": "pong", "step": 0}
    info = host.ask("server_info")["data"]
    assert (info["version"], info["device"]) == (jackfield.__version__, "cpu")
    assert {"pause", "resume", "stop", "save_ckpt", "ping"} <= set(info["capabilities"])
    assert "load_ckpt" not in info["capabilities"]


def test_checkpoints_are_saved_and_loaded_on_request(host, make_run, train):
    loaded = []
    run = make_run(host.port, save_checkpoint=lambda step: "/ck/a", load_checkpoint=loaded.append)
    train(run)
    data = host.ask("save_ckpt")["data"]
    assert data["path"] == "/ck/a"
    assert host.wait_for("checkpoint_saved")["step"] == data["step"]
    assert host.ask("load_ckpt", {"path": "/ck/a"})["data"]["path"] == "/ck/a"
    assert host.wait_for("checkpoint_loaded")["path"] == "/ck/a"
    assert loaded == ["/ck/a"]
    assert host.ask("load_ckpt")["error"] == "cannot load_ckpt: the payload has no 'path'"


def test_without_callbacks_nothing_is_saved_and_loading_is_unknown(host, make_run, train):
    train(make_run(host.port))
    assert host.ask("save_ckpt")["data"]["path"] is None
    assert host.ask("pause")["data"]["ckpt"] is None
    assert host.ask("load_ckpt", {"path": "/x"})["error"] == "Unknown cmd: load_ckpt"


def test_a_callback_that_raises_gives_an_error_and_the_training_goes_on(host, make_run, train):
    def save(step):
        raise OSError("disk full")

    training = train(make_run(host.port, save_checkpoint=save))
    for command in ("save_ckpt", "pause"):
        reply = host.ask(command)
        assert (reply["ok"], reply["error"]) == (False, "disk full")
        assert "Traceback" in reply["detail"]
    assert host.wait_for("log")["text"] == "save_ckpt failed: OSError('disk full')"
    step = host.ask("ping")["data"]["step"]
    host.wait(lambda: host.of_type("trainStep")[-1]["step"] > step, "a later step")
    assert not training.run.is_paused


def test_unknown_commands_are_refused_at_once(host, make_run):
    make_run(host.port).start()
    assert host.ask("fly", id=7) == {"id": 7, "ok": False, "error": "Unknown cmd: fly"}
    host.send(b'{"cmd": "fly"}\n')
    assert host.wait_for("error") == {"type": "error", "text": "Unknown cmd: fly"}


def test_garbage_and_huge_lines_are_survived(host, make_run):
    make_run(host.port).start()
    for rubbish in (b"", b"\xff\xfe\x00", b"[1]", b'{"cmd": 7}', b"{}", b'{"cmd": "ack"}', b"[" * 5000):
        host.send(rubbish + b"\n")
    host.send(b'{"cmd": "ack", "payload": {"session_id": "sess-other", "event_seq": 1e99}}\n')
    host.send(b'{"id": "huge", "cmd": "ping", "x": "' + b"x" * (3 << 20) + b'"}\n')
    assert host.ask("ping")["ok"]
    assert len(host.hellos) == 1
    assert not [line for line in host.lines if line.get("id") == "huge"]


def test_a_command_cut_within_a_character_is_understood(make_host, make_run):
    host = make_host(acks=False)  # an ack would come between the halves
    make_run(host.port).start()
    line = json.dumps({"id": "größe", "cmd": "ping"}, ensure_ascii=False).encode() + b"\n"
    cut = line.index("ö".encode()) + 1
    host.wait_for("newRun")
    host.send(line[:cut])
    host.send(line[cut:])
    assert host.reply("größe")["ok"]


def test_commands_that_come_too_late_are_refused(host, make_run):
    host.acks = False  # so that `finish` waits
    run = make_run(host.port).start()
    host.wait_for("newRun")
    host.send(b'{"id": "early", "cmd": "pause"}\n')
    assert host.ask("ping")["ok"], "so the pause was received, and no step obeys it"
    ending = threading.Thread(target=run.finish, kwargs={"flush_timeout": DEADLINE_SECONDS})
    ending.start()
    host.wait_for("trainingFinished")
    assert host.reply("early")["error"] == "cannot pause: the training has finished"
    assert host.ask("stop")["error"] == "cannot stop: the training has finished"
    host.send(ack(run.session_id, host.seqs()[-1]))
    ending.join(DEADLINE_SECONDS)
    assert not ending.is_alive()


def test_control_c_works_while_paused(host, make_run):
    def interrupt():
        host.wait_for("newRun")
        host.send(b'{"id": 1, "cmd": "pause"}\n')
        host.wait_for("paused")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        with make_run(host.port) as run:
            step = 0
            while True:
                step += 1
                run.step(step)
    thread.join(DEADLINE_SECONDS)
    assert host.wait_for("trainingFinished")["status"] == "stopped"


def test_an_exception_ends_the_run_with_its_reason(host, make_run):
    with pytest.raises(ZeroDivisionError):
        with make_run(host.port):
            1 / 0
    assert host.wait_for("log")["text"] == "ended by ZeroDivisionError: division by zero"
    assert host.wait_for("trainingFinished")["status"] == "stopped"


def test_threads_may_report_at_once(host, make_run):
    run = make_run(host.port).start()
    threads = [threading.Thread(target=lambda n=n: [run.log(f"{n}:{i}") for i in range(200)]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert host.seqs() == list(range(1, 8 * 200 + 4))
    for n in range(8):
        own = [log["text"] for log in host.of_type("log") if log["text"].startswith(f"{n}:")]
        assert own == [f"{n}:{i}" for i in range(200)]


def test_two_runs_in_one_process_are_two_sessions(host, make_run):
    with make_run(host.port, name="a") as a, make_run(host.port, name="b") as b:
        for step in range(1, 51):
            a.step(step)
            b.step(step)
    for run in (a, b):
        own = [event for event in host.events if event["session_id"] == run.session_id]
        assert [event["event_seq"] for event in own] == list(range(1, 54))
        assert {event["run_id"] for event in own} == {run.name}
    assert len(host.hellos) == 2


def test_disabled_is_silent(host, make_run, monkeypatch):
    monkeypatch.setenv("JACKFIELD_DISABLE", "1")
    before = threading.active_count()
    with make_run(host.port) as run:
        assert run.step(1, loss=0.5) is True
        run.log("nothing")
    assert threading.active_count() == before
    assert host.sockets == []


def test_the_port_comes_from_the_environment(host, monkeypatch):
    monkeypatch.setenv("ONTHEFLY_DASHBOARD_PORT", str(host.port))
    with jackfield.Run(project="digits") as run:
        pass
    assert host.hellos[0]["run_id"] == run.name


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "port", "٤"])
def test_a_port_that_is_none_is_ignored(monkeypatch, text):
    monkeypatch.setenv("ONTHEFLY_DASHBOARD_PORT", text)
    assert settings.address() == ("127.0.0.1", 47621)


def test_a_socket_that_reached_itself_is_no_host(monkeypatch):
    port = free_port()
    connect = functools.partial(socket.create_connection, source_address=("127.0.0.1", port))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        connection.Connection(settings.address(port=port), b"")
    socket.create_server(("127.0.0.1", port)).close()
