# SPDX-License-Identifier: Apache-2.0
"""The lineage: drawn by the host's places, all parents, moved in by keys, merged from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support import axe
from support.native import native, steps_of  # noqa: F401  (native is a fixture)


@pytest.fixture
def family(host, native):
    """A root, two forks of it, one of them forked again, all by a real trainer; gives it, paused."""

    def make(name: str):
        training = native(name, meta=["batch=32"])
        session = training.session()["session"]
        host.until("steps", lambda: (training.known()["last_step"] or 0) > 5)
        for child, parent in [("a", name), ("b", name), ("c", f"{name}-a")]:
            host.call("trainer.fork", session=session, run=parent, name=f"{name}-{child}", indices=list(range(40)), hparams={"lr_mul": 0.5}, resume=True)
            host.until("the fork to train", lambda: steps_of(host, f"{name}-{child}"))
            host.call("trainer.pause", session=session)
        return training

    return make


def node(page, run: str):
    return page.locator(f'[data-run="{run}"]')


def test_runs_stand_where_the_host_puts_them(host, page, family):
    family("lin-place")
    page.goto(host.page("lineage"))
    expect(page.get_by_role("tree")).to_be_visible()
    lineage = host.call("runs.lineage", run="lin-place")
    assert len(lineage["nodes"]) == 4
    drawn = {}
    for one in lineage["nodes"]:
        expect(node(page, one["id"])).to_have_attribute("aria-level", str(one["column"] + 1))
        drawn[one["id"]] = [float(part) for part in re.findall(r"[-\d.]+", node(page, one["id"]).get_attribute("transform"))]
    assert drawn["lin-place-a"][0] > drawn["lin-place"][0]
    assert drawn["lin-place-a"][0] == drawn["lin-place-b"][0] < drawn["lin-place-c"][0]
    assert len({tuple(place) for place in drawn.values()}) == 4


def test_keys_move_along_parents_children_and_lanes(host, page, family):
    family("lin-keys")
    page.goto(host.page("lineage?run=lin-keys"))
    expect(node(page, "lin-keys")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".run:focus")).to_have_attribute("data-run", re.compile("lin-keys-[ab]"))
    page.keyboard.press("ArrowLeft")
    expect(node(page, "lin-keys")).to_be_focused()
    node(page, "lin-keys-a").focus()
    page.keyboard.press("ArrowRight")
    expect(node(page, "lin-keys-c")).to_be_focused()
    expect(page.locator('.run[tabindex="0"]')).to_have_count(1)
    details = page.get_by_role("complementary", name="The run in focus")
    expect(details).to_contain_text("Forked from lin-keys-a at step")
    expect(details).to_contain_text("on 40 samples")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/runs/lin-keys-c$"))


def test_focus_shows_what_differs_from_the_parent_and_what_it_gained(host, page, family):
    family("lin-edge")
    host.until("the gain", lambda: all(edge["loss_gained"] is not None for edge in host.call("runs.lineage", run="lin-edge")["edges"]))
    page.goto(host.page("lineage?run=lin-edge-a"))
    details = page.get_by_role("complementary", name="The run in focus")
    expect(details).to_contain_text(re.compile(r"(lower|higher) by [\d.e-]+ since|loss unchanged"))
    row = details.get_by_role("row").filter(has_text="hparams")
    expect(row).to_contain_text("lr_mul")
    expect(details.get_by_role("link", name="Overlay with its ancestors")).to_have_attribute("href", re.compile("compare\\?runs=lin-edge%2Clin-edge-a"))
    expect(page.locator(".edge text").filter(has_text="40 samples").first).to_be_attached()


def test_picked_runs_are_merged(host, page, family):
    family("lin-merge")
    page.goto(host.page("lineage?run=lin-merge-b"))
    expect(node(page, "lin-merge-b")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_text("'lin-merge-b' is picked; pick another")).to_be_visible()
    node(page, "lin-merge-c").click(modifiers=["Shift"])
    expect(node(page, "lin-merge-c")).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("pick=lin-merge-b%2Clin-merge-c"))
    page.get_by_role("button", name="Merge…", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("list", name="Parents").get_by_role("listitem")).to_have_count(2)
    dialog.get_by_label("Name of the new run").fill("lin-merged")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(node(page, "lin-merged")).to_be_attached()
    page.get_by_text("As text", exact=True).click()
    item = page.locator(".text-tree li").filter(has=page.get_by_role("link", name="lin-merged", exact=True)).last
    expect(item).to_contain_text(re.compile("also from lin-merge-[bc]"))


def test_fork_appears_by_itself(host, page, native):
    training = native("lin-live")
    page.goto(host.page("lineage"))
    expect(node(page, "lin-live")).to_be_attached()
    host.call("trainer.fork", session=training.session()["session"], name="lin-live-fork", resume=True)
    expect(node(page, "lin-live-fork")).to_be_attached()
    expect(node(page, "lin-live-fork")).to_have_attribute("aria-label", re.compile("running"))


def test_wheel_keys_and_double_click_zoom(host, page, native):
    native("lin-zoom")
    page.goto(host.page("lineage"))
    expect(node(page, "lin-zoom")).to_be_attached()
    content = page.locator(".lineage-picture > g")

    def scale() -> float:
        return float(re.search(r"scale\(([\d.]+)\)", content.get_attribute("transform"))[1])

    begin = scale()
    page.keyboard.press("+")
    assert scale() > begin
    page.keyboard.press("-")
    assert scale() == pytest.approx(begin, rel=0.01)
    box = page.locator(".lineage-picture").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    before = content.get_attribute("transform")
    page.mouse.wheel(0, -300)
    expect(content).not_to_have_attribute("transform", before)
    assert scale() > begin
    before = content.get_attribute("transform")
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 140)
    page.mouse.up()
    expect(content).not_to_have_attribute("transform", before)
    page.keyboard.press("0")
    assert scale() <= 1


def test_filters_stand_in_the_address(host, page, native):
    native("lin-shown")
    host.call("runs.archive", run=native("lin-archived", steps=5).run)
    page.goto(host.page("lineage?project=steering"))
    expect(node(page, "lin-shown")).to_be_attached()
    expect(node(page, "lin-archived")).to_have_count(0)
    page.get_by_label("Archived too").check()
    expect(node(page, "lin-archived")).to_be_attached()
    expect(page).to_have_url(re.compile("archived=1"))
    page.get_by_label("From left to right").select_option("step")
    expect(page).to_have_url(re.compile("x=step"))
    page.reload()
    expect(page.get_by_label("Archived too")).to_be_checked()
    expect(page.get_by_label("From left to right")).to_have_value("step")
    expect(page.get_by_label("Project", exact=True)).to_have_value("steering")


def test_picture_is_saved(host, page, native, tmp_path):
    native("lin-saved")
    page.goto(host.page("lineage"))
    expect(node(page, "lin-saved")).to_be_attached()
    for kind, beginning in [("svg", b"<svg"), ("png", b"\x89PNG")]:
        with page.expect_download() as download:
            page.get_by_label("Save the picture").select_option(kind)
        assert download.value.suggested_filename == f"lineage.{kind}"
        download.value.save_as(tmp_path / f"lineage.{kind}")
        content = (tmp_path / f"lineage.{kind}").read_bytes()
        assert content.startswith(beginning)
        if kind == "svg":
            assert b"lin-saved" in content and b"class=" not in content


def test_hundreds_of_runs_are_drawn_and_moved_in(fresh_host, make_page):
    from support.feed import Feed

    feed = Feed(fresh_host, "root")
    feed.send({"type": "newRun", "run_id": "root", "parents": [], "meta": {"display_name": "root"}})
    for number in range(1, 300):
        parents = [f"run{max(1, number - 1 - number % 7)}" if number > 8 else "root"]
        if number % 10 == 0:
            parents.append(f"run{number - 1}")
        meta = {"kind": "merge" if len(parents) > 1 else "fork", "parents": parents, "at_step": 5, "display_name": f"run{number}"}
        feed.send({"type": "newRun", "run_id": f"run{number}", "parents": parents, "meta": meta})
    fresh_host.until("all runs", lambda: len(fresh_host.call("runs.lineage")["nodes"]) == 300)
    page = make_page(fresh_host, "lineage")
    expect(page.locator(".run")).to_have_count(300)
    edges = fresh_host.call("runs.lineage")["edges"]
    expect(page.locator(".edge")).to_have_count(len(edges))
    assert len(edges) > 320
    page.locator(".run").first.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    focused = page.locator(".run:focus")
    expect(focused).to_be_in_viewport()
    feed.close()


def test_narrow_lineage_fits(host, make_page, native):
    native("lin-narrow")
    page = make_page(host, "lineage", viewport={"width": 360, "height": 740})
    expect(node(page, "lin-narrow")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lineage_is_named_and_readable(host, make_page, family, scheme):
    family(f"lin-axe-{scheme}")
    page = make_page(host, color_scheme=scheme, reduced_motion="reduce")
    page.goto(host.page(f"lineage?run=lin-axe-{scheme}-c&text=1&pick=lin-axe-{scheme}-a"))
    expect(node(page, f"lin-axe-{scheme}-c")).to_be_focused()
    assert axe.violations(page) == []
