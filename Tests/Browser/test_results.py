# SPDX-License-Identifier: Apache-2.0
"""What real kernels printed and drew, by file; and that nothing of it runs in the page."""

from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.parse
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest
from playwright.sync_api import Page, expect
from support.host import Host

RICH = r'''# %% text
import sys
print("\x1b[31mred\x1b[0m plain")
print("aside", file=sys.stderr)
# %% pictures
from IPython.display import HTML, JSON, Markdown, SVG, display
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>'))
display({"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}, raw=True)
# %% table
display(HTML("<table><tr><th>name</th><th>loss</th></tr><tr><td>ada</td><td>0.25</td></tr></table>"))
# %% words
display(Markdown("## Heading\n\n**bold**, [site](https://example.org) and [bad](javascript:alert(1))"))
display(JSON({"first": [1, 2], "second": None}))
# %% unknown
display({"application/vnd.custom+xml": "<secret/>"}, raw=True)
# %% error
def fails():
    return 1 / 0
fails()
'''


class Document:
    """A file with a kernel of its own."""

    def __init__(self, host: Host, path: Path, text: str) -> None:
        self.host, self.path = host, path
        path.write_text(text)

    def run(self, **given: Any) -> Any:
        return self.host.call("code.run", document=str(self.path), interpreter=sys.executable, **{"mode": "all", "line": 1, "stop_on_error": False, **given})

    @property
    def place(self) -> str:
        return "results?document=" + urllib.parse.quote(str(self.path))

    def results(self) -> List[Any]:
        return self.host.call("results.list", document=str(self.path))["results"]


@pytest.fixture
def document(host: Host, tmp_path: Path) -> Iterator[Callable[..., Document]]:
    """Makes a file and runs it: `document(text)`; its kernel ends with the test."""
    made: List[Document] = []

    def make(text: str, *, runs: bool = True) -> Document:
        made.append(Document(host, tmp_path / f"file{len(made)}.py", text))
        if runs:
            made[-1].run()
        return made[-1]

    yield make
    used = {session["document"]: session["kernel"] for session in host.call("session.list")["sessions"]}
    for one in made:
        if str(one.path) in used:
            host.call("kernel.shutdown", kernel=used[str(one.path)])


@pytest.fixture
def trap() -> Iterator[Any]:
    """A port of this machine that nothing may reach: `address`, and `visits`."""

    class Trap:
        def __init__(self) -> None:
            self.visits: List[bytes] = []
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.address = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
            threading.Thread(target=self.listen, daemon=True).start()

        def listen(self) -> None:
            while True:
                try:
                    visitor, _ = self.listener.accept()
                except OSError:
                    return
                self.visits.append(visitor.recv(200))
                visitor.close()

    made = Trap()
    yield made
    made.listener.close()


def card(page: Page, first: str) -> Any:
    """The result whose code begins so."""
    return page.locator(".rs-card", has=page.locator("summary", has_text=first)).first


def test_results_stand_in_the_order_of_the_file_and_are_drawn_by_type(page: Page, host: Host, document: Callable[..., Document]) -> None:
    rich = document(RICH)
    page.goto(host.page(rich.place))
    expect(page.locator(".rs-card")).to_have_count(6)
    assert [text.split("\n")[0] for text in page.locator(".rs-source summary").all_inner_texts()] == [
        f"# %% {name} … {lines} lines" for name, lines in [("text", 4), ("pictures", 4), ("table", 2), ("words", 3), ("unknown", 2), ("error", 4)]]
    expect(card(page, "text").locator(".ansi-fg-1")).to_have_text("red")
    expect(card(page, "text").locator(".out-stderr")).to_contain_text("aside")
    expect(card(page, "pictures").locator("img")).to_have_count(2)
    expect(page.frame_locator(".out-frame iframe").get_by_role("cell", name="ada")).to_be_visible()
    expect(card(page, "words").get_by_role("heading", name="Heading")).to_be_visible()
    expect(card(page, "words").get_by_role("link", name="site")).to_have_attribute("rel", "noopener noreferrer")
    expect(card(page, "words").get_by_role("link")).to_have_count(1)
    expect(card(page, "words").locator(".out-json")).to_contain_text("second: null")
    expect(card(page, "unknown")).to_contain_text("application/vnd.custom+xml")
    expect(card(page, "unknown")).to_contain_text("This page does not draw this type.")
    expect(card(page, "error").locator(".out-error-head")).to_contain_text("ZeroDivisionError")
    expect(card(page, "error").locator(".out-error")).to_contain_text("return 1 / 0")
    expect(card(page, "error").locator(".badge")).to_have_text("error")
    # Another way to show the same.
    card(page, "table").get_by_label("Shown as").select_option("text/plain")
    expect(card(page, "table").locator(".out-text").last).to_contain_text("IPython.core.display.HTML")


