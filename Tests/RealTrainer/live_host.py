# SPDX-License-Identifier: Apache-2.0
"""A host of its own with the shipped plugins, asked through its control door."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("TRAINER_PYTHON", str(ROOT / "build/trainer-venv/bin/python"))
PATIENCE_SECONDS = 120.0


class Refused(Exception):
    """A command failed; `code` as programs switch on it."""

    def __init__(self, command: str, error: Dict[str, Any]) -> None:
        super().__init__(f"{command}: {error['message']}")
        self.code = (error.get("data") or {}).get("code")


class LiveHost:
    """Runs until `stop`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.json").write_text(json.dumps({"plugins": {"trainer": {"config": {"port": 0}}}}))
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("JACKFIELD_", "ONTHEFLY_"))}
        self.log = open(home / "serve.log", "wb")
        self.process = subprocess.Popen(
            [ROOT / "build/bin/jackfield", "serve", "--home", home, "--plugins", ROOT / "build/plugins"],
            env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.until("the host to be ready", lambda: self._is_ready())
        self.port: int = self.call("trainer.list")["port"]
        self.scripts: List[subprocess.Popen] = []

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, (self.home / "serve.log").read_text()[-3000:]
        try:
            return self._ask("host/status", {})["state"] == "ready"
        except (FileNotFoundError, ConnectionError):
            return False

    def _ask(self, method: str, parameters: Dict[str, Any]) -> Any:
        with socket.socket(socket.AF_UNIX) as door:
            # Relative: a socket's path has room for 107 bytes.
            door.connect(os.path.relpath(self.home / "run/host.sock"))
            door.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n")
            with door.makefile("rb") as lines:
                for line in lines:
                    answer = json.loads(line)
                    if answer.get("id") != 1:
                        continue  # progress and chunks on the way
                    if "error" in answer:
                        raise Refused(parameters.get("name", method), answer["error"])
                    return answer["result"]
        raise ConnectionError("the host closed the connection")

    def call(self, command: str, /, **arguments: Any) -> Any:
        """Runs a command and gives its answer."""
        result = self._ask("command/call", {"name": command, "input": arguments})
        return result["result"]

    def until(self, what: str, condition: Callable[[], Any]) -> Any:
        """Asks again until the condition holds; there is nothing else to wait on from outside."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {what}; sessions: {self.call('trainer.list')['sessions'] if self.process.poll() is None else 'host is gone'}")

    def train(self, *arguments: str, folder: Path, environment: Optional[Dict[str, str]] = None) -> subprocess.Popen:
        """Starts the user's script against this host."""
        folder.mkdir(parents=True, exist_ok=True)
        variables = dict(os.environ, ONTHEFLY_DASHBOARD_PORT=str(self.port), OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="", **(environment or {}))
        output = open(folder / f"script-{len(self.scripts)}.log", "wb")
        script = subprocess.Popen(
            [PYTHON, ROOT / "Tests/RealTrainer/train.py", *arguments], cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT)
        self.scripts.append(script)
        return script

    def session(self, run: Optional[str] = None) -> Optional[Dict[str, Any]]:
        """The connected session of a run, or the only one."""
        found = [s for s in self.call("trainer.list")["sessions"] if s["connected"] and run in (None, s.get("run"))]
        return found[0] if found else None

    def stop(self) -> None:
        for script in self.scripts:
            if script.poll() is None:
                script.kill()
            script.wait()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        assert status == 0, (self.home / "serve.log").read_text()[-3000:]
