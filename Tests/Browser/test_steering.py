# SPDX-License-Identifier: Apache-2.0
"""Steering: each action against a real training that carries it out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from support import axe
from support.native import native, steps_of  # noqa: F401  (native is a fixture)


def open_run(page: Page, host, run: str, query: str = "", *, steerable: bool = True) -> None:
    page.goto(host.page(f"runs/{run}{query}"))
    expect(bar(page)).to_be_visible()
    if steerable:
        expect(button(page, "Fork…")).to_be_enabled()


def bar(page: Page):
    return page.get_by_role("region", name="Steering")


def button(page: Page, name: str):
    return bar(page).get_by_role("button", name=name, exact=True)


def said(page: Page, text: str):
    """What the page says at its edge."""
    return page.locator(".toast").filter(has_text=text)


def dialog(page: Page):
    return page.get_by_role("dialog")


def do(page: Page, name: str) -> None:
    """Presses the button that does it."""
    dialog(page).get_by_role("button", name=name, exact=True).click()


def from_menu(page: Page, name: str) -> None:
    bar(page).get_by_role("button", name="More to do with").click()
    page.get_by_role("menuitem", name=name).click()


def test_pause_and_resume_say_what_happened(host, page, native):
    training = native("steer-pause")
    open_run(page, host, training.run)
    button(page, "Pause").click()
    expect(said(page, re.compile(r"Paused at step \d+; checkpoint steering__steer-pause__step\d+\.pt"))).to_be_visible()
    training.until_state("paused")
    expect(button(page, "Resume")).to_be_enabled()
    expect(button(page, "Pause")).to_have_count(0)
    step = training.known()["last_step"]
    button(page, "Resume").click()
    expect(said(page, "Goes on from step")).to_be_visible()
    host.until("steps to go on", lambda: training.known()["last_step"] > step)


def test_space_pauses_and_goes_on(host, page, native):
    training = native("steer-space")
    open_run(page, host, training.run)
    expect(button(page, "Pause")).to_be_enabled()
    page.keyboard.press("Space")
    training.until_state("paused")
    expect(button(page, "Resume")).to_be_enabled()
    page.keyboard.press("Space")
    training.until_state("running")


def test_stop_asks_first(host, page, native):
    training = native("steer-stop")
    open_run(page, host, training.run)
    button(page, "Stop").click()
    expect(dialog(page)).to_contain_text("It cannot be resumed")
    dialog(page).get_by_role("button", name="Cancel").click()
    expect(dialog(page)).to_have_count(0)
    assert training.process.poll() is None
    assert training.session()["state"] == "running"
    button(page, "Stop").click()
    do(page, "Stop the training")
    expect(said(page, "The training is ending")).to_be_visible()
    assert training.process.wait(60) == 0
    expect(bar(page)).to_contain_text("no trainer is connected")
    expect(button(page, "Pause")).to_be_disabled()


def test_without_a_trainer_the_reason_is_shown(host, page, trainer):
    trainer("steer-gone", steps=5).wait()
    open_run(page, host, "steer-gone", steerable=False)
    for name in ["Pause", "Stop", "Test…", "Report", "Fork…", "Merge…"]:
        expect(button(page, name)).to_be_disabled()
    expect(bar(page)).to_contain_text("start the training's script")


def test_what_a_trainer_cannot_do_is_off(host, page, trainer):
    trainer("steer-light", steps=None, pace=0.05)
    open_run(page, host, "steer-light", steerable=False)
    expect(button(page, "Pause")).to_be_enabled()
    expect(button(page, "Fork…")).to_be_disabled()
    expect(bar(page)).to_contain_text("no such command ('fork')")


def test_link_for_looking_only_does_nothing(host, make_page, native):
    training = native("steer-look")
    page = make_page(host)
    page.goto(host.url(f"runs/{training.run}", read_only=True))
    expect(bar(page)).to_contain_text("this link is for looking only")
    for name in ["Pause", "Stop", "Test…", "Report", "Fork…", "Merge…"]:
        expect(button(page, name)).to_be_disabled()


def test_report_shows_what_the_trainer_is_busy_with(host, page, native):
    training = native("steer-report", slow=3)
    open_run(page, host, training.run)
    button(page, "Report").click()
    expect(bar(page).get_by_role("progressbar")).to_be_visible()
    expect(bar(page)).to_contain_text("computing the report")
    expect(button(page, "Fork…")).to_be_disabled()
    expect(said(page, "Losses of 400 samples at step")).to_be_visible()
    training.until_state("running")
    assert host.call("runs.reports", run=training.run)["reports"][0]["samples"] == 400


def test_letting_go_of_a_report_does_not_lose_it(host, page, native):
    training = native("steer-let-go", slow=3)
    open_run(page, host, training.run)
    button(page, "Report").click()
    button(page, "Cancel").click()
    expect(said(page, "You no longer wait for the report")).to_be_visible()
    host.until("the report to be stored all the same", lambda: host.call("runs.reports", run=training.run)["reports"])


def test_fork_by_loss_trains_on_exactly_the_samples_shown(host, page, native):
    training = native("steer-region")
    training.report()
    open_run(page, host, training.run)
    page.keyboard.press("f")
    dialog(page).get_by_label("By loss").check()
    low = dialog(page).get_by_role("slider", name="From loss")
    low.focus()
    low.press("Shift+ArrowRight")
    tally = dialog(page).locator(".tally").filter(has_text="of 400")
    shown = int(re.match(r"([\d,]+) sample", tally.inner_text())[1].replace(",", ""))
    assert 0 < shown < 60
    dialog(page).get_by_label("Name of the new run").fill("steer-region-child")
    dialog(page).get_by_label("Learning rate ×").fill("0.5")
    expect(dialog(page).locator(".will")).to_contain_text(f"exactly the {shown} sample")
    expect(dialog(page).locator(".will")).to_contain_text("half the learning rate")
    do(page, "Fork")
    expect(said(page, f"'steer-region-child' goes on from 'steer-region' on {shown} samples")).to_be_visible()
    subset = host.until("the fork's samples", lambda: host.call("runs.subset", run="steer-region-child")["indices"])
    assert len(subset) == shown
    losses = host.call("runs.report", run="steer-region")
    threshold = float(low.get_attribute("aria-valuenow")) if low.count() else min(loss for loss, index in zip(losses["losses"], losses["sample_indices"]) if index in subset)
    assert sorted(subset) == sorted(index for loss, index in zip(losses["losses"], losses["sample_indices"]) if loss >= threshold)
    training.until_state("running")
    assert host.until("the fork to train", lambda: steps_of(host, "steer-region-child"))


@pytest.mark.parametrize(
    ("kind", "fill", "words"),
    [
        ("By quantile", {"From, in %": "90", "To, in %": "100"}, "between the 90 % and the 100 % quantile"),
        ("By clusters", {"How many clusters": "3", "Take the clusters": "2"}, "cluster 2 of 3"),
        ("By number", {"Samples": "0-9, 20, 30"}, "the 12 samples you named"),
        ("All samples", {}, "on all samples"),
    ],
)
def test_fork_by_other_choices(host, page, native, kind, fill, words):
    name = "steer-" + kind.split()[-1]
    training = native(name)
    open_run(page, host, name)
    button(page, "Fork…").click()
    dialog(page).get_by_label(kind).check()
    for label, value in fill.items():
        dialog(page).get_by_label(label, exact=True).fill(value)
    dialog(page).get_by_label("Name of the new run").fill(f"{name}-child")
    expect(dialog(page).locator(".will")).to_contain_text(words)
    do(page, "Fork")
    expect(said(page, f"'{name}-child' goes on from '{name}'")).to_be_visible()
    edge = host.until("the edge", lambda: host.call("runs.lineage", run=name)["edges"])[0]
    assert (edge["from"], edge["to"], edge["kind"]) == (name, f"{name}-child", "fork")
    if kind == "By number":
        assert host.call("runs.subset", run=f"{name}-child")["count"] == 12
    training.until_state("running")


def test_fork_says_what_is_missing_and_keeps_what_was_filled_in(host, page, native):
    native("steer-taken")
    open_run(page, host, "steer-taken")
    page.keyboard.press("f")
    fork = dialog(page).get_by_role("button", name="Fork", exact=True)
    dialog(page).get_by_label("By number").check()
    expect(fork).to_be_disabled()
    dialog(page).get_by_label("Samples", exact=True).fill("9-3")
    expect(dialog(page)).to_contain_text("the range '9-3' runs backwards")
    dialog(page).get_by_label("Samples", exact=True).fill("0-9")
    expect(fork).to_be_enabled()
    dialog(page).get_by_label("Name of the new run").fill("steer-taken")
    expect(dialog(page)).to_contain_text("there is a run 'steer-taken' already")
    expect(fork).to_be_disabled()
    dialog(page).get_by_label("Name of the new run").fill("steer-free")
    expect(fork).to_be_enabled()


def test_refusal_of_the_host_stays_in_the_dialog(host, page, native):
    training = native("steer-refused")
    open_run(page, host, "steer-refused")
    page.keyboard.press("f")
    dialog(page).get_by_label("By number").check()
    dialog(page).get_by_label("Samples", exact=True).fill("0-9")
    training.process.kill()
    training.process.wait()
    page.watch.allow("status of (4|5)..")
    do(page, "Fork")
    expect(dialog(page).get_by_role("alert")).not_to_be_empty()
    expect(dialog(page).get_by_label("Samples", exact=True)).to_have_value("0-9")


def test_test_is_recorded_and_shown(host, page, native):
    native("steer-test")
    open_run(page, host, "steer-test", "?tab=checkpoints")
    page.keyboard.press("t")
    dialog(page).get_by_label("Label").fill("probe")
    do(page, "Test")
    expect(said(page, re.compile("Test 'probe': average loss 0\\.\\d+ at step"))).to_be_visible()
    expect(page.get_by_text("probe", exact=True)).to_be_visible()


def test_save_and_load_a_checkpoint(host, page, native):
    training = native("steer-load")
    open_run(page, host, "steer-load", "?tab=checkpoints")
    page.keyboard.press("Space")
    training.until_state("paused")
    from_menu(page, "Save a checkpoint")
    expect(said(page, re.compile(r"^.*Checkpoint steering__steer-load__step\d+\.pt at step"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Load the checkpoint at step")).first.click()
    expect(dialog(page)).to_contain_text("are replaced by those of the file")
    do(page, "Load")
    expect(said(page, "Loaded steering__steer-load__step")).to_be_visible()


def test_rename_keeps_the_id(host, page, native):
    native("steer-rename")
    open_run(page, host, "steer-rename")
    from_menu(page, "Rename")
    dialog(page).get_by_label("Title").fill("A better <b>name</b>")
    do(page, "Rename")
    expect(said(page, "It is called 'A better <b>name</b>' now")).to_be_visible()
    assert host.call("runs.show", run="steer-rename")["name"] == "A better <b>name</b>"


def test_switch_to_an_older_run_and_start_over(host, page, native):
    training = native("steer-old")
    host.call("trainer.fork", session=training.session()["session"], name="steer-new", resume=True)
    host.until("the fork to train", lambda: steps_of(host, "steer-new"))
    open_run(page, host, "steer-old")
    expect(bar(page)).to_contain_text("working on 'steer-new'")
    expect(button(page, "Pause")).to_be_disabled()
    from_menu(page, "Switch to this run")
    expect(dialog(page)).to_contain_text("'steer-new' is paused and saved first")
    do(page, "Switch")
    expect(said(page, "The trainer is on 'steer-old' now")).to_be_visible()
    assert training.session()["run"] == "steer-old"
    expect(button(page, "Resume")).to_be_enabled()
    from_menu(page, "Start over")
    expect(dialog(page)).to_contain_text("Nothing recorded is deleted")
    dialog(page).get_by_label("Name of the new run").fill("steer-again")
    do(page, "Start over")
    expect(said(page, "Began anew as 'steer-again'")).to_be_visible()
    host.until("the new run", lambda: any(run["id"] == "steer-again" for run in host.call("runs.list", search="steer-again")["runs"]))


def test_merge_any_number_and_says_what_is_missing(host, page, native, trainer):
    training = native("steer-m0")
    session = training.session()["session"]
    for name in ["steer-m1", "steer-m2"]:
        host.call("trainer.fork", session=session, run="steer-m0", name=name, indices=list(range(100)), resume=False)
    trainer("steer-bare", steps=3).wait()
    open_run(page, host, "steer-m2")
    page.keyboard.press("m")
    merge = dialog(page).get_by_role("button", name="Merge", exact=True)
    expect(merge).to_be_disabled()
    find = dialog(page).get_by_label("Find a run to add")
    for name in ["steer-m0", "steer-m1", "steer-bare"]:
        find.fill(name)
        dialog(page).get_by_role("button", name=f"+ {name}", exact=True).click()
    expect(dialog(page)).to_contain_text("'steer-bare' has no checkpoint that can be used")
    expect(merge).to_be_disabled()
    dialog(page).get_by_role("button", name="Take steer-bare away").click()
    dialog(page).get_by_label("Fisher").check()
    dialog(page).get_by_label("Name of the new run").fill("steer-merged")
    expect(merge).to_be_enabled()
    merge.click()
    expect(said(page, "'steer-merged' has the averaged weights of")).to_be_visible()
    edges = host.until("the edges", lambda: [edge for edge in host.call("runs.lineage", run="steer-merged")["edges"] if edge["to"] == "steer-merged"])
    assert {edge["from"] for edge in edges} == {"steer-m0", "steer-m1", "steer-m2"}
    assert {edge["strategy"] for edge in edges} == {"fisher"}


def test_bundle_goes_out_and_comes_in(fresh_host, host, page, make_page, native, tmp_path):
    training = native("steer-bundle")
    training.pause()
    open_run(page, host, "steer-bundle")
    from_menu(page, "Export a bundle")
    bundle = tmp_path / "runs.zip"
    dialog(page).get_by_label("Write to").fill("runs.zip")
    expect(dialog(page)).to_contain_text("give the whole path")
    dialog(page).get_by_label("Write to").fill(str(bundle))
    do(page, "Export")
    expect(said(page, "1 runs in")).to_contain_text(str(bundle))
    assert bundle.exists()

    there = known_run(fresh_host)
    other = make_page(fresh_host)
    open_run(other, fresh_host, there, steerable=False)
    from_menu(other, "Import a bundle")
    expect(dialog(other).get_by_role("button", name="Import", exact=True)).to_be_disabled()
    dialog(other).get_by_label("Bundle").fill(str(bundle))
    dialog(other).get_by_role("button", name="Look inside").click()
    expect(dialog(other).get_by_label("steer-bundle")).to_be_checked()
    do(other, "Import")
    expect(said(other, "1 came in")).to_be_visible()
    assert fresh_host.call("runs.show", run="steer-bundle")["steps"] == host.call("runs.show", run="steer-bundle")["steps"]


def known_run(host) -> str:
    """A run of the host, so that there is a page to import from."""
    from support.feed import Feed

    feed = Feed(host, "steer-there")
    feed.steps(5)
    host.until("the run", lambda: any(run["id"] == "steer-there" for run in host.call("runs.list")["runs"]))
    feed.close()
    return "steer-there"


def test_samples_are_exported(host, page, native, tmp_path):
    native("steer-samples", samples=64)
    open_run(page, host, "steer-samples")
    from_menu(page, "Export samples")
    dialog(page).get_by_label("Write to").fill(str(tmp_path / "samples.csv"))
    do(page, "Export")
    expect(said(page, "64 rows")).to_be_visible()
    assert (tmp_path / "samples.csv").read_text().splitlines()[0] == "sample_id,label"


def test_training_is_started_from_the_page(host, page, native, tmp_path):
    native("steer-starter")
    script = tmp_path / "begin.py"
    script.write_text("import sys\nprint('begun with', sys.argv[1:])\n")
    open_run(page, host, "steer-starter")
    from_menu(page, "Start a training")
    dialog(page).get_by_label("Script").fill(str(script))
    dialog(page).get_by_label("Arguments").fill("--name 'two words'")
    do(page, "Start")
    expect(said(page, "runs as process")).to_be_visible()
    process = host.call("train.list")["processes"][0]
    assert process["command"][-2:] == ["--name", "two words"]


def test_narrow_page_keeps_every_action(host, make_page, native):
    native("steer-narrow")
    page = make_page(host, "runs/steer-narrow", viewport={"width": 360, "height": 740})
    expect(button(page, "Pause")).to_be_enabled()
    page.keyboard.press("f")
    expect(dialog(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert dialog(page).evaluate("element => element.getBoundingClientRect().right") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_are_named_and_readable(host, make_page, native, scheme):
    training = native(f"steer-axe-{scheme}")
    training.report()
    page = make_page(host, color_scheme=scheme, reduced_motion="reduce")
    open_run(page, host, training.run, "?tab=checkpoints")
    found = [f"bar: {line}" for line in axe.violations(page)]
    for name, choices in {"Fork…": ["By loss", "By quantile", "By clusters", "By number"], "Merge…": ["Adapters"], "Test…": []}.items():
        button(page, name).click()
        expect(dialog(page)).to_be_visible()
        for choice in choices or [None]:
            if choice:
                dialog(page).get_by_label(choice).check()
            found += [f"{name} {choice}: {line}" for line in axe.violations(page)]
        page.keyboard.press("Escape")
        expect(dialog(page)).to_have_count(0)
    for name in ["Rename…", "Start over…", "Export samples…", "Export a bundle…", "Import a bundle…", "Start a training…"]:
        from_menu(page, name)
        expect(dialog(page)).to_be_visible()
        found += [f"{name}: {line}" for line in axe.violations(page)]
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)
