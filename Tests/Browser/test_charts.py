# SPDX-License-Identifier: Apache-2.0
"""Charts: what is computed, what is drawn by both renderers, and what a person can do with them."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Page, expect

RENDERERS = ["uplot", "canvas"]


def evaluate(page: Page, module: str, body: str):
    """Runs a body with the names of a module of the page at hand."""
    return page.evaluate(f"""async () => {{
      const assets = document.querySelector("meta[name=jackfield-assets]").content;
      const m = await import(new URL(assets + "{module}", document.baseURI).href);
      {body}
    }}""")


def card(page: Page, metric: str):
    return page.locator(f"[data-metric='{metric}']")


def open_run(make_page, host, run: str, renderer: str = "canvas", query: str = "") -> Page:
    page = make_page(host, f"runs/{run}?renderer={renderer}{query}")
    page.watch.allow("trainer.info")  # what only feeds answers no question of the steering bar
    expect(page.locator(".chart-plot[data-renderer]").first).to_be_visible()
    return page


def renderer_of(page: Page) -> str:
    return page.locator(".chart-plot[data-renderer]").first.get_attribute("data-renderer")


def expected(page: Page, renderer: str) -> str:
    """uPlot only where set-up has fetched it."""
    has_library = page.evaluate("fetch('api/session').then((r) => r.json()).then((s) => s.uplot)")
    return renderer if has_library else "canvas"


# What is computed


def test_smoothing_is_debiased(page):
    values = evaluate(page, "components/chart/smooth.js", "return m.smoothed([1, 2, 3, NaN, 5], 0.5);")
    # Kingma & Ba 2015, section 3, by hand: 0.5/0.5, 1.25/0.75, 2.125/0.875, -, 3.5625/0.9375.
    assert values[:3] == pytest.approx([1, 1.25 / 0.75, 2.125 / 0.875])
    assert values[3] is None or values[3] != values[3]
    assert values[4] == pytest.approx(3.5625 / 0.9375)


@pytest.mark.parametrize("call, ticks", [
    ("linearTicks(0, 10, 5)", [0, 2, 4, 6, 8, 10]),
    ("linearTicks(0.1, 0.35, 5)", [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]),
    ("logTicks(0.001, 1000, 8)", [0.001, 0.01, 0.1, 1, 10, 100, 1000]),
    ("logTicks(1e-12, 1, 4)", [1e-12, 1e-08, 1e-4, 1]),
    ("symlogTicks(-100, 100, 10, 1)", [-100, -10, -1, 0, 1, 10, 100]),
    ("linearTicks(5, 5, 5)", [5]),
])
def test_ticks_are_round(page, call, ticks):
    found = evaluate(page, "components/chart/scale.js", f"return m.{call};")
    assert found == pytest.approx(ticks)


@pytest.mark.parametrize("kind", ["linear", "log", "symlog"])
def test_scales_go_back_and_forth(page, kind):
    values = [1e-6, 0.5, 1, 1234.5] if kind == "log" else [-1234.5, -1e-6, 0, 1e-6, 1, 1234.5]
    back = evaluate(page, "components/chart/scale.js", f"const s = m.yScale('{kind}'); return {values}.map((v) => s.inverse(s.forward(v)));")
    assert back == pytest.approx(values)


def test_thinning_loses_no_spike_and_stays_bounded(page):
    found = evaluate(page, "components/chart/series-data.js", """
      const data = new m.SeriesData(1000);
      data.setSmoothing(0.5);
      let most = 0;
      for (let step = 1; step <= 1000000; step++) {
        data.append(step, step, step === 123457 ? 40 : step === 900001 ? -40 : Math.sin(step));
        most = Math.max(most, data.length);
      }
      const at = (value) => [...data.hi].findIndex((hi, index) => hi === value || data.lo[index] === value);
      const place = (index) => [data.from[index], data.to[index]];
      return { most, count: data.count.reduce((a, b) => a + b, 0), up: place(at(40)), down: place(at(-40)), extent: data.extent(), last: data.last, smooth: data.smooth.length === data.length };
    """)
    assert found["most"] <= 2001
    assert found["count"] == 1_000_000
    assert found["up"][0] <= 123457 <= found["up"][1]
    assert found["down"][0] <= 900001 <= found["down"][1]
    assert found["extent"] == [-40, 40]
    assert found["smooth"]


def test_epochs_stand_between_their_first_steps(page):
    places = evaluate(page, "components/chart/epochs.js",
                      "const map = new m.EpochMap().learn([1, 101, 201, 250], [0, 1, 2, 2]); return [1, 51, 101, 201, 250].map((s) => map.place(s)).concat(map.step(0.5));")
    assert places == pytest.approx([0, 0.5, 1, 2, 2.49, 51])


def test_csv_is_read_back_as_it_was(page):
    text = evaluate(page, "components/chart/chart-export.js", """return m.csv([["a,b", 'say "x"', "line\\nbreak"], ["=1+1", -2.5, NaN], [null, 1e-7, "ü"]]);""")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [["a,b", 'say "x"', "line\nbreak"], ["'=1+1", "-2.5", ""], ["", "1e-7", "ü"]]


def test_ranges_end_where_metrics_end(page):
    ranges = evaluate(page, "components/chart/metrics.js", """
      const linear = { kind: "linear" };
      return [m.rangeOf("loss", [0, 10], linear), m.rangeOf("other", [0, 10], linear), m.rangeOf("accuracy", [0.1, 1], linear), m.rangeOf("gpu_util", [1, 99], linear)];
    """)
    assert ranges == [pytest.approx([-0.5, 10.5]), pytest.approx([-1, 11]), pytest.approx([0.01, 1]), [0, 100]]


# What is drawn


#: Columns of the picture in whose upper half, below the top, something of the first series' colour stands.
SPIKES = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const columns = [];
  for (let x = 0; x < width; x += 1) {
    let coloured = 0;
    for (let y = Math.round(height * 0.15); y < height * 0.5; y += 1) {
      const at = 4 * (y * width + x);
      if (data[at + 3] > 20 && data[at + 1] - data[at] > 25) coloured += 1;
    }
    if (coloured > height * 0.2) columns.push(x / width);
  }
  return columns;
}"""


