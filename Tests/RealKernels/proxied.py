# SPDX-License-Identifier: Apache-2.0
"""Kernelspecs by which any front end comes to share a host's kernels, and the surroundings of a front end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, Optional

from kernels import REAL_KERNELS
from live_host import LiveHost
from surroundings import JACKFIELD, KERNELS, environment


def write_specs(host: LiveHost, folder: Path) -> Path:
    """One spec for each real kernel, of the same name: first in JUPYTER_PATH, they stand in for the real ones."""
    specs = {kernel.spec: (kernel.spec, kernel.language) for kernel in REAL_KERNELS}
    specs["python"] = ("python3", "python")  # the name that nbclient's tests use
    for name, (spec, language) in specs.items():
        place = folder / "kernels" / name
        place.mkdir(parents=True, exist_ok=True)
        argv = [str(JACKFIELD), "--home", str(host.home), "kernel", "proxy", "--spec", spec, "-f", "{connection_file}"]
        (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": f"{name} of the host", "language": language}))
    return folder


def surroundings(folder: Path, host: Optional[LiveHost]) -> Dict[str, str]:
    """A front end's variables: bare when there is no host, else with kernels of the host."""
    if host is None:
        return environment(folder)
    specs = write_specs(host, folder / "proxied")
    return environment(folder, JUPYTER_PATH=f"{specs}:{KERNELS / 'share/jupyter'}")
