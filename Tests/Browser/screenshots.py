#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a picture of every view, in light and in dark, of a host with real trainings, kernels and scripts.

    Tests/Browser/screenshots.py                    into Docs/screenshots
    Tests/Browser/screenshots.py --only runs run    some of them
    Tests/Browser/screenshots.py --narrow --into X  as on a telephone
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from support import panels, pictures
from support.builds import ROOT
from support.content import Content
from support.host import Host
from support.views import NAMES, address
from support.watch import Watch, sign_in


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "Docs/screenshots")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--narrow", action="store_true", help="360 pixels wide")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="jackfield-pictures-"))
    panels.install_example(home)
    host = Host(home)
    content = None
    try:
        content = Content(host, home / "work")
        return take(options, content)
    finally:
        if content:
            content.close()
        host.stop()
        shutil.rmtree(home, ignore_errors=True)


def take(options: argparse.Namespace, content: Content) -> int:
    complaints = 0
    size = {"width": 360, "height": 740} if options.narrow else {"width": 1280, "height": 800}
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        workshop = browser.new_page()
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB")
            page = context.new_page()
            watch = Watch(page)
            sign_in(page, content.host)
            for name in options.only:
                path = options.into / f"{name}-{scheme}.png"
                with content.question() if name == "scripts" else nullcontext():
                    page.goto(content.host.page(address(name, content)))
                    settle(page)
                    length = pictures.save(page.screenshot(), path, workshop)
                print(f"{path.name}  {length / 1000:.0f} KB", flush=True)
            for complaint in watch.unexpected:
                complaints += 1
                print(complaint, file=sys.stderr)
            context.close()
        browser.close()
    return 1 if complaints else 0


def settle(page: Page) -> None:
    """Until what the view asked for is shown, and nothing moves any more but what is live."""
    page.wait_for_selector("main > *")
    try:
        if page.url.endswith("/scripts"):
            page.get_by_text("What shall the report be about?").first.wait_for(timeout=15_000)
        page.wait_for_function("() => !document.querySelector('main [aria-busy=true]')", timeout=10_000)
    except Error:
        print(f"{page.url}: something is still busy", file=sys.stderr)
    page.wait_for_timeout(1_200)  # a picture, not a test: live charts have drawn some seconds


if __name__ == "__main__":
    sys.exit(main())
