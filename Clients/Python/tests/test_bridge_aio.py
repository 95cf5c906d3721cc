# SPDX-License-Identifier: Apache-2.0
"""The asyncio twins."""

from __future__ import annotations

import asyncio
import inspect
import threading

import pytest

import jackfield.bridge as blocking
from bridge_host import silent
from host import DEADLINE_SECONDS
from jackfield.bridge import aio as bridge
from jackfield.bridge import bars


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, DEADLINE_SECONDS))


def test_each_function_has_a_twin_with_the_same_parameters():
    for name in set(blocking.__all__) & set(bridge.__all__) - {"Progress"}:
        ours = inspect.signature(getattr(bridge, name)).parameters
        theirs = dict(inspect.signature(getattr(blocking, name)).parameters)
        if name == "chat":
            theirs.pop("stream")  # `chat_stream` alone: a coroutine gives one thing or the other
        assert [(it.name, it.default, it.kind) for it in ours.values()] == [
            (it.name, it.default, it.kind) for it in theirs.values()
        ], name
    functions = {name for name in blocking.__all__ if name[0].islower()}
    assert functions - set(bridge.__all__) == {"chat_async", "close", "set_debug_bridge"}


def test_many_at_once(bridge_host):
    async def main():
        return await asyncio.gather(*(bridge.chat(str(number)) for number in range(50)))

    assert run(main()) == [f"re: {number}" for number in range(50)]
    assert len(bridge_host.peers) == 1


def test_each_kind_of_call(make_bridge):
    results = {
        "vscode/executeCommand": {"result": 7},
        "vscode/getChatHistory": {"messages": []},
        "bridge/choose": {"chosen": "a", "cancelled": False},
        "bridge/input": {"value": "Ada"},
        "bridge/confirm": {"confirmed": True},
        "bridge/form": {"values": {"n": 1}},
        "bridge/openFile": {"opened": True},
        "bridge/showDiff": {"opened": True},
    }
    make_bridge(reply=lambda peer, request: peer.answer(request, results.get(request["type"], {})))

    async def main():
        assert await bridge.is_available() is True
        assert await bridge.execute_command("x", 1) == 7
        assert await bridge.get_chat_history("c") == []
        assert await bridge.show_message("x") is None
        assert await bridge.choose("x", ["a"]) == "a"
        assert await bridge.input("x") == "Ada"
        assert await bridge.confirm("x") is True
        assert await bridge.form({}) == {"n": 1}
        assert await bridge.open_file("x") is True
        assert await bridge.show_diff("x", "y") is True
        return True

    assert run(main())


def test_without_a_bridge(no_bridge):
    async def main():
        assert await bridge.is_available() is False
        for call in (bridge.chat("x"), bridge.show_message("x"), bridge.show_form_async({}), bridge.chat_stream("x").__anext__()):
            with pytest.raises(RuntimeError, match="VSCode bridge not initialized"):
                await call
        return True

    assert run(main())


def test_no_answer_in_time_cancels(make_bridge):
    host = make_bridge(reply=silent)
    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.0s$"):
        run(bridge.chat("x", timeout=0))
    host.wait(lambda: host.cancels == [host.requests[0]["id"]], "cancel")


def test_a_task_that_is_cancelled_tells_the_host(make_bridge):
    host = make_bridge(reply=silent)

    async def main():
        task = asyncio.ensure_future(bridge.ask("Name?"))
        await asyncio.to_thread(host.wait, lambda: host.requests, "request")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return True

    assert run(main())
    host.wait(lambda: host.cancels == [host.requests[0]["id"]], "cancel")


def test_a_refusal(make_bridge):
    make_bridge(reply=lambda peer, request: peer.refuse(request, "no"))
    with pytest.raises(RuntimeError, match="^VSCode request failed: no$"):
        run(bridge.chat("x"))


def test_streams(make_bridge):
    def tell(peer, request):
        peer.part(request, delta="once ")
        peer.part(request, delta="upon ")
        peer.answer(request, {"response": "once upon a time"})

    make_bridge(reply=tell)

    async def main():
        return [piece async for piece in bridge.chat_stream("x")]

    assert run(main()) == ["once ", "upon ", "a time"]


def test_a_stream_that_is_left_is_cancelled(make_bridge):
    host = make_bridge(reply=lambda peer, request: peer.part(request, delta="once "))

    async def main():
        stream = bridge.chat_stream("x")
        async for piece in stream:
            break
        await stream.aclose()
        return piece

    assert run(main()) == "once "
    host.wait(lambda: host.cancels, "cancel")


def test_a_stream_that_stops_times_out(make_bridge):
    make_bridge(reply=silent)

    async def main():
        return [piece async for piece in bridge.chat_stream("x", timeout=0)]

    with pytest.raises(RuntimeError, match=r"^Request timeout after 0\.0s$"):
        run(main())


def test_operations_can_be_awaited(bridge_host):
    async def main():
        operation = await bridge.show_form_async({"title": "Lot"})
        body = await asyncio.to_thread(bridge_host.started)
        bridge_host.peer.submit(body, "filled in")
        return await operation, await operation

    assert run(main()) == ("filled in", "filled in")


def test_an_operation_whose_task_is_cancelled_is_withdrawn(bridge_host):
    async def main():
        operation = await bridge.show_form_async({})

        async def wait():
            return await operation

        task = asyncio.ensure_future(wait())
        await asyncio.to_thread(bridge_host.started)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return operation.error()

    assert run(main()) == "VSCode request failed: cancelled"
    bridge_host.wait(lambda: bridge_host.events("asyncOperationUpdated"), "update")


def test_progress(bridge_host, monkeypatch):
    monkeypatch.setattr(bars, "INTERVAL_SECONDS", 0)

    async def numbers():
        for number in range(3):
            yield number

    async def main():
        async with bridge.progress("Training", total=2) as bar:
            await bar.step(note="one")
            await bar.update(0.9)
        return [item async for item in bridge.progress("a", "xy")], [item async for item in bridge.progress("b", numbers())]

    assert run(main()) == (["x", "y"], [0, 1, 2])
    ends = [request["params"] for request in bridge_host.requests if request["params"]["done"]]
    assert [(end["title"], end["fraction"]) for end in ends] == [("Training", 0.9), ("a", 1.0), ("b", None)]


def test_a_debug_bridge_does_not_hold_the_loop(no_bridge):
    class Slow:
        def request(self, type, params, timeout):
            assert asked.wait(DEADLINE_SECONDS)
            return {"response": "slow"}

    asked = threading.Event()
    blocking.set_debug_bridge(Slow())

    async def main():
        task = asyncio.ensure_future(bridge.chat("x"))
        await asyncio.sleep(0)
        asked.set()
        return await task

    assert run(main()) == "slow"
