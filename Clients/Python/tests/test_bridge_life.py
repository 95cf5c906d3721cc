# SPDX-License-Identifier: Apache-2.0
"""Connections that are lost, shared by threads, inherited by forked children; operations that outlive them; debug sessions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge_host import BridgeHost, echo, environment, silent, without_bridge
from host import DEADLINE_SECONDS, free_port
from jackfield import bridge
from jackfield.bridge import link, session

SOURCES = str(Path(__file__).resolve().parents[1] / "src")


def processes(host, code, count):
    """Runs a script in several processes at once; returns what each printed, as JSON."""
    names = {**without_bridge(dict(os.environ)), **host.environment, "PYTHONPATH": SOURCES}
    command = [sys.executable, "-W", "error", "-c", code]
    running = [
        subprocess.Popen([*command, str(number)], env=names, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(count)
    ]
    outputs = []
    for process in running:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, ""), errors
        outputs.append(json.loads(output))
    return outputs


# MARK: many at once


def test_many_threads_share_one_connection_and_wait_for_nobody_else(make_bridge):
    held = []

    def hold_all(peer, request):
        """Answers nobody before all have asked, and then in the other order."""
        held.append(request)
        if len(held) == 20:
            for each in reversed(held):
                echo(peer, each)

    host = make_bridge(reply=hold_all)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: bridge.chat(str(number), timeout=DEADLINE_SECONDS), range(20)))
    assert answers == [f"re: {number}" for number in range(20)]
    assert len(host.peers) == 1
    assert len({request["id"] for request in host.requests}) == 20


def test_several_processes_at_once(bridge_host):
    code = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
import vscode_bridge
with ThreadPoolExecutor(4) as pool:
    print(json.dumps(list(pool.map(lambda n: vscode_bridge.chat(f"{sys.argv[1]}.{n}"), range(5)))))
"""
    answers = processes(bridge_host, code, 4)
    assert answers == [[f"re: {process}.{number}" for number in range(5)] for process in range(4)]
    assert len(bridge_host.peers) == 4


def test_a_script_ends_at_once_with_its_connection_open_and_an_operation_waiting(bridge_host):
    code = """
import json, vscode_bridge
vscode_bridge.show_message("x")
waiting = vscode_bridge.show_form_async({"title": "t"})
print(json.dumps(waiting.done()))
"""
    assert processes(bridge_host, code, 1) == [False]


