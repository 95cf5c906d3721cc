# SPDX-License-Identifier: Apache-2.0
"""Where the real kernels are, and the environment in which everything of these tests runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
JACKFIELD = BUILD / "bin/jackfield"
PLUGINS = BUILD / "plugins"
KERNELS = BUILD / "kernels-venv"
GATEWAYS = BUILD / "gateway-venv"
HOME = BUILD / "kernels-home"
"""Of the kernels: Deno's kernelspec is in it, their caches come to be in it."""


def environment(folder: Path, **more: str) -> Dict[str, str]:
    """The variables of a process of these tests; `folder` takes what it leaves behind."""
    left_out = ("JACKFIELD_", "JUPYTER_", "JPY_", "IPYTHON", "PYTHON", "VIRTUAL_ENV", "CONDA_", "XDG_")
    variables = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    variables.update(
        HOME=str(HOME), IPYTHONDIR=str(folder / "ipython"), JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
        JUPYTER_CONFIG_DIR=str(folder / "config"), JUPYTER_PATH=str(KERNELS / "share/jupyter"),
        PATH=f"{KERNELS / 'bin'}:{os.environ['PATH']}", NO_COLOR="1", PYDEVD_DISABLE_FILE_VALIDATION="1")
    variables.update(more)
    return variables
