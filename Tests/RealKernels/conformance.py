# SPDX-License-Identifier: Apache-2.0
"""jupyter_kernel_test's cases for each real kernel, run in a process of their own: `python conformance.py TITLE KERNELSPEC`.

Prints one line of JSON per test and sub-test: `{"test", "outcome", "why"}`. A process of its own, for it is jupyter_client's own idea of
where kernelspecs are that is wanted, and an environment of its own decides that.
"""

from __future__ import annotations

import json
import sys
import unittest
from typing import Any, Dict, List, Tuple

import jupyter_kernel_test as suite

PYTHON: Dict[str, Any] = dict(
    language_name="python", file_extension=".py", code_hello_world="print('hello, world')",
    code_stderr="import sys; print('test', file=sys.stderr)",
    completion_samples=[{"text": "zi", "matches": {"zip"}}], complete_code_samples=["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"],
    incomplete_code_samples=["print('''hello", "def f(x):\n  x*2"], invalid_code_samples=["import = 7q"], code_page_something="zip?",
    code_generate_error="raise", code_execute_result=[{"code": "1+2+3", "result": "6"}, {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"}],
    code_display_data=[
        {"code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))", "mime": "text/html"},
        {"code": "from IPython.display import Math, display; display(Math('\\\\frac{1}{2}'))", "mime": "text/latex"}],
    code_history_pattern="1?2*", supported_history_operations=("tail", "range", "search"), code_inspect_sample="zip",
    code_clear_output="from IPython.display import clear_output; clear_output()")

# Source: each kernel's own subclass of the suite where it has one, the language's reference otherwise.
SAMPLES: Dict[str, Dict[str, Any]] = {
    "ipykernel": PYTHON,
    "xeus-python": dict(PYTHON, completion_samples=[{"text": "zi"}]),
    "Deno": dict(
        language_name="typescript", file_extension=".ts", code_hello_world="console.log('hello, world')", code_stderr="console.error('test')",
        completion_samples=[{"text": "conso"}], complete_code_samples=["1", "let a = 1"], incomplete_code_samples=["if (true) {"],
        code_generate_error="throw new Error('on purpose')", code_execute_result=[{"code": "1+2+3", "result": "6"}],
        code_display_data=[{"code": "await Deno.jupyter.display({'text/html': '<b>test</b>'}, {raw: true})", "mime": "text/html"}]),
    "bash": dict(
        language_name="bash", file_extension=".sh", code_hello_world="echo 'hello, world'", completion_samples=[{"text": "mkdi", "matches": {"mkdir"}}],
        code_generate_error="false",
        code_display_data=[{"code": "echo '<b>test</b>' > \"$HOME/t.html\"; displayHTML < \"$HOME/t.html\"", "mime": "text/html"}]),
    "IRkernel": dict(
        language_name="R", file_extension=".r", code_hello_world="print('hello, world')", code_stderr="message('test')",
        completion_samples=[{"text": "zi"}], complete_code_samples=["1 + 1", "f <- function(x) {\n x*2\n}"], incomplete_code_samples=["print('hello", "f <- function(x) {"],
        invalid_code_samples=["for for"], code_page_something="?cat", code_generate_error="stop('on purpose')", code_execute_result=[{"code": "1+2+3", "result": "6"}],
        code_display_data=[{"code": "IRdisplay::display_html('<b>test</b>')", "mime": "text/html"}, {"code": "c(1, 2)", "mime": "text/plain"}],
        code_inspect_sample="cat"),
}


class Outcomes(unittest.TestResult):
    """Keeps what became of every test and sub-test."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: List[Dict[str, str]] = []

    def keep(self, test: unittest.TestCase, outcome: str, why: str = "") -> None:
        self.lines.append({"test": test.id().removeprefix("__main__."), "outcome": outcome, "why": why.strip().splitlines()[-1] if why.strip() else ""})

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.keep(test, "pass")

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self.keep(test, "fail", f"{err[1]}")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self.keep(test, "error", f"{err[0].__name__}: {err[1]}")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.keep(test, "skip", reason)

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:
        self.keep(subtest, "pass" if err is None else "fail", "" if err is None else f"{err[0].__name__}: {err[1]}")


def cases(title: str, spec: str) -> Tuple[type, type]:
    """The suite's two classes for one kernel."""
    members = dict(SAMPLES[title], kernel_name=spec)
    # Source: seen of each kernel; IRkernel and Deno publish a plain PUB's nothing.
    welcome = dict(kernel_name=spec, support_iopub_welcome=title in ("ipykernel", "xeus-python", "bash"))
    return type("Kernel", (suite.KernelTests,), members), type("Welcome", (suite.IopubWelcomeTests,), welcome)


def main(title: str, spec: str) -> None:
    loader, outcomes = unittest.TestLoader(), Outcomes()
    unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases(title, spec)).run(outcomes)
    for line in outcomes.lines:
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
