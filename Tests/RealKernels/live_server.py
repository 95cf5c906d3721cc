# SPDX-License-Identifier: Apache-2.0
"""Real servers of kernels: jupyter_server, Enterprise Gateway, Kernel Gateway, on a port of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List

from surroundings import GATEWAYS, KERNELS, environment

TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class ServerKind:
    """One kind of server."""

    title: str
    python: Path
    command: List[str]

    def arguments(self, port: int, folder: Path) -> List[str]:
        return [str(self.python), *(word.format(port=port, folder=folder, token=TOKEN) for word in self.command)]


SERVERS = [
    ServerKind("jupyter_server", KERNELS / "bin/python", [
        "-m", "jupyter_server", "--ServerApp.ip=127.0.0.1", "--ServerApp.port={port}", "--ServerApp.port_retries=0", "--allow-root", "--no-browser",
        "--ServerApp.root_dir={folder}"]),
    ServerKind("Enterprise Gateway", GATEWAYS / "bin/python", [
        "-m", "enterprise_gateway", "--ip=127.0.0.1", "--port={port}", "--port_retries=0", "--EnterpriseGatewayApp.auth_token={token}",
        "--EnterpriseGatewayApp.list_kernels=True"]),
    ServerKind("Kernel Gateway", GATEWAYS / "bin/python", [
        "-m", "kernel_gateway", "--ip=127.0.0.1", "--port={port}", "--port_retries=0", "--KernelGatewayApp.auth_token={token}",
        "--JupyterWebsocketPersonality.list_kernels=True"]),
]


class LiveServer:
    """Runs until `stop`."""

    def __init__(self, kind: ServerKind, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.kind, self.folder = kind, folder
        # Given back before the server takes it; should somebody else be quicker, the server ends and says so.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        variables = environment(
            folder, JUPYTER_TOKEN=TOKEN, JUPYTER_PATH=str(kind.python.parents[1] / "share/jupyter"), PATH=f"{kind.python.parent}:{os.environ['PATH']}")
        self.log = open(folder / "server.log", "wb")
        self.process = subprocess.Popen(
            kind.arguments(self.port, folder), env=variables, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            start_new_session=True)
        limit = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < limit, self.said()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return "version" in self.get("api")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{error}: {self.said()}") from error
        except (urllib.error.URLError, ConnectionError):
            return False

    def get(self, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def kernels(self) -> List[str]:
        return [kernel["id"] for kernel in self.get("api/kernels")]

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()
