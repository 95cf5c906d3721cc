# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[3] / "Examples" / "Training" / "digits.py"


def test_the_digits_example_streams_its_steps(host, tmp_path):
    command = [sys.executable, str(EXAMPLE), "--steps", "5", "--name", "tiny", "--batch", "16"]
    environment = {**os.environ, "ONTHEFLY_DASHBOARD_PORT": str(host.port)}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert [step["step"] for step in host.of_type("trainStep")] == [1, 2, 3, 4, 5]
    assert all(step["loss"] > 0 and 0 <= step["accuracy"] <= 1 for step in host.of_type("trainStep"))
    assert host.of_type("newRun")[0]["run_id"] == "tiny"
    assert 0 < host.of_type("epoch_end")[0]["val_loss"] < 5
    assert host.events[-1]["type"] == "trainingFinished"


def test_a_checkpoint_of_the_example_is_a_file_it_can_load(host, tmp_path):
    command = [sys.executable, str(EXAMPLE), "--port", str(host.port), "--checkpoints", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        host.wait_for("trainStep")
        path = host.ask("pause")["data"]["ckpt"]
        assert Path(path).parent == tmp_path and Path(path).stat().st_size > 0
        assert host.ask("load_ckpt", {"path": path})["ok"]
        assert host.ask("stop")["ok"]
        assert process.wait(30) == 0, process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert host.events[-1]["status"] == "stopped"
