# SPDX-License-Identifier: Apache-2.0
"""A real host in a home of its own, with the page in front of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, Optional

from .builds import built, environment, stage
from .control import Control

PATIENCE_SECONDS = 60.0


class Host:
    """`jackfield serve`, until `stop`."""

    def __init__(self, home: Path, settings: Optional[Dict[str, Dict[str, Any]]] = None, **variables: str) -> None:
        """`settings`: of plugins, by their id."""
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.executable, libraries = built()
        self.plugins = home / "shipped"
        stage(self.plugins, libraries)
        self.trainer_port = free_port()
        self.port = free_port()
        self._settings = {"trainer": {"port": self.trainer_port}, "dashboard": {"port": self.port}, **(settings or {})}
        self._variables = variables
        self.control = Control(home)
        self.write_settings()
        self.process: Optional[subprocess.Popen] = None
        self.start()

    # The process

    def write_settings(self, **more: Dict[str, Any]) -> None:
        """Writes `config.json`; `more` joins the settings of a plugin, by its id with `_` for `-`."""
        for plugin, values in more.items():
            name = plugin.replace("_", "-")
            self._settings[name] = {**self._settings.get(name, {}), **values}
        # In the host's process: the files are whoever's who runs the tests.
        folders = [*self.plugins.iterdir(), *self.home.glob("plugins/*")]
        plugins = {folder.name: {"mode": "inprocess"} for folder in folders}
        for name, values in self._settings.items():
            plugins.setdefault(name, {})["config"] = values
        (self.home / "config.json").write_text(json.dumps({"plugins": plugins}))

    def start(self) -> None:
        with open(self.home / "serve.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.executable, "serve", "--home", self.home, "--plugins", self.plugins],
                env=environment(**self._variables), cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )
        self.until("the host to be ready", self._is_ready)
        self.until("the page's door to listen", self._listens)

    def stop(self, *, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends the host; by SIGTERM it must end in order."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        assert by != signal.SIGTERM or status == 0, self.log

    def restart(self, *, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends the host and begins it again in the same home, at the same ports."""
        self.stop(by=by)
        self.start()

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return self.control.ask("host/status")["state"] == "ready"
        except (FileNotFoundError, ConnectionError):
            return False

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def log(self) -> str:
        return (self.home / "serve.log").read_text(errors="replace")[-4000:]

    # What tests ask

    def call(self, command: str, /, **given: Any) -> Any:
        """What a command answers."""
        return self.control.call(command, **given)

    def until(self, what: str, condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
        """Asks again until the condition holds, for what nothing tells."""
        limit = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            assert time.monotonic() < limit, f"waited in vain for {what}; the host: {self.log}"
            time.sleep(0.05)

    def page(self, path: str = "") -> str:
        """The address of a place of the page."""
        return f"http://127.0.0.1:{self.port}/{path.lstrip('/')}"

    def url(self, path: str = "", **given: Any) -> str:
        """An address that signs in, once."""
        return self.call("dashboard.url", next=path.lstrip("/"), **given)["url"]

    def run(self, *command: Any, **options: Any) -> "subprocess.Popen[str]":
        """Begins a command of the program at this host, as `jackfield run`."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([self.executable, "--home", self.home, *command], env=environment(), **{**pipes, **options})

    # What it costs

    def memory(self, field: str = "VmRSS") -> float:
        """MiB: now, or with VmHWM at most."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
        raise ProcessLookupError(self.process.pid)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
