# SPDX-License-Identifier: Apache-2.0
"""A client as scripts have it: its WebSocket reader looks at neither kinds nor fragments, and forgets what it has read after half a second.

    fragile_client.py SCENARIO...     with EVOLVE_RUN_BRIDGE_ADDR, _TOKEN and _SESSION

Prints one JSON value a line for each step of a scenario; a line from standard input is waited for where a scenario says so.
"""

import base64
import hashlib
import json
import os
import socket
import struct
import sys
import threading
import time
from urllib.parse import urlencode, urlparse


class FragileClient:
    """One socket, one request at a time, never a second handshake."""

    def __init__(self):
        self.address = urlparse(os.environ["EVOLVE_RUN_BRIDGE_ADDR"])
        self.token = os.environ["EVOLVE_RUN_BRIDGE_TOKEN"]
        self.session = os.environ["EVOLVE_RUN_BRIDGE_SESSION"]
        self.channel = None
        self.lock = threading.Lock()

    def connect(self):
        if self.channel:
            return
        host, port = self.address.hostname or "127.0.0.1", self.address.port or 80
        channel = socket.create_connection((host, port), timeout=5)
        key = base64.b64encode(os.urandom(16)).decode()
        query = urlencode({"token": self.token, "session": self.session})
        channel.sendall((f"GET {self.address.path or '/'}?{query} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                         f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            piece = channel.recv(1024)
            if not piece:
                break
            head += piece
        head = head.decode("utf-8", "replace")  # what came behind the blank line is lost
        if "101" not in head.split("\r\n")[0]:
            channel.close()
            raise RuntimeError("Run bridge handshake failed")
        proof = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        if f"Sec-WebSocket-Accept: {proof}" not in head:
            channel.close()
            raise RuntimeError("Run bridge handshake invalid")
        self.channel = channel

    def send(self, message):
        self.send_raw(json.dumps(message).encode())

    def send_raw(self, payload):
        size = len(payload)
        length = bytes([size | 0x80]) if size < 126 else struct.pack(">BH", 254, size) if size < 65536 else struct.pack(">BQ", 255, size)
        mask = os.urandom(4)
        self.channel.sendall(b"\x81" + length + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.channel.recv(count - len(data))
            except TimeoutError:
                return None  # and what was read is forgotten
            if not piece:
                return None  # an orderly end looks as if nothing had come: the caller asks again and again
            data += piece
        return data

    def receive(self):
        """One message; None when nothing whole came within half a second."""
        self.channel.settimeout(0.5)
        start = self.exactly(2)
        if start is None:
            return None
        size = start[1] & 0x7F
        if size >= 126:
            more = self.exactly(2 if size == 126 else 8)
            if more is None:
                return None
            size = int.from_bytes(more, "big")
        mask = self.exactly(4) if start[1] & 0x80 else None
        payload = self.exactly(size)
        if not payload:
            return None
        if mask:
            payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        text = payload.decode("utf-8")
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return None

    def ask(self, kind, params, timeout):
        with self.lock:
            self.connect()
            number = int(time.time() * 1000) % 1_000_000_000
            self.send({"id": number, "type": kind, "params": params})
            end = time.time() + timeout
            while True:
                message = self.receive()
                if message is not None and message.get("id") == number:
                    break
                if time.time() > end:
                    raise RuntimeError(f"Request timeout after {float(timeout)}s")
            if not message.get("success"):
                raise RuntimeError(f"VSCode request failed: {message.get('error') or 'Unknown error'}")
            return message.get("result", {})

    def announce(self, body):
        with self.lock:
            self.connect()
            event = {"type": "dapEvent", "event": "asyncOperationStarted", "body": body}
            self.send(event)
            self.send(event)  # as the engine does

    def wait_for_submit(self, token, timeout_ms):
        end = time.time() + (timeout_ms or 300_000) / 1000
        while time.time() < end:
            message = self.receive()
            if not message or message.get("event") != "asyncOperationSubmit":
                continue
            body = message.get("body")
            if not token or body.get("resumeToken") == token or body.get("operationId") == token:
                return body
        return None


client = None


def bridge():
    global client
    client = client or FragileClient()
    return client


def chat(message, timeout=30):
    result = bridge().ask("vscode/chat", {"message": message, "timeout": timeout * 1000}, timeout)
    return result.get("response", "")


def execute_command(command, *args, timeout=10):
    result = bridge().ask("vscode/executeCommand", {"command": command, "args": list(args), "timeout": timeout * 1000}, timeout)
    return result.get("result")


def get_chat_history(conversation, limit=10):
    return bridge().ask("vscode/getChatHistory", {"conversationId": conversation, "limit": limit}, 30).get("messages", [])


def show_message(message, level="info"):
    bridge().ask("vscode/showMessage", {"message": message, "level": level}, 30).get("nothing")


def operation(number, kind="form"):
    return {"operationId": number, "operationType": kind, "resumeToken": f"evo_async_{number}", "transitionId": "t1", "transitionName": "t1",
            "transitionDescription": None, "inscriptionId": "i1", "netId": "page1", "runId": "run-1", "createdAt": 1, "timeoutMs": 300_000,
            "uiState": {"formSpec": {"title": "ask"}}, "metadata": {"timeout_ms": 300_000, "operationParams": {"formSpec": {"title": "ask"}}}}


# MARK: - Scenarios


def tell(value):
    print(json.dumps(value), flush=True)


def attempt(body):
    try:
        tell(body())
    except Exception as error:  # the tests compare what a script would see
        tell(f"{type(error).__name__}: {error}")


def until_told():
    sys.stdin.readline()


def everything():
    attempt(lambda: show_message("hello"))
    attempt(lambda: chat("grüße 🚲"))
    attempt(lambda: chat("half \ud83d pair"))
    attempt(lambda: execute_command("echo", 1, "two", [3], timeout=1.5))
    attempt(lambda: execute_command("nothing"))
    attempt(lambda: execute_command("list"))
    attempt(lambda: execute_command("fail"))
    attempt(lambda: execute_command("echo", float("nan")))
    attempt(lambda: get_chat_history("last", 3))
    attempt(lambda: bridge().ask("vscode/unheardOf", {}, 5))
    attempt(lambda: bridge().ask("", {}, 5))


def big():
    text = "z" * (8 << 20)
    attempt(lambda: len(chat(text)))
    attempt(lambda: len(execute_command("big", 8 << 20)))
    attempt(lambda: execute_command("echo", "still in step"))


def timeouts():
    attempt(lambda: execute_command("never", timeout=1))
    attempt(lambda: execute_command("never", timeout=0))
    attempt(lambda: chat("never", timeout=1))
    attempt(lambda: execute_command("echo", "after"))


def submit():
    bridge().announce(operation(1))
    tell("announced")
    attempt(lambda: execute_command("submit", 1, timeout=20))  # its answer comes first, then the submit
    attempt(lambda: bridge().wait_for_submit("evo_async_1", 20_000))


def going_away():
    bridge().announce(operation(7))
    tell("announced")
    attempt(lambda: execute_command("never", timeout=60))
    attempt(lambda: bridge().wait_for_submit("evo_async_7", 60_000))
    attempt(lambda: execute_command("echo", 1))


def open_call():
    attempt(lambda: show_message("here"))
    attempt(lambda: execute_command("never", timeout=300))


def stays():
    attempt(lambda: execute_command("echo", "before"))
    until_told()
    attempt(lambda: execute_command("echo", "after"))


def many():
    """Threads share the socket; what counts is that everybody gets their own answer."""
    answers = {}
    threads = [threading.Thread(target=lambda n=n: answers.update({n: execute_command("echo", n)})) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # And ids that other processes use at the same time.
    for number in range(20):
        answers[100 + number] = execute_command("echo", 100 + number)
    tell(all(value == [key] for key, value in answers.items()) and len(answers))


def handshake():
    attempt(lambda: show_message("hello"))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        globals()[name]()
