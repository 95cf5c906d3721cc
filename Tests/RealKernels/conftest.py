# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import pytest

from kernels import REAL_KERNELS, RealKernel
from live_host import LiveHost
from table import TABLES


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHost]:
    """One host for all tests; each uses kernels of its own."""
    host = LiveHost(tmp_path_factory.mktemp("host") / "home")
    yield host
    host.stop()


@pytest.fixture(params=REAL_KERNELS, ids=lambda kernel: kernel.title)
def real(request: pytest.FixtureRequest) -> RealKernel:
    """Each real kernel that is here."""
    kernel: RealKernel = request.param
    if kernel.missing:
        pytest.skip(kernel.missing)
    return kernel


@pytest.fixture
def kernel(host: LiveHost, real: RealKernel, tmp_path: Path) -> Iterator[str]:
    """The id of a kernel of the host's own, ended afterwards."""
    started = host.call("kernel.start", spec=real.spec, working_directory=str(tmp_path))
    yield started["id"]
    if any(kernel["id"] == started["id"] for kernel in host.kernels()):
        host.call("kernel.shutdown", kernel=started["id"])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    lines: List[str] = TABLES.lines()
    if lines:
        terminalreporter.section("what was seen")
        for line in lines:
            terminalreporter.write_line(line)
