#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the page in a real browser, beside TensorBoard with the same data in the same minute, and prints a table.

    Benchmarks/dashboard.py             three rounds
    Benchmarks/dashboard.py --quick     one round with a tenth of the points
    Benchmarks/dashboard.py --write     puts the table into Docs/benchmarks.md

Both pages are filmed by the browser itself: what counts is the first picture with a curve in it. TensorBoard is the one of PyPI, in
build/tensorboard-venv (`make bench-dashboard` makes it); its event files are tensorboardX's.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Tests/Browser")]

from playwright.sync_api import sync_playwright  # noqa: E402

from support.feed import Feed  # noqa: E402
from support.host import Host, free_port  # noqa: E402
from support.watch import sign_in  # noqa: E402

loader = importlib.machinery.SourceFileLoader("bench_run", str(ROOT / "Benchmarks/run"))
TENSORBOARD = ROOT / "build/tensorboard-venv/bin"
SPIKES = {1 / 3: 77.0, 5 / 7: -77.0}

# row: (title, baseline, unit, digits, target, whether it is met by (baseline, ours))
ROWS = {
    "first chart": ("first curve of a run of {points} points, from the click", "TensorBoard", "ms", 0, "≤ 1 000 ms", lambda base, ours: ours <= 1_000),
    "spikes": ("spikes of one step each that the curve shows, of 2", "TensorBoard", "", 0, "2", lambda base, ours: ours == 2),
    "kept": ("from the last line written until all of it can be seen", "TensorBoard", "s", 1, "–", None),
    "latency p50": ("line of a trainer → drawn in the chart, median", None, "ms", 0, "≤ 100 ms", lambda base, ours: ours <= 100),
    "latency p99": ("the same, 99th percentile", None, "ms", 0, "–", None),
    "latency polled": ("the same for one point, by the page's own reloading", "TensorBoard, 15 s the fastest it offers", "s", 1, "–", None),
    "processor": ("processor time of the host a page, at 100 events a second", None, "% of a core", 2, "≤ 1 %", lambda base, ours: ours <= 1),
    "host memory": ("resident memory of the server with that run open", "TensorBoard", "MiB", 0, "–", None),
}


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/dashboard.py", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round, a tenth of the points")
    parser.add_argument("--alone", action="store_true", help="without TensorBoard")
    parser.add_argument("--write", action="store_true", help="put the table into Docs/benchmarks.md")
    options = parser.parse_args()
    points, rounds = (100_000, 1) if options.quick else (1_000_000, options.rounds)
    samples = {name: [] for name in ROWS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"])
        for number in range(rounds):
            base = {} if options.alone else tensorboard(browser, points)
            ours = dashboard(browser, points)
            for name in ROWS:
                if name in ours or name in base:
                    samples[name].append((base.get(name), ours.get(name)))
            print(f"round {number + 1} of {rounds}: {json.dumps({'TensorBoard': base, 'ours': ours})}", file=sys.stderr, flush=True)
        browser.close()
    report = table(samples, points) + "\n\n" + conditions(rounds)
    print(report)
    if options.write:
        bench_run.write(report, "dashboard")


def curve(points):
    """The steps and values that both are given."""
    chance = random.Random(3)
    spikes = {int(points * place): value for place, value in SPIKES.items()}
    for step in range(1, points + 1):
        yield step, spikes.get(step, round(2.3 / (1 + step / (points / 200)) + chance.random() / 10, 6))


# MARK: - Ours

def dashboard(browser, points):
    home = pathlib.Path(tempfile.mkdtemp(prefix="jackfield-bench-"))
    host = Host(home)
    rows = {}
    try:
        feed = Feed(host, "long")
        feed._stream({"type": "trainStep", "step": step, "epoch": 0, "loss": value} for step, value in curve(points))
        begun = time.time()
        feed.stored()
        rows["kept"] = time.time() - begun
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        sign_in(page, host, "runs")
        page.wait_for_selector("main h1")
        answers = []
        page.on("response", lambda response: answers.append(response) if "runs.series" in response.url else None)
        rows["first chart"] = filmed(browser, page, lambda: page.goto(host.page("runs/long"), wait_until="commit"), "main canvas")
        seen = set()
        for response in answers:
            seen |= {value for value in SPIKES.values() if f"{value:g}" in response.text()}
        rows["spikes"] = len(seen)
        rows["host memory"] = host.memory()
        rows["latency p50"], rows["latency p99"] = latencies(host, page)
        context.close()
        rows["processor"] = processor(browser, host)
        feed.close()
    finally:
        host.stop()
        shutil.rmtree(home, ignore_errors=True)
    return rows


#: Notes when something is drawn on the chart, by the clock of the machine.
_DRAWN = """
const stroke = CanvasRenderingContext2D.prototype.stroke;
window.__drawn = 0;
CanvasRenderingContext2D.prototype.stroke = function (...given) {
  requestAnimationFrame(() => (window.__drawn = performance.timeOrigin + performance.now()));
  return stroke.apply(this, given);
};
"""


def latencies(host, page, count=200):
    """Milliseconds from before a line is written to the socket, to the frame after the one in which the chart drew it: median, p99."""
    page.context.add_init_script(_DRAWN)
    feed = Feed(host, "latency")
    feed.steps(100)
    feed.stored()
    page.goto(host.page("runs/latency"))
    page.wait_for_selector("main canvas")
    page.wait_for_timeout(2_000)
    found = []
    for step in range(101, 101 + count):
        page.wait_for_timeout(120 + 37 * (step % 5))
        sent = time.time() * 1000
        feed.step(step, loss=float(step % 7))
        drawn = page.wait_for_function("(sent) => window.__drawn > sent && window.__drawn", arg=sent, polling=5).json_value()
        found.append(drawn - sent)
    feed.close()
    found.sort()
    return statistics.median(found), found[int(len(found) * 0.99) - 1]


def processor(browser, host, pages=10, seconds=15):
    """Percent of a core that a page costs the host while a training does 100 steps a second."""
    feed = Feed(host, "paced")
    feed.step(1, loss=1.0)
    feed.stored()
    last, spent = 1, []
    contexts = []
    for opened in (0, pages):
        for _ in range(opened):
            contexts.append(browser.new_context())
            sign_in(contexts[-1].new_page(), host, "runs/paced")
        last = feed.paced(100, 3, first=last + 1)
        before, begun = host.cpu_seconds(), time.monotonic()
        last = feed.paced(100, seconds, first=last + 1)
        spent.append((host.cpu_seconds() - before) / (time.monotonic() - begun))
    for context in contexts:
        context.close()
    feed.close()
    return max(0.0, 100 * (spent[1] - spent[0]) / pages)


# MARK: - TensorBoard

def tensorboard(browser, points):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tensorboard-bench-"))
    port = free_port()
    writer = subprocess.Popen([TENSORBOARD / "python", ROOT / "Benchmarks/tensorboard_log.py", folder / "long"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    server = subprocess.Popen([TENSORBOARD / "tensorboard", "--logdir", folder, "--port", str(port), "--reload_interval", "1", "--bind_all"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = {}
    try:
        writer.stdin.writelines(f"{step} {value}\n" for step, value in curve(points))
        flush(writer)
        begun = time.time()
        scalars = f"http://127.0.0.1:{port}/data/plugin/scalars/scalars?run=long&tag=loss"
        while (found := ask(scalars)) is None or found[-1][1] < points:
            if time.time() - begun > 600:
                raise SystemExit("TensorBoard did not show all points in ten minutes")
            time.sleep(0.2)
        rows["kept"] = time.time() - begun
        rows["spikes"] = len({value for _, _, value in found} & set(SPIKES.values()))
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        # By its own storage: reload by itself, as often as it can.
        page.add_init_script("localStorage.setItem('_tb_global_settings', JSON.stringify({autoReload: true, autoReloadPeriodInMs: 15000}))")
        address = f"http://127.0.0.1:{port}/?darkMode=false#timeseries"
        page.goto(address)
        page.wait_for_selector("line-chart")
        rows["first chart"] = filmed(browser, page, lambda: page.goto(address.replace("?", "?again&"), wait_until="commit"), "line-chart")
        rows["host memory"] = sum(memory(pid) for pid in family(server.pid))
        rows["latency polled"] = polled(page, writer, points)
        page.context.close()
    finally:
        for process in (writer, server):
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def polled(page, writer, points):
    """Seconds from a flushed point until the page has asked for it and got it."""
    sent = time.time()
    writer.stdin.write(f"{points + 1} 1.0\n")
    flush(writer)
    while True:
        with page.expect_response(lambda response: "timeSeries" in response.url or "/scalars" in response.url, timeout=120_000) as answer:
            pass
        if str(points + 1) in answer.value.text():
            return time.time() - sent


def flush(writer):
    writer.stdin.write("\n")
    writer.stdin.flush()
    writer.stdout.readline()


def ask(address):
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return json.load(answer) or None
    except OSError:
        return None


def family(pid):
    """A process and its descendants: TensorBoard reads in another one."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def memory(pid):
    return next(int(line.split()[1]) / 1024 for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:"))


# MARK: - The film

#: Whether there is a curve: many pixels of a strong colour, at a place of the picture.
_CURVE = """async ([address, box]) => {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const scale = bitmap.width / 1280;
  const { data } = context.getImageData(...[box.x, box.y, box.width, Math.min(box.height, 790 - box.y)].map((part) => Math.round(part * scale)));
  let strong = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = data.subarray(at, at + 3);
    if (Math.max(r, g, b) - Math.min(r, g, b) > 60) strong += 1;
  }
  return strong;
}"""


def filmed(browser, page, go, selector):
    """Milliseconds from `go` to the first picture with a curve at the place where the selector's first element is at the end."""
    film = page.context.new_cdp_session(page)
    pictures = []

    def keep(frame):
        pictures.append((frame["metadata"]["timestamp"], frame["data"]))
        film.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    film.on("Page.screencastFrame", keep)
    film.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    begun = time.time()
    go()
    page.wait_for_selector(selector)
    page.wait_for_timeout(3_000)
    box = page.locator(selector).first.bounding_box()
    film.send("Page.stopScreencast")
    film.detach()
    workshop = browser.new_page()
    try:
        strong = [(at, workshop.evaluate(_CURVE, ["data:image/png;base64," + data, box])) for at, data in pictures if at >= begun]
        most = max((count for _, count in strong), default=0)
        if most < 100:
            raise SystemExit(f"no curve was seen in {len(strong)} pictures of {page.url}")
        return 1000 * (next(at for at, count in strong if count >= most / 2) - begun)
    finally:
        workshop.close()


# MARK: - The table

def table(samples, points):
    lines = ["| row | baseline | | ours | target | met? |", "|---|---|--:|--:|---|---|"]
    for name, (title, against, unit, digits, target, met) in ROWS.items():
        base = [pair[0] for pair in samples[name] if pair[0] is not None]
        ours = [pair[1] for pair in samples[name] if pair[1] is not None]
        if not base and not ours:
            continue
        verdict = "" if met is None or not ours else "yes" if met(base and statistics.median(base), statistics.median(ours)) else "no"
        title = title.format(points=f"{points:,}".replace(",", " "))
        lines.append(f"| {title} | {against or '–'} | {bench_run.spread(base, unit, digits)} | {bench_run.spread(ours, unit, digits)} | {target} | {verdict} |")
    return "\n".join(lines)


def conditions(rounds):
    facts = bench_run.machine()
    version = subprocess.run([shutil.which("chromium"), "--version"], capture_output=True, text=True).stdout.strip()
    return (f"Medians of {rounds} round{'' if rounds == 1 else 's'} (least–most). {facts['cores']} cores, {facts['cpu']}, Linux {facts['kernel']}, {version}, "
            f"TensorBoard {tensorboard_version()}, load {facts['load']} at the end, commit {facts['commit']}. Command: `Benchmarks/dashboard.py {' '.join(sys.argv[1:])}`.")


def tensorboard_version():
    found = subprocess.run([TENSORBOARD / "python", "-c", "import tensorboard; print(tensorboard.__version__)"], capture_output=True, text=True) \
        if TENSORBOARD.exists() else None
    return found.stdout.strip() if found else "absent"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "Benchmarks"))
    bench_run = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(bench_run)
    main()
