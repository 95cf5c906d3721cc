# SPDX-License-Identifier: Apache-2.0
"""Everything a person does with one live run, against the real package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from live_host import LiveHost, Refused

CHECKS = ["dist", "throughput", "activations", "numerics", "determinism"]


def steps(host: LiveHost, run: str) -> int:
    try:
        return host.call("runs.show", run=run)["steps"]
    except Refused as refused:
        assert refused.code == "run_not_found"
        return 0


def start(host: LiveHost, folder: Path, *arguments: str, at_least: int = 12, name: str = "baseline") -> Dict[str, Any]:
    host.train("--name", name, *arguments, folder=folder)
    host.until(f"{at_least} steps of '{name}'", lambda: steps(host, name) >= at_least)
    return host.session(name)


def steps_so_far(host: LiveHost, run: str, more: int = 5) -> None:
    """Waits until the run has gone on."""
    before = steps(host, run)
    host.until(f"'{run}' to go on", lambda: steps(host, run) >= before + more)


def state(host: LiveHost) -> str:
    return host.session()["state"]


def test_pause_and_resume(host: LiveHost, tmp_path: Path) -> None:
    session = start(host, tmp_path / "work")
    assert session["state"] == "running" and session["pid"] == host.scripts[0].pid
    assert session["cwd"] == str(tmp_path / "work")
    answer = host.call("trainer.pause", reason="looking")
    assert answer["data"]["status"] == "paused"
    host.until("the state 'paused'", lambda: state(host) == "paused")
    checkpoint = host.until("its checkpoint", lambda: host.call("runs.checkpoints", run="baseline")["checkpoints"])[0]
    assert Path(checkpoint["path"]).is_absolute() and Path(checkpoint["path"]).is_file() and checkpoint["usable_path"]
    host.call("trainer.resume")
    steps_so_far(host, "baseline")
    assert state(host) == "running"


def test_report_fork_and_merge(host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    host.call("trainer.pause")
    report = host.call("trainer.report", subset_on="train")
    assert report["samples"] == 320
    stored = host.until("the stored report", lambda: host.call("runs.reports", run="baseline")["reports"])[0]
    assert stored["samples"] == 320
    losses = host.call("runs.report", run="baseline")
    pairs = sorted(zip(losses["losses"], losses["sample_indices"]), reverse=True)
    # By region: exactly the samples whose loss in the report lies in it.
    low, high = pairs[79][0], pairs[0][0]
    by_region = host.call("trainer.fork", region={"min_loss": low, "max_loss": high}, resume=True)
    first = by_region["run"]
    assert first == "fork1"
    expected = sorted(index for loss, index in pairs if low <= loss <= high)
    subset = host.until("its subset", lambda: _subset(host, first))
    assert sorted(subset["indices"]) == expected
    host.until(f"steps of '{first}'", lambda: steps(host, first) >= 12)
    # By indices, from the first run again; the name is the next one.
    host.call("trainer.pause")
    host.until("pause", lambda: state(host) == "paused")
    by_indices = host.call("trainer.fork", run="baseline", indices=list(range(64)), resume=True)
    second = by_indices["run"]
    assert second == "fork2"
    assert sorted(host.until("its subset", lambda: _subset(host, second))["indices"]) == list(range(64))
    host.until(f"steps of '{second}'", lambda: steps(host, second) >= 12)
    host.call("trainer.pause")
    host.until("the checkpoint of the second fork", lambda: host.call("runs.checkpoints", run=second)["checkpoints"])
    merged = host.call("trainer.merge", parents=[first, second], strategy="swa", resume=True)["run"]
    assert merged == "merge1"
    host.until(f"steps of '{merged}'", lambda: steps(host, merged) >= 5)
    assert sorted(host.call("runs.show", run=merged)["parents"]) == [first, second]
    edges = {(edge["from"], edge["to"]) for edge in host.call("runs.lineage", runs=["baseline"])["edges"]}
    assert edges >= {("baseline", first), ("baseline", second), (first, merged), (second, merged)}
    with pytest.raises(Refused, match=merged):
        host.call("trainer.fork", name=merged)


def _subset(host: LiveHost, run: str) -> Any:
    try:
        return host.call("runs.subset", run=run)
    except Refused:
        return None


def test_test(host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    answer = host.call("trainer.test", label="halfway")
    tests = host.until("the stored test", lambda: host.call("runs.tests", run="baseline")["tests"])
    assert len(tests) == 1 and tests[0]["label"] == "halfway"
    assert tests[0]["avg_loss"] == pytest.approx(answer["data"]["avg_loss"])
    steps_so_far(host, "baseline")


def test_five_health_checks(host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    results = host.call("health.run", run="baseline")["results"]
    assert [result["check"] for result in results] == CHECKS
    for result in results:
        assert result["verdict"] in ("ok", "warning"), result
        assert result["sentence"] and result["text"].startswith("Run: baseline")
    stored = host.call("runs.health", run="baseline")["results"]
    assert sorted(result["check"] for result in stored) == sorted(CHECKS)
    steps_so_far(host, "baseline")  # it was running before, so it goes on


def test_export_import_and_resume(host: LiveHost, second_host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    host.call("trainer.pause")
    step = host.until("the checkpoint", lambda: host.call("runs.checkpoints", run="baseline")["checkpoints"])[0]["step"]
    bundle = str(tmp_path / "bundle.tar.zst")
    host.call("export.bundle", path=bundle, runs=["baseline"])
    assert host.call("export.verify", path=bundle)["ok"] is True
    samples = host.call("export.samples", run="baseline", format="csv", path=str(tmp_path / "samples.csv"))
    assert samples["rows"] == 320 and (tmp_path / "samples.csv").read_text().startswith("sample_id")
    host.call("trainer.resume")
    host.call("trainer.stop")
    host.until("the script to end", lambda: host.scripts[0].poll() is not None)

    imported = second_host.call("export.import", path=bundle)
    assert [run["as"] for run in imported["runs"]] == ["baseline"]
    assert [run["action"] for run in second_host.call("export.import", path=bundle)["runs"]] == ["known"]
    losses = [host.call("runs.series", run="baseline", metric="loss", to=step), second_host.call("runs.series", run="baseline", metric="loss", to=step)]
    assert losses[0]["series"] == losses[1]["series"]
    # A fresh script goes on with the imported run where the bundle left it.
    start(second_host, tmp_path / "elsewhere", name="fresh")
    answer = second_host.call("trainer.switch", run="baseline")
    assert answer["data"]["run_id"] == "baseline" and answer["data"]["ckpt_loaded"] is True and answer["data"]["step"] == step
    second_host.call("trainer.resume")
    second_host.until("steps after the import", lambda: second_host.call("runs.show", run="baseline")["last_step"] > step)
    assert second_host.call("trainer.fork", resume=True)["run"] == "fork1"


def test_save_load_attach_and_reset(host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    info = host.call("trainer.info")["data"]
    assert info["version"] == "0.1.4" and info["device"] == "cpu"
    host.call("trainer.pause")
    saved = host.call("trainer.save")["data"]
    assert Path(saved["path"]).is_file()
    host.call("trainer.resume")
    steps_so_far(host, "baseline")
    host.call("trainer.pause")
    loaded = host.call("trainer.load", path=saved["path"])["data"]
    assert loaded["step"] == saved["step"]
    attached = host.call("trainer.attach", run="baseline")["data"]
    assert attached["run_id"] == "baseline" and attached["paused"] is True
    reset = host.call("trainer.reset")["data"]
    assert reset["run_id"] != "baseline"
    host.call("trainer.resume")
    host.until("steps of the run begun anew", lambda: steps(host, reset["run_id"]) >= 5)
    assert steps(host, "baseline") > 12  # nothing of it was wiped
    with pytest.raises(Refused, match="clean_disk"):
        host.call("trainer.clean_disk")


def test_samples_and_metrics_leave_in_every_format(host: LiveHost, tmp_path: Path) -> None:
    start(host, tmp_path / "work")
    host.call("trainer.pause")
    for suffix in ("parquet", "feather", "csv"):
        target = tmp_path / f"samples.{suffix}"
        answer = host.call("export.samples", run="baseline", format=suffix, path=str(target), indices=[3, 5, 8])
        assert answer["rows"] == 3 and Path(answer["path"]).stat().st_size > 0, answer
    for form in ("csv", "jsonl", "tensorboard"):
        host.call("export.metrics", runs=["baseline"], format=form, path=str(tmp_path / f"metrics.{form}"))
        assert (tmp_path / f"metrics.{form}").exists()


def test_train_start_records_output_and_exit(host: LiveHost, tmp_path: Path) -> None:
    from live_host import PYTHON, ROOT

    started = host.call(
        "train.start", command=[PYTHON, str(ROOT / "Tests/RealTrainer/train.py"), "--name", "spawned", "--epochs", "1"], cwd=str(tmp_path),
        env={"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""})
    host.until("its end", lambda: next(p for p in host.call("train.list")["processes"] if p["id"] == started["id"]).get("exitStatus") == 0)
    texts = host.until("its output", lambda: [
        line["text"] for line in host.call("runs.logs", run="spawned", limit=10000)["logs"] if "fit returned" in line["text"]])
    assert texts == ["fit returned"]
    assert host.call("runs.show", run="spawned")["steps"] == 10
