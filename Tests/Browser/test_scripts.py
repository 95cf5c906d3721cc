# SPDX-License-Identifier: Apache-2.0
"""Scripts in the page: what runs, prints and asks."""

from __future__ import annotations

import re
import textwrap

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def front(fresh_host, make_page) -> Page:
    """A page that answers what scripts of a host of its own ask."""
    page = make_page(fresh_host, "scripts")
    expect(page.get_by_text("attached as")).to_be_visible()
    return page


@pytest.fixture
def asking(fresh_host, script):
    """Begins a script that asks."""
    return lambda text, **options: script("from jackfield import bridge\n" + textwrap.dedent(text), on=fresh_host, **options)


def question(page: Page, text: str) -> Locator:
    return page.locator("form.question").filter(has_text=text)


def said(process) -> str:
    return process.communicate(timeout=60)[0]


def test_questions_of_all_kinds_are_answered(front, asking):
    process = asking("""
        print(bridge.choose("Which one?", ["short", ("long", 2)]))
        print(bridge.choose("Which ones?", ["a", "b", "c"], many=True))
        print(bridge.ask("Whose report?", default="Ada"))
        print(bridge.ask("The secret?", password=True))
        print(bridge.confirm("Go on?"))
        print(bridge.form({"type": "object", "required": ["lr"], "properties": {"lr": {"type": "number"}, "name": {"type": "string"}}}, "Settings"))
    """)
    one = question(front, "Which one?")
    one.get_by_label("long").check()
    one.get_by_role("button", name="Choose").click()
    many = question(front, "Which ones?")
    many.get_by_label("a").check()
    many.get_by_label("c").check()
    many.get_by_role("button", name="Take these").click()
    front.get_by_label("Whose report?").fill("Grace")
    front.keyboard.press("Enter")
    expect(front.get_by_label("The secret?")).to_have_attribute("type", "password")
    front.get_by_label("The secret?").fill("open sesame")
    question(front, "The secret?").get_by_role("button", name="Answer").click()
    sure = question(front, "Go on?")
    sure.get_by_role("radio").first.check()
    sure.get_by_role("button", name="Choose").click()
    form = question(front, "Settings")
    form.get_by_role("button", name="Answer").click()
    expect(form.get_by_text("must be given")).to_be_visible()
    form.get_by_label(re.compile("^lr")).fill("0.25")
    form.get_by_role("button", name="Answer").click()
    assert said(process).split("\n")[:6] == ["2", "['a', 'c']", "Grace", "open sesame", "True", "{'lr': 0.25}"]


def test_cancelled_question_is_nothing(front, asking):
    process = asking("print(bridge.ask('Whose report?'))")
    question(front, "Whose report?").get_by_role("button", name="Cancel").click()
    assert said(process).strip() == "None"


def test_question_comes_up_on_every_view_and_is_counted(front, asking):
    process = asking("print(bridge.ask('Where are you?'))")
    expect(question(front, "Where are you?")).to_be_visible()
    front.get_by_role("link", name="Configuration").click()
    expect(question(front, "Where are you?")).to_be_visible()
    expect(front.get_by_role("navigation", name="Views", exact=True).get_by_text("1 question waits")).to_be_attached()
    expect(front).to_have_title(re.compile(r"^\(1\)"))
    front.keyboard.press("q")
    front.keyboard.type("here")
    front.keyboard.press("Enter")
    assert said(process).strip() == "here"
    expect(front).to_have_title("Configuration · Jackfield")


def test_withdrawn_question_vanishes_with_a_word(front, asking):
    process = asking("print(bridge.ask('Quick?', timeout=3))")
    expect(question(front, "Quick?")).to_be_visible()
    expect(question(front, "Quick?")).to_have_count(0)
    expect(front.get_by_text("needs no answer any more")).to_be_visible()
    said(process)


