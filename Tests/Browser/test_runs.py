# SPDX-License-Identifier: Apache-2.0
"""The list of runs, and the page of one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


def row(page: Page, run: str):
    return page.locator("tr[data-index]").filter(has=page.locator(f"[data-run='{run}']"))


def fed(feed, run: str, steps: int = 20, **options):
    one = feed(run, **options)
    one.steps(steps)
    one.finish()
    one.stored()
    return one


def open_list(make_page, host, query: str = "") -> Page:
    page = make_page(host, f"runs{query}")
    page.watch.allow("trainer.info")
    return page


def test_list_is_live_searched_and_filtered(feed, host, make_page):
    fed(feed, "listed-one", project="alpha")
    page = open_list(make_page, host)
    expect(row(page, "listed-one")).to_contain_text("finished")
    expect(row(page, "listed-one")).to_contain_text("alpha")
    fed(feed, "listed-two", project="beta")  # comes by itself
    expect(row(page, "listed-two")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name=re.compile("Search runs"))).to_be_focused()
    page.keyboard.type("LISTED two")
    expect(row(page, "listed-one")).to_have_count(0)
    expect(row(page, "listed-two")).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=LISTED\+two"))
    page.keyboard.press("Escape")
    expect(row(page, "listed-one")).to_be_visible()
    page.get_by_label("Project", exact=True).select_option("alpha")
    expect(row(page, "listed-two")).to_have_count(0)
    page.reload()  # stands in the address
    expect(row(page, "listed-one")).to_be_visible()
    expect(row(page, "listed-two")).to_have_count(0)
    page.get_by_label("State", exact=True).select_option("paused")
    expect(page.get_by_text("No run fits")).to_be_visible()
    page.get_by_role("button", name="Show all runs").click()
    expect(row(page, "listed-two")).to_be_visible()


def test_metric_columns_are_chosen_and_persist(feed, host, make_page):
    one = feed("columned")
    one.step(1, loss=3.0, accuracy=0.25)
    one.step(2, loss=0.5, accuracy=0.75)
    one.step(3, loss=1.0, accuracy=0.5)
    one.stored()
    page = open_list(make_page, host, "?q=columned")
    expect(row(page, "columned")).to_contain_text("0.5")  # the best loss
    page.get_by_role("button", name="Metric columns…").click()
    page.get_by_role("searchbox", name="Search metrics").fill("accuracy")
    page.get_by_label("Accuracyaccuracy").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("columnheader", name="Best accuracy")).to_be_visible()
    expect(row(page, "columned")).to_contain_text("0.75")
    page.reload()
    expect(page.get_by_role("columnheader", name="Best accuracy")).to_be_visible()
    expect(row(page, "columned")).to_contain_text("0.75")


def test_keys_go_open_and_select(feed, host, make_page):
    fed(feed, "keyed-a")
    fed(feed, "keyed-b")
    page = open_list(make_page, host, "?q=keyed")
    expect(page.locator("tr[data-index]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Shift+C")
    expect(page).to_have_url(re.compile("/compare.*runs=keyed-"))
    page.go_back()
    expect(page.locator("tr[data-index]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/keyed-"))
    expect(page.get_by_role("heading", name="keyed-", level=1)).to_be_visible()
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/runs$"))


def test_space_pauses_and_resumes_the_run_of_the_row(trainer, host, make_page):
    training = trainer("row-pause", steps=None, pace=0.02)
    page = open_list(make_page, host, "?q=row-pause")
    expect(row(page, "row-pause")).to_contain_text("running")
    page.keyboard.press("j")
    expect(row(page, "row-pause")).to_be_focused()
    page.keyboard.press("Space")
    expect(row(page, "row-pause")).to_contain_text("paused")
    page.keyboard.press("Space")
    expect(row(page, "row-pause")).to_contain_text("running")
    training.stop()


def test_deletion_says_what_goes_and_other_pages_tell(feed, host, make_page):
    fed(feed, "to-delete", steps=37)
    fed(feed, "to-keep")
    page, other, third = open_list(make_page, host, "?q=to-"), open_list(make_page, host, "?q=to-"), make_page(host, "runs/to-delete")
    third.watch.allow("runs.show|runs.series|runs.marks|runs.alerts|trainer.info")
    expect(row(other, "to-delete")).to_be_visible()
    expect(third.get_by_role("heading", name="to-delete")).to_be_visible()
    row(page, "to-delete").get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete 'to-delete'?")
    expect(dialog).to_contain_text("37 steps")
    dialog.get_by_role("button", name="Cancel").click()
    assert host.call("runs.list", search="to-delete")["runs"]
    page.get_by_role("button", name="Delete…").click()
    dialog.get_by_role("button", name="Delete the run").click()
    expect(page.get_by_text("1 run deleted.")).to_be_visible()
    for each in (page, other):
        expect(row(each, "to-delete")).to_have_count(0)
        expect(row(each, "to-keep")).to_be_visible()
    expect(other.get_by_text("'to-delete' was deleted.")).to_be_visible()
    expect(third.get_by_text("'to-delete' was deleted")).to_be_visible()


def test_archiving_hides_and_brings_back(feed, host, make_page):
    fed(feed, "to-archive")
    page = open_list(make_page, host, "?q=to-archive")
    row(page, "to-archive").get_by_role("checkbox").check()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(row(page, "to-archive")).to_have_count(0)
    page.get_by_label("Archived").check()
    expect(row(page, "to-archive")).to_contain_text("archived")
    row(page, "to-archive").get_by_role("checkbox").check()
    page.get_by_role("button", name="Take back from the archive").click()
    expect(row(page, "to-archive")).not_to_contain_text("archived")


def test_markup_in_names_is_text(feed, host, make_page):
    name = "<img src=x onerror=document.title='pwned'>"
    one = feed("marked-up", begin=False, project="<b>bold</b>")
    one.send({"type": "session_started", "project": "<b>bold</b>", "run_name": "marked-up"}, {"type": "newRun", "parents": [], "meta": {"display_name": "x", "config": {"<i>": "</script><b>"}}})
    one.step(1, loss=1.0, **{"<u>metric</u>": 2.0})
    one.stored()
    host.call("runs.rename", run="marked-up", title=name)
    page = open_list(make_page, host, "?q=marked-up")
    expect(row(page, "marked-up")).to_contain_text(name)
    row(page, "marked-up").get_by_role("link").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("tab", name="Info").click()
    expect(page.locator(".run-info")).to_contain_text("</script><b>")
    assert "pwned" not in page.evaluate("document.title.replace(document.querySelector('h1').textContent, '')")


def test_page_of_a_run(feed, host, make_page):
    one = feed("paged")
    one.steps(100)
    one.stored()
    page = open_list(make_page, host, "/paged")
    expect(page.get_by_text("Trainer connected")).to_be_visible()
    expect(page.locator(".run-facts")).to_contain_text("Step100")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Another name for paged").fill("My best run")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="My best run", level=1)).to_be_visible()
    assert host.call("runs.show", run="paged")["name"] == "My best run"
    for tab in ["Samples", "Checkpoints and tests", "Logs", "Health", "Info"]:
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel")).not_to_be_empty()
    expect(page).to_have_url(re.compile("tab=info"))
    one.close()
    expect(page.get_by_text("Waiting for the trainer")).to_be_visible()


def test_neighbours_and_a_run_that_is_not_there(feed, host, make_page):
    fed(feed, "older")
    fed(feed, "newer")
    page = open_list(make_page, host, "/newer")
    page.get_by_role("button", name="The older run").click()
    expect(page.get_by_role("heading", name="older", level=1)).to_be_visible()
    page.keyboard.press("Shift+K")
    expect(page.get_by_role("heading", name="newer", level=1)).to_be_visible()
    page.watch.allow("runs.show")
    page.goto(host.page("runs/never-was"))
    expect(page.get_by_text("There is no run 'never-was'")).to_be_visible()
    page.get_by_role("link", name="All runs").click()
    expect(row(page, "newer")).to_be_visible()


def test_the_live_run_is_followed_when_wanted(feed, host, make_page):
    fed(feed, "followed-first")
    page = open_list(make_page, host)
    expect(row(page, "followed-first")).to_be_visible()
    page.get_by_label("Follow the live run").check()
    feed("followed-next").step(1, loss=1.0)
    expect(page.get_by_role("heading", name="followed-next", level=1)).to_be_visible()


def test_empty_list_says_what_to_do(fresh_host, make_page):
    page = make_page(fresh_host, "runs")
    expect(page.get_by_text("No run yet")).to_be_visible()
    expect(page.get_by_text("digits.py")).to_be_visible()


@pytest.mark.slow
def test_ten_thousand_runs_stay_smooth(fresh_host, feed, make_page):
    one = feed("many", on=fresh_host)
    names = [f"many-{place:05d}" for place in range(10_000)]
    for place in range(0, len(names), 500):
        one.send(*({"type": "newRun", "run_id": name, "parents": [], "meta": {}} for name in names[place:place + 500]))
    one.stored()
    page = make_page(fresh_host, "runs")
    page.watch.allow("trainer.info")
    expect(page.get_by_text(re.compile(r"10,00\d runs|10,000 runs, the latest ones"))).to_be_visible()
    assert page.locator("tr[data-index]").count() < 120
    page.locator(".data-table-scroll").evaluate("(element) => element.scrollTo(0, element.scrollHeight)")
    expect(page.locator("tr[aria-rowindex='10001']")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("many-00042")
    expect(row(page, "many-00042")).to_be_visible()
    expect(page.locator("tr[data-index]")).to_have_count(1)