def hostile(trap: Any) -> str:
    """Everything that an output can try, at one address that nothing may reach."""
    tries = f"""
<script>window.pwned = 1; parent.pwned = 1; fetch("{trap.address}/script")</script>
<img src=x onerror="window.pwned = 1; parent.pwned = 1"><img src="{trap.address}/image"><svg onload="window.pwned = 1"><script>window.pwned = 1</script></svg>
<a id="way" href="javascript:parent.pwned = 1">click</a><iframe srcdoc="<script>parent.parent.pwned = 1</script>"></iframe><iframe src="{trap.address}/frame"></iframe>
<object data="{trap.address}/object"></object><embed src="{trap.address}/embed"><link rel="stylesheet" href="{trap.address}/sheet"><link rel="prefetch" href="{trap.address}/prefetch">
<meta http-equiv="refresh" content="0; url={trap.address}/refresh"><base href="{trap.address}/"><form action="{trap.address}/form"><button id="send">send</button></form>
<style>@import "{trap.address}/import"; body {{ background: url({trap.address}/background) }} @font-face {{ font-family: f; src: url({trap.address}/font) }} p {{ font-family: f }}</style>
<video src="{trap.address}/video" autoplay></video><p id="seen">the harmless part</p>"""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="parent.pwned=1"><script>parent.pwned=1</script><image href="{trap.address}/svg"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="top.pwned=1"/></foreignObject></svg>'
    markdown = f'<script>window.pwned=1</script> <img src=x onerror=window.pwned=1> ![x]({trap.address}/picture) [a](javascript:window.pwned=1) [b](data:text/html,<script>alert(1)</script>)'
    return f'''# %% tries
from IPython.display import display
display({{"text/html": {tries!r}}}, raw=True)
display({{"image/svg+xml": {svg!r}}}, raw=True)
display({{"text/markdown": {markdown!r}}}, raw=True)
display({{"application/javascript": "window.pwned = 1; alert(1)"}}, raw=True)
display({{"text/latex": "<img src=x onerror=window.pwned=1>", "text/plain": "x"}}, raw=True)
display({{"image/png": "<script>window.pwned=1</script>"}}, raw=True)
display({{"application/json": {{"<img src=x onerror=window.pwned=1>": "</pre><script>window.pwned=1</script>"}}}}, raw=True)
display({{"<img src=x onerror=window.pwned=1>": "x"}}, raw=True)
# %% text
print("<script>window.pwned=1</script><img src=x onerror=window.pwned=1>")
print("access level: \\u202e user\\u2066 // admin")
print("\\x1b]8;;javascript:window.pwned=1\\x1b\\\\link\\x1b]8;;\\x1b\\\\")
print("".join("\\x1b[%dmx" % (31 + i % 6) for i in range(60_000)))
print("\\x1b]0;" + "t" * 100_000)
# %% raise
class Evil(Exception): pass
Evil.__name__ = "<img src=x onerror=window.pwned=1>"
raise Evil("</pre><script>window.pwned=1</script>")
'''


def test_nothing_that_came_from_a_kernel_runs_or_reaches_out(page: Page, host: Host, document: Callable[..., Document], trap: Any) -> None:
    page.watch.allow("Content Security Policy|^console: policy:|^console: Failed to load resource|^request: |Blocked form submission")
    dialogs, asked = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    made = document(hostile(trap))
    page.goto(host.page(made.place))
    inside = page.frame_locator(".out-frame iframe")
    expect(inside.locator("#seen")).to_be_visible()
    expect(card(page, "raise").locator(".out-error-head")).to_contain_text("onerror=window.pwned=1")
    expect(card(page, "text").locator(".hidden-character").first).to_have_text("U+202E")
    expect(card(page, "tries").get_by_role("link")).to_have_count(0)
    expect(card(page, "text").get_by_role("link")).to_have_count(0)
    inside.locator("#way").click()
    inside.locator("#send").click()
    # What would run later has had its time when the host has answered this.
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    for frame in page.frames:
        assert frame.evaluate("window.pwned") is None, frame.url
    assert dialogs == []
    assert trap.visits == [], trap.visits
    foreign = [url for url in asked if not url.startswith((host.page(), "data:", "blob:")) and not trap.address in url]
    assert foreign == []
    # Sixty thousand colours are no sixty thousand elements.
    assert card(page, "text").locator("span").count() < 10_000
    assert page.url.startswith(host.page("results"))


