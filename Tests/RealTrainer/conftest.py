# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from live_host import LiveHost


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LiveHost]:
    host = LiveHost(tmp_path / "home")
    yield host
    host.stop()


@pytest.fixture
def second_host(tmp_path: Path) -> Iterator[LiveHost]:
    host = LiveHost(tmp_path / "second-home")
    yield host
    host.stop()
