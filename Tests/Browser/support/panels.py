# SPDX-License-Identifier: Apache-2.0
"""Plugins with a panel, for a host of a test."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List

from .builds import ROOT

EXAMPLE = ROOT / "Examples/Plugins/c/goal"
GUIDE = ROOT / "Docs/writing-a-plugin.md"


def install_example(home: Path) -> None:
    """Builds and drops the example as its README says."""
    folder = home / "plugins/goal-c"
    shutil.copytree(EXAMPLE / "panel", folder / "panel")
    shutil.copy(EXAMPLE / "plugin.json", folder)
    build(folder / "libgoal_c.so")


def build(library: Path) -> None:
    command = next(line for line in (EXAMPLE / "README.md").read_text().splitlines() if line.startswith("cc "))
    subprocess.run([*command.split()[:-1], library], cwd=EXAMPLE, check=True)


def install(home: Path, files: Dict[str, str], *, commands: List[str], topics: List[str]) -> None:
    """The example's plugin with another panel."""
    folder = home / "plugins/goal-c"
    (folder / "panel").mkdir(parents=True)
    for name, text in files.items():
        (folder / "panel" / name).write_text(text)
    manifest = json.loads((EXAMPLE / "plugin.json").read_text())
    manifest["panels"][0].update(commands=commands, topics=topics)
    (folder / "plugin.json").write_text(json.dumps(manifest))
    build(folder / "libgoal_c.so")


def guide_panel() -> Dict[str, str]:
    """The whole panel that the guide for authors shows."""
    section = GUIDE.read_text().split("### What a panel may say and hear")[1]
    return {"index.html": re.search(r"```html\n(.*?)```", section, re.S)[1], "panel.js": re.search(r"```js\n(.*?)```", section, re.S)[1]}
