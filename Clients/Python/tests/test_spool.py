# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import jackfield
from host import free_port
from jackfield import spool
from jackfield.__main__ import main

SOURCE = Path(jackfield.__file__).parents[1]
SCRIPT = """
import jackfield, sys
run = jackfield.Run(project="digits", name="baseline", port=int(sys.argv[1]))
for step in range(1, 11):
    run.step(step, loss=0.5)
"""


def run_script(port, script=SCRIPT):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", script, str(port)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def test_a_script_without_a_host_leaves_a_file_and_a_sentence(state_home, host, capsys):
    result = run_script(free_port())
    [path] = spool.pending()
    assert result.returncode == 0
    assert result.stderr.count("\n") == 1
    assert f"-m jackfield send '{path}'" in result.stderr
    assert path.parent == state_home / "jackfield" / "spool"
    assert path.stat().st_mode & 0o777 == 0o600

    assert main(["send", "--port", str(host.port)]) == 0
    assert capsys.readouterr().out == f"delivered 13 events of '{path}' to 127.0.0.1:{host.port}\n"
    assert host.seqs() == list(range(1, 14))
    assert host.lines[0]["type"] == "client_hello" and host.lines[0]["session_id"] == path.stem
    assert host.of_type("trainingFinished")[0]["status"] == "completed"
    assert spool.pending() == []


def test_a_script_that_fails_says_stopped(host):
    result = run_script(host.port, SCRIPT + "raise ValueError('no')")
    assert result.returncode == 1
    assert host.wait_for("trainingFinished")["status"] == "stopped"


def test_only_what_was_not_acknowledged_is_spooled(make_host, make_run, capsys):
    host = make_host()
    run = make_run(host.port)
    run.step(1)
    host.wait_for("trainStep")
    assert run._channel.flush(15)
    host.die()
    run.step(2)
    run.finish(flush_timeout=0.1)
    [path] = spool.pending()
    assert b'"event_seq": 1,' not in path.read_bytes()
    assert path.read_bytes().count(b"\n") == 3  # the hello, the second step, the end
    assert "confirmed the last events of run 'baseline'" in capsys.readouterr().err


def spooled(make_run, port=None):
    with make_run(port or free_port()) as run:
        run.step(1)
    return next(path for path in spool.pending() if path.stem == run.session_id)


def test_a_host_without_acks_leaves_the_file_in_place(make_host, make_run, capsys):
    path = spooled(make_run)
    capsys.readouterr()
    host = make_host(acks=False)
    assert main(["send", str(path), "--port", str(host.port), "--timeout", "0.2"]) == 1
    assert capsys.readouterr().err == (
        f"sent '{path}' to 127.0.0.1:{host.port}, which confirmed none of 4 events: "
        "is a Jackfield host listening there? The file is kept\n"
    )
    assert path.exists()


def test_a_missing_host_or_file_is_an_error(make_run, tmp_path, capsys, host):
    path = spooled(make_run)
    capsys.readouterr()
    port = free_port()
    assert main(["send", str(path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == f"cannot send '{path}' to 127.0.0.1:{port}: Connection refused\n"
    assert main(["send", str(tmp_path / "none"), "--port", str(host.port)]) == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_a_file_elsewhere_is_sent_and_kept(make_run, tmp_path, host):
    path = tmp_path / "copy.ndjson"
    hello, *events = spooled(make_run).read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(events) + b'{"type": "torn')
    assert main(["send", str(path), "--port", str(host.port)]) == 0
    assert path.exists()
    assert host.lines[0]["type"] == "client_hello" and host.lines[0]["wants_ack"] is True
    assert host.seqs() == [1, 2, 3, 4]


def test_several_files_are_sent_oldest_first(make_run, host):
    paths = [spooled(make_run) for _ in range(3)]
    for age, path in enumerate(reversed(paths)):
        os.utime(path, (1000 + age, 1000 + age))
    assert main(["send", "--port", str(host.port)]) == 0
    assert [hello["session_id"] for hello in host.hellos] == [path.stem for path in reversed(paths)]
    assert main(["send"]) == 0, "nothing to send is no failure"


def test_help_names_the_command(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["send", "--help"])
    assert exit.value.code == 0
    assert "oldest first" in capsys.readouterr().out
