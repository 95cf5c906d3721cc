#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the Autobahn test suite against the WebSocket server.

    Tests/Conformance/autobahn.py ECHO PYTHON2 [CASE...]

ECHO is the program web-echo; PYTHON2 a Python 2.7 that has `autobahntestsuite` 0.8.2, which knows no later one. Without cases all are run
but those about compression, which the server does not offer. Prints one line a case that is not OK, and ends with 1 when one fails.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

# What is not strict is slower or coarser than it might be, and allowed; what is informational has no right or wrong.
GOOD = {"OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED"}


def main():
    echo, python, *cases = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="autobahn-") as folder:
        server = subprocess.Popen([echo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline())
            report = run(pathlib.Path(folder), python, port, cases or ["*"])
        finally:
            server.stdin.close()
            server.wait()
    bad = 0
    counts = {}
    for case, result in sorted(report.items(), key=lambda item: [int(part) for part in item[0].split(".")]):
        for what in ("behavior", "behaviorClose"):
            counts[result[what]] = counts.get(result[what], 0) + 1
        if result["behavior"] != "OK" or result["behaviorClose"] != "OK":
            print(f"{case}: {result['behavior']}, close {result['behaviorClose']}")
        bad += result["behavior"] not in GOOD or result["behaviorClose"] not in GOOD
    print(f"{len(report)} cases, {bad} failed: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    sys.exit(1 if bad or not report else 0)


def run(folder, python, port, cases):
    specification = {"outdir": str(folder / "reports"), "options": {"failByDrop": False},
                     "servers": [{"agent": "server", "url": f"ws://127.0.0.1:{port}", "options": {"version": 18}}],
                     "cases": cases, "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
    (folder / "spec.json").write_text(json.dumps(specification))
    subprocess.run([python, "-c", "import sys; from autobahntestsuite.wstest import run; sys.exit(run())", "-m", "fuzzingclient",
                    "-s", str(folder / "spec.json")], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    index = json.loads((folder / "reports/index.json").read_text())
    return index["server"]


main()
