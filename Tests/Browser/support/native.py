# SPDX-License-Identifier: Apache-2.0
"""Trainings that answer every command of the native protocol, for tests of steering: import `native` to have the fixture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from .host import Host
from .trainings import Training

SCRIPT = Path(__file__).parents[1] / "trainers" / "native.py"


class Native(Training):
    """`trainers/native.py` in a process of its own, until it is stopped."""

    def __init__(self, host: Host, folder: Path, name: str, **options: Any) -> None:
        command: List[Any] = [SCRIPT, "--name", name, "--project", "steering", "--directory", folder / "checkpoints"]
        for option, value in {"pace": 0.02, **options}.items():
            command += [f"--{option.replace('_', '-')}", *map(str, value if isinstance(value, list) else [value])]
        self.host = host
        self.checkpoints = folder / "checkpoints"
        super().__init__(host, name, command, folder)

    def session(self) -> Dict[str, Any]:
        """As the host sees it; every training here is a process of its own."""
        return self.host.until(f"the session of '{self.run}'", lambda: next(iter(self._sessions(lambda one: one["connected"])), None))

    def until_state(self, state: str) -> Dict[str, Any]:
        return self.host.until(f"'{self.run}' to be {state}", lambda: self._in(state))

    def _in(self, state: str) -> Optional[Dict[str, Any]]:
        found = self._sessions(lambda one: one["state"] == state and not one.get("busy"))
        return found[0] if found else None

    def _sessions(self, fits: Callable[[Dict[str, Any]], bool]) -> List[Dict[str, Any]]:
        return [one for one in self.host.call("trainer.list", all=True)["sessions"] if one.get("pid") == self.process.pid and fits(one)]

    def pause(self) -> None:
        self.host.call("trainer.pause", session=self.session()["session"])

    def report(self, **given: Any) -> Dict[str, Any]:
        """A report of losses, stored."""
        made = self.host.call("trainer.report", session=self.session()["session"], subset_on="train", **given)
        run = made["run"]
        reports = self.host.until("the report to be stored", lambda: [one for one in self.host.call("runs.reports", run=run)["reports"] if one["step"] == made["at_step"]])
        return reports[0]


def steps_of(host: Host, run: str) -> int:
    """How many steps of a run are stored; none of a run that is not known yet."""
    return next((one["steps"] for one in host.call("runs.list", search=run, limit=500)["runs"] if one["id"] == run), 0)


@pytest.fixture
def native(host: Host, tmp_path: Path) -> Iterator[Callable[..., Native]]:
    """Begins one: `native("name", samples=400, pace=0.02, slow=3)`; `on=` another host."""
    begun: List[Native] = []

    def begin(name: str, *, on: Optional[Host] = None, **options: Any) -> Native:
        begun.append(Native(on or host, tmp_path / f"native-{len(begun)}", name, **options))
        return begun[-1]

    yield begin
    for each in begun:
        each.stop()
