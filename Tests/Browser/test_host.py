# SPDX-License-Identifier: Apache-2.0
"""The host in the page: plugins, events, configuration."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect


def test_plugins_are_listed_with_what_they_cost(host, page):
    page.goto(host.page("host"))
    table = page.get_by_role("grid", name="Plugins")
    for plugin in host.call("host.plugins")["plugins"]:
        row = table.get_by_role("row").filter(has=page.get_by_text(plugin["id"], exact=True))
        expect(row).to_contain_text(plugin["state"])
    for column in ["Calls", "Errors", "p50", "p99", "Queued", "Dropped"]:
        expect(table.get_by_role("columnheader", name=column)).to_be_visible()
    calls = table.get_by_role("row").filter(has=page.get_by_text("store", exact=True)).get_by_role("gridcell").nth(5)
    before = int(calls.inner_text().replace(",", ""))
    host.call("runs.list")
    expect(calls).not_to_have_text(f"{before:,}")


def test_plugin_is_disabled_after_asking_and_enabled_again(fresh_host, make_page):
    page = make_page(fresh_host, "host")
    row = page.get_by_role("row").filter(has=page.get_by_text("export", exact=True))
    row.get_by_role("button", name="Act on export").click()
    page.get_by_role("menuitem", name="Disable").click()
    page.get_by_role("dialog", name="Disable export?").get_by_role("button", name="Disable it").click()
    expect(row).to_contain_text("disabled")
    expect(page.get_by_text("export is off.")).to_be_visible()
    row.get_by_role("button", name="Act on export").click()
    page.get_by_role("menuitem", name="Enable").click()
    expect(row).not_to_contain_text("disabled")


def test_details_of_a_plugin_stand_in_the_address(host, page):
    page.goto(host.page("host?plugin=store"))
    details = page.get_by_role("region", name="Plugin store")
    expect(details.get_by_text("runs.list", exact=True)).to_be_attached()
    expect(details.get_by_role("link", name="runs.changed")).to_be_attached()
    details.get_by_role("button", name="Close the details").click()
    expect(page).to_have_url(re.compile("/host$"))
    expect(details).to_have_count(0)


def test_events_are_told_filtered_and_paused(host, page, trainer):
    page.goto(host.page("events?topic=trainer.*"))
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    training = trainer("told-in-the-tail", pace="told", steps=30)
    training.step()
    events = page.get_by_role("list", name="Events")
    expect(events.get_by_text("trainer.step").first).to_be_visible()
    page.get_by_role("searchbox", name="Text in the payload").fill("no event says this")
    expect(events.get_by_role("listitem")).to_have_count(0)
    page.get_by_role("searchbox", name="Text in the payload").fill("told-in-the-tail")
    expect(events.get_by_role("listitem").first).to_be_visible()
    expect(page).to_have_url(re.compile("q=told-in-the-tail"))
    page.get_by_role("button", name="Pause").click()
    training.step()
    expect(page.get_by_text(re.compile("paused, [1-9]"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile("paused"))).to_have_count(0)


def test_event_shows_all_it_says(host, page, trainer):
    page.goto(host.page("events?topic=trainer.step"))
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    trainer("unfolded", steps=3).wait()
    page.get_by_role("list", name="Events").get_by_role("button").filter(has_text="unfolded").first.click()
    shown = page.get_by_role("dialog", name="trainer.step").locator("pre")
    expect(shown).to_contain_text("unfolded")
    assert isinstance(json.loads(shown.inner_text()), dict)


def test_tail_keeps_the_last_5000(host, page, feed):
    page.goto(host.page("events?topic=trainer.step"))
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    feed("a-long-tail").steps(20_000)
    expect(page.get_by_text("5,000 of 5,000 events")).to_be_visible()
    assert page.get_by_role("list", name="Events").get_by_role("listitem").count() < 200


def test_settings_say_where_they_come_from(host, page):
    page.goto(host.page("settings"))
    expect(page.get_by_role("row").filter(has=page.get_by_text("limits.drainTimeoutMs", exact=True))).to_contain_text("default")
    page.get_by_role("searchbox", name="Search settings").fill("trainer.config.port")
    row = page.get_by_role("row").filter(has=page.get_by_text("plugins.trainer.config.port", exact=True))
    expect(row).to_contain_text(str(host.trainer_port))
    expect(row).to_contain_text("config.json")
    expect(page.get_by_text("limits.drainTimeoutMs", exact=True)).to_have_count(0)
    expect(page).to_have_url(re.compile("q=trainer.config.port"))
