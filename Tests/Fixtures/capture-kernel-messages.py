# SPDX-License-Identifier: Apache-2.0
"""Records what crosses between a client and a real ipykernel, and jupyter_client's own signatures, into kernel-messages.json.

    build/venv/bin/python Tests/Fixtures/capture-kernel-messages.py > Tests/Fixtures/kernel-messages.json
"""

import json
import sys
import tempfile
import uuid

import zmq
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

CODES = ["1 + 1", "print('grüße 🚲')", "1/0"]


def hexed(frames):
    return [bytes(frame).hex() for frame in frames]


def main():
    key = b"0123456789abcdef-the-key"
    folder = tempfile.mkdtemp(prefix="cap-")
    manager = KernelManager(transport="ipc", ip=f"{folder}/s", connection_file=f"{folder}/c.json")
    manager.session.key = key
    manager.start_kernel(env={"IPYTHONDIR": folder, "HOME": folder, "PATH": "/usr/bin:/bin"})
    context = zmq.Context.instance()
    session = Session(key=key, session="client-session", username="somebody")
    messages = []

    def note(channel, sent, frames):
        messages.append({"channel": channel, "sent": sent, "frames": hexed(frames)})

    iopub = context.socket(zmq.SUB)
    iopub.subscribe(b"")
    iopub.connect(f"ipc://{manager.ip}-{manager.iopub_port}")
    shell = context.socket(zmq.DEALER)
    shell.identity = b"client-session"
    shell.connect(f"ipc://{manager.ip}-{manager.shell_port}")

    def request(kind, content):
        message = session.msg(kind, content)
        frames = session.serialize(message)
        note("shell", True, frames)
        shell.send_multipart(frames)
        idle = reply = False
        while not (idle and reply):
            for socket, name in ((shell, "shell"), (iopub, "iopub")):
                while socket.poll(50):
                    frames = socket.recv_multipart()
                    note(name, False, frames)
                    _, parts = session.feed_identities(frames)
                    unpacked = session.deserialize(parts)
                    if unpacked["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                        reply |= name == "shell"
                        idle |= unpacked["content"].get("execution_state") == "idle"

    request("kernel_info_request", {})
    for code in CODES:
        request("execute_request", {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False,
                                    "stop_on_error": False})
    manager.shutdown_kernel(now=True)
    # jupyter_client's own test vectors for sign: a list of texts under a key.
    signer = Session(key=b"secret", session="s")
    parts = [b"header", b"parent_header", b"metadata", "cöntent".encode()]
    vectors = [{"key": "secret", "texts": hexed(parts), "signature": signer.sign(parts).decode()},
               {"key": "secret", "texts": hexed([b""] * 4), "signature": signer.sign([b""] * 4).decode()},
               {"key": "", "texts": hexed(parts), "signature": Session(key=b"").sign(parts).decode()}]
    json.dump({"source": f"ipykernel and jupyter_client, Python {sys.version.split()[0]}", "key": key.decode(), "messages": messages,
               "signatures": vectors}, sys.stdout, indent=1)


main()
