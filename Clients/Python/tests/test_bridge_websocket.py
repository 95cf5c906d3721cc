# SPDX-License-Identifier: Apache-2.0
"""Our own WebSocket client against frames of every kind, right and wrong."""

from __future__ import annotations

import json
import os
import random
import socket
import threading

import pytest

from bridge_host import CLOSE, PING, TEXT, frame, switching
from host import DEADLINE_SECONDS
from jackfield import bridge
from jackfield.bridge import wire
from jackfield.bridge.websocket import HandshakeError, WebSocket, WebSocketClosed, WebSocketError, accept_value, masked


@pytest.fixture
def opened():
    """Makes clients whose other side, given back with them, has shaken hands and sent `data`."""
    ends, threads = [], []

    def make(data=b"", max_bytes=1 << 20):
        ours, theirs = socket.socketpair()
        ends.extend([ours, theirs])
        for end in (ours, theirs):
            end.settimeout(DEADLINE_SECONDS)
        threads.append(threading.Thread(target=_answer, args=[theirs, data]))
        threads[-1].start()
        return WebSocket(ours, "h:1", "/", max_bytes), theirs

    yield make
    for end in ends:
        end.close()
    for thread in threads:
        thread.join(DEADLINE_SECONDS)


def _answer(theirs, data):
    request = theirs.recv(65536).decode()
    key = request.split("Sec-WebSocket-Key: ")[1].split("\r\n")[0]
    theirs.sendall(switching(key) + data)


def taken(end, count):
    data = bytearray()
    while len(data) < count:
        data += end.recv(count - len(data))
    return bytes(data)


def sent_by_client(end):
    """The next frame that the client sent: its first byte and its payload."""
    first, second = taken(end, 2)
    assert second & 0x80, "a client masks"
    length = second & 0x7F
    if length > 125:
        length = int.from_bytes(taken(end, 2 if length == 126 else 8), "big")
    mask = taken(end, 4)
    return first, masked(taken(end, length), mask)


def test_the_value_of_the_standard():
    assert accept_value("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, section 1.3


def test_masking_is_that_of_the_standard_and_undoes_itself():
    assert masked(b"Hello", bytes.fromhex("37fa213d")) == bytes.fromhex("7f9f4d5158")  # RFC 6455, section 5.7
    for length in (0, 1, 3, 4, 5, 1000):
        data, mask = os.urandom(length), os.urandom(4)
        mixed = masked(data, mask)
        assert mixed == bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        assert masked(mixed, mask) == data


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536])
def test_messages_of_every_class_of_length_arrive(opened, length):
    client, _ = opened(frame(b"x" * length))
    assert client.receive() == "x" * length


def test_parts_are_put_together_and_pings_between_them_answered(opened):
    text = "grüße 🚲".encode()
    client, theirs = opened(
        frame(text[:4], TEXT, final=False) + frame(b"ho", PING) + frame(text[4:7], 0, final=False) + frame(text[7:], 0)
    )
    assert client.receive() == "grüße 🚲"
    assert sent_by_client(theirs) == (0x8A, b"ho")


def test_binary_is_taken_for_text(opened):
    client, _ = opened(frame(b"{}", 0x2))
    assert client.receive() == "{}"


def test_pongs_that_nobody_asked_for_are_passed_over(opened):
    client, _ = opened(frame(b"", 0xA) + frame(b"x"))
    assert client.receive() == "x"


def test_a_goodbye_is_returned(opened):
    client, theirs = opened(frame(b"\x03\xf0no", CLOSE))
    with pytest.raises(WebSocketClosed):
        client.receive()
    assert sent_by_client(theirs)[0] == 0x88


