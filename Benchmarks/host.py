# SPDX-License-Identifier: Apache-2.0
"""A real host in a fresh home, with all plugins and the measuring one."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

ECHO = {
    "schema": 1, "id": "echo", "name": "Echo", "version": "1.0.0", "license": "Apache-2.0", "summary": "Answers with what it got.",
    "abi": {"major": 1, "minor": 0, "needs": ["jf.register/1"]}, "library": "libecho.so", "concurrent": True, "namespaces": ["echo"],
    "commands": [{"name": f"echo.{name}", "summary": "Answers with what it got.", "inline": name == "inline"}
                 for name in ("inline", "queued", "events")],
}


def stage_echo(library, plugins):
    """Lays the measuring plugin out as a plugin directory."""
    folder = plugins / "echo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin.json").write_text(json.dumps(ECHO))
    (folder / "libecho.so").write_bytes(library.read_bytes())
    (folder / "libecho.so").chmod(0o755)


class Host:
    """A running host. Its times begin just before the process is made."""

    def __init__(self, root, scratch, extra_plugins=(), home=None, more=(), kernel=None):
        self.folder = None if home else tempfile.TemporaryDirectory(prefix="home-", dir=scratch)
        self.home = pathlib.Path(home or self.folder.name)
        self.port = free_port()
        (self.home / "config.json").write_text(json.dumps(
            {"plugins": {"trainer": {"config": {"port": self.port}}, "echo": {"mode": "inprocess"}, "kernel": {"config": kernel or {}}}}))
        # Relative: a socket's path has room for 107 bytes.
        self.socket = os.path.relpath(self.home / "run/host.sock")
        command = [root / "build/bin/jackfield", "serve", "--home", self.home, "--plugins", root / "build/plugins"]
        for folder in extra_plugins:
            command += ["--plugins", folder]
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("JACKFIELD_", "ONTHEFLY_"))}
        environment.update(more)
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=open(self.home / "stderr.log", "wb"))
        self.start_seconds = self._wait_until_ready()

    def _wait_until_ready(self):
        """Asks `host/status` until it says ready."""
        while self.process.poll() is None:
            if time.perf_counter() - self.begun > 30:
                break
            try:
                with socket.socket(socket.AF_UNIX) as door:
                    door.connect(self.socket)
                    if ask(door, "host/status")["state"] == "ready":
                        return time.perf_counter() - self.begun
            except (FileNotFoundError, ConnectionRefusedError):
                pass
            time.sleep(0.001)
        raise SystemExit(f"the host did not start; its last words:\n{(self.home / 'stderr.log').read_text()[-2000:]}")

    def ask(self, method, **parameters):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(self.socket)
            return ask(door, method, **parameters)

    def call(self, name, **given):
        """What a command answers."""
        return self.ask("command/call", name=name, input=given)["result"]

    @property
    def database(self):
        return self.home / "data/jackfield.sqlite"

    def memory(self, field="VmRSS"):
        """Mebibytes: VmRSS now, VmHWM at most."""
        return memory(self.process.pid, field)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.folder:
            self.folder.cleanup()


def ask(door, method, **parameters):
    door.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n")
    answer = bytearray()
    while not answer.endswith(b"\n"):
        piece = door.recv(1 << 16)
        if not piece:
            raise ConnectionRefusedError("the host closed the connection")
        answer += piece
    answer = json.loads(answer)
    if "error" in answer:
        raise SystemExit(f"{method}: {answer['error']['message']}")
    return answer["result"]


def memory(pid, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
