# SPDX-License-Identifier: Apache-2.0
"""A host to be killed: `host_process.py PORT FILE`. Writes each line to the file, then acknowledges every tenth."""

from __future__ import annotations

import json
import socket
import sys

from host import ack

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener, open(sys.argv[2], "ab", buffering=0) as file:
    print("ready", flush=True)
    connection, _ = listener.accept()
    for line in connection.makefile("rb"):
        if not line.endswith(b"\n"):
            break
        file.write(line)
        event = json.loads(line)
        if event.get("event_seq", 1) % 10 == 0 or event["type"] == "trainingFinished":
            connection.sendall(ack(event["session_id"], event["event_seq"]))
