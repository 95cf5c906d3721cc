# SPDX-License-Identifier: Apache-2.0
"""The example against a stand-in of the host, and its model against the interface that it claims."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import pytest

from bridge_host import echo
from program import ROOT, environment

EXAMPLES = ROOT / "Examples/Bridge"


def test_the_interview(make_bridge):
    answers = {"bridge/input": {"value": "Grace"}, "bridge/choose": {"chosen": "rain", "cancelled": False}}

    def reply(peer, request):
        if request["type"] in answers:
            return peer.answer(request, answers[request["type"]])
        if request["type"] == "vscode/chat":
            peer.part(request, delta="re: ")
        echo(peer, request)

    host = make_bridge(reply=reply)
    command = [sys.executable, "-W", "error", EXAMPLES / "interview.py"]
    ended = subprocess.run(command, env=environment(**host.environment), capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "A verse for Grace about rain:\nre: Write a verse for Grace about rain.\n"
    kinds = [request["type"] for request in host.requests if request["type"] != "bridge/progress"]
    assert kinds == ["bridge/input", "bridge/choose", "vscode/chat", "vscode/showMessage"]
    assert [request["params"]["done"] for request in host.requests if request["type"] == "bridge/progress"][-1] is True


@pytest.fixture
def model():
    process = subprocess.Popen([sys.executable, EXAMPLES / "model.py", "--port", "0"], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def ask(model, **options):
    body = json.dumps({"model": "echo-1", "messages": [{"role": "user", "content": "hi"}], **options}).encode()
    request = urllib.request.Request(f"{model}/chat/completions", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def test_the_model_answers_whole_and_in_pieces(model):
    whole = json.loads(ask(model))
    text = "You said: hi I could not have said it better. "
    assert whole["choices"][0]["message"] == {"role": "assistant", "content": text}
    lines = [line[6:] for line in ask(model, stream=True).splitlines() if line]
    assert lines[-1] == "[DONE]"
    pieces = [json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1]]
    assert "".join(pieces) == text and len(pieces) > 5
