# SPDX-License-Identifier: Apache-2.0
"""Each real kernel run by the host itself, as `jackfield exec` and editors do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kernels import REAL_KERNELS, RealKernel
from live_host import LiveHost, Refused, Run
from processes import living, tree
from table import TABLES

DEATH_LIMIT_SECONDS = 1.0
"""From the kill to the run's end, seen from outside on a machine that does other things as well; the host's own limit is 0.1 s."""


def test_runs_and_remembers(host: LiveHost, real: RealKernel, kernel: str) -> None:
    said = host.run(kernel, real.hello)
    assert said.status == "ok" and said.text("stdout").strip() == "hello, world"
    valued = host.run(kernel, real.value)
    shown = [content["data"]["text/plain"] for kind in ("execute_result", "display_data") for content in valued.all(kind)]
    assert real.shown in "".join(shown) + valued.text()
    assert host.run(kernel, real.remember).status == "ok"
    assert "42" in host.run(kernel, real.recall).text()


def test_starts(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    begun = time.monotonic()
    started = host.call("kernel.start", spec=real.spec, working_directory=str(tmp_path))
    ready = time.monotonic() - begun
    assert started["status"] == "idle" and started["language"].lower() == real.language.lower()
    first = host.run(started["id"], real.hello)
    assert "hello, world" in first.text()
    total = time.monotonic() - begun
    processes = tree(started["pid"])
    begun = time.monotonic()
    host.call("kernel.shutdown", kernel=started["id"])
    ended = time.monotonic() - begun
    host.until(f"no process of {real.title} to be left", lambda: not living(processes), patience=5)
    assert all(kernel["id"] != started["id"] for kernel in host.kernels())
    TABLES.add(
        "Kernels run by the host itself", kernel=real.title, ready=f"{ready:.1f} s", first_output=f"{total:.1f} s", shutdown=f"{ended:.1f} s",
        processes=len(processes))


def test_an_endless_loop_is_interrupted(host: LiveHost, real: RealKernel, kernel: str) -> None:
    host.run(kernel, real.remember)
    pid = process_of(host, kernel)
    for round in range(2):
        loop = host.open("code.run", kernel=kernel, code=real.loop)
        loop.until_text("begun")
        try:
            report = host.call("kernel.interrupt", kernel=kernel)
        except Refused as refused:
            assert real.title == "xeus-python" and refused.code == "not_interrupted", str(refused)
            TABLES.add("Interrupt of an endless loop", kernel=real.title, round=round + 1, way="none helps; the kernel lives", seconds="-")
            host.call("kernel.restart", kernel=kernel)
            assert Run(loop).status == "aborted"
            return
        ended = Run(loop)
        assert report["was_running"] and ended.status in ("error", "aborted"), ended.ending
        TABLES.add("Interrupt of an endless loop", kernel=real.title, round=round + 1, way=report["way"], seconds=f"{report['seconds']:.2f}")
        assert "42" in host.run(kernel, real.recall).text() and process_of(host, kernel) == pid


def test_cancelling_a_run_interrupts_it(host: LiveHost, real: RealKernel, kernel: str) -> None:
    if real.title == "xeus-python":
        pytest.skip("nothing stops a loop of xeus-python but its end")
    loop = host.open("code.run", kernel=kernel, code=real.loop)
    loop.until_text("begun")
    loop.cancel()
    with pytest.raises(Refused) as refused:
        loop.rest()
    assert refused.value.status == "cancelled"
    assert "hello, world" in host.run(kernel, real.hello).text()


def test_restart_keeps_the_id(host: LiveHost, real: RealKernel, kernel: str) -> None:
    host.run(kernel, real.remember)
    before = tree(process_of(host, kernel))
    loop = host.open("code.run", kernel=kernel, code=real.loop)
    loop.until_text("begun")
    again = host.call("kernel.restart", kernel=kernel)
    ended = Run(loop)
    assert ended.status == "aborted" and "restart" in ended.reason, ended.ending
    assert again["id"] == kernel and again["status"] == "idle" and again["pid"] not in [process.pid for process in before]
    host.until("the process of before to be gone", lambda: not living(before), patience=5)
    fresh = host.run(kernel, real.recall)
    everything = fresh.text() + "".join(str(content) for content in fresh.all("error")) + fresh.reason
    assert "42" not in everything and real.forgotten in everything


def test_input(host: LiveHost, real: RealKernel, kernel: str) -> None:
    if not real.ask:
        pytest.skip(f"{real.title} cannot ask")
    asking = host.open("code.run", kernel=kernel, code=real.ask)
    question = asking.until(lambda event: event["type"] == "input_request")
    assert "who?" in question["content"]["prompt"] and question["content"]["password"] is False
    host.call("kernel.input", run=question["run"], text="Ada")
    assert "hello, Ada" in Run(asking).text()
    deaf = host.run(kernel, real.ask, stdin=False)
    assert "hello, Ada" not in deaf.text()


def test_a_death_ends_its_run(host: LiveHost, real: RealKernel, kernel: str) -> None:
    pid = process_of(host, kernel)
    loop = host.open("code.run", kernel=kernel, code=real.loop)
    loop.until_text("begun")
    waiting = host.open("code.run", kernel=kernel, code=real.hello)
    waiting.until(lambda event: event["type"] == "queued")
    processes = tree(pid)
    begun = time.monotonic()
    processes[0].kill()
    ended = Run(loop)
    seconds = time.monotonic() - begun
    assert ended.status == "lost" and "signal 9" in ended.reason, ended.ending
    assert Run(waiting).status in ("aborted", "lost")
    TABLES.add("SIGKILL in the middle of a run", kernel=real.title, run_ended_after=f"{seconds * 1000:.0f} ms", reason=ended.reason.split(";")[0])
    assert seconds < DEATH_LIMIT_SECONDS
    shown = host.call("kernel.show", kernel=kernel)
    assert shown["status"] == "dead" and "signal 9" in shown["reason"]
    with pytest.raises(Refused) as refused:
        host.run(kernel, real.hello)
    assert refused.value.code == "kernel_dead"
    assert host.call("kernel.restart", kernel=kernel)["status"] == "idle"
    assert "hello, world" in host.run(kernel, real.hello).text()
    host.until("what the dead kernel had begun to be gone", lambda: not living(processes), patience=5)


def test_a_kernel_that_kills_itself(host: LiveHost, real: RealKernel, kernel: str) -> None:
    ended = host.run(kernel, real.suicide)
    assert ended.status == "lost" and "signal 9" in ended.reason, ended.ending


def test_specs_are_found(host: LiveHost) -> None:
    found = {spec["name"]: spec for spec in host.call("kernel.specs")["specs"]}
    for real in REAL_KERNELS:
        if not real.missing:
            assert found[real.spec]["language"].lower() == real.language.lower()


def test_kernels_outlive_the_host(tmp_path: Path, real: RealKernel) -> None:
    """A host that stops leaves its kernels; the next one of the same home finds them, with what they know."""
    first = LiveHost(tmp_path / "home")
    kernel = first.call("kernel.start", spec=real.spec, working_directory=str(tmp_path))
    first.run(kernel["id"], real.remember)
    first.leave()
    second = LiveHost(tmp_path / "home")
    try:
        again = second.until("the kernel to be found again", lambda: [one for one in second.kernels() if one["status"] == "idle"])[0]
        assert (again["id"], again["pid"]) == (kernel["id"], kernel["pid"])
        assert "42" in second.run(kernel["id"], real.recall).text()
    finally:
        processes = tree(kernel["pid"])
        second.stop()
    assert not living(processes)


def process_of(host: LiveHost, kernel: str) -> int:
    return next(one["pid"] for one in host.kernels() if one["id"] == kernel)
