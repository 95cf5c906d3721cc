# SPDX-License-Identifier: Apache-2.0
"""What goes over the wire for each call, and what the caller gets."""

from __future__ import annotations

import os
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

import vscode_bridge
from bridge_host import SESSION, TOKEN, environment, silent
from host import DEADLINE_SECONDS, free_port
from jackfield import bridge
from jackfield.bridge import bars, session, wire

LONG = "VSCode bridge not initialized. The bridge is only available during debug sessions or run-mode bridge sessions."
SHORT = "VSCode bridge not initialized (not in debug session)"


def sent(host):
    host.wait(lambda: host.requests, "request")
    return host.requests[-1]["type"], host.requests[-1]["params"]


# MARK: the four calls that scripts have always made


@pytest.mark.parametrize(
    "call, type, params, result",
    [
        (lambda b: b.chat("hi"), "vscode/chat", {"message": "hi", "timeout": 30000}, "re: hi"),
        (lambda b: b.chat("hi", timeout=1.5), "vscode/chat", {"message": "hi", "timeout": 1500.0}, "re: hi"),
        (
            lambda b: b.chat("hi", 30, model="m", conversation="c"),
            "vscode/chat",
            {"message": "hi", "timeout": 30000, "model": "m", "conversationId": "c"},
            "re: hi",
        ),
        (
            lambda b: b.execute_command("a.b", 1, "ü", timeout=7),
            "vscode/executeCommand",
            {"command": "a.b", "args": [1, "ü"], "timeout": 7000},
            ["a.b", [1, "ü"]],
        ),
        (
            lambda b: b.get_chat_history("conv-1"),
            "vscode/getChatHistory",
            {"conversationId": "conv-1", "limit": 10},
            [{"role": "user", "content": "hi", "timestamp": 1}],
        ),
        (lambda b: b.show_message("hi"), "vscode/showMessage", {"message": "hi", "level": "info"}, None),
        (lambda b: b.show_message("hi", "error"), "vscode/showMessage", {"message": "hi", "level": "error"}, None),
    ],
)
@pytest.mark.parametrize("module", [bridge, vscode_bridge], ids=["jackfield.bridge", "vscode_bridge"])
def test_the_oldest_calls_are_sent_and_answered_as_ever(bridge_host, module, call, type, params, result):
    assert call(module) == result
    assert sent(bridge_host) == (type, params)


