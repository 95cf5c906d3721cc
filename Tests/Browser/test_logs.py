# SPDX-License-Identifier: Apache-2.0
"""Logs of many lines: followed, searched, linked, taken away."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from support.feed import Feed
from support.host import Host

LINES = 20_000


def lines(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"step {number}: the quick brown fox" + (" needle" if number % 1000 == 500 else "")


@pytest.fixture(scope="module")
def log(host: Host) -> Iterator[Feed]:
    """A run with twenty thousand lines, some of them warnings and errors, the last of them hostile."""
    feed = Feed(host, "long-log")
    feed.logs(lines(LINES))
    feed.logs(["a warning of phase"], level="warn")
    feed.logs(["an error <img src=x onerror=window.pwned=1> \u202egnorw"], level="error")
    host.until("all lines to be stored", lambda: host.call("runs.logs", run="long-log", order="newest", limit=1, query="gnorw")["logs"])
    yield feed
    feed.close()


def shown(page: Page) -> Any:
    return page.locator(".lg-line")


def first_seen(page: Page) -> str:
    """The text of the first line that is in sight."""
    return page.locator(".lg-scroller").evaluate("""(scroller) => {
      const top = scroller.getBoundingClientRect().top;
      return [...scroller.querySelectorAll(".lg-line")].find((line) => line.getBoundingClientRect().bottom > top + 2).querySelector(".lg-text").textContent;
    }""")


def test_the_end_is_followed_until_the_reader_scrolls_up(page: Page, host: Host, feed: Callable[..., Feed]) -> None:
    run = feed("followed")
    run.logs(lines(2000))
    page.goto(host.page("logs?run=followed"))
    expect(page.locator(".lg-note")).to_contain_text("Following the end")
    expect(shown(page).last).to_contain_text("step 1999:")
    run.logs(["a live line"])
    expect(shown(page).last).to_contain_text("a live line")
    expect(shown(page).last).to_be_in_viewport()
    page.locator(".lg-scroller").hover()
    page.mouse.wheel(0, -2000)
    expect(page.locator(".lg-note")).to_contain_text("Not following")
    place = first_seen(page)
    run.logs(["came later"])
    expect(page.get_by_role("button", name="New lines: go on following")).to_be_visible()
    assert first_seen(page) == place
    page.get_by_role("button", name="New lines: go on following").click()
    expect(shown(page).last).to_contain_text("came later")
    expect(shown(page).last).to_be_in_viewport()
    expect(page.locator(".lg-note")).to_contain_text("Following the end")


def test_any_place_of_a_long_log_is_reached_and_the_page_stays_small(page: Page, host: Host, log: Feed) -> None:
    page.goto(host.page("logs?run=long-log"))
    expect(shown(page).last).to_contain_text("an error")
    page.keyboard.press("g")
    page.keyboard.press("g")
    expect(shown(page).first).to_contain_text("step 0:")
    assert "step 0:" in first_seen(page)
    # By the wheel through thousands of lines: none is left out, none comes twice.
    page.locator(".lg-scroller").hover()
    for _ in range(40):
        page.mouse.wheel(0, 3000)
        page.wait_for_function("document.querySelectorAll('.lg-line').length > 100")
    numbers = [int(text.split(":")[0].removeprefix("step ")) for text in page.locator(".lg-text").all_inner_texts() if text.startswith("step ")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[-1] > 2000
    assert shown(page).count() <= 8 * 400
    rail = page.get_by_role("scrollbar")
    box = rail.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] / 2)
    page.wait_for_function("() => Math.abs(Number(/step (\\d+)/.exec(document.querySelector('.lg-line .lg-text')?.textContent)?.[1]) - 10000) < 2000")
    expect(page.locator(".lg-note")).to_contain_text("Not following")
    # The address leads another reader to the same place.
    page.wait_for_function("""() => {
      const top = document.querySelector(".lg-scroller").getBoundingClientRect().top;
      const first = [...document.querySelectorAll(".lg-line")].find((line) => line.getBoundingClientRect().bottom > top + 1);
      return new URLSearchParams(location.search).get("line") === first.dataset.id;
    }""")
    place, there = page.url, first_seen(page)
    page.goto(place)
    expect(page.locator(".lg-text", has_text=there).first).to_be_in_viewport()
    page.locator(".lg-scroller").focus()
    page.keyboard.press("f")
    expect(shown(page).last).to_contain_text("an error")
    expect(page.locator(".lg-note")).to_contain_text("Following the end")


def test_words_levels_and_phase_are_asked_of_the_host_and_stand_in_the_address(page: Page, host: Host, log: Feed) -> None:
    page.goto(host.page("logs?run=long-log"))
    expect(shown(page).last).to_contain_text("an error")
    page.keyboard.press("/")
    page.keyboard.type("needle fox")
    expect(shown(page)).to_have_count(LINES // 1000)
    expect(page.locator("mark")).to_have_count(2 * LINES // 1000)
    expect(page).to_have_url(host.page("logs?run=long-log&q=needle+fox"))
    page.get_by_label("Search the log").fill("")
    expect(shown(page).last).to_contain_text("an error")
    for level in ("debug", "info"):
        page.get_by_label(level).uncheck()
    expect(shown(page)).to_have_count(2)
    expect(shown(page).first).to_contain_text("▲ warn")
    expect(shown(page).last).to_contain_text("✕ error")
    page.reload()
    expect(shown(page)).to_have_count(2)
    page.get_by_label("Search the log").fill("nowhere")
    expect(page.locator(".lg-nothing")).to_contain_text("No line fits.")
    page.get_by_role("button", name="Show all").click()
    expect(shown(page).last).to_contain_text("an error")


def test_the_next_and_the_line_before_that_fit_are_gone_to(page: Page, host: Host, log: Feed) -> None:
    page.goto(host.page("logs?run=long-log&q=needle&near=1"))
    expect(shown(page).last).to_contain_text("an error")
    page.locator(".lg-scroller").focus()
    page.keyboard.press("Shift+N")
    chosen = page.locator(".lg-chosen")
    expect(chosen).to_contain_text(f"step {LINES - 500}:")
    expect(chosen).to_be_in_viewport()
    expect(chosen.locator("mark")).to_have_text("needle")
    page.keyboard.press("Shift+N")
    expect(chosen).to_contain_text(f"step {LINES - 1500}:")
    page.keyboard.press("n")
    expect(chosen).to_contain_text(f"step {LINES - 500}:")
    page.keyboard.press("n")
    expect(page.locator(".toast")).to_contain_text("No later line fits.")
    expect(chosen.get_by_role("link", name="chart")).to_have_attribute("href", f"/runs/long-log?x=step&from={LINES - 600}&to={LINES - 400}")


def test_text_of_a_log_is_text(page: Page, host: Host, log: Feed) -> None:
    page.goto(host.page("logs"))
    line = shown(page).filter(has_text="onerror").last
    page.get_by_label("Search the log").fill("onerror")
    expect(line).to_contain_text("<img src=x onerror=window.pwned=1>")
    expect(line.locator(".hidden-character")).to_have_text("U+202E")
    expect(line.locator("img")).to_have_count(0)
    assert page.evaluate("window.pwned") is None


def test_what_fits_is_downloaded(page: Page, host: Host, log: Feed) -> None:
    page.goto(host.page("logs?run=long-log&levels=info"))
    expect(shown(page).last).to_contain_text(f"step {LINES - 1}:")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    kept = download.value.path().read_text().splitlines()
    assert [line.split(" info ")[1] for line in kept] == list(lines(LINES))
    assert download.value.suggested_filename == "long-log.log"


def test_a_run_that_logged_nothing_says_what_to_do(page: Page, host: Host, feed: Callable[..., Feed]) -> None:
    feed("silent-log").stored()
    page.goto(host.page("logs?run=silent-log"))
    expect(page.locator(".lg-nothing")).to_contain_text("run.log(…)")


@pytest.mark.slow
def test_a_million_lines(make_page: Callable[..., Page], fresh_host: Host) -> None:
    feed = Feed(fresh_host, "million")
    feed.logs(lines(1_000_000))
    feed.logs(["the very end"])
    feed.stored(600)
    page = make_page(fresh_host, "logs?run=million")
    expect(shown(page).last).to_contain_text("the very end")
    rail = page.get_by_role("scrollbar").bounding_box()
    for part in (0.1, 0.9, 0.5, 0.3, 0.7):
        page.mouse.click(rail["x"] + 5, rail["y"] + part * rail["height"])
        page.wait_for_function("(wanted) => Math.abs(Number(/step (\\d+)/.exec(document.querySelector('.lg-line .lg-text')?.textContent)?.[1]) - wanted) < 60000", arg=part * 1_000_000)
        assert shown(page).count() <= 8 * 400
    page.get_by_label("Search the log").fill("654321")
    expect(shown(page)).to_have_count(1)
    feed.close()
