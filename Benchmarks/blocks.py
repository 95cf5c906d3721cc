#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Block detection on 10,000 lines, beside what Python itself takes for the same text.

    Benchmarks/blocks.py PROGRAM      one line of JSON a row; PROGRAM is the built python-blocks
"""

import ast
import io
import json
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import time
import tokenize

LINES = 10_000
SOURCES = ["argparse", "typing", "inspect", "datetime", "subprocess", "tarfile", "_pydecimal", "doctest", "zipfile"]


def text():
    """The first lines of some modules, one behind the other, cut where a statement ends."""
    folder = pathlib.Path(sysconfig.get_path("stdlib"))
    lines = []
    for name in SOURCES:
        path = folder / f"{name}.py"
        if path.exists():
            lines += path.read_text(encoding="utf-8").splitlines(keepends=True)
    while lines and len(lines) > LINES:
        # The last line at the left margin before the limit begins what is cut away.
        cut = next(index for index in range(LINES, 0, -1) if lines[index][:1].isalpha())
        lines = lines[:cut] + ["#\n"] * (LINES - cut)
    return "".join(line for line in lines if not line.startswith("from __future__"))


def fastest(work, rounds=5):
    durations = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        durations.append(time.perf_counter() - begun)
    return min(durations)


def rows(program):
    """{row: (Python, ours)} in milliseconds; an edit has `ast.parse` of the whole as its baseline, which is what one without states would need."""
    source = text()
    parse = fastest(lambda: ast.parse(source)) * 1e3
    tokens = fastest(lambda: sum(1 for _ in tokenize.generate_tokens(io.StringIO(source).readline))) * 1e3
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(source)
        file.flush()
        answer = subprocess.run([program, "measure", file.name], check=True, capture_output=True, text=True).stdout
    ours = {row["name"]: row["microseconds"] / 1e3 for row in map(json.loads, answer.splitlines())}
    first = ours["blocks first pass"]
    return {
        "blocks first pass": (parse, first), "blocks first pass (tokenize)": (tokens, first),
        **{name: (parse, value) for name, value in ours.items() if name != "blocks first pass"},
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, (python, own) in rows(sys.argv[1]).items():
        print(json.dumps({"name": name, "python_milliseconds": round(python, 3), "milliseconds": round(own, 5)}))
