# SPDX-License-Identifier: Apache-2.0
"""Two gloo ranks of one run."""

from __future__ import annotations

from pathlib import Path

from live_host import LiveHost


def test_two_ranks_pause_check_and_resume_together(host: LiveHost, tmp_path: Path) -> None:
    for rank in range(2):
        host.train("--name", "ranks", "--rank", str(rank), "--rendezvous", str(tmp_path / "rendezvous"), folder=tmp_path / "work")

    def sessions():
        return [s for s in host.call("trainer.list")["sessions"] if s["connected"] and s.get("run") == "ranks"]

    host.until("both ranks in training", lambda: len(sessions()) == 2 and all((s.get("lastStep") or 0) > 5 for s in sessions()))
    host.call("trainer.pause", session="ranks")
    host.until("both paused", lambda: [s["state"] for s in sessions()] == ["paused", "paused"])
    result = host.call("health.check", check="dist", run="ranks")
    assert result["verdict"] == "ok", result
    assert result["fields"]["world_size"] == 2
    host.call("trainer.resume", session="ranks")
    last = [s["lastStep"] for s in sessions()]
    host.until("both to go on", lambda: all(s["lastStep"] > max(last) + 3 for s in sessions()))
