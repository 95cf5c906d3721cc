# SPDX-License-Identifier: Apache-2.0
"""The program and the plugins that were built last, laid out for a host of a test."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import List, Optional, Tuple

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Clients" / "Python" / "tests"))

import program  # noqa: E402  (the client's tests know what was built last)

SOURCES = program.SOURCES
WEB = ROOT / "Plugins/Dashboard/Web"
#: Chart library, where `make setup` puts it.
VENDOR = ROOT / "build/vendor/uplot"
#: Where plugins with a manifest are, by the name of their library.
MANIFESTS = {json.loads(path.read_text())["library"]: path for path in sorted(ROOT.glob("Plugins/*/plugin.json"))}


def environment(**more: str) -> dict:
    """For processes of a test: with the Python client, without what belongs to whoever runs the test."""
    names = program.environment(**more)
    names.pop("ONTHEFLY_DASHBOARD_PORT", None)
    return {**names, **more}


def built() -> Tuple[Path, List[Path]]:
    """The program, and the libraries of plugins; JACKFIELD and JACKFIELD_PLUGINS name others, as for `Tools/demo`."""
    if "JACKFIELD" in os.environ:
        folder = Path(os.environ["JACKFIELD_PLUGINS"])
        return Path(os.environ["JACKFIELD"]), sorted(folder.glob("*/lib*.so"))
    found = program.built()
    if found is None:
        raise FileNotFoundError("nothing is built; run 'make build', or 'swift build'")
    executable, library = found
    if executable.parent.name == "bin":
        return executable, sorted(executable.parents[1].glob("plugins/*/lib*.so"))
    return executable, [library.with_name(name) for name in MANIFESTS if library.with_name(name).exists()]


def stage(folder: Path, libraries: List[Path]) -> None:
    """Lays the plugins out below a folder as `make build` does, the page's files as they stand in the source now."""
    for library in libraries:
        # `make build` puts it beside the library; after `swift build` it is in the source alone.
        manifest = library.with_name("plugin.json")
        if not manifest.exists():
            manifest = MANIFESTS[library.name]
        plugin = folder / json.loads(manifest.read_text())["id"]
        plugin.mkdir(mode=0o755, parents=True)
        shutil.copy(library, plugin / library.name)
        shutil.copy(manifest, plugin / "plugin.json")
        if library.name == "libDashboard.so":
            stage_page(plugin)


def stage_page(plugin: Path) -> None:
    """The files of the page, and the chart library where it is."""
    shutil.copytree(WEB, plugin / "web", dirs_exist_ok=True)
    vendor = chart_library()
    if vendor:
        shutil.copytree(vendor, plugin / "web" / "vendor", dirs_exist_ok=True)
        # As a module, as Tools/stage does.
        script = (vendor / "uplot.iife.min.js").read_text()
        (plugin / "web" / "vendor" / "uplot.js").write_text(f"{script}\nexport default uPlot;\n")


def chart_library() -> Optional[Path]:
    """The folder of uPlot, when it was fetched."""
    return VENDOR if (VENDOR / "uplot.iife.min.js").exists() else None
