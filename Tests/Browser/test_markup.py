# SPDX-License-Identifier: Apache-2.0
"""Whatever people, scripts and kernels say is text: nothing of it is run, in no view."""

from __future__ import annotations

import sys

import pytest
from playwright.sync_api import expect

from support.feed import Feed
from support.views import VIEWS, quote

#: Each would say so if it ran.
EVIL = [
    "<script>window.__ran='script'</script>",
    "<img src=x onerror=\"window.__ran='image'\">",
    "<svg onload=\"window.__ran='svg'\">",
    "'\"><iframe srcdoc=\"<script>parent.__ran='frame'</script>\"></iframe>",
    "<a href=\"javascript:window.__ran='link'\">click</a>",
    "{{constructor.constructor('window.__ran=1')()}}",
    "\u202ertl\u202c \x1b[31mred\x1b[0m </title><style>*{display:none}</style>",
]


@pytest.fixture(scope="module")
def evil_host(make_host, tmp_path_factory):
    host = make_host()
    folder = tmp_path_factory.mktemp("evil")
    for number, text in enumerate(EVIL):
        # The door refuses addresses with control characters; in texts they stand all the same.
        feed = Feed(host, f"{number} {text}".replace("\x1b", ""), project=text, session=f"sess-evil-{number}")
        feed.send({"type": "newRun", "parents": [], "meta": {"display_name": text, text: text, "config": {text: [text]}}})
        for step in range(1, 30):
            feed.step(step, loss=1 / step, **{text: step})
        feed.logs([text, text * 20], "error")
        feed.send({"type": "checkpoint_saved", "path": f"/tmp/{text}", "step": 29})
        feed.stored()
        if number % 2:
            feed.finish()
        feed.close()
    document = folder / "<img src=x onerror=window.__ran=1>.py"
    document.write_text("\n".join(f"# %%\nprint({text!r})" for text in EVIL))
    host.call("kernel.start", interpreter=sys.executable, document=str(document))
    for text in EVIL:
        host.call("code.run", document=str(document), code=f"print({text!r})", wait=True)
        for maker in ("HTML", "SVG", "Markdown", "Javascript"):
            host.call("code.run", document=str(document), code=f"from IPython.display import {maker}\n{maker}({text!r})", wait=True)
        host.call("code.run", document=str(document), code=f"raise ValueError({text!r})", stop_on_error=False, wait=True)
    host.call("watch.add", document=str(document), expression="'''" + EVIL[1] + "'''")
    script = folder / "evil.py"
    script.write_text("\n".join(f"print({text!r})" for text in EVIL))
    host.call("run.start", name=EVIL[0], command=[sys.executable, str(script), *EVIL], cwd=str(folder))
    host.document = str(document)
    return host


def test_nothing_runs_in_any_view(evil_host, make_page):
    page = make_page(evil_host)
    # What a kernel's HTML tries inside of its frame is refused there, and said.
    page.watch.allow(r"frames/output\.html|about:srcdoc|sandbox|/x$|blob:")
    runs = [run["id"] for run in evil_host.call("runs.list", limit=50)["runs"]]
    places = [*VIEWS.values(), f"results?document={quote(evil_host.document)}"]
    for run in runs[:4]:
        for tab in ("", "?tab=samples", "?tab=checkpoints", "?tab=info", "?tab=logs", "?tab=health"):
            # As the page writes it: a slash twice over.
            part = run.replace("%", "%25").replace("/", "%2F")
            places.append(f"runs/{quote(part, safe='')}{tab}")
    places.append("compare?runs=" + ",".join(quote(run, safe="") for run in runs[:3]))
    for place in places:
        page.goto(evil_host.page(place))
        expect(page.locator("main")).not_to_be_empty()
        expect(page.locator("main [aria-busy=true]")).to_have_count(0)
        assert page.evaluate("() => window.__ran") is None, place
        assert page.locator("main script, main img[src='x'], main a[href^='javascript']").count() == 0, place
        expect(page.locator("nav").first).to_be_visible()
    assert len(page.context.pages) == 1


def test_names_are_shown_as_they_are(evil_host, make_page):
    page = make_page(evil_host, "runs")
    expect(page.locator("main").get_by_role("link").filter(has_text=EVIL[0]).first).to_be_visible()
