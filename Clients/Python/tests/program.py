# SPDX-License-Identifier: Apache-2.0
"""The `jackfield` program as it was built last, and a debug session through it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from bridge_host import without_bridge
from host import DEADLINE_SECONDS

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "Clients" / "Python" / "src"
#: By `swift build`, by `make build`: where the program is, and where the plugin's library is.
_BUILDS = [
    (ROOT / ".build/debug/jackfield", ROOT / ".build/debug/libRunBridge.so"),
    (ROOT / "build/bin/jackfield", ROOT / "build/plugins/run-bridge/libRunBridge.so"),
]
Message = Dict[str, Any]


def built() -> "Optional[tuple[Path, Path]]":
    """The program and the plugin of the newest build; `None` when nothing is built."""
    there = [pair for pair in _BUILDS if pair[0].exists()]
    return max(there, key=lambda pair: max(path.stat().st_mtime for path in pair)) if there else None


def environment(**more: str) -> Dict[str, str]:
    """For processes of a test: with this package, without the bridge of whoever runs the test."""
    left_out = ("JACKFIELD_", "PYTHON", "DEBUGPY_", "PYDEVD_")
    names = {name: value for name, value in without_bridge(dict(os.environ)).items() if not name.startswith(left_out)}
    return {**names, "PYTHONPATH": str(SOURCES), "PYDEVD_DISABLE_FILE_VALIDATION": "1", **more}


class Editor:
    """What an editor does with a debug adapter. Everything that it sends and receives is kept, byte for byte."""

    def __init__(self, command: "List[str | Path]", **options: Any) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), **options
        )
        self.sent = bytearray()
        self.received = bytearray()
        self.messages: List[Message] = []
        self._seq = 0
        self._arrivals: "queue.Queue[Optional[Message]]" = queue.Queue()
        self._errors = bytearray()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        out = self.process.stdout
        while True:
            header = out.readline()
            if not header:
                return self._arrivals.put(None)
            rest = out.readline()
            body = out.read(int(header.split(b":")[1]))
            self.received += header + rest + body
            self._arrivals.put(json.loads(body))

    def _read_errors(self) -> None:
        for line in self.process.stderr:
            self._errors += line

    def request(self, command: str, **arguments: Any) -> int:
        self._seq += 1
        body = json.dumps({"seq": self._seq, "type": "request", "command": command, "arguments": arguments}).encode()
        data = b"Content-Length: %d\r\n\r\n" % len(body) + body
        self.sent += data
        self.process.stdin.write(data)
        self.process.stdin.flush()
        return self._seq

    def until(self, condition: Callable[[Message], Any]) -> Message:
        """The first message, of those not taken yet, for which the condition holds."""
        while True:
            try:
                message = self._arrivals.get(timeout=60)
            except queue.Empty:
                raise AssertionError(f"nothing comes any more; last: {self.messages[-5:]} {self.errors}") from None
            assert message is not None, f"the adapter has ended: {self.messages[-5:]} {self.errors}"
            self.messages.append(message)
            if condition(message):
                return message

    def event(self, name: str) -> Message:
        return self.until(lambda message: message["type"] == "event" and message["event"] == name)["body"]

    def response(self, seq: int) -> Message:
        response = self.until(lambda message: message["type"] == "response" and message["request_seq"] == seq)
        assert response["success"], response
        return response.get("body") or {}

    def ask(self, command: str, **arguments: Any) -> Message:
        return self.response(self.request(command, **arguments))

    def end(self) -> int:
        """Closes its side; the exit status."""
        self.process.stdin.close()
        status = self.process.wait(60)
        for thread in self._threads:
            thread.join(DEADLINE_SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    @property
    def errors(self) -> str:
        return self._errors.decode()

    @property
    def output(self) -> str:
        """What the script printed."""
        outputs = (message["body"] for message in self.messages if message.get("event") == "output")
        return "".join(body["output"] for body in outputs if body.get("category") == "stdout")

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def debug(editor: Editor, script: Path, line: int) -> List[str]:
    """A whole session: launch, a breakpoint, the variables there, on to the end; returns the variables' names."""
    editor.ask("initialize", adapterID="jackfield", pathFormat="path", linesStartAt1=True)
    launch = editor.request("launch", program=str(script), console="internalConsole", cwd=str(script.parent))
    editor.until(lambda message: message.get("event") == "initialized")
    found = editor.ask("setBreakpoints", source={"path": str(script)}, breakpoints=[{"line": line}])
    assert found["breakpoints"][0]["verified"]
    editor.request("configurationDone")
    editor.response(launch)
    stopped = editor.event("stopped")
    assert stopped["reason"] == "breakpoint"
    frames = editor.ask("stackTrace", threadId=stopped["threadId"])["stackFrames"]
    assert frames[0]["line"] == line
    scope = editor.ask("scopes", frameId=frames[0]["id"])["scopes"][0]
    names = [it["name"] for it in editor.ask("variables", variablesReference=scope["variablesReference"])["variables"]]
    editor.ask("continue", threadId=stopped["threadId"])
    editor.until(lambda message: message.get("event") == "terminated")
    end = editor.request("disconnect")
    editor.until(lambda message: message["type"] == "response" and message["request_seq"] == end)
    return names