def test_control_c_ends_a_call_and_cancels_it(make_bridge):
    host = make_bridge(reply=lambda peer, request: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        bridge.ask("Name?", timeout=DEADLINE_SECONDS)
    # Struck while it was still sending, the client gives the connection up instead.
    host.wait(lambda: host.cancels == [host.requests[0]["id"]] or host.ended, "cancel")


def test_a_chat_in_the_background_can_be_cancelled(make_bridge):
    host = make_bridge(reply=silent)
    result = bridge.chat_async("x")
    host.wait(lambda: host.requests, "request")
    assert result.cancel() and result.done() and result.error() == "VSCode request failed: cancelled"
    host.wait(lambda: host.cancels, "cancel")
    with pytest.raises(RuntimeError, match="^VSCode request failed: cancelled$"):
        result.result()


# MARK: losses


def test_what_is_in_flight_when_the_connection_is_lost_fails_at_once(make_bridge):
    make_bridge(reply=lambda peer, request: peer.reset())
    for caught in (ConnectionResetError, RuntimeError):
        with pytest.raises(caught, match="^the connection to the host was lost: "):
            bridge.chat("x", timeout=DEADLINE_SECONDS)


def test_a_call_after_a_loss_connects_again(make_bridge):
    first = make_bridge()
    assert bridge.chat("x") == "re: x"
    first.die()
    session.client()._link._reader.join(DEADLINE_SECONDS)
    second = make_bridge(first.port)
    assert bridge.chat("y") == "re: y"
    assert [request["params"]["message"] for request in second.requests] == ["y"]


def test_a_call_waits_for_a_host_that_is_restarting(make_bridge):
    first = make_bridge()
    assert bridge.chat("x") == "re: x"
    first.die()
    session.client()._link._reader.join(DEADLINE_SECONDS)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(bridge.chat, "y")
        second = make_bridge(first.port)
        assert answer.result(DEADLINE_SECONDS) == "re: y"
    assert len(second.requests) == 1


def test_a_host_that_does_not_come_back_is_not_waited_for_longer_than_the_timeout(make_bridge):
    host = make_bridge()
    assert bridge.chat("x") == "re: x"
    host.die()
    session.client()._link._reader.join(DEADLINE_SECONDS)
    with pytest.raises(ConnectionRefusedError, match="nobody listens"):
        bridge.chat("y", timeout=0.1)


def test_a_run_that_is_over_is_told_at_once(make_bridge):
    host = make_bridge()
    assert bridge.chat("x") == "re: x"
    host.status = 401
    host.peers[0].reset()
    session.client()._link._reader.join(DEADLINE_SECONDS)
    with pytest.raises(RuntimeError, match="^Run bridge handshake failed$"):
        bridge.chat("y", timeout=None)


def test_another_door_in_the_environment_is_taken(make_bridge):
    first = make_bridge()
    bridge.show_message("x")
    second = make_bridge()
    bridge.show_message("y")
    assert [len(host.requests) for host in (first, second)] == [1, 1]


# MARK: operations


@pytest.mark.parametrize(
    "begin, type, parameters, shown, timeout",
    [
        (lambda: bridge.show_form_async({"title": "Lot"}), "form", {"formSpec": {"title": "Lot"}}, True, 300_000),
        (
            lambda: bridge.participant_async("reviewer", {"n": 1}, timeout=60),
            "copilot_participant",
            {"role": "reviewer", "context": {"n": 1}},
            False,
            60_000,
        ),
        (lambda: bridge.lambda_async("score", 3), "lambda", {"name": "score", "args": 3}, False, 60_000),
        (
            lambda: bridge.http_async("http://x/", timeout=None),
            "http_endpoint",
            {"url": "http://x/", "method": "POST"},
            False,
            None,
        ),
    ],
)
def test_an_operation_is_announced_once_and_ended_by_a_submit(bridge_host, begin, type, parameters, shown, timeout):
    operation = begin()
    body = bridge_host.started()
    assert (body["operationType"], body["timeoutMs"]) == (type, timeout)
    assert body["metadata"] == {"timeout_ms": timeout, "operationParams": parameters}
    assert body["uiState"] == (parameters if shown else None)
    assert isinstance(body["operationId"], int) and body["operationId"] < 2**53
    assert not operation.done() and operation.error() is None
    called = threading.Event()
    operation.add_done_callback(lambda it: called.set())
    bridge_host.peer.submit(body, {"lot": 7})
    assert operation.result(DEADLINE_SECONDS) == {"lot": 7} and operation.done()
    assert called.wait(DEADLINE_SECONDS)
    assert len(bridge_host.events("asyncOperationStarted")) == 1


def test_operations_are_told_apart_by_token_or_number(bridge_host):
    first, second, third = (bridge.show_form_async({"n": number}) for number in range(3))
    bodies = [bridge_host.started(number) for number in (1, 2, 3)]
    peer = bridge_host.peer
    peer.submit(bodies[1], "by token", operationId=bodies[0]["operationId"])
    peer.submit(bodies[2], "by number", operationId=str(bodies[2]["operationId"]), resumeToken=None)
    peer.submit(bodies[0], "nobody's", operationId=1, resumeToken="other")
    peer.submit(bodies[0], None)
    peer.submit(bodies[0], "too late")
    assert [it.result(DEADLINE_SECONDS) for it in (first, second, third)] == [None, "by token", "by number"]


def test_a_submit_that_comes_while_a_call_is_open_is_not_lost(make_bridge):
    def reply(peer, request):
        peer.submit(host.started(), "form")
        echo(peer, request)

    host = make_bridge(reply=reply)
    operation = bridge.show_form_async({})
    assert bridge.chat("x") == "re: x"
    assert operation.result(DEADLINE_SECONDS) == "form"


def test_an_operation_that_the_host_ends_with_an_error(bridge_host):
    operation = bridge.lambda_async("nonsense")
    bridge_host.peer.submit(bridge_host.started(), error="Unknown lambda handler: nonsense")
    with pytest.raises(RuntimeError, match="^VSCode request failed: Unknown lambda handler: nonsense$"):
        operation.result(DEADLINE_SECONDS)
    assert operation.error() == "VSCode request failed: Unknown lambda handler: nonsense"


def test_waiting_for_a_result_can_end_before_the_operation(bridge_host):
    operation = bridge.show_form_async({})
    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.0s$"):
        operation.result(0)
    assert not operation.done()
    bridge_host.peer.submit(bridge_host.started(), "later")
    assert operation.result(DEADLINE_SECONDS) == "later"


def test_an_operation_past_its_time_ends_without_the_host(bridge_host, monkeypatch):
    from jackfield.bridge import operations

    monkeypatch.setattr(operations, "GRACE_SECONDS", 0)
    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.05s$"):
        bridge.show_form_async({}, timeout=0.05).result(DEADLINE_SECONDS)


def test_an_operation_that_is_cancelled_is_told_to_the_host(bridge_host):
    operation = bridge.show_form_async({})
    body = bridge_host.started()
    assert operation.cancel() and not operation.cancel()
    bridge_host.wait(lambda: bridge_host.events("asyncOperationUpdated"), "update")
    (update,) = bridge_host.events("asyncOperationUpdated")
    assert (update["operationId"], update["status"]) == (body["operationId"], "cancelled")


def test_an_operation_survives_a_restart_of_the_host(make_bridge):
    first = make_bridge()
    operation = bridge.show_form_async({"title": "Lot"})
    announced = first.started()
    first.die()
    second = BridgeHost(first.port)
    try:
        assert second.started() == announced, "announced anew, as it was"
        second.peer.submit(announced, "filled in")
        assert operation.result(DEADLINE_SECONDS) == "filled in"
    finally:
        session.close()
        second.die()


def test_an_operation_of_a_run_that_is_over_fails(make_bridge):
    host = make_bridge()
    operation = bridge.show_form_async({})
    host.started()
    host.status = 401
    host.peers[0].reset()
    with pytest.raises(RuntimeError, match="^Run bridge handshake failed$"):
        operation.result(DEADLINE_SECONDS)


def test_an_operation_needs_a_host_to_begin(no_bridge, monkeypatch):
    for name, value in environment(free_port()).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConnectionRefusedError):
        bridge.show_form_async({})


