# SPDX-License-Identifier: Apache-2.0
"""Checks of a training that answers them, alerts as they come, and the host's own health."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any, Callable, Dict, Iterator, List

import pytest
from playwright.sync_api import Page, expect
from support.feed import Feed
from support.host import Host


class Patient:
    """A trainer that pauses, resumes and answers checks with what it is told to say."""

    def __init__(self, host: Host, run: str) -> None:
        self.run, self.asked, self.sequence, self.step, self.is_paused = run, [], 0, 0, False
        self.answers: Dict[str, Any] = {
            "dist_health": {"distributed": False, "is_distributed": False, "ok": True, "world_size": 1, "rank": 0, "notes": [], "text": "Run: x\none process"},
            "numerics_health": {"problems": [], "amp_overflow_sum": None, "sample_layers": 25, "note": "", "text": "nothing found"},
            "determinism_health": {"ok": True, "torch_rng_len": 5056, "notes": [], "text": "fine"},
        }
        self.lock = threading.Lock()
        self.socket = socket.create_connection(("127.0.0.1", host.trainer_port))
        self.emit(type="session_started", project="browser", run_name=run)
        self.emit(type="newRun", parents=[], meta={"display_name": run})
        threading.Thread(target=self.serve, daemon=True).start()
        self.ends = threading.Event()
        threading.Thread(target=self.train, daemon=True).start()

    def send(self, message: Dict[str, Any]) -> None:
        with self.lock:
            self.socket.sendall(json.dumps(message).encode() + b"\n")

    def emit(self, **event: Any) -> None:
        self.sequence += 1
        self.send({"run_id": self.run, "run_gen": 0, "ts": time.time(), "session_id": f"sess-{self.run}", "event_seq": self.sequence, **event})

    def train(self) -> None:
        while not self.ends.wait(0.05):
            if not self.is_paused:
                self.step += 1
                self.emit(type="trainStep", step=self.step, epoch=0, loss=1 / self.step)

    def serve(self) -> None:
        try:
            for line in self.socket.makefile("rb"):
                request = json.loads(line)
                if request.get("id"):
                    self.answer(request["id"], request["cmd"])
        except (OSError, ValueError):
            pass  # closed

    def answer(self, name: str, command: str) -> None:
        self.asked.append(command)
        if command in ("pause", "resume"):
            self.is_paused = command == "pause"
            self.send({"id": name, "ok": True, "data": {"status": "paused" if self.is_paused else "resumed", "step": self.step}})
            self.emit(type="paused" if self.is_paused else "resumed", step=self.step)
        elif command in self.answers:
            self.send({"id": name, "ok": True, "data": self.answers[command]})
        else:
            self.send({"id": name, "ok": False, "error": f"unknown command <b>{command}</b>"})

    def close(self) -> None:
        self.ends.set()
        self.socket.close()


@pytest.fixture
def patient(host: Host) -> Iterator[Callable[[str], Patient]]:
    made: List[Patient] = []

    def begin(run: str) -> Patient:
        made.append(Patient(host, run))
        host.until("the run to be known", lambda: any(one["id"] == run for one in host.call("runs.list", limit=500)["runs"]))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def check(page: Page, name: str) -> Any:
    return page.locator(f".hl-card[data-check='{name}']")


def test_all_checks_are_made_in_one_pause_that_is_said_before(page: Page, host: Host, patient: Callable[[str], Patient]) -> None:
    training = patient("checked")
    page.goto(host.page("health?run=checked"))
    expect(page.locator(".hl-gate")).to_contain_text("a check pauses it")
    expect(page.locator(".hl-card .badge").first).to_have_text("never made")
    page.get_by_role("button", name="Make all checks…").click()
    expect(page.get_by_role("dialog")).to_contain_text("is paused after the batch in flight")
    assert "pause" not in training.asked
    page.get_by_role("dialog").get_by_role("button", name="Make all checks").click()
    expect(page.locator(".toast")).to_contain_text("The training goes on.")
    expect(check(page, "dist").locator(".badge")).to_have_text("ok")
    expect(check(page, "numerics").locator(".badge")).to_have_text("ok")
    expect(check(page, "throughput").locator(".badge")).to_have_text("could not be made")
    expect(check(page, "throughput").locator(".hl-sentence")).to_contain_text("<b>throughput_health</b>")
    expect(check(page, "dist").locator(".hl-fields")).to_contain_text("World size")
    assert training.asked.count("pause") == 1 and training.asked.count("resume") == 1


def test_one_check_is_made_again_and_set_against_the_one_before(page: Page, host: Host, patient: Callable[[str], Patient]) -> None:
    training = patient("checked-again")
    host.call("health.check", check="numerics", run="checked-again")
    training.answers["numerics_health"] = {"problems": [{"kind": "param", "name": "layer1.<i>weight</i>", "has_nan": True, "has_inf": False}], "sample_layers": 25, "text": "NaN in layer1"}
    page.goto(host.page("health?run=checked-again"))
    card = check(page, "numerics")
    expect(card.locator(".badge").first).to_have_text("ok")
    card.get_by_role("button", name="Check numerics now").click()
    page.get_by_role("dialog").get_by_role("button", name="Check now").click()
    expect(card.locator(".badge").first).to_have_text("failed")
    expect(card).to_contain_text("worse than before")
    card.get_by_text("History").click()
    expect(card.locator(".hl-history .badge")).to_have_text(["failed", "ok"])
    card.get_by_text("The trainer's own report").click()
    expect(card.locator(".hl-report")).to_have_text("NaN in layer1")


def test_a_run_without_a_trainer_says_why_it_cannot_be_checked(page: Page, host: Host, feed: Callable[..., Feed]) -> None:
    run = feed("gone-patient")
    run.step(1, loss=1.0)
    run.close()
    host.until("the trainer to be gone", lambda: not any(one["connected"] for one in host.call("trainer.list")["sessions"] if one.get("run") == "gone-patient"))
    page.goto(host.page("health?run=gone-patient"))
    expect(page.locator(".hl-gate")).to_contain_text("No trainer of this run is connected")
    expect(page.get_by_role("button", name="Make all checks…")).to_be_disabled()
    expect(page.get_by_role("button", name="Check numerics now")).to_be_disabled()


def diverge(feed: Feed) -> None:
    """Ends in losses that are no numbers, as the watches see them."""
    for step in range(1, 40):
        feed.step(step, loss=1.0 / step)
    feed.logs([f"Non-finite loss at step {step}" for step in range(40, 50)], level="error")
    for step in range(50, 400):
        feed.step(step, loss=100.0 * step)


def test_an_alert_is_told_in_any_view_and_stands_in_the_list(page: Page, host: Host, feed: Callable[..., Feed]) -> None:
    # The page hears what comes from now on when its wish has reached the host; that of a worker would not be seen here.
    page.add_init_script("delete globalThis.SharedWorker")
    with page.expect_response(lambda response: "health.alert" in (response.request.post_data or "")):
        page.goto(host.page("settings"))
    expect(page.get_by_role("grid")).to_be_visible()
    run = feed("diverging")
    diverge(run)
    toast = page.locator(".toast", has_text="diverging").first
    expect(toast).to_be_visible()
    page.goto(host.page("health?tab=alerts"))
    alert = page.locator(".hl-alert", has=page.get_by_role("link", name="diverging", exact=True)).first
    expect(alert).to_contain_text("lasts")
    expect(alert.get_by_role("link", name="in the charts")).to_be_visible()
    page.get_by_label("Show").select_option("ended")
    expect(page.locator(".hl-alert", has_text="lasts")).to_have_count(0)
    expect(page).to_have_url(host.page("health?tab=alerts&show=ended"))


def test_muted_alerts_are_in_the_list_and_nowhere_else(page: Page, host: Host, feed: Callable[..., Feed]) -> None:
    page.goto(host.page("health?tab=alerts"))
    page.get_by_label("tell new alerts on every view").uncheck()
    run = feed("diverging-quietly")
    diverge(run)
    expect(page.locator(".hl-alert", has=page.get_by_role("link", name="diverging-quietly")).first).to_be_visible()
    expect(page.locator(".toast", has_text="diverging-quietly")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("tell new alerts on every view")).not_to_be_checked()


def test_the_host_tells_how_it_is(page: Page, host: Host) -> None:
    page.goto(host.page("health?tab=host"))
    expect(page.locator(".hl-verdict .badge")).to_be_visible()
    expect(page.get_by_role("article", name="plugin store")).to_contain_text("Plugin 'store' runs.")