@pytest.mark.parametrize(
    "data, code",
    [
        (frame(b"x", reserved=4), 1002),
        (frame(b"x", 0x3), 1002),
        (frame(b"x", 0xB), 1002),
        (frame(b"x", 0), 1002),
        (frame(b"x", TEXT, final=False) + frame(b"y", TEXT), 1002),
        (frame(b"x" * 126, PING), 1002),
        (frame(b"x", PING, final=False), 1002),
        (b"\x81\x81mask!", 1002),
        (frame(b"\xff\xfe"), 1007),
        (frame(b"\xed\xa0\x80"), 1007),
        (frame(b"x" * 65)[:2], 1009),
        (frame(b"x" * 60, final=False) + frame(b"y" * 5, 0), 1009),
        (b"\x81\x7f" + b"\xff" * 8, 1009),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else value[:3].hex(),
)
def test_what_the_standard_forbids_ends_the_conversation(opened, data, code):
    client, theirs = opened(data, max_bytes=64)
    with pytest.raises(WebSocketError) as raised:
        client.receive()
    assert raised.value.code == code
    assert sent_by_client(theirs) == (0x88, code.to_bytes(2, "big"))


class Bytes:
    """A socket that has shaken hands, gives what it has in pieces, and then nothing."""

    def __init__(self, data, dice):
        self._data, self._dice = data, dice

    def recv(self, count):
        count = min(count, self._dice.randint(1, 40))
        piece, self._data = self._data[:count], self._data[count:]
        return piece

    def sendall(self, data):
        pass


@pytest.mark.parametrize("seed", range(20))
def test_junk_ends_the_conversation_and_nothing_else(seed, monkeypatch):
    dice = random.Random(seed)
    monkeypatch.setattr(WebSocket, "_shake_hands", lambda self, authority, target: None)
    for _ in range(300):
        good = [frame(dice.randbytes(dice.randint(0, 300)), dice.choice([1, 1, 2, 8, 9, 10])) for _ in range(dice.randint(1, 4))]
        data = bytearray(b"".join(good))
        for _ in range(dice.randint(0, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        client = WebSocket(Bytes(bytes(data), dice), "h:1", "/", 1 << 16)
        with pytest.raises((WebSocketClosed, WebSocketError)):
            for _ in range(10):
                assert isinstance(client.receive(), str)


def test_a_frame_cut_off_is_an_end(opened):
    client, theirs = opened(frame(b"x" * 1000)[:500])
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(WebSocketClosed):
        client.receive()


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_what_is_sent_is_masked_whole_and_unfragmented(opened, length):
    client, theirs = opened()
    sending = threading.Thread(target=client.send, args=["x" * length])
    sending.start()
    assert sent_by_client(theirs) == (0x81, b"x" * length)
    sending.join(DEADLINE_SECONDS)


@pytest.mark.parametrize(
    "answer, status, text",
    [
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", 401, "HTTP status 401"),
        (b"HTTP/1.1 101 X\r\nSec-WebSocket-Accept: wrong\r\n\r\n", 101, "does not fit"),
        (b"nonsense\r\n\r\n", None, "not HTTP"),
        (b"x" * (17 << 10), None, "no end"),
        (b"", None, "closed the connection"),
    ],
    ids=["refused", "wrong value", "not HTTP", "endless", "nothing"],
)
def test_handshakes_that_fail(answer, status, text):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(DEADLINE_SECONDS)
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(HandshakeError, match=text) as raised:
            WebSocket(ours, "h:1", "/", 100)
    assert raised.value.status == status


def test_the_conversation_of_a_real_call(make_bridge):
    """Fragments, pings, junk and other people's answers in between; over both clients."""

    def reply(peer, request):
        whole = json.dumps({"id": request["id"], "success": True, "result": {"response": "grüße 🚲"}}).encode()
        peer.send_raw(frame(b"are you there?", PING))
        peer.send_raw(frame(b"nonsense") + frame(b"[1, 2]") + frame(b'{"id": 99, "success": true, "result": {}}') + frame(b""))
        peer.send_raw(frame(b"{" * 5000))
        peer.send_raw(frame(whole[:9], final=False) + frame(whole[9:20], 0, final=False))
        peer.send_raw(frame(whole[20:], 0))

    host = make_bridge(reply=reply)
    assert bridge.chat("x") == "grüße 🚲"
    host.wait(lambda: host.pongs == [b"are you there?"], "pong")


@pytest.mark.parametrize("size", [8 << 20])
def test_eight_mebibytes_both_ways(bridge_host, size):
    text = "x" * size
    assert bridge.execute_command("big", text) == ["big", [text]]


def test_a_message_beyond_the_limit_ends_the_connection_and_the_next_call_makes_another(make_bridge, monkeypatch):
    monkeypatch.setattr(wire, "MAX_MESSAGE_BYTES", 1000)

    def reply(peer, request):
        peer.answer(request, {"response": "x" * (2000 if request["params"]["message"] == "big" else 10)})

    make_bridge(reply=reply)
    with pytest.raises(ConnectionResetError, match="the connection to the host was lost"):
        bridge.chat("big")
    assert bridge.chat("small") == "x" * 10
