# SPDX-License-Identifier: Apache-2.0
"""Panels of plugins: the example, the one of the guide, and one that tries what it may not."""

from __future__ import annotations

import http.server
import threading
from typing import Iterator, List, Tuple

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from support import panels
from support.host import Host

PLACE = "panels/goal-c/goal"


@pytest.fixture
def panel_host(make_host) -> Host:
    return make_host(before=panels.install_example)


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("main iframe")


def test_example_shows_trainings_and_sets_the_goal(panel_host, make_page, trainer):
    page = make_page(panel_host, PLACE)
    panel = frame_of(page)
    expect(panel.get_by_label("Loss to reach")).to_have_value("0.1")
    expect(panel.get_by_text("No training runs")).to_be_visible()

    training = trainer("towards-the-goal", on=panel_host, pace="told", steps=3, metrics={"loss": "1 / step"})
    training.step()
    expect(panel.get_by_role("listitem").filter(has_text="towards-the-goal")).to_contain_text("1.00")
    training.step()
    expect(panel.get_by_role("listitem").filter(has_text="towards-the-goal")).to_contain_text("0.500")

    panel.get_by_label("Loss to reach").fill("0.6")
    panel.get_by_role("button", name="Set").click()
    expect(panel.get_by_role("listitem").filter(has_text="towards-the-goal")).to_contain_text("there")
    assert panel_host.call("goal_c.get") == {"loss": 0.6}


def test_panel_hears_of_a_goal_set_elsewhere(panel_host, make_page):
    panel = frame_of(make_page(panel_host, PLACE))
    expect(panel.get_by_label("Loss to reach")).to_have_value("0.1")
    panel_host.call("goal_c.set", loss=0.25)
    expect(panel.get_by_label("Loss to reach")).to_have_value("0.25")


def test_panels_are_listed(panel_host, make_page):
    page = make_page(panel_host, "panels")
    page.locator("main").get_by_role("link", name="Goal").click()
    expect(frame_of(page).get_by_label("Loss to reach")).to_be_visible()
    assert page.url.endswith(PLACE)


def test_panel_of_the_guide_counts_runs(make_host, make_page, trainer):
    host = make_host(before=lambda home: panels.install(home, panels.guide_panel(), commands=["runs.list"], topics=["runs.changed"]))
    panel = frame_of(make_page(host, PLACE))
    expect(panel.get_by_role("status")).to_have_text("0 runs")
    trainer("counted", on=host, steps=2).wait()
    expect(panel.get_by_role("status")).to_have_text("1 runs")


