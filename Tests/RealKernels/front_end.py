# SPDX-License-Identifier: Apache-2.0
"""A front end in a few lines: jupyter_client's blocking client on a kernel that its manager began. Run with the surroundings that decide
which kernelspecs there are: `python front_end.py SPEC ORDERS`, ORDERS a JSON list of lists, see `carry_out`. Prints a JSON line for each.
"""

from __future__ import annotations

import itertools
import json
import queue
import sys
import time
from typing import Any, Dict, List, Optional

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

PATIENCE = 40


class FrontEnd:
    """One manager with one client."""

    def __init__(self, spec: str) -> None:
        self.manager: KernelManager
        self.client: BlockingKernelClient
        self.manager, self.client = start_new_kernel(kernel_name=spec, startup_timeout=PATIENCE)

    def execute(self, code: str, answers: Optional[List[str]] = None) -> Dict[str, Any]:
        """Runs code as front ends do, and answers what it asks."""
        outputs: List[Any] = []
        waiting = list(answers or [])
        asked: List[Any] = []

        def answer(message: Any) -> None:
            asked.append([message["content"]["prompt"], message["content"]["password"]])
            self.client.input(waiting.pop(0))

        def keep(message: Any) -> None:
            outputs.append([message["msg_type"], message["content"]])

        reply = self.client.execute_interactive(code, allow_stdin=True, stdin_hook=answer, output_hook=keep, timeout=PATIENCE)
        text = "".join(content["text"] for kind, content in outputs if kind == "stream")
        shown = [content["data"].get("text/plain") for kind, content in outputs if kind in ("execute_result", "display_data")]
        # How a text is cut into messages is a matter of time.
        kinds = [kind for kind, _ in itertools.groupby(kind for kind, _ in outputs)]
        return {"status": reply["content"]["status"], "text": text, "shown": shown, "asked": asked, "kinds": kinds}

    def interrupt(self, code: str) -> Dict[str, Any]:
        """Begins code, waits for its word "begun", interrupts as the spec says, and waits for the end of the run."""
        request = self.client.execute(code)
        begun = False
        while not begun:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            begun = message["msg_type"] == "stream" and "begun" in message["content"]["text"]
        start = time.monotonic()
        self.manager.interrupt_kernel()
        status = None
        while status is None:
            try:
                message = self.client.get_shell_msg(timeout=12)
            except queue.Empty:
                return {"status": "goes on", "alive": self.manager.is_alive()}
            if message["parent_header"].get("msg_id") == request:
                status = message["content"]["status"]
        return {"status": status, "seconds": round(time.monotonic() - start, 2), "alive": self.manager.is_alive()}

    def restart(self) -> Dict[str, Any]:
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=PATIENCE)
        return {"alive": self.manager.is_alive()}

    def complete(self, code: str) -> Dict[str, Any]:
        reply = self.client.complete(code, reply=True, timeout=PATIENCE)
        return {"matches": sorted(reply["content"]["matches"])}

    def comm(self) -> Dict[str, Any]:
        """Opens a comm from the front end's side, with a buffer, and gives what the kernel sends back."""
        opening = self.client.session.msg("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"n": 1}})
        self.client.session.send(self.client.shell_channel.socket, opening, buffers=[b"\x00\x01\xff"])
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "comm_msg":
                return {"data": message["content"]["data"], "buffers": [bytes(buffer).hex() for buffer in message["buffers"]]}

    def shutdown(self) -> Dict[str, Any]:
        self.client.stop_channels()
        start = time.monotonic()
        self.manager.shutdown_kernel()
        return {"seconds": round(time.monotonic() - start, 1), "alive": self.manager.is_alive()}

    def die(self, code: str) -> Dict[str, Any]:
        """Runs code that ends the kernel, and waits until the manager knows it."""
        self.client.execute(code)
        limit = time.monotonic() + PATIENCE
        while self.manager.is_alive() and time.monotonic() < limit:
            time.sleep(0.05)
        return {"alive": self.manager.is_alive()}


def main(spec: str, orders: str) -> None:
    front_end = FrontEnd(spec)
    try:
        for name, *arguments in json.loads(orders):
            print(json.dumps(getattr(front_end, name)(*arguments)), flush=True)
    finally:
        if front_end.manager.has_kernel:
            front_end.manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
