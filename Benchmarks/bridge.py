# SPDX-License-Identifier: Apache-2.0
"""The bridge's door beside a bare echo of libwebsockets: the same client, the same messages, in turns."""

import contextlib
import json
import subprocess

from host import memory

TARGET = "/?token=bench&session=bench"
REQUEST = json.dumps({"id": 123456789, "type": "vscode/showMessage", "params": {"message": "x" * 100, "level": "info"}})
LONG = "@8388608"
IDLE = 1_000


class Bridges:
    """Needs `scratch`, `quick`, `tool` of `measures.Bench`."""

    def bridge(self):
        """The echo sends a request back as it is; the door reads it, has it answered, and writes the answer."""
        seconds = 0.5 if self.quick else 3
        rows = {}
        with self._echo_server(self.tool("websocket"), "serve") as base, self._echo_server(self.tool("bridge-bench")) as ours:
            for clients in (1, 16, 256):
                pair = [self._load(server, clients, seconds, REQUEST) for server in (base, ours)]
                if clients == 1:
                    rows["bridge trip"] = tuple(one["median_us"] for one in pair)
                rows[f"bridge {clients}"] = tuple(one["per_second"] for one in pair)
            rows["bridge long"] = tuple(self._load(server, 1, seconds, LONG)["median_us"] / 1_000 for server in (base, ours))
        # In fresh processes: what was once used is not given back.
        with self._echo_server(self.tool("websocket"), "serve") as base, self._echo_server(self.tool("bridge-bench")) as ours:
            rows["bridge idle"] = tuple(self._idle(server) for server in (base, ours))
        return rows

    @contextlib.contextmanager
    def _echo_server(self, *command):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield process, int(process.stdout.readline())
            finally:
                process.kill()

    def _load(self, server, clients, seconds, message):
        found = subprocess.run([self.tool("websocket"), "load", str(server[1]), TARGET, str(clients), str(seconds), message], check=True,
                               capture_output=True, text=True)
        return json.loads(found.stdout)

    def _idle(self, server):
        """Kibibytes of a connection that has asked once and is silent."""
        process, port = server
        before = memory(process.pid)
        with subprocess.Popen([self.tool("websocket"), "idle", str(port), TARGET, str(IDLE), REQUEST], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as clients:
            clients.stdout.readline()
            return (memory(process.pid) - before) * 1_024 / IDLE