def test_closing_ends_what_waits(bridge_host):
    operation = bridge.show_form_async({})
    bridge.close()
    with pytest.raises(ConnectionResetError, match="the connection to the host was closed"):
        operation.result(DEADLINE_SECONDS)


# MARK: forks


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_a_connection_of_its_own_and_leaves_the_parents_alone(make_bridge):
    host = make_bridge()
    assert bridge.chat("parent") == "re: parent"
    operation = bridge.show_form_async({})
    host.started()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            assert bridge.chat("child") == "re: child"
            with pytest.raises(RuntimeError, match="waits for this, and the answer goes there"):
                operation.result()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert bridge.chat("parent again") == "re: parent again"
    host.peer.submit(host.started(), "to the parent")
    assert operation.result(DEADLINE_SECONDS) == "to the parent"
    assert len(host.peers) == 2
    assert [request["params"]["message"] for request in host.requests] == ["parent", "child", "parent again"]


# MARK: debug sessions


class Asked:
    """A debug bridge that answers each request with itself."""

    def __init__(self):
        self.requests = []

    def request(self, type, params, timeout):
        self.requests.append((type, params, timeout))
        return {"response": "over the adapter", "result": params}


def test_the_debug_bridge_wins_over_the_socket(bridge_host):
    asked = Asked()
    bridge.set_debug_bridge(asked)
    assert bridge.is_available()
    assert bridge.chat("x") == "over the adapter"
    assert list(bridge.chat("x", stream=True)) == ["over the adapter"]
    assert bridge.execute_command("c", 1, timeout=7) == {"command": "c", "args": [1], "timeout": 7000}
    assert bridge.chat_async("x").result(DEADLINE_SECONDS) == "over the adapter"
    list(bridge.progress("Reading", "ab"))
    assert asked.requests[0] == ("vscode/chat", {"message": "x", "timeout": 30000}, 30)
    assert bridge_host.peers == []
    bridge.set_debug_bridge(None)
    assert bridge.chat("x") == "re: x"


def test_a_debug_bridge_may_have_the_functions_themselves(no_bridge):
    class Functions:
        def chat(self, message, timeout):
            return f"{message} {timeout}"

        def execute_command(self, command, *args, timeout):
            return [command, args, timeout]

    bridge.set_debug_bridge(Functions())
    assert bridge.chat("x", 3) == "x 3"
    assert bridge.execute_command("c", 1, timeout=7) == ["c", (1,), 7], "the timeout is no argument of the command"
    with pytest.raises(RuntimeError, match="the debug bridge has no 'show_message'"):
        bridge.show_message("x")
    with pytest.raises(RuntimeError, match="takes no asynchronous operations"):
        bridge.show_form_async({})


def test_the_debug_bridge_of_this_package_speaks_through_events(no_bridge):
    events = []

    def send(event, body):
        events.append((event, body))
        if event == "customRequest" and body["params"].get("message") == "answered":
            answer = {"requestId": body["requestId"], "success": True, "result": {"response": "yes"}}
            assert debug.respond(answer)
        elif event == "customRequest" and body["params"].get("message") == "refused":
            assert debug.respond({"requestId": body["requestId"], "success": False, "error": "no"})

    debug = bridge.DebugBridge(send)
    bridge.set_debug_bridge(debug)
    assert bridge.chat("answered") == "yes"
    with pytest.raises(RuntimeError, match="^VSCode request failed: no$"):
        bridge.chat("refused")
    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.0s$"):
        bridge.chat("passed over", timeout=0)
    assert [body["requestId"] for _, body in events] == [0, 1, 2]
    assert not debug.respond({"requestId": 2, "success": True}), "too late"
    operation = bridge.show_form_async({"title": "Lot"})
    event, body = events[-1]
    assert event == "asyncOperationStarted"
    assert debug.submit({**body, "result": "filled in", "error": None})
    assert operation.result(DEADLINE_SECONDS) == "filled in"
    assert not debug.submit({**body, "result": "again"})
    bridge.show_form_async({}).cancel()
    assert events[-1][0] == "asyncOperationUpdated" and events[-1][1]["status"] == "cancelled"




def test_a_fault_of_the_reading_thread_fails_what_is_in_flight(make_bridge, caplog):
    make_bridge()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link.Link, "_take", lambda self, text: 1 / 0)
        with pytest.raises(ConnectionResetError, match="lost: division by zero"):
            bridge.show_message("x")
    assert "the connection to the host is given up" in caplog.text
    assert bridge.chat("y") == "re: y"
