#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks for a name, lets choose a subject, shows progress, and has a model write a verse: with whoever is attached to the host."""

from __future__ import annotations

import sys
import time
from pathlib import Path

try:
    from jackfield import bridge
except ModuleNotFoundError:  # not installed: use the clone this file is in
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Clients" / "Python" / "src"))
    from jackfield import bridge

SUBJECTS = ["the sea", ("a bicycle", "an old bicycle"), {"label": "rain", "description": "the soft kind"}]


def main(pages: int = 20) -> int:
    if not bridge.is_available():
        print("there is nobody to ask; begin this script with: jackfield run -- python3 interview.py", file=sys.stderr)
        return 1
    name = bridge.ask("What is your name?", default="Ada")
    subject = bridge.choose("What shall the verse be about?", SUBJECTS)
    if name is None or subject is None:
        bridge.show_message("Another time, then.", "warning")
        return 0
    for _ in bridge.progress("Looking through the library", range(pages)):
        time.sleep(0.02)
    print(f"A verse for {name} about {subject}:")
    for piece in bridge.chat(f"Write a verse for {name} about {subject}.", stream=True):
        print(piece, end="", flush=True)
    print()
    bridge.show_message(f"The verse for {name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
