# SPDX-License-Identifier: Apache-2.0
"""A WebSocket client (RFC 6455) on a socket that is connected already: text in, text out. Needs the standard library alone."""

from __future__ import annotations

import base64
import codecs
import hashlib
import os
import socket
import struct
from typing import Dict, List, Optional, Tuple

_ACCEPT_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_MAX_HEADER_BYTES = 16 << 10
_MAX_CONTROL_BYTES = 125
_READ_BYTES = 64 << 10

CLOSED_NORMALLY, PROTOCOL_ERROR, NOT_UTF8, TOO_BIG = 1000, 1002, 1007, 1009


class WebSocketError(Exception):
    """The other side does not speak the protocol. `code` is what a close frame says of it."""

    def __init__(self, message: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(message)
        self.code = code


class WebSocketClosed(Exception):
    """The other side has ended the conversation."""


class HandshakeError(Exception):
    """The other side does not open the door. `status` is the HTTP status; `None` when the answer is no such thing."""

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status


class WebSocket:
    """An open conversation. One thread receives; `send` and `close` are for one thread at a time, also another one."""

    def __init__(self, connected: socket.socket, authority: str, target: str, max_bytes: int) -> None:
        """Shakes hands within the socket's timeout.

        - `max_bytes`: of one message that comes in.
        - Raises: `HandshakeError`, `OSError`.
        """
        self._socket = connected
        self._max_bytes = max_bytes
        self._received = bytearray()
        self._shake_hands(authority, target)

    # MARK: handshake

    def _shake_hands(self, authority: str, target: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode("ascii")
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: {authority}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        self._socket.sendall("\r\n".join(lines + ["", ""]).encode("latin-1"))
        status, headers = _parsed_head(self._read_head())
        if status != 101:
            raise HandshakeError(f"the host answered with HTTP status {status}", status)
        if headers.get("sec-websocket-accept") != accept_value(key):
            raise HandshakeError("the host's answer does not fit the question", status)
        if headers.get("upgrade", "").lower() != "websocket" or "sec-websocket-extensions" in headers:
            raise HandshakeError("the host's answer is no WebSocket upgrade", status)

    def _read_head(self) -> bytes:
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self._received[:end])
                del self._received[: end + 4]
                return head
            if len(self._received) > _MAX_HEADER_BYTES:
                raise HandshakeError("the host's answer has no end")
            self._read_more(HandshakeError("the host closed the connection instead of an answer"))

    # MARK: sending

    def send(self, text: str) -> None:
        """Sends one message; raises `OSError`, after which nothing else may be sent."""
        self._send_frame(_TEXT, text.encode("utf-8"))

    def close(self, code: int = CLOSED_NORMALLY) -> None:
        """Says goodbye, as far as that can be done at once; the socket stays its owner's."""
        try:
            self._send_frame(_CLOSE, struct.pack(">H", code))
        except OSError:
            pass  # gone already: nobody is there to be told

    def _send_frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        self._socket.sendall(_head(opcode, len(payload)) + mask + masked(payload, mask))

    # MARK: receiving

    def receive(self) -> str:
        """Waits for the next message, answers pings meanwhile.

        Raises `WebSocketClosed`, `WebSocketError`, `OSError`.
        """
        try:
            return self._receive_message()
        except WebSocketError as error:
            self.close(error.code)
            raise

    def _receive_message(self) -> str:
        parts: List[bytes] = []
        kind: Optional[int] = None
        size = 0
        while True:
            is_final, opcode, payload = self._receive_frame(self._max_bytes - size)
            if opcode >= _CLOSE:
                self._obey(opcode, payload)
                continue
            if (opcode == _CONTINUATION) == (kind is None):
                raise WebSocketError("the host sent a part of a message where none belongs")
            kind = opcode if kind is None else kind
            parts.append(payload)
            size += len(payload)
            if is_final:
                return _decoded(b"".join(parts))

    def _receive_frame(self, room: int) -> Tuple[bool, int, bytes]:
        first, second = self._take(2)
        opcode, length = first & 0x0F, second & 0x7F
        if first & 0x70:
            raise WebSocketError("the host sent a frame with reserved bits")
        if opcode not in (_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG):
            raise WebSocketError(f"the host sent a frame of the unknown kind {opcode}")
        if second & 0x80:
            raise WebSocketError("the host sent a masked frame")
        if opcode >= _CLOSE and (length > _MAX_CONTROL_BYTES or not first & 0x80):
            raise WebSocketError("the host sent a control frame that is too long or in parts")
        if length == 126:
            (length,) = struct.unpack(">H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._take(8))
        if length > room:
            raise WebSocketError(f"the host sent a message of more than {self._max_bytes} bytes", TOO_BIG)
        return bool(first & 0x80), opcode, self._take(length)

    def _obey(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send_frame(_PONG, payload)
        elif opcode == _CLOSE:
            self.close()
            raise WebSocketClosed("the host closed the connection")

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            self._read_more(WebSocketClosed("the host closed the connection"))
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def _read_more(self, at_end: Exception) -> None:
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise at_end
        self._received += data


def accept_value(key: str) -> str:
    """What a server must answer to a key."""
    return base64.b64encode(hashlib.sha1(key.encode("ascii") + _ACCEPT_SALT).digest()).decode("ascii")


def masked(payload: bytes, mask: bytes) -> bytes:
    """Masks or unmasks: as one big number, which is a thousand times faster than byte by byte."""
    if not payload:
        return b""
    repeated = mask * (len(payload) // 4 + 1)
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(repeated[: len(payload)], "little")
    return mixed.to_bytes(len(payload), "little")


def _head(opcode: int, length: int) -> bytes:
    if length < 126:
        return struct.pack(">BB", 0x80 | opcode, 0x80 | length)
    if length < 1 << 16:
        return struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, length)
    return struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, length)


def _parsed_head(head: bytes) -> Tuple[int, Dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise HandshakeError("the host's answer is not HTTP")
    headers: Dict[str, str] = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers


def _decoded(data: bytes) -> str:
    """Text and binary are both taken for text."""
    try:
        return codecs.decode(data, "utf-8")
    except UnicodeDecodeError as error:
        raise WebSocketError("the host sent text that is not UTF-8", NOT_UTF8) from error
