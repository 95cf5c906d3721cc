# SPDX-License-Identifier: Apache-2.0
"""jupyter_client, jupyter console and nbclient on kernels of the host, and the same on the bare kernels."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import pexpect
import pytest

from kernels import REAL_KERNELS, RealKernel
from live_host import LiveHost
from proxied import surroundings
from surroundings import BUILD, KERNELS, ROOT
from table import TABLES

PYTHON = KERNELS / "bin/python"
IPYKERNEL = REAL_KERNELS[0]


def front_end(spec: str, orders: List[List[Any]], folder: Path, host: Optional[LiveHost]) -> List[Dict[str, Any]]:
    """What jupyter_client's blocking client sees of these orders."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [PYTHON, ROOT / "Tests/RealKernels/front_end.py", spec, json.dumps(orders)], env=surroundings(folder, host), cwd=folder, capture_output=True,
        text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def without_times(answers: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    return [{name: value for name, value in answer.items() if name != "seconds"} for answer in answers]


def test_jupyter_client(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    orders: List[List[Any]] = [["execute", real.hello], ["execute", real.value], ["execute", real.remember], ["execute", real.recall]]
    if real.ask:
        orders.append(["execute", real.ask, ["Ada"]])
    orders += [["restart"], ["execute", real.recall], ["shutdown"]]
    bare: List[Dict[str, Any]] = []
    through: List[Dict[str, Any]] = []
    for attempt in range(3):
        bare = front_end(real.spec, orders, tmp_path / f"bare-{attempt}", None)
        through = front_end(real.spec, orders, tmp_path / f"through-{attempt}", host)
        # Deno says now and then that it is idle before its output is out, and this client reads no further than that.
        if real.title != "Deno" or without_times(bare) == without_times(through):
            break
    assert "hello, world" in through[0]["text"] and through[0]["status"] == "ok"
    assert "42" in through[3]["text"]
    if real.ask:
        assert through[4]["asked"] and "hello, Ada" in through[4]["text"]
    assert "42" not in through[-2]["text"], "it was begun anew"
    assert through[-1]["alive"] is False
    same = without_times(bare) == without_times(through)
    TABLES.add(
        "jupyter_client: run, ask, restart, shut down", kernel=real.title, equal="yes" if same else "no", shutdown_bare=f"{bare[-1]['seconds']} s",
        shutdown_through_the_host=f"{through[-1]['seconds']} s")
    assert without_times(through) == without_times(bare)
    host.until("the proxied kernel to be gone", lambda: not host.kernels())


def test_sigint_to_the_proxy_interrupts_the_kernel(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    """jupyter_client interrupts by SIGINT to its child: bare Deno and xeus-python end of it."""
    orders: List[List[Any]] = [["interrupt", real.loop]]
    bare = front_end(real.spec, orders, tmp_path / "bare", None)[0]
    through = front_end(real.spec, orders, tmp_path / "through", host)[0]
    shown = [f"{one['status']}, {one['seconds']} s" if "seconds" in one else f"{one['status']}, {'alive' if one['alive'] else 'dead'}" for one in (bare, through)]
    TABLES.add("SIGINT of jupyter_client during an endless loop", kernel=real.title, bare=shown[0], through_the_host=shown[1])
    assert through["alive"] is True
    # Nothing but its end stops a loop in xeus-python: the host does not do that unasked.
    assert (through["status"] == "goes on") == (real.title == "xeus-python")
    host.until("the proxied kernel to be gone", lambda: not host.kernels())


def test_an_interrupted_kernel_keeps_what_it_knows(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    if real.title == "xeus-python":
        pytest.skip("nothing stops a loop of xeus-python but its end")
    orders = [["execute", real.remember], ["interrupt", real.loop], ["execute", real.recall], ["interrupt", real.loop], ["execute", real.recall]]
    answers = front_end(real.spec, orders, tmp_path, host)
    assert "42" in answers[2]["text"] and "42" in answers[4]["text"]


def test_a_death_is_seen_by_the_front_end(host: LiveHost, real: RealKernel, tmp_path: Path) -> None:
    assert front_end(real.spec, [["die", real.suicide]], tmp_path, host) == [{"alive": False}]
    host.until("the proxied kernel to be gone", lambda: not host.kernels())


def test_buffers_of_comms_pass_both_ways(host: LiveHost, tmp_path: Path) -> None:
    echo = (
        "def opened(comm, message):\n"
        "    comm.send({'got': message['content']['data']}, buffers=[bytes(b)[::-1] for b in message['buffers']])\n"
        "get_ipython().kernel.comm_manager.register_target('echo', opened)")
    orders: List[List[Any]] = [["execute", echo], ["comm"]]
    answers = front_end("python3", orders, tmp_path / "through", host)
    assert answers[1] == {"data": {"got": {"n": 1}}, "buffers": ["ff0100"]}
    assert answers == front_end("python3", orders, tmp_path / "bare", None)


def test_two_front_ends_share_one_kernel(host: LiveHost, tmp_path: Path) -> None:
    """A kernel that a document uses, seen from a Jupyter front end: same variables, and the front end's end leaves it alone."""
    kernel = host.call("kernel.start", spec="python3", working_directory=str(tmp_path))["id"]
    host.run(kernel, "x = 41")
    place = tmp_path / "shared/kernels/shared"
    place.mkdir(parents=True)
    argv = [str(BUILD / "bin/jackfield"), "--home", str(host.home), "kernel", "proxy", "--kernel", kernel, "-f", "{connection_file}"]
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "shared", "language": "python"}))
    variables = surroundings(tmp_path, None)
    variables["JUPYTER_PATH"] = f"{tmp_path / 'shared'}:{variables['JUPYTER_PATH']}"
    done = subprocess.run(
        [PYTHON, ROOT / "Tests/RealKernels/front_end.py", "shared", json.dumps([["execute", "print(x + 1); y = 7"]])], env=variables, cwd=tmp_path,
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[0])["text"] == "42\n"
    assert host.run(kernel, "print(y)").text() == "7\n"
    host.call("kernel.shutdown", kernel=kernel)


CONSOLE = [  # what a person types, what must come
    ("6 * 7", r"42"),
    ("print('hello, ' + input('who? '))", r"who\?"),
    ("Ada", r"hello, Ada"),
    ("1 / 0", r"ZeroDivisionError"),
    ("'still ' + 'here'", r"still here"),
]


@pytest.mark.parametrize("way", ["bare", "through"])
def test_jupyter_console(host: LiveHost, way: str, tmp_path: Path) -> None:
    variables = surroundings(tmp_path, host if way == "through" else None)
    console = pexpect.spawn(
        str(PYTHON), ["-m", "jupyter_console", "--kernel", "python3", "--simple-prompt"], env=dict(variables, TERM="dumb"), cwd=str(tmp_path), timeout=60,
        encoding="utf-8", dimensions=(40, 200))
    try:
        console.expect(r"In \[\d*\]: ")
        for typed, expected in CONSOLE:
            console.sendline(typed)
            console.expect_exact(typed[:20])
            console.expect(expected)
        console.sendline("quit()")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)
    TABLES.add("jupyter console --simple-prompt", way=way, result="results, input(), an error, quit()")
    host.until("the proxied kernel to be gone", lambda: not host.kernels())


