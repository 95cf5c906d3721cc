# SPDX-License-Identifier: Apache-2.0
"""What happens around an open page: the host begins anew, a run goes away, the page grows old."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import expect

#: What a browser says about a host that is away.
AWAY = r"Failed to fetch|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_NETWORK|status of 50[234]"


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=["in-order", "killed"])
def test_page_comes_back_after_a_restart_and_misses_nothing(fresh_host, make_page, trainer, by):
    training = trainer("goes-on", on=fresh_host, steps=60, pace="told")
    page = make_page(fresh_host, "runs/goes-on")
    page.watch.allow(AWAY)
    for _ in range(20):
        training.step()
    expect(page.locator("main")).to_contain_text("20")
    fresh_host.stop(by=by)
    for _ in range(20):  # nobody is there to hear them
        training.step()
    fresh_host.start()
    for _ in range(20):
        training.step()
    training.wait()
    fresh_host.until("all 60 steps to be stored", lambda: fresh_host.call("runs.show", run="goes-on")["steps"] == 60)
    expect(page.locator("main").get_by_text(re.compile(r"\b60\b")).first).to_be_visible()
    points = fresh_host.call("runs.series", run="goes-on", metric="loss")["series"][0]
    assert len(points["values"]) == 60


def test_page_says_that_the_host_is_away(fresh_host, make_page):
    page = make_page(fresh_host, "runs")
    page.watch.allow(AWAY)
    expect(page.get_by_role("banner")).to_contain_text("connected")
    fresh_host.stop()
    expect(page.get_by_role("banner")).to_contain_text(re.compile("not connected|reconnecting|no connection|away", re.I))
    fresh_host.start()
    expect(page.get_by_role("banner")).not_to_contain_text(re.compile("not connected|reconnecting|no connection|away", re.I), timeout=60_000)


def test_reader_stays_signed_in_over_a_restart(fresh_host, make_page):
    page = make_page(fresh_host)
    fresh_host.restart()
    page.watch.allow(AWAY)
    page.goto(fresh_host.page("runs"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_run_deleted_in_another_page(fresh_host, make_page, feed):
    for name in ("stays", "goes"):
        each = feed(name, on=fresh_host)
        each.steps(50)
        each.finish()
        each.stored()
    listing, shown = make_page(fresh_host, "runs"), make_page(fresh_host, "runs/goes")
    for page in (listing, shown):
        page.watch.allow(r"status of 404|status of 50\d.*trainer\.info")  # a trainer that has gone says nothing of itself
    expect(listing.locator("main").get_by_text("goes", exact=True).first).to_be_visible()
    expect(shown.locator("main")).to_contain_text("goes")
    fresh_host.call("runs.delete", run="goes", confirm="goes")
    expect(listing.locator("main").get_by_text("goes", exact=True)).to_have_count(0)
    expect(listing.locator("main").get_by_text("stays", exact=True).first).to_be_visible()
    expect(shown.locator("main")).to_contain_text(re.compile("deleted|no longer|not there|no run|gone", re.I))


def test_old_page_against_a_newer_host_asks_to_reload(fresh_host, make_page):
    page = make_page(fresh_host, "runs")
    page.watch.allow(AWAY)
    page.watch.allow("status of 404")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    fresh_host.stop()
    # A newer release: any file of the page is another one.
    icon = next(fresh_host.plugins.glob("dashboard/web/icon.svg"))
    icon.write_text(icon.read_text() + "<!-- newer -->\n")
    fresh_host.start()
    reload = page.get_by_role("button", name=re.compile("reload", re.I))
    expect(reload).to_be_visible(timeout=60_000)
    before = page.locator("meta[name=jackfield-assets]").get_attribute("content")
    reload.click()
    expect(page.locator(f"meta[name=jackfield-assets][content='{before}']")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_signing_out_ends_it(fresh_host, make_page):
    page = make_page(fresh_host)
    address = fresh_host.page("runs")
    code = page.evaluate("() => fetch('api/session/end', {method: 'POST', headers: {'Content-Type': 'application/json', 'X-Jackfield': '1'}, body: '{}'}).then((it) => it.status)")
    assert code == 200
    page.watch.allow("status of 401")
    response = page.goto(address)
    assert response.status == 401
    expect(page.locator("body")).to_contain_text("jackfield dashboard")