#: Tries each, and writes what came of it into a list; "refused" is what must stand there.
HOSTILE = """
const report = (name, what) => {
  const item = document.createElement("li");
  item.textContent = `${name}: ${what}`;
  document.getElementById("list").append(item);
};
const attempt = async (name, act) => {
  try {
    const found = await act();
    report(name, found === undefined || found === null || found === "" ? "refused" : `GOT ${found}`);
  } catch {
    report(name, "refused");
  }
};
const answers = new Map();
addEventListener("message", ({ data }) => answers.get(data.id)?.(data));
const call = (id, command, input = {}) => new Promise((resolve, reject) => {
  answers.set(id, (data) => (data.type === "result" ? resolve(JSON.stringify(data.result)) : reject(data)));
  parent.postMessage({ type: "call", id, command, input }, "*");
});
(async () => {
  await attempt("cookie", () => document.cookie);
  await attempt("storage", () => localStorage.length + 1);
  await attempt("parent document", () => parent.document.body.textContent);
  await attempt("parent location", () => parent.location.href);
  await attempt("top navigation", () => { top.location.href = "about:blank"; });
  await attempt("window", () => open("about:blank") && "a window");
  await attempt("network", () => fetch("OUTSIDE/fetch").then((it) => it.status));
  await attempt("door", () => fetch(new URL("/api/session", location.href)).then((it) => it.status));
  await attempt("beacon", () => { navigator.sendBeacon("OUTSIDE/beacon"); });
  await attempt("socket", () => new Promise((resolve, reject) => {
    const socket = new WebSocket("OUTSIDE/socket".replace("http", "ws"));
    socket.onopen = () => resolve("open");
    socket.onerror = reject;
  }));
  await attempt("image", () => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve("loaded");
    image.onerror = reject;
    image.src = "OUTSIDE/image.png";
  }));
  await attempt("eval", () => eval("1 + 1"));
  await attempt("undeclared command", () => call("a", "runs.delete", { run: "precious", confirm: "precious" }));
  await attempt("command of the host", () => call("b", "host/status"));
  await attempt("name with a path", () => call("c", "runs.list/../../host/config/show"));
  await attempt("prototype", () => call("d", "__proto__"));
  parent.postMessage({ type: "subscribe", topics: ["*"] }, "*");
  parent.postMessage({ type: "subscribe", topics: [{ evil: true }, null, 7] }, "*");
  parent.postMessage({ type: "height", pixels: 1e9 }, "*");
  for (const junk of [null, 7, "text", [], { type: "call" }, { type: "call", id: {}, command: 7 }, { type: "hello" }, { type: "__proto__" }]) parent.postMessage(junk, "*");
  await attempt("declared command", () => call("z", "runs.list").then(() => { throw new Error("answered, as it should"); }));
  addEventListener("message", ({ data }) => data.type === "events" && report("events", "GOT " + data.events[0].topic));
  report("all", "tried");
})();
"""
PAGE = '<!doctype html><title>Hostile</title><script src="panel.js" defer></script><script>document.title = "INLINE"</script><ul id="list"></ul>'


@pytest.fixture
def outside() -> Iterator[Tuple[str, List[str]]]:
    """Another server of this machine, and what was asked of it."""
    asked: List[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_hostile_panel_gets_nothing(make_host, make_page, trainer, outside):
    address, asked = outside
    files = {"index.html": PAGE, "panel.js": HOSTILE.replace("OUTSIDE", address)}
    host = make_host(before=lambda home: panels.install(home, files, commands=["runs.list", "goal_c.*"], topics=["goal_c.changed"]))
    trainer("precious", on=host, steps=3).wait()
    page = make_page(host, PLACE)
    # Its refusals are said in the console of the page that it stands in.
    page.watch.allow("panels/|policy|Refused|Blocked|sandbox|Unsafe attempt|denied|cross-origin|127.0.0.1")
    panel = frame_of(page)
    expect(panel.get_by_text("all: tried")).to_be_visible()
    trainer("heard-by-nobody", on=host, steps=3).wait()
    found = panel.get_by_role("listitem").all_inner_texts()
    assert len(found) == 18 and [line for line in found if not line.endswith((": refused", ": tried"))] == [], found
    assert asked == []
    assert page.url.endswith(PLACE)
    assert len(page.context.pages) == 1
    assert host.call("runs.show", run="precious")["id"] == "precious"
    assert page.locator("main iframe").bounding_box()["height"] <= 20_000
    expect(page.locator("main iframe")).to_have_attribute("sandbox", "allow-scripts allow-forms")


def test_panel_answers_only_its_own_frame(panel_host, make_page):
    """What another window says to the page is not a panel's call."""
    page = make_page(panel_host, PLACE)
    expect(frame_of(page).get_by_label("Loss to reach")).to_have_value("0.1")
    page.evaluate("""() => window.postMessage({ type: "call", id: 1, command: "goal_c.set", input: { loss: 9 } }, "*")""")
    frame_of(page).get_by_label("Loss to reach").fill("0.3")
    frame_of(page).get_by_role("button", name="Set").click()
    expect(frame_of(page).get_by_text("Set.")).to_be_visible()
    assert panel_host.call("goal_c.get") == {"loss": 0.3}
