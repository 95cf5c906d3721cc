# SPDX-License-Identifier: Apache-2.0
"""A debug adapter that is another one: `adapter_recorder.py FOLDER COMMAND…`. Keeps what it reads and what it writes, byte for byte, and its exit status."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

folder = Path(sys.argv[1])
adapter = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def copy(source: object, target: object, name: str) -> None:
    with open(folder / name, "wb") as record:
        for data in iter(lambda: source.read1(65536), b""):
            record.write(data)
            try:
                target.write(data)
                target.flush()
            except BrokenPipeError:
                return
    target.close()


threading.Thread(target=copy, args=[sys.stdin.buffer, adapter.stdin, "read"], daemon=True).start()
copy(adapter.stdout, sys.stdout.buffer, "written")
status = adapter.wait()
(folder / "status").write_text(str(status))
sys.exit(status)