def nbclient_outcomes(host: Optional[LiveHost], folder: Path, only: Sequence[str] = ()) -> Dict[str, str]:
    """What became of each of nbclient's own tests, whose notebooks hold the outputs that are expected."""
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-q", "-rA", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-c", folder / "pytest.ini", "--rootdir", BUILD / "nbclient",
         "-k", "not TestRunCell", *(only or ["tests/test_client.py"])],
        env=surroundings(folder, host), cwd=BUILD / "nbclient", capture_output=True, text=True, timeout=900)
    (folder / "log").write_text(done.stdout + done.stderr)
    return {match[2]: match[1] for match in re.finditer(r"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL) (tests/.+?)(?: - .*)?$", done.stdout, re.MULTILINE)}


def test_nbclients_own_tests(host: LiveHost, tmp_path: Path) -> None:
    """Some of them count seconds, and fail bare, too, when the machine is busy: those that differ are run again, both ways."""
    bare = nbclient_outcomes(None, tmp_path / "bare")
    through = nbclient_outcomes(host, tmp_path / "through")
    assert len(bare) > 40, (tmp_path / "bare/log").read_text()[-3000:]

    def different() -> List[str]:
        return [name for name in bare if through.get(name) != bare[name]]

    first = different()
    log = tmp_path / "through/log"
    for attempt in range(2):
        again = different()
        if not again:
            break
        bare |= nbclient_outcomes(None, tmp_path / f"bare-{attempt}", again)
        through |= nbclient_outcomes(host, tmp_path / f"through-{attempt}", again)
        log = tmp_path / f"through-{attempt}/log"
    passed = [sum(outcome == "PASSED" for outcome in found.values()) for found in (bare, through)]
    TABLES.add(
        "nbclient's own tests", tests=len(bare), bare=f"{passed[0]} pass", through_the_host=f"{passed[1]} pass",
        run_again=", ".join(name.partition("::")[2] for name in first) or "none", equal="no" if different() else "yes")
    assert not different(), log.read_text()[-6000:]
    host.until("the proxied kernels to be gone", lambda: not host.kernels())