def spikes_are_seen(page: Page, feed, count: int, renderer: str, run: str, host, make_page) -> None:
    one = feed(run)
    one.steps(count, spikes={count // 3: 40.0, 2 * count // 3: 40.0})
    one.stored()
    page = open_run(make_page, host, run, renderer)
    assert renderer_of(page) == expected(page, renderer)
    canvas = card(page, "loss").locator("canvas")
    page.wait_for_function(f"(canvas) => ({SPIKES})(canvas).length > 1", arg=canvas.element_handle())
    places = canvas.evaluate(SPIKES)
    groups = [place for place, before in zip(places, [-1, *places]) if place - before > 0.02]
    assert len(groups) == 2, places
    assert groups[1] - groups[0] == pytest.approx(0.28, abs=0.05)  # a third of the plot, which is some 85 % of the picture


@pytest.mark.parametrize("renderer", RENDERERS)
def test_two_spikes_among_many_points_are_seen(page, feed, host, make_page, renderer):
    spikes_are_seen(page, feed, 60_000, renderer, f"spikes-{renderer}", host, make_page)


@pytest.mark.slow
@pytest.mark.parametrize("renderer", RENDERERS)
def test_two_spikes_among_a_million_points_are_seen(page, feed, host, make_page, renderer):
    spikes_are_seen(page, feed, 1_000_000, renderer, f"million-{renderer}", host, make_page)


@pytest.mark.parametrize("renderer", RENDERERS)
def test_live_values_are_appended_without_asking_again(trainer, host, make_page, renderer):
    run = f"live-{renderer}"
    training = trainer(run, steps=None, pace="told", metrics={"loss": "step + 0.5"})
    for _ in range(3):
        training.step()
    host.until("three steps", lambda: next(r for r in host.call("runs.list", search=run)["runs"])["last_step"] == 3)
    page = open_run(make_page, host, run, renderer)
    loss = card(page, "loss")
    expect(loss.locator(".chart-now")).to_have_text("3.5")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "runs.series" in request.url else None)
    for step in range(4, 9):
        training.step()
        expect(loss.locator(".chart-now")).to_have_text(f"{step}.5")
        expect(page.locator(".run-facts")).to_contain_text(f"Step{step}")
    assert asked == []
    expect(loss.locator(".chart-age")).to_have_text("now")


@pytest.mark.parametrize("renderer", RENDERERS)
def test_zoom_by_mouse_and_keys_stands_in_the_address(feed, host, make_page, renderer):
    run = f"zoom-{renderer}"
    one = feed(run)
    one.steps(5_000, metrics=("loss", "accuracy"))
    one.stored()
    page = open_run(make_page, host, run, renderer)
    plot = card(page, "loss").locator(".chart-plot")
    expect(card(page, "loss").locator(".chart-now")).not_to_be_empty()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60)
    expect(card(page, "loss").locator(".chart-place")).to_contain_text("step")
    expect(card(page, "accuracy").locator(".chart-place")).to_contain_text("step")  # the cursor of all charts
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=3)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=\d.*to=\d"))
    start, end = (float(re.search(rf"{name}=([\d.]+)", page.url)[1]) for name in ("from", "to"))
    assert 1200 < start < 2200 and 2300 < end < 3400
    expect(page.get_by_role("button", name="Show all")).to_be_enabled()
    plot.dblclick()
    expect(page).not_to_have_url(re.compile(r"from="))
    plot.focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"from=\d"))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile(r"from="))
    page.keyboard.press("End")
    expect(card(page, "loss").locator(".chart-place")).to_have_text("step 5,000")
    # A link brings the same part back.
    page.goto(host.page(f"runs/{run}?renderer={renderer}&from=1000&to=2000"))
    expect(page.get_by_role("button", name="Show all")).to_be_enabled()