def test_scripts_of_an_output_run_only_when_asked_for_and_only_walled_off(page: Page, host: Host, document: Callable[..., Document], trap: Any) -> None:
    page.watch.allow("Content Security Policy|^console: policy:|^console: Failed to load resource|^request: |Failed to read|Blocked a frame|SecurityError")
    html = f"""<p id="p">before</p><script>document.getElementById("p").textContent = "it ran";
try {{ parent.document.body.dataset.pwned = 1 }} catch (error) {{ window.wall = error.name }} try {{ window.stored = localStorage.length }} catch (error) {{ window.noStore = true }}
fetch("{trap.address}/fetch").catch(() => window.noFetch = true); new Image().src = "{trap.address}/image"; location.search === "" && (location = "{trap.address}/way"); </script>"""
    made = document(f"# %% page\nfrom IPython.display import HTML, display\ndisplay(HTML({html!r}))\n")
    page.goto(host.page(made.place))
    inside = page.frame_locator(".out-frame iframe")
    expect(inside.locator("#p")).to_have_text("before")
    page.get_by_role("button", name="Run its scripts…").click()
    expect(page.get_by_role("dialog")).to_contain_text("walled off")
    page.get_by_role("button", name="Run scripts").click()
    expect(inside.locator("#p")).to_have_text("it ran")
    frame = next(one for one in page.frames if "frames/output.html?scripts" in one.url)
    frame.wait_for_function("window.noFetch")
    assert frame.evaluate("[window.wall, window.noStore]") == ["SecurityError", True]
    assert page.evaluate("document.body.dataset.pwned") is None
    assert trap.visits == []


def test_a_frame_that_goes_to_another_place_is_given_nothing(page: Page, host: Host, document: Callable[..., Document]) -> None:
    page.watch.allow("Content Security Policy|^console: policy:|^request: ")
    made = document("# %% page\nfrom IPython.display import HTML, display\ndisplay(HTML('<p id=p>here</p><script>document.body.dataset.ran = 1</script>'))\n")
    page.goto(host.page(made.place))
    inside = page.frame_locator(".out-frame iframe")
    expect(inside.locator("#p")).to_have_text("here")
    # As if the output had got its frame to load the place where scripts run.
    page.locator(".out-frame iframe").evaluate("(frame) => new Promise((done) => { frame.onload = done; frame.src += '?scripts'; })")
    frame = next(one for one in page.frames if "?scripts" in one.url)
    frame.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert frame.evaluate("[document.body.childElementCount, document.body.dataset.ran ?? null]") == [0, None]


def test_results_are_live_from_progress_to_replaced_displays(page: Page, host: Host, document: Callable[..., Document]) -> None:
    made = document("# %% wait\nimport time\nfor i in range(400):\n    print(f'\\rat {i}', end='', flush=True)\n    time.sleep(0.02)\n# %% handle\nhandle = display({'text/plain': 'first'}, raw=True, display_id=True)\n# %% renew\nhandle.update({'text/plain': 'second'}, raw=True)\n", runs=False)
    made.run(mode="cell", line=6)
    page.goto(host.page(made.place))
    expect(card(page, "handle").locator(".out-text").last).to_have_text("first")
    made.run(mode="cell", line=1, wait=False)
    progress = card(page, "wait").locator(".out-stream .out-text")
    expect(progress).to_contain_text("at 1")
    expect(progress).not_to_contain_text("at 0")
    expect(card(page, "wait").locator(".badge").first).to_have_text("running")
    kernel = next(one["kernel"] for one in host.call("session.list")["sessions"] if one["document"] == str(made.path))
    host.call("kernel.interrupt", kernel=kernel)
    expect(card(page, "wait").locator(".badge").first).to_have_text("error")
    made.run(mode="cell", line=8)
    expect(card(page, "handle").locator(".out-text").last).to_have_text("second")