def test_the_door_is_opened_with_token_and_session_and_nothing_else(bridge_host):
    bridge.show_message("hi")
    (peer,) = bridge_host.peers
    parts = urlsplit(peer.target)
    assert (parts.path, parse_qs(parts.query)) == ("/", {"token": [TOKEN], "session": [SESSION]})
    assert peer.headers["Host"] == f"127.0.0.1:{bridge_host.port}"
    assert not {"Origin", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Authorization", "User-Agent"} & peer.headers.keys()


@pytest.mark.parametrize(
    "result, text",
    [
        ({"response": "", "blocked": True, "blockedReason": "refusal", "openedChat": False}, "[Copilot blocked: refusal]"),
        ({"blocked": True, "blockedReason": "off_topic", "openedChat": True}, "[Copilot blocked: off_topic and opened Copilot Chat]"),
        ({}, ""),
        (None, ""),
    ],
)
def test_an_answer_that_was_withheld_is_told_in_brackets(make_bridge, result, text):
    make_bridge(reply=lambda peer, request: peer.answer(request, result))
    assert bridge.chat("hi") == text


def test_results_may_be_absent(make_bridge):
    make_bridge(reply=lambda peer, request: peer.answer(request, {}))
    assert bridge.execute_command("x") is None
    assert bridge.get_chat_history("x") == []


def test_chat_in_the_background(bridge_host):
    called = threading.Event()
    result = vscode_bridge.chat_async("hi")
    result.add_done_callback(lambda it: called.set() if it is result else None)
    assert result.result() == "re: hi" and result.done() and result.error() is None
    assert called.wait(DEADLINE_SECONDS)


# MARK: errors


def test_without_a_bridge_the_texts_are_as_ever(no_bridge):
    for call in (lambda: bridge.chat("x"), lambda: bridge.chat_async("x"), lambda: bridge.chat("x", stream=True)):
        with pytest.raises(RuntimeError) as raised:
            call()
        assert str(raised.value) == LONG
    for call in (
        lambda: bridge.execute_command("x"),
        lambda: bridge.get_chat_history("x"),
        lambda: bridge.show_message("x"),
    ):
        with pytest.raises(RuntimeError) as raised:
            call()
        assert str(raised.value) == SHORT
    for call in (lambda: bridge.choose("x", ["a"]), lambda: bridge.show_form_async({})):
        with pytest.raises(RuntimeError, match="not initialized"):
            call()
    assert bridge.is_available() is False


@pytest.mark.parametrize("missing", ["ADDR", "TOKEN", "SESSION"])
def test_a_set_of_variables_that_is_not_complete_is_none(no_bridge, monkeypatch, missing):
    for name, value in environment(1, "RUN_BRIDGE_").items():
        monkeypatch.setenv(name, "" if name.endswith(missing) else value)
    with pytest.raises(RuntimeError, match="not initialized"):
        bridge.chat("x")


def test_a_refusal_is_told_with_the_hosts_words(make_bridge):
    make_bridge(reply=lambda peer, request: peer.refuse(request, "Missing message parameter"))
    with pytest.raises(RuntimeError) as raised:
        bridge.chat("")
    assert str(raised.value) == "VSCode request failed: Missing message parameter"
    result = bridge.chat_async("")
    with pytest.raises(RuntimeError, match="VSCode request failed: Missing"):
        result.result()
    assert result.error() == "VSCode request failed: Missing message parameter"


def test_a_refusal_without_words(make_bridge):
    make_bridge(reply=lambda peer, request: peer.send({"id": request["id"], "success": False}))
    with pytest.raises(RuntimeError, match="^VSCode request failed: Unknown error$"):
        bridge.show_message("x")


@pytest.mark.parametrize("timeout", [0, 0.25])
def test_no_answer_in_time_cancels(make_bridge, timeout):
    host = make_bridge(reply=silent)
    with pytest.raises(RuntimeError) as raised:
        bridge.chat("x", timeout=timeout)
    assert str(raised.value) == f"Request timeout after {float(timeout)}s"
    host.wait(lambda: host.cancels == [host.requests[0]["id"]], "cancel")


def test_a_late_answer_is_nobodys(make_bridge):
    def late(peer, request):
        if request["params"]["message"] == "first":
            return held.append((peer, request))
        peer.answer(*[held[0][1], {"response": "too late"}])
        peer.answer(request, {"response": "mine"})

    held = []
    make_bridge(reply=late)
    with pytest.raises(RuntimeError, match="Request timeout after 0.0s"):
        bridge.chat("first", timeout=0)
    assert bridge.chat("second") == "mine"


def test_what_json_cannot_say_is_refused_and_not_sent(bridge_host):
    with pytest.raises(TypeError):
        bridge.execute_command("x", object())
    with pytest.raises(ValueError):
        bridge.execute_command("x", float("nan"))
    assert bridge.execute_command("y") == ["y", []]
    assert len(bridge_host.requests) == 1


def test_nobody_listens(no_bridge, monkeypatch):
    for name, value in environment(free_port()).items():
        monkeypatch.setenv(name, value)
    for caught in (ConnectionRefusedError, RuntimeError):
        with pytest.raises(caught, match="nobody listens at 127.0.0.1:"):
            bridge.chat("x")
    assert bridge.is_available() is False


def test_a_wrong_token_is_told_at_once_and_tried_again_later(make_bridge):
    host = make_bridge(status=401)
    with pytest.raises(RuntimeError, match="^Run bridge handshake failed$"):
        bridge.chat("x")
    assert bridge.is_available() is False
    host.status = 101
    assert bridge.chat("x") == "re: x"
    assert bridge.is_available() is True


@pytest.mark.parametrize(
    "handshake, text",
    [
        (b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n", "invalid"),
        (b"HTTP/1.1 101 Yes\r\n\r\n", "invalid"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "failed"),
    ],
)
def test_an_answer_that_is_no_handshake(make_bridge, handshake, text):
    make_bridge().handshake = handshake
    with pytest.raises(RuntimeError, match=f"^Run bridge handshake {text}$"):
        bridge.chat("x")


def test_a_host_that_never_shakes_hands(make_bridge, monkeypatch):
    monkeypatch.setattr(wire, "CONNECT_TIMEOUT_SECONDS", 0.2)
    make_bridge().handshake = b""
    for caught in (TimeoutError, RuntimeError):
        with pytest.raises(caught, match="did not answer for 0.2 seconds"):
            bridge.chat("x")


def test_availability_is_tried(make_bridge):
    host = make_bridge()
    assert bridge.is_available() and host.wait(lambda: len(host.peers) == 1, "connection")
    host.die()
    session.client()._link._reader.join(DEADLINE_SECONDS)
    assert bridge.is_available() is False


# MARK: the environment


@pytest.mark.parametrize("prefix", ["JACKFIELD_BRIDGE_", "EVOLVE_RUN_BRIDGE_", "RUN_BRIDGE_"])
def test_each_name_of_the_variables_will_do(make_bridge, monkeypatch, prefix):
    host = make_bridge()
    for name in host.environment:
        monkeypatch.delenv(name)
    assert not bridge.is_available()
    for name, value in environment(host.port, prefix).items():
        monkeypatch.setenv(name, value)
    assert bridge.chat("x") == "re: x"


@pytest.mark.parametrize(
    "address, expected",
    [
        ("ws://127.0.0.1:7/", ("127.0.0.1", 7, "/")),
        ("wss://localhost:7/a/b?x=1#y", ("localhost", 7, "/a/b")),
        ("http://[::1]:7", ("::1", 7, "/")),
        ("ws://127.0.0.1", ("127.0.0.1", 80, "/")),
        ("127.0.0.1:9", ("127.0.0.1", 9, "/")),
        ("ws://:9/", ("127.0.0.1", 9, "/")),
    ],
)
def test_addresses_are_read_leniently(no_bridge, monkeypatch, address, expected):
    from jackfield.bridge.door import door

    for name, value in {**environment(1), "EVOLVE_RUN_BRIDGE_ADDR": address}.items():
        monkeypatch.setenv(name, value)
    assert door()[:3] == expected
    assert TOKEN not in repr(door())


def test_an_address_that_cannot_be_read(no_bridge, monkeypatch):
    for name, value in {**environment(1), "EVOLVE_RUN_BRIDGE_ADDR": "ws://host:port/"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RuntimeError, match="cannot read EVOLVE_RUN_BRIDGE_ADDR 'ws://host:port/': .*; expected ws://127"):
        bridge.chat("x")
    assert bridge.is_available() is False


# MARK: questions for a person


@pytest.mark.parametrize(
    "call, type, params, result, returned",
    [
        (
            lambda: bridge.choose("Which?", ["a", ("B", 2), {"label": "c", "description": "third"}, 4], default=2),
            "bridge/choose",
            {
                "message": "Which?",
                "options": [
                    {"label": "a"},
                    {"label": "B", "value": 2},
                    {"label": "c", "description": "third"},
                    {"label": "4", "value": 4},
                ],
                "many": False,
                "default": 2,
            },
            {"chosen": 2, "cancelled": False},
            2,
        ),
        (
            lambda: bridge.choose("Which?", ["a"], many=True, timeout=2),
            "bridge/choose",
            {"message": "Which?", "options": [{"label": "a"}], "many": True, "timeout": 2000},
            {"chosen": ["a"], "cancelled": False},
            ["a"],
        ),
        (
            lambda: bridge.choose("Which?", ["a"]),
            "bridge/choose",
            {"message": "Which?", "options": [{"label": "a"}], "many": False},
            {"chosen": None, "cancelled": True},
            None,
        ),
        (
            lambda: bridge.input("Name?", "Ada"),
            "bridge/input",
            {"prompt": "Name?", "default": "Ada", "password": False},
            {"value": "Grace"},
            "Grace",
        ),
        (
            lambda: bridge.ask("Key?", password=True),
            "bridge/input",
            {"prompt": "Key?", "password": True},
            {"value": None},
            None,
        ),
        (
            lambda: bridge.confirm("Sure?", True),
            "bridge/confirm",
            {"message": "Sure?", "default": True},
            {"confirmed": True},
            True,
        ),
        (lambda: bridge.confirm("Sure?"), "bridge/confirm", {"message": "Sure?"}, {"confirmed": False}, False),
        (
            lambda: bridge.form({"type": "object"}, "Lot", {"n": 1}),
            "bridge/form",
            {"schema": {"type": "object"}, "title": "Lot", "values": {"n": 1}},
            {"values": {"n": 2}},
            {"n": 2},
        ),
        (lambda: bridge.form({}), "bridge/form", {"schema": {}}, {"values": None}, None),
        (
            lambda: bridge.open_file("a.py", 3, 4),
            "bridge/openFile",
            {"path": os.path.abspath("a.py"), "line": 3, "column": 4, "timeout": 10000},
            {"opened": True},
            True,
        ),
        (
            lambda: bridge.show_diff("a.py", ("new", "text"), "Change"),
            "bridge/showDiff",
            {
                "left": os.path.abspath("a.py"),
                "right": {"name": "new", "text": "text"},
                "title": "Change",
                "timeout": 10000,
            },
            {"opened": False},
            False,
        ),
    ],
)
def test_questions_for_a_person(make_bridge, call, type, params, result, returned):
    host = make_bridge(reply=lambda peer, request: peer.answer(request, result))
    assert call() == returned
    assert sent(host) == (type, params)


# MARK: streams


def test_a_chat_can_be_read_while_it_grows(make_bridge):
    def tell(peer, request):
        assert request["params"]["stream"] is True
        for text in ("once ", "", "upon "):
            peer.part(request, delta=text)
        peer.answer(request, {"response": "once upon a time", "conversationId": "conv-7"})

    make_bridge(reply=tell)
    stream = bridge.chat("tell", stream=True)
    assert list(stream) == ["once ", "upon ", "a time"]
    assert (stream.response, stream.conversation_id) == ("once upon a time", "conv-7")
    assert list(stream) == []


def test_a_host_that_does_not_stream_gives_the_whole(bridge_host):
    assert list(bridge.chat_stream("x")) == ["re: x"]


def test_a_stream_that_fails_midway(make_bridge):
    def break_off(peer, request):
        peer.part(request, delta="once ")
        peer.refuse(request, "the model has gone")

    make_bridge(reply=break_off)
    seen = []
    with pytest.raises(RuntimeError, match="VSCode request failed: the model has gone"):
        for piece in bridge.chat_stream("x"):
            seen.append(piece)
    assert seen == ["once "]


def test_a_stream_that_is_given_up_is_cancelled(make_bridge):
    host = make_bridge(reply=lambda peer, request: peer.part(request, delta="once "))
    with bridge.chat_stream("x") as stream:
        assert next(stream) == "once "
    host.wait(lambda: host.cancels, "cancel")
    assert list(stream) == []


def test_a_stream_that_stops_times_out(make_bridge):
    host = make_bridge(reply=lambda peer, request: peer.part(request, delta="once "))
    stream = bridge.chat_stream("x", timeout=0)
    assert next(stream) == "once "
    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.0s$"):
        next(stream)
    host.wait(lambda: host.cancels, "cancel")


# MARK: progress


def test_progress_of_a_loop(bridge_host, monkeypatch):
    monkeypatch.setattr(bars, "INTERVAL_SECONDS", 0)
    assert list(bridge.progress("Reading", "abcd")) == list("abcd")
    reports = [request["params"] for request in bridge_host.requests]
    assert {report["id"] for report in reports} == {reports[0]["id"]}
    assert {request["type"] for request in bridge_host.requests} == {"bridge/progress"}
    assert (reports[0]["title"], reports[0]["fraction"], reports[0]["done"]) == ("Reading", None, False)
    assert (reports[-1]["fraction"], reports[-1]["done"]) == (1.0, True)
    assert [report["done"] for report in reports].count(True) == 1


def test_progress_that_fails_says_so(bridge_host):
    with pytest.raises(ZeroDivisionError):
        with bridge.progress("Counting", total=3) as bar:
            bar.step()
            raise ZeroDivisionError("by nothing")
    last = bridge_host.requests[-1]["params"]
    assert (last["done"], last["note"], last["fraction"]) == (True, "failed: by nothing", pytest.approx(1 / 3))


def test_progress_never_waits_for_a_host_that_does_not_answer(make_bridge, monkeypatch):
    monkeypatch.setattr(bars, "INTERVAL_SECONDS", 0)
    monkeypatch.setattr(bars, "_END_SECONDS", 0)
    host = make_bridge(reply=silent)
    with bridge.progress("Counting", total=1000) as bar:
        for _ in range(1000):
            bar.step()
    host.wait(lambda: host.requests and host.requests[-1]["params"]["done"], "end")
    assert [request["params"]["fraction"] for request in host.requests] == [None, 1.0]


def test_progress_without_a_bridge_is_nothing(no_bridge):
    assert list(bridge.progress("Reading", iter("ab"))) == ["a", "b"]
    with bridge.progress("Training") as bar:
        bar.update(0.5, "half")
        bar.update(7)
    assert bar.fraction == 1.0