def test_consent_is_asked_listed_and_revoked(front, asking):
    process = asking("print(bridge.execute_command('runs.archive', {'run': 'none'}))")
    consent = front.locator("form.question[data-kind=consent]")
    expect(consent).to_contain_text("runs.archive")
    consent.get_by_role("button", name="Allow always").click()
    assert "none" in said(process)
    front.get_by_role("tab", name="Audit").click()
    expect(front.get_by_role("grid", name="Audit")).to_contain_text("runs.archive")
    front.get_by_role("tab", name="Consents").click()
    expect(front.get_by_role("grid", name="Consents")).to_contain_text("runs.archive")
    front.get_by_role("button", name="Revoke the decision on runs.archive").click()
    expect(front.get_by_role("heading", name="No decisions yet")).to_be_visible()


def test_denied_command_is_not_run(front, asking):
    process = asking("print(bridge.execute_command('runs.archive', {'run': 'none'}))")
    front.get_by_role("button", name="Deny").click()
    assert "denied" in said(process)


def test_messages_and_progress_are_shown(front, asking):
    process = asking("""
        bridge.show_message("all went well", "warning")
        for step in bridge.progress("Reading", range(2)):
            bridge.ask(f"step {step}?")
    """)
    expect(front.locator(".toast.warn").get_by_text("all went well")).to_be_visible()
    expect(front.get_by_role("progressbar", name="Reading")).to_be_visible()
    for step in range(2):
        question(front, f"step {step}?").get_by_role("button", name="Answer").click()
    said(process)
    expect(front.get_by_role("progressbar", name="Reading")).to_have_count(0)


def test_nobody_is_asked_here_when_one_does_not_want_to(front, asking):
    front.get_by_role("switch", name="Answer scripts' questions here").uncheck()
    expect(front.get_by_text("nobody is asked here")).to_be_visible()
    assert "nobody is attached" in said(asking("print(bridge.ask('Anybody?'))"))
    front.get_by_role("switch", name="Answer scripts' questions here").check()
    expect(front.get_by_text("attached as")).to_be_visible()


def test_one_tab_of_a_browser_answers_and_the_next_takes_over(fresh_host, front):
    second = front.context.new_page()
    second.goto(fresh_host.page("scripts"))
    expect(second.get_by_text("another tab answers")).to_be_visible()
    assert len(fresh_host.call("bridge.fronts")["fronts"]) == 1
    front.close()
    expect(second.get_by_text("attached as")).to_be_visible()


def test_operation_is_answered_later(fresh_host, front, asking):
    process = asking("""
        waiting = bridge.show_form_async({"schema": {"type": "object", "properties": {"name": {"type": "string"}}}})
        print(waiting.result(60))
    """)
    front.get_by_role("tab", name="Pending operations").click()
    row = front.get_by_role("row").filter(has_text="waiting")
    row.click()
    dialog = front.get_by_role("dialog")
    dialog.get_by_label(re.compile("^name")).fill("Ada")
    dialog.get_by_role("button", name="Answer").click()
    assert "Ada" in said(process)


def test_script_is_started_followed_and_stopped(fresh_host, front, tmp_path):
    front.get_by_role("button", name="Start a script").click()
    dialog = front.get_by_role("dialog", name="Start a script")
    dialog.get_by_label(re.compile(r"^command \*")).fill("python3\n-uc\nimport time; print('<b>first</b> line'); time.sleep(600)")
    dialog.get_by_label(re.compile("^cwd")).fill(str(tmp_path))
    dialog.get_by_label(re.compile("^name")).fill("started-here")
    dialog.get_by_role("button", name="Start").click()
    expect(front.get_by_role("heading", name="started-here")).to_be_visible()
    expect(front.get_by_role("list", name="Output")).to_contain_text("<b>first</b> line")
    front.get_by_role("button", name="Stop started-here").click()
    front.get_by_role("dialog", name="Stop started-here?").get_by_role("button", name="Stop it").click()
    expect(front.locator("main .badge").filter(has_text="signal 15")).to_be_visible()
    front.get_by_role("link", name="All scripts").click()
    expect(front.get_by_role("grid", name="Scripts")).to_contain_text("started-here")
    assert [run["name"] for run in fresh_host.call("run.list")["runs"]] == []
