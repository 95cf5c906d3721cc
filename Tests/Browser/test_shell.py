# SPDX-License-Identifier: Apache-2.0
"""The frame of the page: ways to views, keys, themes, narrow windows, and a host that goes away and comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.views import VIEWS

# Everything that can be reached must say what it is.
NAMELESS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, [role=tab], iframe, [role=img], [tabindex='0']")]
  .filter((element) => element.checkVisibility())
  .filter((element) => !(element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.title
    || element.textContent.trim() || [...(element.labels ?? [])].some((label) => label.textContent.trim())))
  .map((element) => element.outerHTML.slice(0, 200))"""

# The relative luminance and contrast of WCAG 2.2, 1.4.3, over pairs of text and ground that the page uses.
CONTRASTS = """() => {
  const light = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    probe.remove();
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pairs = ["text", "text-2", "text-3", "accent", "bad", "good", "warn", "info"].flatMap((text) => ["ground", "surface", "surface-2"].map((ground) => [text, ground]));
  pairs.push(["on-accent", "accent"], ["on-bad", "bad"], ["text", "accent-soft"], ...["good", "warn", "bad", "info"].map((name) => [name, `${name}-soft`]));
  return pairs.map(([text, ground]) => {
    const [a, b] = [light(text), light(ground)].sort((x, y) => y - x);
    return [`${text} on ${ground}`, (a + 0.05) / (b + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5);
}"""


def test_keys_lead_to_views_and_the_navigation_marks_them(host, page):
    expect(page.locator("main h1")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/host$"))
    current = page.get_by_role("navigation", name="Views", exact=True).locator("[aria-current=page]")
    expect(current).to_have_text("Host")
    expect(page).to_have_title("Host · Jackfield")
    expect(page.locator("main")).to_be_focused()


def test_question_mark_lists_the_keys(page):
    expect(page.locator("main h1")).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("search, or run any command")).to_be_visible()
    expect(keys.get_by_text("Compare")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)


def test_skip_link_goes_to_the_content(page):
    expect(page.locator("main h1")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_theme_is_chosen_and_remembered(host, make_page):
    page = make_page(host, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate(ground) != light
    page.reload()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate(ground) != light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(host, make_page, scheme):
    page = make_page(host, color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("path", VIEWS)
def test_narrow_window_shows_all_and_names_everything(host, make_page, path):
    page = make_page(host, path, viewport={"width": 360, "height": 740})
    expect(page.locator("main")).not_to_be_empty()
    expect(page.locator("main h1").first).to_be_visible()
    host.until("the page to fit", lambda: page.evaluate("document.documentElement.scrollWidth") <= 360)
    assert page.evaluate(NAMELESS) == []


def test_drawer_of_a_narrow_window_leads_everywhere(host, make_page):
    page = make_page(host, viewport={"width": 360, "height": 740})
    side = page.get_by_role("navigation", name="Views", exact=True)
    expect(side).not_to_be_visible()
    page.get_by_role("button", name="More").click()
    side.get_by_role("link", name="Configuration").click()
    expect(page.get_by_role("heading", name="Configuration")).to_be_visible()
    expect(side).not_to_be_visible()


def test_narrowed_navigation_keeps_its_names(page):
    page.get_by_role("button", name="Narrow the navigation").click()
    page.reload()
    page.get_by_role("navigation", name="Views", exact=True).get_by_role("link", name="Events").click()
    expect(page.get_by_role("heading", name="Events")).to_be_visible()


def test_page_comes_back_with_its_host_and_hears_again(fresh_host, make_page, trainer):
    page = make_page(fresh_host, "runs")
    page.watch.allow("ERR_|Failed to load resource|status of 5")
    lamp = page.locator(".connection")
    expect(lamp).to_have_attribute("data-state", "connected")
    fresh_host.stop()
    expect(page.get_by_text("The host does not answer.")).to_be_visible()
    expect(lamp).to_have_attribute("data-state", "lost")
    fresh_host.start()
    expect(lamp).to_have_attribute("data-state", "connected")
    expect(page.get_by_text("The host does not answer.")).to_have_count(0)
    trainer("after-the-host-came-back", on=fresh_host, steps=3).wait()
    expect(page.locator("main").get_by_text("after-the-host-came-back").first).to_be_visible()


def test_newer_host_asks_to_reload(host, make_page):
    page = make_page(host)
    page.route("**/api/session", lambda route: route.fulfill(json={**route.fetch().json(), "assets": "of-before"}))
    page.reload()
    expect(page.get_by_text("The host was updated.")).to_be_visible()
    page.unroute("**/api/session")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    expect(page.get_by_text("The host was updated.")).to_have_count(0)


def test_signed_out_browser_is_told_what_to_do(host, make_page):
    page = make_page(host)
    page.watch.allow("401")
    page.route("**/api/session", lambda route: route.fulfill(status=401, json={"error": {"status": "signed_out", "message": "this browser is not signed in"}}))
    page.reload()
    expect(page.get_by_role("heading", name="You are signed out.")).to_be_visible()
    expect(page.get_by_text("jackfield dashboard", exact=True)).to_be_visible()


def test_read_only_page_says_so_and_offers_nothing_that_changes(host, make_page):
    page = make_page(host)
    page.route("**/api/session", lambda route: route.fulfill(json={**route.fetch().json(), "read_only": True}))
    page.goto(host.page("scripts"))
    expect(page.get_by_text("read-only")).to_be_visible()
    expect(page.get_by_role("tab", name="Runs")).to_be_visible()
    expect(page.get_by_role("button", name="Start a script")).to_have_count(0)
    expect(page.get_by_role("switch")).to_have_count(0)


def test_tab_that_is_stopped_keeps_nobody_from_hearing(host, page, trainer):
    """Two tabs of one browser; one stops in a debugger, and later hears that it missed something."""
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    stopped = page.context.new_page()
    stopped.goto(host.page("events"))
    expect(stopped.locator(".connection")).to_have_attribute("data-state", "connected")
    debugger = page.context.new_cdp_session(stopped)
    debugger.send("Debugger.enable")
    debugger.send("Debugger.pause")
    page.goto(host.page("events"))
    trainer("heard-beside-a-stopped-tab", steps=50).wait()
    expect(page.get_by_role("list", name="Events").get_by_text("trainer.step").first).to_be_visible()
    debugger.send("Debugger.disable")
    expect(stopped.get_by_role("heading", name="Events")).to_be_visible()
