# SPDX-License-Identifier: Apache-2.0
"""A small real host for scripts: a WebSocket server that records what comes, and answers as a test wants."""

from __future__ import annotations

import json
import re
import select
import socket
import struct
import threading
from typing import Any, Callable, Dict, List, Optional

from host import DEADLINE_SECONDS
from jackfield.bridge.websocket import accept_value, masked

TOKEN, SESSION = "t0k3n", "s3ss10n"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
Frame = Dict[str, Any]


def frame(payload: bytes, opcode: int = TEXT, final: bool = True, reserved: int = 0) -> bytes:
    """One frame as a server sends it."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    if len(payload) < 126:
        return bytes([first, len(payload)]) + payload
    if len(payload) < 1 << 16:
        return bytes([first, 126]) + struct.pack(">H", len(payload)) + payload
    return bytes([first, 127]) + struct.pack(">Q", len(payload)) + payload


class Peer:
    """One connection of a script."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.target = ""
        self.headers: Dict[str, str] = {}
        self._sending = threading.Lock()

    def send(self, message: Any) -> None:
        self.send_raw(frame(json.dumps(message).encode()))

    def send_raw(self, data: bytes) -> None:
        with self._sending:
            self.connection.sendall(data)

    def answer(self, request: Frame, result: Any) -> None:
        self.send({"id": request["id"], "success": True, "result": result})

    def refuse(self, request: Frame, error: str) -> None:
        self.send({"id": request["id"], "success": False, "error": error})

    def part(self, request: Frame, **part: Any) -> None:
        self.send({"type": "part", "id": request["id"], "part": part})

    def submit(self, body: Frame, result: Any = None, error: Optional[str] = None, **changes: Any) -> None:
        named = {"operationId": body["operationId"], "resumeToken": body["resumeToken"], "result": result, "error": error}
        self.send({"type": "dapEvent", "event": "asyncOperationSubmit", "body": {**named, **changes}})

    def reset(self) -> None:
        """As a host does that goes away."""
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        except OSError:
            pass
        self.connection.close()


class BridgeHost:
    """Listens on loopback until `die`. `replies` are called with each request, on its connection's thread."""

    def __init__(self, port: int = 0, reply: Optional[Callable[[Peer, Frame], None]] = None, status: int = 101) -> None:
        self.reply = reply or echo
        self.status = status
        self.handshake: Optional[bytes] = None  # instead of the right one; empty: none
        self.peers: List[Peer] = []
        self.frames: List[Frame] = []
        self.pongs: List[bytes] = []
        self.ended = 0
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._is_dead = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def environment(self) -> Dict[str, str]:
        return environment(self.port)

    @property
    def peer(self) -> Peer:
        """The first connection, as soon as it is there."""
        self.wait(lambda: self.peers, "connection")
        return self.peers[0]

    @property
    def requests(self) -> List[Frame]:
        return [frame for frame in self.frames if frame.get("type") not in ("dapEvent", "cancel")]

    @property
    def cancels(self) -> List[Any]:
        return [frame["id"] for frame in self.frames if frame.get("type") == "cancel"]

    def events(self, name: str) -> List[Frame]:
        return [frame["body"] for frame in self.frames if frame.get("type") == "dapEvent" and frame["event"] == name]

    def wait(self, condition: Callable[[], Any], what: str = "condition") -> Any:
        """Waits until the condition holds after some frame or connection; fails after a deadline."""
        with self._changed:
            if not self._changed.wait_for(condition, DEADLINE_SECONDS):
                raise AssertionError(f"no {what}; the host saw {self.frames[-5:]}")
            return condition()

    def started(self, count: int = 1) -> Frame:
        """The `count`th operation that was announced."""
        self.wait(lambda: len(self.events("asyncOperationStarted")) >= count, "operation")
        return self.events("asyncOperationStarted")[count - 1]

    def die(self) -> None:
        """Resets every connection and closes; the port is free afterwards."""
        self._is_dead = True
        self._acceptor.join()
        self._listener.close()
        for peer in self.peers:
            peer.reset()

    def _accept(self) -> None:
        while not self._is_dead:
            if select.select([self._listener], [], [], 0.05)[0]:
                peer = Peer(self._listener.accept()[0])
                threading.Thread(target=self._serve, args=[peer], daemon=True).start()

    def _note(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _serve(self, peer: Peer) -> None:
        try:
            with peer.connection.makefile("rb") as stream:
                if not self._shake_hands(peer, stream):
                    return
                self._note(lambda: self.peers.append(peer))
                while self._take(peer, stream):
                    pass
                peer.connection.shutdown(socket.SHUT_RDWR)
        except (OSError, ValueError, struct.error):
            pass
        self._note(lambda: setattr(self, "ended", self.ended + 1))

    def _shake_hands(self, peer: Peer, stream: Any) -> bool:
        peer.target = stream.readline().split(b" ")[1].decode()
        for line in iter(stream.readline, b"\r\n"):
            name, _, value = line.decode().partition(": ")
            peer.headers[name] = value.strip()
        if self.handshake is not None:
            self._note(lambda: self.peers.append(peer))
            peer.connection.sendall(self.handshake)
            if self.handshake:
                peer.connection.shutdown(socket.SHUT_WR)
            stream.readline()
            return False
        if self.status != 101:
            peer.connection.sendall(f"HTTP/1.1 {self.status} No\r\nContent-Length: 0\r\n\r\n".encode())
            peer.connection.close()
            return False
        peer.connection.sendall(switching(peer.headers["Sec-WebSocket-Key"]))
        return True

    def _take(self, peer: Peer, stream: Any) -> bool:
        first, second = stream.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", stream.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", stream.read(8))
        assert second & 0x80, "a client masks"
        mask = stream.read(4)
        payload = masked(stream.read(length), mask)
        if first & 0x0F == PONG:
            self._note(lambda: self.pongs.append(payload))
        if first & 0x0F == CLOSE:
            peer.send_raw(frame(payload, CLOSE))
            return False
        if first & 0x0F == TEXT:
            self._receive(peer, json.loads(payload))
        return True

    def _receive(self, peer: Peer, message: Frame) -> None:
        self._note(lambda: self.frames.append(message))
        if message.get("type") not in ("dapEvent", "cancel"):
            self.reply(peer, message)


def echo(peer: Peer, request: Frame) -> None:
    """Answers each of the oldest requests with something to be recognised."""
    params = request["params"]
    peer.answer(
        request,
        {
            "vscode/chat": {"response": f"re: {params.get('message')}", "conversationId": "conv-1"},
            "vscode/executeCommand": {"result": [params.get("command"), params.get("args")]},
            "vscode/getChatHistory": {"messages": [{"role": "user", "content": "hi", "timestamp": 1}]},
        }.get(request["type"], {}),
    )


def silent(peer: Peer, request: Frame) -> None:
    """Never answers."""


def switching(key: str) -> bytes:
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept_value(key)}", "", ""]).encode()


def environment(port: int, prefix: str = "EVOLVE_RUN_BRIDGE_") -> Dict[str, str]:
    return {f"{prefix}ADDR": f"ws://127.0.0.1:{port}/", f"{prefix}TOKEN": TOKEN, f"{prefix}SESSION": SESSION}


def without_bridge(names: Dict[str, str]) -> Dict[str, str]:
    """An environment without the variables of any bridge."""
    return {name: value for name, value in names.items() if not re.search("BRIDGE_(ADDR|TOKEN|SESSION)$", name)}