def test_axes_and_scales(feed, host, make_page):
    one = feed("axes")
    one.steps(3_000, metrics=("loss",))
    one.stored()
    page = open_run(make_page, host, "axes")
    loss = card(page, "loss")
    plot = loss.locator(".chart-plot")
    for axis, words in [("epoch", "epoch"), ("elapsed", "s"), ("time", ":"), ("step", "step")]:
        page.get_by_label("X axis").select_option(axis)
        expect(page).to_have_url(re.compile(f"x={axis}"))
        expect(loss.locator(".chart-note").last).to_be_hidden()
        plot.focus()
        page.keyboard.press("End")
        expect(loss.locator(".chart-place")).to_contain_text(words)
    for label, scale in [("Logarithmic y axis", "log"), ("Symmetric logarithmic y axis", "symlog")]:
        loss.get_by_role("button", name="Training loss: more").click()
        page.get_by_role("menuitem", name=label, exact=True).click()
        expect(page).to_have_url(re.compile(rf"[?&]{scale}=loss"))
    page.get_by_label("Smoothing").fill("0.9")
    expect(page).to_have_url(re.compile(r"smooth=0.9"))
    plot.focus()
    page.keyboard.press("End")
    expect(loss.locator(".chart-more")).to_contain_text("smoothed")


def test_values_that_are_no_numbers_are_shown_as_holes(feed, host, make_page):
    one = feed("holes")
    for step in range(1, 30):
        one.step(step, loss=1.0)
    one.stored()
    page = open_run(make_page, host, "holes")
    loss = card(page, "loss")
    expect(loss.locator(".chart-now")).to_have_text("1")
    one.step(30, loss=None)
    one.step(31, loss=2.0)
    expect(loss.locator(".chart-now")).to_have_text("2")
    loss.get_by_role("button", name="Training loss: more").click()
    page.get_by_role("menuitem", name="Show the data as a table").click()
    table = loss.get_by_role("region", name="Training loss: data")
    table.evaluate("(element) => element.scrollTo(0, 1e6)")
    expect(table).to_contain_text("not a number")
    expect(table.locator("table")).to_have_attribute("aria-rowcount", "32")


