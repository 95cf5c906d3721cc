# SPDX-License-Identifier: Apache-2.0
"""The page under load: minutes, and the whole machine. Bounds are wide: they tell flat from growing, not fast from slow."""

from __future__ import annotations

import json
import socket
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.measures import frames_a_second, heap_mebibytes, start_counting_frames

pytestmark = pytest.mark.slow

#: Counts what an open page hears of a topic.
LISTEN = """([assets, topic]) => import(`${document.baseURI}${assets}core/events.js`).then(({ subscribe }) => {
  window.__heard = { events: 0, last: 0, missed: 0 };
  window.__unsubscribe = subscribe(topic, (events) => {
    window.__heard.events += events.length;
    window.__heard.last = events.at(-1).payload.step ?? 0;
  }, { missed: () => (window.__heard.missed += 1) });
})"""


def listen(page: Page, topic: str = "trainer.step") -> None:
    assets = page.locator("meta[name=jackfield-assets]").get_attribute("content")
    page.evaluate(LISTEN, [assets, topic])


def heard(page: Page) -> dict:
    return page.evaluate("() => window.__heard")


def chart_is_drawn(page: Page) -> None:
    expect(page.locator("main canvas").first).to_be_visible()


def test_a_million_points_are_shown_and_stay_smooth(fresh_host, make_page, feed):
    million = feed("million", on=fresh_host)
    million.steps(1_000_000, spikes={333_333: 77.0, 714_285: -77.0})
    million.stored()
    page = make_page(fresh_host, "runs/million")
    chart_is_drawn(page)
    before = heap_mebibytes(page)
    start_counting_frames(page)
    canvas = page.locator("main canvas").first.bounding_box()
    for turn in range(20):
        page.mouse.move(canvas["x"] + canvas["width"] * (turn + 1) / 22, canvas["y"] + canvas["height"] / 2, steps=10)
    assert frames_a_second(page) > 30
    # Nothing that is a million long is in the page.
    assert heap_mebibytes(page) < before + 20 < 80


def test_a_hundred_runs_are_listed_and_scrolled_smoothly(fresh_host, make_page, feed):
    for number in range(100):
        each = feed(f"run-{number:03}", on=fresh_host)
        each.steps(200, metrics=[f"metric{place}" for place in range(50)])
        each.finish()
        each.stored()
    page = make_page(fresh_host, "runs")
    expect(page.locator("main").get_by_text("run-099").first).to_be_visible()
    start_counting_frames(page)
    for _ in range(40):
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(25)
    assert frames_a_second(page) > 30
    # Fifty charts, of which only those in sight are drawn.
    page.goto(fresh_host.page("runs/run-042"))
    chart_is_drawn(page)
    start_counting_frames(page)
    for _ in range(40):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(25)
    assert frames_a_second(page) > 30


@pytest.mark.parametrize("place", ["runs/streaming", "events", "logs?run=streaming"])
def test_a_thousand_events_a_second_for_two_minutes(fresh_host, make_page, feed, place):
    """Memory is flat, frames keep coming, and the newest point is there at the end."""
    stream = feed("streaming", on=fresh_host)
    page = make_page(fresh_host, place)
    expect(page.locator("main")).not_to_be_empty()
    end = 0
    for _ in range(3):  # until everything has the size it keeps
        end = stream.paced(1_000, 10, first=end + 1)
    page_before, host_before = heap_mebibytes(page), fresh_host.memory()
    start_counting_frames(page)
    rates = []
    for _ in range(8):
        end = stream.paced(1_000, 15, first=end + 1)
        rates.append(frames_a_second(page))
    assert min(rates) > 30, rates
    assert heap_mebibytes(page) < page_before + 12
    assert fresh_host.memory() < host_before + 40
    stream.stored()
    assert fresh_host.call("runs.show", run="streaming")["last_step"] == end


def test_fifty_pages_one_of_them_stopped_in_a_debugger(fresh_host, make_page, feed):
    """Nobody else notices, and the host does not keep for it what it does not read."""
    stream = feed("watched", on=fresh_host)
    stream.step(1, loss=1.0)
    pages = [make_page(fresh_host, "settings") for _ in range(50)]
    for page in pages:
        expect(page.locator("main")).not_to_be_empty()
        listen(page)
    debugger = pages[0].context.new_cdp_session(pages[0])
    debugger.send("Debugger.enable")
    debugger.send("Debugger.pause")
    # The next script that begins, stops: the page stands still.
    paused = threading.Event()
    debugger.on("Debugger.paused", lambda _: paused.set())
    stream.step(2, loss=1.0)
    for _ in range(100):
        if paused.is_set():
            break
        pages[1].wait_for_timeout(50)
    assert paused.is_set()
    before = fresh_host.memory()
    last = stream.paced(200, 30, first=3)
    for page in pages[1:]:
        page.wait_for_function("(last) => window.__heard.last === last", arg=last)
        assert heard(page)["missed"] == 0
    assert fresh_host.memory() < before + 60
    # Let go, it comes to the present by itself.
    debugger.send("Debugger.resume")
    debugger.send("Debugger.disable")
    stream.step(last + 1, loss=1.0)
    pages[0].wait_for_function("(last) => window.__heard.last === last", arg=last + 1)


def test_a_client_that_never_reads_its_events(fresh_host, make_page, feed):
    """It costs the host a bounded amount, and others nothing."""
    page = make_page(fresh_host, "settings")
    expect(page.locator("main")).not_to_be_empty()
    listen(page)
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    deaf = [silent_listener(fresh_host.page(), cookies, f"deaf-{number}") for number in range(10)]
    before = fresh_host.memory()
    stream = feed("unread", on=fresh_host)
    text = "x" * 2_000
    for _ in range(20):
        stream.logs(text for _ in range(500))
    last = stream.paced(500, 20)
    page.wait_for_function("(last) => window.__heard.last === last", arg=last)
    assert fresh_host.memory() < before + 80
    for each in deaf:
        each.close()


def silent_listener(address: str, cookies: str, name: str) -> socket.socket:
    """Asks for all events, reads the head of the answer, and then nothing any more."""
    where = urlsplit(address)
    head = f"Host: {where.netloc}\r\nCookie: {cookies}\r\nOrigin: http://{where.netloc}\r\n"
    stream = socket.socket()
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    stream.connect((where.hostname, where.port))
    stream.sendall(f"GET /api/events?page={name} HTTP/1.1\r\n{head}\r\n".encode())
    assert b"200" in stream.recv(16)
    body = json.dumps({"page": name, "topics": [{"topic": "*"}]})
    with socket.create_connection((where.hostname, where.port)) as order:
        order.sendall((f"POST /api/events/topics HTTP/1.1\r\n{head}X-Jackfield: 1\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}").encode())
        assert b"200" in order.recv(64)
    return stream


def test_a_page_that_is_open_for_long_does_not_grow(content, make_page):
    """Through all views, again and again: what a view began, it ends."""
    page = make_page(content.host)
    walks = []
    links = page.locator("nav a")
    expect(links.first).to_be_visible()
    for _ in range(12):
        for number in range(links.count()):
            links.nth(number).click()
            expect(page.locator("main")).not_to_be_empty()
        walks.append(heap_mebibytes(page))
    assert walks[-1] < walks[3] + 5, walks
