# SPDX-License-Identifier: Apache-2.0
"""What a page costs: frames, and memory."""

from __future__ import annotations

from playwright.sync_api import Page


def start_counting_frames(page: Page) -> None:
    """Counts what is drawn, and the longest wait between two frames."""
    page.evaluate("""() => {
      const frames = (window.__frames = { count: 0, begun: performance.now(), last: performance.now(), longest: 0 });
      const turn = (now) => {
        frames.count += 1;
        frames.longest = Math.max(frames.longest, now - frames.last);
        frames.last = now;
        if (window.__frames === frames) requestAnimationFrame(turn);
      };
      requestAnimationFrame(turn);
    }""")


def frames_a_second(page: Page) -> float:
    """Since `start_counting_frames`, or since this was asked last."""
    return page.evaluate("""() => {
      const frames = window.__frames, now = performance.now(), rate = (1000 * frames.count) / (now - frames.begun);
      Object.assign(frames, { count: 0, begun: now });
      return rate;
    }""")


def heap_mebibytes(page: Page) -> float:
    """Of the page's scripts, when everything that can go has gone."""
    devtools = page.context.new_cdp_session(page)
    try:
        devtools.send("HeapProfiler.enable")
        devtools.send("HeapProfiler.collectGarbage")
        return devtools.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    finally:
        devtools.detach()
