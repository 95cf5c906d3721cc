# SPDX-License-Identifier: Apache-2.0
"""The palette: every view, run and command within a few letters."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def find(page: Page, text: str) -> None:
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search views, runs and commands")
    expect(field).to_be_focused()
    field.fill(text)


def test_view_is_found_by_its_name(page):
    find(page, "confi")
    expect(page.get_by_role("option").first).to_contain_text("Configuration")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings$"))


def test_run_is_found_by_its_name(page, trainer):
    trainer("found-in-the-palette", steps=2).wait()
    find(page, "found-in")
    expect(page.get_by_role("option").filter(has_text="found-in-the-palette")).to_be_visible()
    page.get_by_role("option").filter(has_text="found-in-the-palette").click()
    expect(page).to_have_url(re.compile("/runs/.+"))


def test_every_command_is_there(host, page):
    find(page, "runs.")
    names = [each["name"] for each in host.control.ask("command/list", prefix="runs.")["commands"]]
    for name in names:
        expect(page.get_by_role("option").filter(has=page.get_by_text(name, exact=True))).to_have_count(1)


def test_form_is_checked_and_the_result_shown(page, trainer):
    trainer("shown-by-the-palette", steps=2).wait()
    find(page, "runs.show")
    expect(page.get_by_role("option").first).to_contain_text("runs.show")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="runs.show")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog.get_by_text("must be given")).to_be_visible()
    dialog.get_by_label(re.compile("^run")).fill("shown-by-the-palette")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog.locator(".result-box pre")).to_contain_text('"shown-by-the-palette"')


def test_refusal_is_said_in_the_hosts_words(page):
    page.watch.allow("404|not found")
    find(page, "runs.show")
    expect(page.get_by_role("option").first).to_contain_text("runs.show")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="runs.show")
    dialog.get_by_label(re.compile("^run")).fill("there-is-no-such-run")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog.get_by_role("alert").filter(has_text="there-is-no-such-run")).to_be_visible()


def test_stream_is_shown_and_cancelled(host, page, tmp_path):
    run = host.call("run.start", command=["python3", "-uc", "import time\nprint('first line')\ntime.sleep(600)"], cwd=str(tmp_path))["run"]
    find(page, "run.follow")
    expect(page.get_by_role("option").first).to_contain_text("run.follow")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="run.follow")
    dialog.get_by_label(re.compile("^run")).fill(run)
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog.locator(".chunks")).to_contain_text("first line")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog.get_by_role("alert").filter(has_text="cancelled")).to_be_visible()
    host.call("run.stop", run=run, signal="KILL")


def test_what_takes_away_is_confirmed(host, page, trainer):
    trainer("not-deleted", steps=2).wait()
    find(page, "runs.delete")
    expect(page.get_by_role("option").first).to_contain_text("runs.delete")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="runs.delete")
    dialog.get_by_label(re.compile("^run( |$)")).fill("not-deleted")
    dialog.get_by_role("button", name="Run", exact=True).click()
    question = page.get_by_role("dialog", name="Run runs.delete?")
    expect(question).to_contain_text("not-deleted")
    question.get_by_role("button", name="Cancel").click()
    assert host.call("runs.show", run="not-deleted")["id"] == "not-deleted"


def test_last_used_comes_first(page):
    find(page, "host.status")
    expect(page.get_by_role("option").first).to_contain_text("host.status")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_contain_text("host.status")
