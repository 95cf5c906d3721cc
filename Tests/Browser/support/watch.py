# SPDX-License-Identifier: Apache-2.0
"""Looks at what a page complains about."""

from __future__ import annotations

import re
from typing import Any, List

from playwright.sync_api import ConsoleMessage, Page, Request

from .host import Host

#: Says what the policy refused, also where the console is silent.
_REPORTS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} refused '${event.blockedURI}' in ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
addEventListener("unhandledrejection", (event) => console.error(`unhandled rejection: ${event.reason?.stack ?? event.reason}`));
"""


def sign_in(page: Page, host: Host, path: str = "", **given: Any) -> None:
    """Opens a place by a link that signs in; the door leads on from there by itself."""
    page.goto(host.url(path, **given))
    page.wait_for_selector("meta[name=jackfield-assets]", state="attached")


class Watch:
    """Collects a page's complaints: errors in the console, of scripts and policy, and failed requests."""

    def __init__(self, page: Page) -> None:
        self.complaints: List[str] = []
        # A trainer that is busy or has gone says nothing of itself.
        self._allowed: List[re.Pattern] = [re.compile(r"status of 50\d.*trainer\.info")]
        page.add_init_script(_REPORTS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error.message}\n{error.stack or ''}"))
        page.on("requestfailed", self._failed)
        page.on("crash", lambda _: self.complaints.append("the page crashed"))

    def allow(self, pattern: str) -> None:
        """Expects complaints that this expression finds: a call that is to fail, a host that goes away."""
        self._allowed.append(re.compile(pattern))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        # A request that the page itself gives up, or leaves behind by going elsewhere, has not failed.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"request: {request.method} {request.url}: {request.failure}")

    @property
    def unexpected(self) -> List[str]:
        return [text for text in self.complaints if not any(pattern.search(text) for pattern in self._allowed)]

    def check(self) -> None:
        assert not self.unexpected, "the page complained:\n" + "\n".join(self.unexpected)
