# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from support import panels, trainings
from support.content import Content
from support.feed import Feed
from support.host import Host
from support.watch import Watch, sign_in

# Two cores that others use, too: what comes at once on a quiet machine may take its time here.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or $CHROMIUM."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        # Its own sandbox does not work for root; pages are of our own making here.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def make_host() -> Iterator[Callable[..., Host]]:
    """Makes hosts that live as long as the tests: `make_host(settings, NAME=value)`; `before(home)` may lay out more in its home."""
    hosts: List[Host] = []
    folders: List[Path] = []

    def make(settings: Optional[Dict[str, Any]] = None, before: Callable[[Path], Any] = lambda home: None, **variables: str) -> Host:
        # Short: a socket's path has room for 107 bytes.
        folders.append(Path(tempfile.mkdtemp(prefix="jackfield-page-")))
        before(folders[-1])
        hosts.append(Host(folders[-1], settings, **variables))
        return hosts[-1]

    yield make
    for host in hosts:
        if host.process.poll() is None:
            host.stop()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def host(make_host: Callable[..., Host]) -> Host:
    """One host for all tests: names of runs are a test's own, and nothing that others see is deleted."""
    return make_host()


@pytest.fixture
def fresh_host(make_host: Callable[..., Host]) -> Iterator[Host]:
    """A host for one test: empty, and free to be restarted."""
    host = make_host()
    yield host
    if host.process.poll() is None:
        host.stop()


@pytest.fixture(scope="session")
def empty_host(make_host: Callable[..., Host]) -> Host:
    """A host of somebody who has just begun: for tests that leave it empty."""
    return make_host()


@pytest.fixture(scope="session")
def content(make_host: Callable[..., Host]) -> Iterator[Content]:
    """A host with something of everything (`content.host`), for tests that only look."""
    content = Content(make_host(before=panels.install_example), Path(tempfile.mkdtemp(prefix="jackfield-content-")))
    yield content
    content.close()
    shutil.rmtree(content.folder, ignore_errors=True)


@pytest.fixture
def make_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of a host, signed in: `make_page(host, "runs", color_scheme="dark", viewport=…)`.

    A context of its own, as another person's browser. `page.watch.allow(expression)` expects complaints; all others fail the test.
    """
    contexts: List[BrowserContext] = []
    watches: List[Watch] = []

    def make(host: Host, path: str = "", *, watched: bool = True, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page)
        if watched:
            watches.append(page.watch)
        sign_in(page, host, path)
        return page

    yield make
    for context in contexts:
        context.close()
    for watch in watches:
        watch.check()


@pytest.fixture
def page(host: Host, make_page: Callable[..., Page]) -> Page:
    """A page of the host that all tests share, signed in, at the overview."""
    return make_page(host)


@pytest.fixture
def trainer(host: Host, tmp_path: Path) -> Iterator[Callable[..., trainings.Training]]:
    """Begins a training: `trainer("name", steps=…, metrics=…, pace=…)`, see `support.trainings.training`; `on=` another host."""
    yield from _trainings(trainings.training, host, tmp_path)


@pytest.fixture
def digits(host: Host, tmp_path: Path) -> Iterator[Callable[..., trainings.Training]]:
    """Begins the example that is shipped: `digits("name", "--epochs", 2)`."""
    yield from _trainings(trainings.digits, host, tmp_path)


def _trainings(make: Callable[..., trainings.Training], host: Host, folder: Path) -> Iterator[Callable[..., trainings.Training]]:
    begun: List[trainings.Training] = []

    def begin(name: str, *arguments: Any, on: Optional[Host] = None, **options: Any) -> trainings.Training:
        begun.append(make(on or host, folder / f"training-{len(begun)}", name, *arguments, **options))
        return begun[-1]

    yield begin
    for training in begun:
        training.stop()


@pytest.fixture
def feed(host: Host) -> Iterator[Callable[..., Feed]]:
    """Feeds lines of a trainer, fast: `feed("run").steps(1_000_000)`; `on=` another host."""
    feeds: List[Feed] = []

    def make(run: str, *, on: Optional[Host] = None, **options: Any) -> Feed:
        feeds.append(Feed(on or host, run, **options))
        return feeds[-1]

    yield make
    for each in feeds:
        each.close()


_scripts = itertools.count(1)


@pytest.fixture
def script(host: Host, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Begins a script at the host, as `jackfield run -- python3 script.py` does: `script("print(1)", "argument")`; gives its process."""
    processes: List[Any] = []

    def begin(text: str, *arguments: Any, on: Optional[Host] = None, name: Optional[str] = None) -> Any:
        path = tmp_path / f"script{next(_scripts)}.py"
        path.write_text(text)
        named = ["--name", name] if name else []
        processes.append((on or host).run("run", *named, "--", "python3", path, *map(str, arguments)))
        return processes[-1]

    yield begin
    for process in processes:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


@pytest.fixture
def notebook_kernel(host: Host) -> Iterator[Dict[str, Any]]:
    """A real kernel (ipykernel) at the host, as `kernel.start` gave it."""
    kernel = host.call("kernel.start", interpreter=sys.executable)
    yield kernel
    if any(each["id"] == kernel["id"] for each in host.call("kernel.list")["kernels"]):
        host.call("kernel.shutdown", kernel=kernel["id"])
