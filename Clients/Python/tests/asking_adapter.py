# SPDX-License-Identifier: Apache-2.0
"""A debug adapter whose scripts ask: runs the program of `launch` in its own process, with the bridge of this package."""

from __future__ import annotations

import json
import runpy
import sys
import threading
from typing import Any, Dict

from jackfield import bridge

_sending = threading.Lock()
_seq = 0


def send(message: Dict[str, Any]) -> None:
    global _seq
    with _sending:
        _seq += 1
        body = json.dumps({"seq": _seq, **message}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sys.stdout.buffer.flush()


def event(name: str, body: Dict[str, Any]) -> None:
    send({"type": "event", "event": name, "body": body})


def run(program: str) -> None:
    try:
        runpy.run_path(program, {"print": lambda text: event("output", {"category": "stdout", "output": f"{text}\n"})}, "__main__")
    except Exception as error:
        event("output", {"category": "stderr", "output": f"{type(error).__name__}: {error}\n"})
    event("terminated", {})


debug = bridge.DebugBridge(event)
bridge.set_debug_bridge(debug)
while True:
    header = sys.stdin.buffer.readline()
    if not header:
        break
    sys.stdin.buffer.readline()
    request = json.loads(sys.stdin.buffer.read(int(header.split(b":")[1])))
    arguments = request.get("arguments") or {}
    if request["command"] == "launch":
        threading.Thread(target=run, args=[arguments["program"]], daemon=True).start()
    elif request["command"] == "customRequestResponse":
        debug.respond(arguments)
    elif request["command"] == "asyncOperationSubmit":
        debug.submit(arguments)
    send({"type": "response", "request_seq": request["seq"], "success": True, "command": request["command"]})
    if request["command"] == "disconnect":
        break
