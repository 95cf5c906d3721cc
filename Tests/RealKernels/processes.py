# SPDX-License-Identifier: Apache-2.0
"""Processes, as the tests look at them."""

from __future__ import annotations

from typing import List

import psutil


def tree(pid: int) -> List[psutil.Process]:
    """A process and all below it."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def living(processes: List[psutil.Process]) -> List[psutil.Process]:
    """Those that still run."""
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
