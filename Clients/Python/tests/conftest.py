# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

import jackfield
from bridge_host import BridgeHost, without_bridge
from host import DEADLINE_SECONDS, Host
from jackfield.bridge import session, wire


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps spools of tests away from the person's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("JACKFIELD_DISABLE", raising=False)
    monkeypatch.delenv("ONTHEFLY_DASHBOARD_PORT", raising=False)
    return tmp_path / "state"


@pytest.fixture
def make_host() -> Iterator[Callable[..., Host]]:
    hosts: List[Host] = []

    def make(*arguments: Any, **options: Any) -> Host:
        hosts.append(Host(*arguments, **options))
        return hosts[-1]

    yield make
    for host in hosts:
        host.die()


@pytest.fixture
def host(make_host: Callable[..., Host]) -> Host:
    return make_host()


@pytest.fixture
def make_run() -> Iterator[Callable[..., jackfield.Run]]:
    """Makes runs that do not outlive their test."""
    runs: List[jackfield.Run] = []

    def make(port: int, **options: Any) -> jackfield.Run:
        options.setdefault("project", "digits")
        options.setdefault("name", "baseline")
        runs.append(jackfield.Run(port=port, **options))
        return runs[-1]

    yield make
    for run in runs:
        run.finish(flush_timeout=0)


class Training:
    """A training loop on a thread of its own, one step after another until told to stop."""

    def __init__(self, run: jackfield.Run) -> None:
        self.run = run
        self.has_ended = threading.Event()
        self._is_over = False
        self._tick = threading.Event()
        self._thread = threading.Thread(target=self._train, daemon=True)
        self._thread.start()

    def _train(self) -> None:
        step = 0
        while not self._is_over and not self.run.should_stop:
            step += 1
            self.run.step(step, loss=1 / step)
            self._tick.wait(0.002)
        self.has_ended.set()

    def end(self) -> None:
        self._is_over = True
        assert self.has_ended.wait(DEADLINE_SECONDS)


@pytest.fixture
def train() -> Iterator[Callable[[jackfield.Run], Training]]:
    trainings: List[Training] = []

    def start(run: jackfield.Run) -> Training:
        trainings.append(Training(run.start()))
        return trainings[-1]

    yield start
    for training in trainings:
        training._is_over = True
        training.run._controls.should_stop = True
        training.run._controls.is_paused = False


@pytest.fixture
def no_bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begins and ends without a connection and without a debug bridge."""
    for name in os.environ.keys() - without_bridge(dict(os.environ)).keys():
        monkeypatch.delenv(name)
    yield
    session.set_debug_bridge(None)
    session.close()


@pytest.fixture(params=["plain", "library"])
def either_wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test over our own WebSocket client, and over `websockets`."""
    if request.param == "library" and not wire.has_library():
        pytest.skip("the package 'websockets', release 13 or later, is not installed")
    if request.param == "plain":
        monkeypatch.setattr(wire, "has_library", lambda: False)
    return str(request.param)


@pytest.fixture
def make_bridge(no_bridge: None, either_wire: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., BridgeHost]]:
    """Makes hosts for scripts; the environment leads to the last one."""
    hosts: List[BridgeHost] = []

    def make(*arguments: Any, **options: Any) -> BridgeHost:
        hosts.append(BridgeHost(*arguments, **options))
        for name, value in hosts[-1].environment.items():
            monkeypatch.setenv(name, value)
        return hosts[-1]

    yield make
    session.close()
    for host in hosts:
        host.die()


@pytest.fixture
def bridge_host(make_bridge: Callable[..., BridgeHost]) -> BridgeHost:
    return make_bridge()