@pytest.mark.parametrize("renderer", RENDERERS)
def test_pictures_and_numbers_can_be_taken_away(feed, host, make_page, renderer):
    run = f"take-{renderer}"
    one = feed(run)
    one.steps(500)
    one.stored()
    page = open_run(make_page, host, run, renderer)
    loss = card(page, "loss")
    expect(loss.locator(".chart-now")).not_to_be_empty()

    def saved(entry: str) -> bytes:
        loss.get_by_role("button", name="Training loss: more").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=entry).click()
        with open(download.value.path(), "rb") as file:
            return file.read()

    picture = saved("Save the picture (PNG)")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 2_000
    shown = list(csv.DictReader(io.StringIO(saved("Save what is shown (CSV)").decode())))
    assert shown[0]["run"] == run and int(shown[-1]["to_step"]) == 500
    every = list(csv.DictReader(io.StringIO(saved("Save all values (CSV)").decode())))
    stored = host.call("runs.series", run=run, metric="loss", limit=1000)["series"][0]
    assert [(int(row["step"]), float(row["value"])) for row in every] == list(zip(stored["steps"], stored["values"]))


def test_only_cards_on_screen_are_asked_for(feed, host, make_page):
    names = [f"metric_{place:02d}" for place in range(40)]
    one = feed("wide")
    one.steps(50, metrics=("loss", *names))
    one.stored()
    page = make_page(host)
    page.watch.allow("trainer.info")
    asked = set()
    page.on("request", lambda request: asked.update(json.loads(request.post_data)["metrics"]) if request.url.endswith("runs.series") else None)
    page.goto(host.page(f"runs/wide?renderer=canvas&cards=loss,{','.join(names)}"))
    expect(card(page, "loss").locator(".chart-now")).not_to_be_empty()
    assert "metric_39" not in asked and len(asked) < 20
    assert card(page, "metric_39").locator("canvas").count() == 0
    card(page, "metric_39").scroll_into_view_if_needed()
    expect(card(page, "metric_39").locator(".chart-now")).not_to_be_empty()
    assert "metric_39" in asked


def test_cards_are_chosen_moved_and_remembered(feed, host, make_page):
    one = feed("cards")
    one.steps(20, metrics=("loss", "accuracy", "own_metric"))
    one.stored()
    page = open_run(make_page, host, "cards")

    def expect_order(*metrics: str) -> None:
        expect(page.locator(".chart-card")).to_have_count(len(metrics))
        for place, metric in enumerate(metrics):
            expect(page.locator(".chart-card").nth(place)).to_have_attribute("data-metric", metric)

    page.get_by_role("button", name="Metrics…").click()
    page.get_by_label("own_metric").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect_order("loss", "accuracy", "own_metric")
    card(page, "own_metric").get_by_role("button", name="own_metric: more").click()
    page.get_by_role("menuitem", name="Move before").click()
    expect_order("loss", "own_metric", "accuracy")
    card(page, "loss").get_by_role("button", name="Training loss: more").click()
    page.get_by_role("menuitem", name="Hide this chart").click()
    expect_order("own_metric", "accuracy")
    page.goto(host.page("runs/cards?renderer=canvas"))  # without the choice in the address: as remembered
    expect_order("own_metric", "accuracy")
    card(page, "accuracy").get_by_role("button", name="What Accuracy means").click()
    expect(card(page, "accuracy").get_by_text("The share of samples whose class was right")).to_be_visible()


def test_what_was_done_is_marked_and_told(feed, host, make_page):
    one = feed("marked")
    one.steps(40)
    one.send({"type": "paused", "step": 20})
    one.stored()
    host.until("the mark", lambda: any(mark["kind"] == "pause" for mark in host.call("runs.marks", run="marked")["marks"]))
    page = open_run(make_page, host, "marked")
    happened = page.locator(".run-marks")
    expect(happened.locator("summary")).to_contain_text("What happened (")
    happened.locator("summary").click()
    expect(happened.get_by_role("button").first).to_contain_text("step 20")
    happened.get_by_role("button").first.click()
    expect(card(page, "loss").locator(".chart-place")).to_have_text("step 20")
    expect(card(page, "loss").locator(".chart-tip")).to_contain_text("paused")
