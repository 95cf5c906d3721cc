# SPDX-License-Identifier: Apache-2.0
"""The overview: how to begin in an empty home, then what goes on."""

from __future__ import annotations

from playwright.sync_api import expect


def test_empty_home_says_how_to_begin_until_one_has(fresh_host, make_page, trainer, script):
    page = make_page(fresh_host)
    begin = page.get_by_role("region", name="How to begin")
    for command in ["python Examples/Training/digits.py", "jackfield exec file.py:1", "jackfield run -- python3 x.py"]:
        expect(begin.get_by_text(command)).to_be_visible()
    trainer("the-first-one", on=fresh_host, steps=5).wait()
    expect(begin.get_by_role("heading", name="Watch a training")).to_have_count(0)
    expect(page.get_by_role("region", name="Recent trainings", exact=True)).to_contain_text("the-first-one")
    script("print('done')", on=fresh_host).wait(60)
    expect(begin.get_by_role("heading", name="Run a script that can ask")).to_have_count(0)
    expect(begin.get_by_role("heading", name="Run a block of a file")).to_be_visible()


def test_training_that_goes_on_is_counted_with_its_loss(fresh_host, make_page, trainer):
    page = make_page(fresh_host)
    expect(page.locator("a.now-tile").first).to_contain_text("none goes on")
    training = trainer("goes-on", on=fresh_host, pace="told", steps=50, metrics={"loss": "1 / step"})
    for _ in range(12):
        training.step()
    expect(page.locator("a.now-tile").first).to_contain_text("going on")
    expect(page.get_by_role("img", name="loss of goes-on: from")).to_be_visible()
    page.locator("a.now-tile").first.click()
    expect(page.locator("main").get_by_text("goes-on").first).to_be_visible()
