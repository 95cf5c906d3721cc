# SPDX-License-Identifier: Apache-2.0
"""The real host, with its RunBridge plugin, from scripts in this process and in others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from host import DEADLINE_SECONDS
from jackfield import bridge
from live_bridge import PATIENCE_SECONDS, Front, LiveHost, Refused
from program import ROOT, Editor, built, debug, environment

HERE = Path(__file__).parent
EXAMPLES = ROOT / "Examples/Bridge"


@pytest.fixture(scope="module")
def model():
    """The stand-in endpoint; its address."""
    process = subprocess.Popen([sys.executable, EXAMPLES / "model.py", "--port", "0"], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def live(model):
    """One host for all of these tests."""
    if built() is None:
        pytest.skip("the program 'jackfield' and its plugins are not built; 'swift build' or 'make build' does")
    home = Path(tempfile.mkdtemp(prefix="jf-", dir="/tmp"))  # short: the path of a socket has room for 107 bytes
    try:
        host = LiveHost(home)
        if "run.open" not in host.commands():
            host.stop()
            pytest.skip("the RunBridge plugin that is built has no command run.open")
        host.stop()
        shutil.rmtree(home / "shipped")
        host = LiveHost(home, {"chat": {"baseURL": model, "model": "echo-1"}})
        yield host
        host.stop()
    finally:
        shutil.rmtree(home)


@pytest.fixture
def run(live, no_bridge, either_wire, monkeypatch):
    """A run whose process is this one."""
    opened = live.call("run.open", name="test", command=["python3", "test.py"], workspace=str(HERE))
    live.call("run.adopt", run=opened["run"], pid=os.getpid())
    for name, value in opened["environment"].items():
        monkeypatch.setenv(name, value)
    yield opened
    bridge.close()
    try:
        live.call("run.close", run=opened["run"], status=0)
    except Refused:
        pass  # it is over already


@pytest.fixture
def attach(live):
    fronts = []

    def make(commands=(), **replies):
        fronts.append(Front(live, replies, list(commands)))
        return fronts[-1]

    yield make
    for front in fronts:
        front.close()


def result(**values):
    return lambda body: {"result": values}


# MARK: without anybody there


def test_a_run_reaches_the_host(run):
    assert bridge.is_available()
    assert bridge.show_message("hello") is None
    assert bridge.get_chat_history("nobody's") == []
    assert list(bridge.progress("Reading", "ab")) == ["a", "b"]


def test_the_hosts_own_words_arrive(run):
    with pytest.raises(RuntimeError, match="^VSCode request failed: Missing message parameter$"):
        bridge.show_message("")
    with pytest.raises(RuntimeError, match="^VSCode request failed: Missing command parameter$"):
        bridge.execute_command("")


def test_a_command_that_only_reads_needs_nobody(run):
    assert {run["run"]} <= {each["run"] for each in bridge.execute_command("run.list")["runs"]}


def test_the_configured_model_chats_and_remembers(run):
    stream = bridge.chat("How are you?", stream=True)
    pieces = list(stream)
    assert "".join(pieces).strip() == "You said: How are you? I could not have said it better."
    history = bridge.get_chat_history(stream.conversation_id)
    assert [message["role"] for message in history] == ["user", "assistant"]
    assert history[0]["content"] == "How are you?"
    assert bridge.get_chat_history("last") == history
    bridge.chat("And now?", conversation="another")
    assert [message["content"] for message in bridge.get_chat_history("another")][:1] == ["And now?"]
    assert bridge.get_chat_history(stream.conversation_id) == history


def test_a_wrong_token_and_a_run_that_is_over_are_refused(live, run, monkeypatch):
    live.call("run.close", run=run["run"], status=0)
    bridge.close()
    with pytest.raises(RuntimeError, match="^Run bridge handshake failed$"):
        bridge.show_message("x")
    assert bridge.is_available() is False


def test_several_processes_of_one_run_at_once(run):
    code = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
import vscode_bridge
with ThreadPoolExecutor(4) as pool:
    print(json.dumps(list(pool.map(lambda n: vscode_bridge.chat(f"{sys.argv[1]}.{n}", timeout=60), range(4)))))
"""
    names = environment(**run["environment"])
    command = [sys.executable, "-W", "error", "-c", code]
    running = [
        subprocess.Popen([*command, str(number)], env=names, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    for number, process in enumerate(running):
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert [answer.split()[2] for answer in json.loads(output)] == [f"{number}.{index}" for index in range(4)]


# MARK: with a front


def test_a_front_answers_every_kind_of_question(run, attach):
    front = attach(
        choose=result(chosen=[1]),
        input=result(value="Ada"),
        form=result(values={"lot": 7}),
        open=result(),
        diff=result(),
    )
    assert bridge.choose("Which?", ["a", ("B", 2)], timeout=DEADLINE_SECONDS) == 2
    assert bridge.choose("Which?", ["a", ("B", 2)], many=True, timeout=DEADLINE_SECONDS) == [2]
    assert bridge.ask("Name?", timeout=DEADLINE_SECONDS) == "Ada"
    schema = {"type": "object", "properties": {"lot": {"type": "integer"}}}
    assert bridge.form(schema, "Lot", timeout=DEADLINE_SECONDS) == {"lot": 7}
    assert bridge.open_file(__file__, 3) is True
    assert bridge.show_diff(__file__, ("new", "text")) is True
    assert [question["run"]["name"] for question in front.questions] == ["test"] * 6
    assert front.questions[4]["body"] == {"path": __file__, "line": 3}


def test_a_front_chats_piece_by_piece(run, attach):
    parts = [{"part": {"delta": "once "}}, {"part": {"delta": "upon "}}]
    front = attach(chat=lambda body: [*parts, {"result": {"response": "once upon a time", "model": "storyteller"}}])
    assert list(bridge.chat("Tell me a story", stream=True)) == ["once ", "upon ", "a time"]
    assert bridge.chat("Tell me another") == "once upon a time", "no parts for those who did not ask for them"
    assert [message["content"] for message in front.questions[1]["body"]["history"]] == ["Tell me a story", "once upon a time"]


def test_messages_and_progress_are_told_to_a_front(run, attach):
    front = attach()
    bridge.show_message("hello", "warning")
    list(bridge.progress("Reading", "ab"))
    front.wait(lambda: front.told("progress") and front.told("progress")[-1]["done"], "end of the progress")
    assert front.told("message") == [{"message": "hello", "level": "warning"}]
    assert front.told("progress")[-1]["fraction"] == 1


def test_a_front_runs_its_own_commands_when_it_allows_them(run, attach):
    front = attach(["editor.format"], command=result(result="formatted"), consent=result(decision="allow_run"))
    assert bridge.execute_command("editor.format", {"tabs": 2}, timeout=DEADLINE_SECONDS) == "formatted"
    assert [question["kind"] for question in front.questions] == ["consent", "command"]
    assert front.questions[1]["body"] == {"command": "editor.format", "args": [{"tabs": 2}]}


def test_a_question_that_is_cancelled_is_withdrawn_from_the_front(run, attach):
    front = attach(input=lambda body: None)
    with pytest.raises(RuntimeError, match="Request timeout after|VSCode request failed"):
        bridge.ask("Name?", timeout=1)
    front.wait(lambda: [notice for notice in front.notices if "withdrawn" in notice], "withdrawal")


# MARK: operations


def test_an_operation_is_listed_and_submitted(live, run):
    operation = bridge.show_form_async({"title": "Lot"}, timeout=PATIENCE_SECONDS)
    bridge.show_message("behind it")  # answered, so what came before it was taken
    (pending,) = [each for each in live.call("bridge.pending")["operations"] if each["run"] == run["run"]]
    live.call("bridge.submit", operation=pending["operation"], result={"lot": 7})
    assert operation.result(PATIENCE_SECONDS) == {"lot": 7}


def test_the_built_in_lambda(run):
    assert bridge.lambda_async("score", {"x": 3}).result(PATIENCE_SECONDS) is not None
    with pytest.raises(RuntimeError, match="Unknown lambda handler: nonsense"):
        bridge.lambda_async("nonsense").result(PATIENCE_SECONDS)


def test_a_restart_of_the_host_loses_no_run_and_no_operation(live, no_bridge, either_wire, monkeypatch):
    home = Path(tempfile.mkdtemp(prefix="jf-", dir="/tmp"))
    host = LiveHost(home)
    try:
        opened = host.call("run.open", name="test", command=["python3", "test.py"], workspace=str(HERE))
        host.call("run.adopt", run=opened["run"], pid=os.getpid())
        for name, value in opened["environment"].items():
            monkeypatch.setenv(name, value)
        operation = bridge.show_form_async({"title": "Lot"}, timeout=PATIENCE_SECONDS)
        bridge.show_message("behind it")  # answered, so what came before it was taken
        host.stop()
        shutil.rmtree(home / "shipped")
        host = LiveHost(home)
        assert bridge.get_chat_history("nobody's") == []
        (pending,) = host.call("bridge.pending")["operations"]
        host.call("bridge.submit", operation=pending["operation"], result={"lot": 7})
        assert operation.result(PATIENCE_SECONDS) == {"lot": 7}
        bridge.close()
    finally:
        host.stop()
        shutil.rmtree(home)


def test_a_host_that_leaves_nothing_behind_tells_what_waits_first(live, no_bridge, either_wire, monkeypatch):
    home = Path(tempfile.mkdtemp(prefix="jf-", dir="/tmp"))
    host = LiveHost(home, {"handoverSeconds": 0})
    try:
        opened = host.call("run.open", name="test", command=["python3", "test.py"], workspace=str(HERE))
        host.call("run.adopt", run=opened["run"], pid=os.getpid())
        for name, value in opened["environment"].items():
            monkeypatch.setenv(name, value)
        operation = bridge.show_form_async({"title": "Lot"}, timeout=PATIENCE_SECONDS)
        bridge.show_message("behind it")  # answered, so what came before it was taken
        host.stop()
        with pytest.raises(RuntimeError, match="host is shutting down"):
            operation.result(PATIENCE_SECONDS)
        bridge.close()
    finally:
        host.stop()
        shutil.rmtree(home)


# MARK: the example, and debug sessions


def test_the_example_interviews_whoever_is_attached(live, attach):
    front = attach(input=result(value="Grace"), choose=result(chosen=[1]))
    running = live.run("run", "--name", "interview", "--", sys.executable, EXAMPLES / "interview.py")
    output, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    verse = "You said: Write a verse for Grace about an old bicycle. I could not have said it better."
    assert [line.rstrip() for line in output.splitlines()] == ["A verse for Grace about an old bicycle:", verse]
    front.wait(lambda: front.told("message"), "message")
    assert front.told("message") == [{"message": "The verse for Grace is written.", "level": "info"}]
    assert front.told("progress")[-1]["done"]


def test_the_example_outside_a_run_says_how_to_begin_it():
    ended = subprocess.run([sys.executable, EXAMPLES / "interview.py"], env=environment(), capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("there is nobody to ask; begin this script with: jackfield run -- ")


@pytest.fixture
def edit(live, tmp_path):
    editors = []

    def start(*adapter):
        command = [live.program, "dap", "--home", live.home, "--workspace", tmp_path, "--", *adapter]
        editors.append(Editor(command, cwd=tmp_path))
        return editors[-1]

    yield start
    for editor in editors:
        editor.kill()


def test_a_debugged_script_asks_through_its_adapter(live, attach, edit, tmp_path):
    attach(input=result(value="Ada"))
    (tmp_path / "script.py").write_text(
        "import vscode_bridge\nprint(vscode_bridge.ask('Name?'))\nprint(vscode_bridge.chat('hi').split()[:3])\n"
    )
    editor = edit(sys.executable, HERE / "asking_adapter.py")
    editor.request("launch", program=str(tmp_path / "script.py"))
    editor.event("terminated")
    assert editor.output == "Ada\n['You', 'said:', 'hi']\n"
    editor.ask("disconnect")
    assert (editor.end(), editor.errors) == (0, "")


def test_a_form_of_a_debugged_script_is_filled_in_by_a_front(attach, edit, tmp_path):
    attach(form=result(values={"lot": 7}))
    schema = {"type": "object", "properties": {"lot": {"type": "integer"}}}
    (tmp_path / "script.py").write_text(f"import vscode_bridge\nprint(vscode_bridge.show_form_async({schema}).result(60))\n")
    editor = edit(sys.executable, HERE / "asking_adapter.py")
    editor.request("launch", program=str(tmp_path / "script.py"))
    assert editor.event("asyncOperationStarted")["operationType"] == "form"
    editor.event("terminated")
    assert editor.output == "{'lot': 7}\n"
    editor.ask("disconnect")
    assert (editor.end(), editor.errors) == (0, "")


def test_a_script_under_debugpy_asks_over_the_socket(attach, edit, tmp_path):
    pytest.importorskip("debugpy", reason="the package 'debugpy' is not installed; 'make setup' does")
    attach(input=result(value="Ada"))
    script = tmp_path / "script.py"
    script.write_text("import vscode_bridge\n\nname = vscode_bridge.ask('Name?')\nprint(name)\n")
    editor = edit(sys.executable, "-m", "debugpy.adapter")
    assert "name" in debug(editor, script, 4)
    assert editor.output == "Ada\n"
    editor.end()
