# SPDX-License-Identifier: Apache-2.0
"""For everyone: readers of screens, keyboards, weak eyes, small windows, reduced motion."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from support import axe
from support.views import NAMES, VIEWS, address


def settled(page: Page) -> None:
    """The view is there, and what it asked the host for as well."""
    expect(page.locator("main")).not_to_be_empty()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    # Style sheets and transitions have come to rest: colours are measured.
    page.wait_for_function("() => document.getAnimations().every((it) => it.playState !== 'running' || it.effect.getTiming().iterations === Infinity)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_with_views_that_show_something(content, make_page, scheme):
    page = make_page(content.host, color_scheme=scheme, reduced_motion="reduce")
    found = []
    for name in NAMES:
        page.goto(content.host.page(address(name, content)))
        settled(page)
        found += [f"{name}: {line}" for line in axe.violations(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_with_empty_views(empty_host, make_page, scheme):
    page = make_page(empty_host, color_scheme=scheme, reduced_motion="reduce")
    found = []
    for name, path in VIEWS.items():
        page.goto(empty_host.page(path))
        settled(page)
        found += [f"{name}: {line}" for line in axe.violations(page)]
    assert not found, "\n".join(found)


def test_nothing_scrolls_sideways_in_a_small_window(content, make_page):
    page = make_page(content.host, viewport={"width": 360, "height": 740}, has_touch=True)
    found = []
    for name in NAMES:
        page.goto(content.host.page(address(name, content)))
        settled(page)
        found += [f"{name}: {line}" for line in axe.beyond_the_edge(page)]
    assert not found, "\n".join(found)


def test_every_view_has_a_title_and_one_heading(content, make_page):
    page = make_page(content.host)
    titles = {}
    for name in VIEWS:
        page.goto(content.host.page(VIEWS[name]))
        settled(page)
        expect(page.locator("h1")).to_have_count(1)
        titles.setdefault(page.title(), []).append(name)
    assert all(len(names) == 1 for names in titles.values()), titles


def test_every_view_is_reached_by_its_keys(host, page):
    expect(page.locator("main")).not_to_be_empty()
    for name, path in VIEWS.items():
        link = page.locator(f"nav a[href='/{path}']").first
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(host.page(path))
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(host.page("runs"))
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url(host.page("kernels"))


def test_keys_are_listed_and_the_list_closes(page):
    expect(page.locator("main")).not_to_be_empty()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Ctrl")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_focus_walks_through_a_page_and_comes_around(content, make_page):
    """Tab reaches what can be used, in the order it stands there, never gets stuck, and is always seen."""
    page = make_page(content.host, "runs")
    settled(page)
    walk = [focused(page)] if page.keyboard.press("Tab") is None else []
    assert "Skip" in walk[0]["text"]
    for _ in range(120):
        page.keyboard.press("Tab")
        now = focused(page)
        if now["tag"] == "body" or now["path"] == walk[0]["path"]:
            break
        assert now["path"] != walk[-1]["path"], f"stuck at {now}"
        assert now["seen"], f"the focus is not seen: {now}"
        assert now["name"], f"nothing says what this is: {now}"
        walk.append(now)
    assert any(step["inMain"] for step in walk)


def test_skip_link_leads_to_the_content(page):
    expect(page.locator("main")).not_to_be_empty()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def focused(page: Page) -> dict:
    return page.evaluate("""() => {
      const element = document.activeElement;
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      const path = [];
      for (let it = element; it?.parentElement; it = it.parentElement) path.push(`${it.localName}:${[...it.parentElement.children].indexOf(it)}`);
      return {
        tag: element.localName, path: path.join("<"), text: element.textContent.trim().slice(0, 60), inMain: !!element.closest("main"),
        seen: box.width > 0 && (style.outlineStyle !== "none" || style.boxShadow !== "none" || ["checkbox", "radio"].includes(element.type)),
        name: element.ariaLabel || element.title || element.textContent.trim() || element.labels?.[0]?.textContent || element.placeholder || element.getAttribute("aria-labelledby"),
      };
    }""")
