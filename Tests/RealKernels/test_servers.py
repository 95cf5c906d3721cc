# SPDX-License-Identifier: Apache-2.0
"""Kernels of real servers through the host: jupyter_server, Enterprise Gateway, Kernel Gateway."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from kernels import REAL_KERNELS
from live_host import LiveHost, Refused, Run
from live_server import SERVERS, TOKEN, LiveServer, ServerKind
from surroundings import ROOT
from table import TABLES

IPYKERNEL = REAL_KERNELS[0]
Pair = Tuple[LiveServer, LiveHost]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.title)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A server, and a host that is told of it."""
    folder = tmp_path_factory.mktemp("server")
    server = LiveServer(request.param, folder / "server")
    try:
        host = LiveHost(folder / "home", {"servers": {"there": {"url": server.url, "token": TOKEN, "username": "tester"}}})
        try:
            yield server, host
        finally:
            host.stop()
    finally:
        server.stop()


def start(host: LiveHost) -> str:
    return host.call("kernel.start", spec="python3", provider="there")["id"]


def test_a_session(pair: Pair) -> None:
    """What a person does with one kernel, from its begin to its end."""
    server, host = pair
    begun = time.monotonic()
    kernel = start(host)
    ready = time.monotonic() - begun
    assert len(server.kernels()) == 1
    assert host.run(kernel, IPYKERNEL.hello).text() == "hello, world\n"
    host.run(kernel, IPYKERNEL.remember)
    times = []
    for _ in range(20):
        begun = time.monotonic()
        assert host.run(kernel, "1").status == "ok"
        times.append(time.monotonic() - begun)
    failed = host.run(kernel, "1 / 0")
    assert failed.status == "error" and "ZeroDivisionError" in failed.reason
    asking = host.open("code.run", kernel=kernel, code=IPYKERNEL.ask)
    question = asking.until(lambda event: event["type"] == "input_request")
    host.call("kernel.input", run=question["run"], text="Ada")
    assert "hello, Ada" in Run(asking).text()
    loop = host.open("code.run", kernel=kernel, code=IPYKERNEL.loop)
    loop.until_text("begun")
    report = host.call("kernel.interrupt", kernel=kernel)
    assert Run(loop).status == "error" and report["was_running"]
    assert host.run(kernel, IPYKERNEL.recall).text() == "42\n"
    again = host.call("kernel.restart", kernel=kernel)
    assert again["id"] == kernel and len(server.kernels()) == 1
    assert "NameError" in host.run(kernel, IPYKERNEL.recall).reason
    host.call("kernel.shutdown", kernel=kernel)
    host.until("the server to be without kernels", lambda: not server.kernels())
    TABLES.add(
        "Kernels of real servers through the host", server=server.kind.title, ready=f"{ready:.1f} s", run_of_1=f"{sorted(times)[10] * 1000:.0f} ms",
        interrupt=f"{report['way']}, {report['seconds']:.2f} s", restart="same id", shutdown="none left")


def test_ten_megabytes(pair: Pair) -> None:
    """Servers of Jupyter drop what is too much at once; that is said. Gateways pass it all."""
    server, host = pair
    kernel = start(host)
    run = host.run(kernel, "print('x' * 10_000_000)")
    host.call("kernel.shutdown", kernel=kernel)
    length = run.text("stdout").count("x")
    noted = [content.get("note", "") for content in run.all("truncated")]
    TABLES.add("10 MB printed on a server", server=server.kind.title, arrived=length, said="; ".join(noted) or "-")
    assert run.status == "ok"
    assert length == 10_000_000 or noted or "rate exceeded" in run.text("stderr")
    assert server.kind.title == "jupyter_server" or length == 10_000_000


def test_a_kernel_that_was_there_is_attached_to(pair: Pair) -> None:
    server, host = pair
    first = start(host)
    host.run(first, IPYKERNEL.remember)
    there = server.kernels()[0]
    second = host.call("kernel.attach", server="there", id=there)["id"]
    assert host.run(second, IPYKERNEL.recall).text() == "42\n"
    for kernel in {first, second}:
        try:
            host.call("kernel.shutdown", kernel=kernel)
        except Refused:
            pass  # it went with the other


def test_a_wrong_token_is_said(pair: Pair, tmp_path: Path) -> None:
    server, _ = pair
    host = LiveHost(tmp_path / "home", {"servers": {"there": {"url": server.url, "token": "wrong-token"}}})
    try:
        with pytest.raises(Refused) as refused:
            start(host)
    finally:
        host.stop()
    assert "token" in str(refused.value) and "wrong-token" not in str(refused.value)


@pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.title)
def test_a_server_that_is_killed_loses_its_run(kind: ServerKind, tmp_path: Path) -> None:
    server = LiveServer(kind, tmp_path / "server")
    host = LiveHost(tmp_path / "home", {"servers": {"there": {"url": server.url, "token": TOKEN, "username": "tester"}}})
    try:
        kernel = start(host)
        loop = host.open("code.run", kernel=kernel, code=IPYKERNEL.loop, patience=120)
        loop.until_text("begun")
        server.kill()
        host.until("the kernel to be disconnected", lambda: [one for one in host.kernels() if one["status"] in ("disconnected", "dead")])
        assert "reason" in host.kernels()[0]
    finally:
        # Its kernel would wait for ever: it belongs to nobody. (Not by the program kill, which took a negative number for all processes.)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        host.leave()
        server.stop()


@pytest.mark.parametrize("kind", SERVERS[1:], ids=lambda kind: kind.title)
def test_the_providers_own_suite(kind: ServerKind, tmp_path: Path) -> None:
    """The suite that `make test` runs against jupyter_server, against the gateways."""
    server = LiveServer(kind, tmp_path / "server")
    try:
        variables = dict(os.environ, JACKFIELD_TEST_SERVER_URL=server.url, JACKFIELD_TEST_SERVER_TOKEN=TOKEN)
        done = subprocess.run(
            [os.environ.get("SWIFT", "swift"), "test", "--filter", "KernelTests.ServerProviderTests"], cwd=ROOT, env=variables, capture_output=True,
            text=True, timeout=1800)
    finally:
        server.stop()
    TABLES.add("The provider's own suite", server=kind.title, result="passed" if done.returncode == 0 else "failed")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "ServerProviderTests" in done.stdout
