# SPDX-License-Identifier: Apache-2.0
"""Trainings in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from .builds import ROOT, environment
from .host import PATIENCE_SECONDS, Host

SCRIPT = Path(__file__).with_name("train.py")
DIGITS = ROOT / "Examples/Training/digits.py"


class Training:
    """A training that runs until it is through, or `stop`."""

    def __init__(self, host: Host, run: str, command: List[Any], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.run = run
        self._host = host
        self._output = folder / f"{run.replace('/', '_')[:40]}.log"
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=folder, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
                env=environment(ONTHEFLY_DASHBOARD_PORT=str(host.trainer_port), XDG_STATE_HOME=str(folder / "state")),
            )
        self.is_stopped = False
        host.until(f"the run '{run}' to be known", self.known)

    def known(self) -> Optional[Dict[str, Any]]:
        """The run as the host lists it."""
        assert self.process.poll() in (None, 0) or self.is_stopped, self.output
        return next((run for run in self._host.call("runs.list", search=self.run, limit=500)["runs"] if run["id"] == self.run), None)

    def step(self) -> None:
        """With `pace="told"`: lets the training do one step."""
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def wait(self, seconds: float = 4 * PATIENCE_SECONDS) -> None:
        """Until it has ended by itself and the host has it all."""
        self.process.stdin.close()
        status = self.process.wait(seconds)
        assert status == 0, self.output

    def stop(self) -> None:
        """Ends it, as a person does who presses Ctrl-C; nothing when it has ended."""
        self.is_stopped = True
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not self.process.stdin.closed:
            self.process.stdin.close()

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")[-3000:]


def training(
    host: Host, folder: Path, name: str, *, steps: Optional[int] = 200, metrics: Optional[Dict[str, str]] = None,
    pace: Any = 0.0, logs: Optional[List[str]] = None, epoch: int = 50, project: str = "browser",
) -> Training:
    """A real training through the Python client.

    - `steps`: None goes on until it is stopped.
    - `metrics`: expressions of Python over `step`, `random` and `math`, by the metric's name; default: a loss and an accuracy.
    - `pace`: seconds a step; "told" waits for `step()` before each.
    - `logs`: lines that are logged at the beginning; one with a level as in "warning: text".
    - `epoch`: steps an epoch.
    """
    given = {
        "project": project, "name": name, "steps": steps, "pace": pace, "logs": logs or [], "epoch": epoch,
        "metrics": metrics or {"loss": "2.3 / (1 + step / 40) + random() / 20", "accuracy": "1 - 0.9 / (1 + step / 60)", "lr": "0.01"},
    }
    return Training(host, name, [SCRIPT, json.dumps(given)], folder)


def digits(host: Host, folder: Path, name: str, *arguments: Any) -> Training:
    """The example that is shipped: a small network that learns hand-written digits."""
    return Training(host, name, [DIGITS, "--name", name, "--checkpoints", folder / "checkpoints", *map(str, arguments)], folder)
