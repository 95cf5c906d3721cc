# SPDX-License-Identifier: Apache-2.0
"""`jackfield dap` between an editor and real debug adapters, without a host."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from program import Editor, built, debug

HERE = Path(__file__).parent
SCRIPT = """\
def add(first, second):
    total = first + second
    return total


print("sum", add(1, 2))
print("x" * 200_000)
"""


@pytest.fixture
def jackfield():
    found = built()
    if found is None:
        pytest.skip("the program 'jackfield' is not built; 'swift build' or 'make build' does")
    return found[0]


@pytest.fixture
def edit(jackfield, tmp_path):
    editors = []

    def start(*adapter):
        command = [jackfield, "dap", "--home", tmp_path / "home", "--workspace", tmp_path, "--", *adapter]
        editors.append(Editor(command, cwd=tmp_path))
        return editors[-1]

    yield start
    for editor in editors:
        editor.kill()


def test_debugpy_notices_nothing(edit, tmp_path):
    pytest.importorskip("debugpy", reason="the package 'debugpy' is not installed; 'make setup' does")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    editor = edit(sys.executable, HERE / "adapter_recorder.py", tmp_path, sys.executable, "-m", "debugpy.adapter")
    assert {"first", "second", "total"} <= set(debug(editor, script, 3))
    # debugpy itself trips, now and then, over a disconnect behind the end of the script: then that is its status, here as there.
    assert editor.end() == int((tmp_path / "status").read_text())
    assert "sum 3\n" in editor.output and "x" * 200_000 in editor.output
    assert (tmp_path / "read").read_bytes() == editor.sent
    assert (tmp_path / "written").read_bytes() == editor.received
    assert editor.errors.count("no host is running") == 1


def test_a_question_without_a_host_is_refused_with_the_cure(edit, tmp_path):
    (tmp_path / "script.py").write_text("import vscode_bridge\nvscode_bridge.chat('x')\n")
    editor = edit(sys.executable, HERE / "asking_adapter.py")
    editor.request("launch", program=str(tmp_path / "script.py"))
    refused = editor.event("output")["output"]
    assert refused == (
        f"RuntimeError: VSCode request failed: no host is running at '{tmp_path}/home/run/host.sock'; "
        f"start one with 'jackfield serve --home {tmp_path}/home'\n"
    )
    editor.event("terminated")
    editor.ask("disconnect")
    assert editor.end() == 0
    assert not [message for message in editor.messages if message.get("event") == "customRequest"]
