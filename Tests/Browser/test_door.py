# SPDX-License-Identifier: Apache-2.0
"""Coming in: links that sign in, what keeps other pages out, and what a restart leaves as it was."""

from __future__ import annotations

import http.server
import re
import threading
from typing import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.host import Host

NAVIGATION = "nav"


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that is not signed in."""
    context = browser.new_context()
    yield context
    context.close()


class _OtherSite(http.server.BaseHTTPRequestHandler):
    html = ""

    def do_GET(self) -> None:  # noqa: N802 (its name is http.server's)
        body = type(self).html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_site() -> Iterator[type]:
    """A page of another site on this machine; `other_site.html` is what it shows, `other_site.address` where."""
    site = type("Site", (_OtherSite,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Another name, so another site: cookies with SameSite are kept back.
    site.address = f"http://localhost:{server.server_port}/"
    yield site
    server.shutdown()
    server.server_close()


def expect_inside(page: Page) -> None:
    expect(page.locator(NAVIGATION).first).to_be_visible()


def test_without_a_link_there_are_words(host: Host, stranger: BrowserContext):
    page = stranger.new_page()
    answer = page.goto(host.page("runs"))
    assert answer.status == 401
    expect(page.get_by_role("heading", name="Sign in with a link")).to_be_visible()
    expect(page.get_by_text("jackfield dashboard", exact=True)).to_be_visible()


def test_a_link_signs_in_once_and_leads_to_its_place(host: Host, stranger: BrowserContext, browser: Browser):
    link = host.url("runs?search=x")
    page = stranger.new_page()
    page.goto(link)
    page.wait_for_url(host.page("runs?search=x"))
    expect_inside(page)
    assert "code" not in page.evaluate("document.cookie + location.href")
    cookie = next(each for each in stranger.cookies() if each["name"].startswith("jackfield-"))
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"

    second = browser.new_context()
    try:
        late = second.new_page()
        assert late.goto(link).status == 401
        expect(late.get_by_role("heading", name="This link is used up")).to_be_visible()
    finally:
        second.close()
    page.goto(link)
    page.wait_for_url(host.page("runs?search=x"))


def test_links_on_other_sites_work(host: Host, stranger: BrowserContext, other_site):
    other_site.html = f'<a id="in" href="{host.url("host")}">in</a> <a id="to" href="{host.page("runs")}">to</a>'
    page = stranger.new_page()
    page.goto(other_site.address)
    page.click("#in")
    page.wait_for_url(host.page("host"))
    expect_inside(page)
    page.goto(other_site.address)
    page.click("#to")
    page.wait_for_url(host.page("runs"))
    expect_inside(page)


def test_other_pages_reach_nothing(host: Host, stranger: BrowserContext, other_site):
    """Also a page of this machine: its requests carry the cookie, for cookies know no ports."""
    page = stranger.new_page()
    page.goto(host.url())
    expect_inside(page)
    other_site.html = "<p>other</p>"
    page.goto(other_site.address.replace("localhost", "127.0.0.1"))
    tried = page.evaluate(
        """async (door) => {
          const what = {};
          const attempt = async (name, path, options) => {
            try { const answer = await fetch(door + path, options); what[name] = answer.type + " " + answer.status; } catch { what[name] = "refused"; }
          };
          const body = "{}";
          await attempt("read", "api/session", {credentials: "include"});
          await attempt("marked", "api/call/dashboard.status", {method: "POST", body, credentials: "include", headers: {"Content-Type": "application/json", "X-Jackfield": "1"}});
          await attempt("plain", "api/session/end", {method: "POST", body, credentials: "include", mode: "no-cors"});
          const frame = document.createElement("iframe");
          frame.src = door;
          document.body.append(frame);
          await new Promise((done) => { frame.onload = done; });
          try { what.frame = frame.contentDocument ? "open" : "closed"; } catch { what.frame = "closed"; }
          const script = document.createElement("script");
          script.src = door + "api/session";
          what.script = await new Promise((done) => { script.onload = () => done("ran"); script.onerror = () => done("refused"); document.body.append(script); });
          return what;
        }""",
        host.page(),
    )
    assert tried["read"] == tried["marked"] == tried["script"] == "refused", tried
    assert tried["frame"] == "closed", tried
    page.goto(host.page())
    expect_inside(page)


def test_frames_of_outputs_have_no_origin_and_no_network(host: Host, make_page):
    page = make_page(host)
    expect_inside(page)
    page.watch.allow("policy|Content Security Policy|Blocked script|violates")
    told = page.evaluate(
        """async () => {
          const frame = document.createElement("iframe");
          frame.sandbox = "allow-scripts";
          frame.src = new URL("frames/output.html?scripts", document.baseURI).href;
          const loaded = new Promise((done) => { frame.onload = done; });
          document.body.append(frame);
          await loaded;
          return await new Promise((done) => {
            addEventListener("message", (event) => { if (event.data?.probe) done({ origin: event.origin, ...event.data.probe }); });
            const probe = async () => {
              const what = {};
              try { what.cookie = document.cookie; } catch { what.cookie = "none"; }
              try { await fetch("/api/session"); what.network = "open"; } catch { what.network = "closed"; }
              try { what.parent = parent.document.title; } catch { what.parent = "closed"; }
              parent.postMessage({ probe: what }, "*");
            };
            frame.contentWindow.postMessage({ jackfield: { html: `<script>(${probe})()<` + "/script>", theme: "light" } }, "*");
          });
        }""",
    )
    assert told == {"origin": "null", "cookie": "none", "network": "closed", "parent": "closed"}


def test_a_restart_leaves_people_signed_in(fresh_host: Host, make_page):
    page = make_page(fresh_host)
    expect_inside(page)
    page.watch.allow("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load|Failed to fetch|503|request:")
    fresh_host.restart()
    page.goto(fresh_host.page("host"))
    expect_inside(page)
    fresh_host.control.ask("plugin/reload", id="dashboard")
    fresh_host.until("the page's door to listen", fresh_host._listens)
    page.goto(fresh_host.page("runs"))
    expect_inside(page)


def test_below_a_base_path(fresh_host: Host, make_page):
    fresh_host.write_settings(dashboard={"basePath": "/lab/jackfield/"})
    fresh_host.restart()
    page = make_page(fresh_host, "runs")
    page.wait_for_url(re.compile(r"/lab/jackfield/runs$"))
    expect_inside(page)
    assert page.evaluate("fetch('api/session').then((answer) => answer.json())")["read_only"] is False


def test_who_only_looks_makes_no_links(host: Host, stranger: BrowserContext):
    page = stranger.new_page()
    page.goto(host.url(read_only=True))
    expect_inside(page)
    answer = page.evaluate(
        """async () => {
          const marks = { "Content-Type": "application/json", "X-Jackfield": "1" };
          const link = await fetch("api/session/link", { method: "POST", headers: marks, body: '{"read_only": true}' });
          const session = await (await fetch("api/session")).json();
          return [session.read_only, link.status];
        }""",
    )
    assert answer == [True, 403]


def test_signing_out(host: Host, stranger: BrowserContext):
    page = stranger.new_page()
    page.goto(host.url())
    expect_inside(page)
    page.evaluate(
        """() => fetch("api/session/end", { method: "POST", headers: { "Content-Type": "application/json", "X-Jackfield": "1" }, body: "{}" })"""
    )
    assert page.goto(host.page()).status == 401
    assert not [each for each in stranger.cookies() if each["name"].startswith("jackfield-")]
