# SPDX-License-Identifier: Apache-2.0
"""Runs beside one another."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def compared(host):
    """Three runs of which one is better, and whose configurations differ in one member."""
    from support.feed import Feed

    runs = []
    for place, (rate, loss) in enumerate([(0.1, 1.0), (0.01, 0.5), (0.001, 2.0)]):
        one = Feed(host, f"compared-{place}", begin=False)
        one.send({"type": "session_started", "project": "browser", "run_name": one.run},
                 {"type": "newRun", "parents": [], "meta": {"display_name": one.run, "config": {"lr": rate, "batch": 32}}})
        for step in range(1, 101):
            one.step(step, loss=loss + 1 / step, accuracy=1 - loss / 4)
        one.finish()
        one.stored()
        one.close()
        runs.append(one.run)
    return runs


def open_them(make_page, host, runs, query="") -> Page:
    page = make_page(host, f"compare?runs={','.join(runs)}&cards=loss,accuracy{query}")
    expect(page.get_by_role("heading", name=f"Compare {len(runs)} run", level=1)).to_be_visible()
    return page


def values(page: Page):
    return page.locator(".compare-card").filter(has_text="Difference to")


@pytest.mark.parametrize("renderer", ["uplot", "canvas"])
def test_curves_values_and_configurations(compared, host, make_page, renderer):
    page = open_them(make_page, host, compared, f"&renderer={renderer}")
    legend = page.locator("[data-metric=loss] .chart-legend li")
    expect(legend).to_have_count(3)
    expect(legend.nth(1)).to_contain_text("0.51")
    expect(values(page).get_by_role("row").filter(has_text="compared-1").locator("strong").first).to_contain_text("0.51 ★")
    configuration = page.locator(".compare-card").filter(has_text="Also what is equal")
    expect(configuration).to_contain_text("config.lr")
    expect(configuration).not_to_contain_text("config.batch")
    page.get_by_label("Also what is equal").check()
    expect(configuration).to_contain_text("config.batch")


def test_difference_to_a_baseline_stands_in_the_address(compared, host, make_page):
    page = open_them(make_page, host, compared)
    page.get_by_label("Difference to").select_option(compared[0])
    expect(page).to_have_url(re.compile(f"baseline={compared[0]}"))
    rows = values(page).get_by_role("row")
    expect(rows.filter(has_text="compared-1").locator(".delta").first).to_have_text("−0.5 better")
    expect(rows.filter(has_text="compared-2").locator(".delta").first).to_have_text("+1 worse")
    page.reload()
    expect(rows.filter(has_text="compared-1").locator(".delta").first).to_have_text("−0.5 better")


def test_lines_are_raised_hidden_and_taken_out(compared, host, make_page):
    page = open_them(make_page, host, compared)
    loss, accuracy = (page.locator(f"[data-metric={name}] .chart-legend li") for name in ("loss", "accuracy"))
    loss.nth(1).hover()
    expect(loss.nth(1)).to_have_class(re.compile("raised"))
    expect(accuracy.nth(1)).to_have_class(re.compile("raised"))  # in all charts
    loss.nth(2).get_by_role("button").click()
    expect(accuracy.nth(2).get_by_role("button")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Take compared-2 out of the comparison").click()
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()
    assert "compared-2" not in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="Compare 3 runs")).to_be_visible()


def test_runs_are_chosen_in_the_page(compared, host, make_page):
    page = make_page(host, "compare")
    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
    page.get_by_role("button", name="Choose runs…").click()
    dialog = page.get_by_role("dialog", name="Runs to compare")
    dialog.get_by_role("searchbox", name="Search runs").fill("compared-")
    for run in compared[:2]:
        dialog.get_by_role("row").filter(has_text=run).get_by_role("checkbox").check()
    dialog.get_by_role("searchbox", name="Search runs").fill("compared-2")  # the others stay chosen
    dialog.get_by_role("row").filter(has_text="compared-2").get_by_role("checkbox").check()
    expect(dialog.get_by_text("3 chosen")).to_be_visible()
    dialog.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare 3 runs")).to_be_visible()


def test_values_are_exported(compared, host, make_page, tmp_path):
    page = open_them(make_page, host, compared[:2])
    page.get_by_role("button", name="Export values…").click()
    page.get_by_label("Write to").fill(str(tmp_path / "values.csv"))
    page.get_by_role("dialog").get_by_role("button", name="Export").click()
    expect(page.get_by_text(re.compile("400 values of 2 runs written"))).to_be_visible()
    with open(tmp_path / "values.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["run"] for row in rows} == set(compared[:2])


def test_a_run_that_is_gone_is_left_out(compared, host, make_page):
    page = make_page(host)
    page.watch.allow("runs.compare")
    page.goto(host.page(f"compare?runs={compared[0]},was-deleted,{compared[1]}"))
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()
    expect(page.get_by_text("'was-deleted' is not there any more.")).to_be_visible()
