# SPDX-License-Identifier: Apache-2.0
"""jupyter_kernel_test finds the same of a kernel through the host as of the bare kernel."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Dict, Optional

from kernels import RealKernel
from live_host import LiveHost
from proxied import surroundings
from surroundings import KERNELS, ROOT
from table import TABLES

BEST_FIRST = ["pass", "skip", "fail", "error"]
ROUNDS = 4
"""Kernels differ from themselves: Deno's display and its idle overtake each other. A difference must come back to count."""


def outcomes(real: RealKernel, folder: Path, host: Optional[LiveHost]) -> Dict[str, str]:
    """What became of each test and sub-test."""
    folder.mkdir(parents=True)
    suite = subprocess.Popen(
        [KERNELS / "bin/python", ROOT / "Tests/RealKernels/conformance.py", real.title, real.spec], env=surroundings(folder, host), cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if host:
        host.until("the suite's kernel to be one of the host's", lambda: [kernel for kernel in host.kernels() if kernel["spec"] == real.spec])
    told, errors = suite.communicate(timeout=300)
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert suite.returncode == 0 and lines, errors[-3000:]
    return {line["test"]: f"{line['outcome']} {line['why']}" if line["outcome"] != "pass" else "pass" for line in lines}


def better(one: Dict[str, str], other: Dict[str, str]) -> Dict[str, str]:
    """The better of two outcomes of each test. A test whose sub-test failed has no line of its own, but has one in a round without."""
    return {name: min((found[name] for found in (one, other) if name in found), key=lambda o: BEST_FIRST.index(o.split()[0])) for name in {**one, **other}}


def kinds(found: Dict[str, str]) -> Dict[str, str]:
    return {name: outcome.split()[0] for name, outcome in found.items()}


def tally(found: Dict[str, str]) -> str:
    counts = Counter(kinds(found).values())
    return ", ".join(f"{counts[kind]} {kind}" for kind in BEST_FIRST if counts[kind])


def test_the_suite_sees_no_difference(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    bare: Dict[str, str] = {}
    through: Dict[str, str] = {}
    rounds = 0
    while rounds < ROUNDS and (not rounds or kinds(bare) != kinds(through)):
        bare = better(bare, outcomes(real, tmp_path / f"bare-{rounds}", None))
        through = better(through, outcomes(real, tmp_path / f"through-{rounds}", host))
        rounds += 1
    different = {name: (bare.get(name), through.get(name)) for name in {**bare, **through} if kinds(bare).get(name) != kinds(through).get(name)}
    TABLES.add(
        "jupyter_kernel_test (tests and sub-tests)", kernel=real.title, bare=tally(bare), through_the_host=tally(through), equal="no" if different else "yes",
        rounds=rounds)
    assert not different
    assert kinds(through)["Kernel.test_kernel_info"] == "pass" and kinds(through)["Kernel.test_execute_stdout"] == "pass"
    host.until("the proxied kernels to be gone", lambda: not host.kernels())
