# SPDX-License-Identifier: Apache-2.0
"""The real kernels, and how one says in each one's language what the tests need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

from surroundings import HOME, KERNELS


@dataclass(frozen=True)
class RealKernel:
    """One kernel with the code that the tests give it."""

    title: str
    spec: str
    kernelspec: Path
    language: str
    hello: str
    """Prints "hello, world"."""
    loop: str
    """Prints "begun", then runs for ever."""
    value: str
    """An expression; what it is stands in `shown`."""
    shown: str
    remember: str
    """Sets x to 41."""
    recall: str
    """Prints x + 1."""
    forgotten: str
    """Found in the error's or the output's text when x is not there."""
    suicide: str
    """Ends the kernel's process by SIGKILL."""
    ask: Optional[str] = None
    """Asks "who? " and prints "hello, NAME"; left out for a kernel that cannot ask."""

    @property
    def missing(self) -> Optional[str]:
        """Why it cannot be tested here."""
        return None if self.kernelspec.exists() else f"{self.title} is not installed: there is no {self.kernelspec}"


PYTHON = dict(
    language="python", hello="print('hello, world')", loop="print('begun', flush=True)\nwhile True: pass", value="6 * 7", shown="42",
    remember="x = 41", recall="print(x + 1)", forgotten="NameError", suicide="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    ask="print('hello, ' + input('who? '))")
IN_ENVIRONMENT = KERNELS / "share/jupyter/kernels"

# Deno's loop awaits nothing: an interrupt that comes while Deno awaits can leave it in a loop that hears no other, bare as well.
REAL_KERNELS: List[RealKernel] = [
    RealKernel("ipykernel", "python3", IN_ENVIRONMENT / "python3/kernel.json", **PYTHON),
    RealKernel("xeus-python", "xpython", IN_ENVIRONMENT / "xpython/kernel.json", **PYTHON),
    RealKernel(
        "Deno", "deno", HOME / ".local/share/jupyter/kernels/deno/kernel.json", language="typescript", hello="console.log('hello, world')",
        loop="console.log('begun'); while (true) {}", value="6 * 7", shown="42",
        remember="var x = 41", recall="console.log(x + 1)", forgotten="x is not defined", suicide="Deno.kill(Deno.pid, 'SIGKILL')",
        ask="console.log('hello, ' + prompt('who? '))"),
    RealKernel(
        "bash", "bash", IN_ENVIRONMENT / "bash/kernel.json", language="bash", hello="echo 'hello, world'",
        loop="echo begun; while true; do :; done", value="echo 42", shown="42", remember="x=41", recall="echo $((x + 1))", forgotten="1",
        suicide="kill -9 $PPID"),
    RealKernel(
        "IRkernel", "ir", Path("/usr/share/jupyter/kernels/ir/kernel.json"), language="R", hello="cat('hello, world\\n')",
        loop="cat('begun\\n'); flush.console(); repeat {}", value="6 * 7", shown="42", remember="x <- 41", recall="cat(x + 1, '\\n')",
        forgotten="not found", suicide="tools::pskill(Sys.getpid(), 9)", ask="cat('hello,', readline('who? '), '\\n')"),
]