def test_a_result_is_pinned_cleared_and_exported_and_says_so(page: Page, host: Host, document: Callable[..., Document], tmp_path: Path) -> None:
    made = document("# %% one\nprint('one')\n# %% two\nprint('two')\n")
    page.goto(host.page(made.place))
    card(page, "one").get_by_role("button", name="Pin").click()
    expect(card(page, "one").locator(".badge", has_text="pinned")).to_be_visible()
    target = tmp_path / "written.ipynb"
    page.get_by_role("button", name="Export…").click()
    page.get_by_label("Path on the host's machine").fill(str(target))
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".toast")).to_contain_text(str(target))
    assert "two" in "".join(json.loads(target.read_text())["cells"][1]["outputs"][0]["text"])
    page.get_by_role("button", name="Clear…", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("pinned ones stay")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".rs-card")).to_have_count(2)
    page.get_by_role("button", name="Clear…", exact=True).click()
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".rs-card")).to_have_count(1)
    assert [one["pinned"] for one in made.results()] == [True]


def test_edited_code_is_marked_in_words_and_results_have_keys_and_links(page: Page, host: Host, document: Callable[..., Document]) -> None:
    made = document("# %% one\nprint('one')\n# %% two\nprint('two')\n")
    made.path.write_text("# %% one\nprint('another')\n# %% two\nprint('two')\n")
    page.goto(host.page(made.place))
    expect(page.locator(".rs-card")).to_have_count(2)
    page.get_by_role("button", name="Compare with the file").click()
    expect(card(page, "one").locator(".badge", has_text="edited")).to_be_visible()
    expect(card(page, "two").locator(".badge", has_text="edited")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".rs-card").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".rs-card").nth(0)).to_be_focused()
    wanted = made.results()[1]["id"]
    page.goto(host.page(f"{made.place}&result={wanted}"))
    expect(page.locator(f"#result-{wanted}")).to_be_focused()


def test_a_long_output_is_shown_by_pieces(page: Page, host: Host, document: Callable[..., Document]) -> None:
    made = document("# %% long\nfor i in range(4000): print('number', i, '.' * 40)\n")
    page.goto(host.page(made.place))
    long = card(page, "long")
    expect(long).to_contain_text("number 0 ")
    expect(long).to_contain_text("number 3999 ")
    expect(long.locator(".out-gap")).to_contain_text("3,800 lines")
    more = long.get_by_role("button", name="Show more")
    while more.count():
        more.click()
        expect(long.locator("button[aria-busy=true]")).to_have_count(0)
    numbers = [line.split()[1] for line in "".join(text + "\n" for text in long.locator(".out-text").all_inner_texts()[1:]).splitlines() if line.startswith("number")]
    assert numbers == [str(i) for i in range(4000)]


def test_a_watch_is_looked_at_after_each_run_and_keeps_its_history(page: Page, host: Host, document: Callable[..., Document]) -> None:
    # A result may be replaced between the news of it and the question for it.
    page.watch.allow("400 .*api/call/results.get")
    made = document("# %% count\ntotal = globals().get('total', 0) + 1\n")
    page.goto(host.page(made.place))
    watches = page.get_by_role("region", name="Watches")
    watches.get_by_label("Expression to watch").fill("total")
    watches.get_by_label("Expression to watch").press("Enter")
    value = watches.locator(".watch-value")
    expect(value).to_have_text("1")
    made.run()
    expect(value).to_have_text("2")
    made.run()
    expect(value).to_have_text("3")
    expect(watches.get_by_role("img")).to_have_attribute("aria-label", "total: 3 values, from 1 to 3, now 3")
    watches.get_by_text("History").click()
    expect(watches.locator(".watch-values li")).to_have_count(3)
    watches.get_by_label("Expression to watch").fill("<b>nothing</b>")
    watches.get_by_role("button", name="Watch", exact=True).click()
    expect(watches.locator(".watch-problem")).to_contain_text("SyntaxError")
    watches.get_by_role("button", name="Remove the watch of total").click()
    expect(watches.locator(".watch")).to_have_count(1)
