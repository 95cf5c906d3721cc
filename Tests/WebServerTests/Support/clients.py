# SPDX-License-Identifier: Apache-2.0
"""Real clients against the server: one scenario a call. Exit status 0 and nothing on standard error: all was as it should be.

    clients.py SCENARIO PORT
"""

import asyncio
import http.client
import json
import os
import socket
import struct
import sys

SIZES = [0, 1, 125, 126, 127, 65535, 65536, 8 << 20]


def same(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: {str(found)[:200]!r} instead of {str(expected)[:200]!r}")


async def websockets_library(port):
    """PyPI websockets: every length, fragments, pings, close codes, refusals, many at once."""
    import websockets
    from websockets.exceptions import ConnectionClosed, InvalidStatus

    address = f"ws://127.0.0.1:{port}/ws"
    for compression in (None, "deflate"):
        async with websockets.connect(address, compression=compression, max_size=None) as client:
            for size in SIZES:
                for message in ("x" * size, os.urandom(size)):
                    await client.send(message)
                    same(await client.recv(), message, f"{size} bytes")
            await client.send(["in ", "three ", "pieces"])
            same(await client.recv(), "in three pieces", "fragments")
            await client.send("\u00e4\u20ac\U0001f600")
            same(await client.recv(), "\u00e4\u20ac\U0001f600", "letters")
            await (await client.ping())
    async with websockets.connect(address, subprotocols=["one", "two"]) as client:
        same(client.subprotocol, "two", "subprotocol")
        await client.close(code=3001, reason="bye")
        same((client.close_code, client.close_reason), (3001, ""), "our close")
    async with websockets.connect(address) as client:
        await client.send("close 4002")
        try:
            await client.recv()
            sys.exit("not closed")
        except ConnectionClosed as closed:
            same((closed.rcvd.code, closed.rcvd.reason, closed.rcvd_then_sent), (4002, "as asked", True), "their close")
    for path, status in (("/refused", 401), ("/elsewhere", 404), ("/many", 429)):
        try:
            await websockets.connect(f"ws://localhost:{port}{path}")
            sys.exit(f"{path} was not refused")
        except InvalidStatus as refused:
            same(refused.response.status_code, status, path)
    try:
        await websockets.connect(address, origin="http://evil.example")
        sys.exit("a foreign page was not refused")
    except InvalidStatus as refused:
        same(refused.response.status_code, 403, "origin")
    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(one_of_many(websockets, address, str(number)))


async def one_of_many(websockets, address, text):
    async with websockets.connect(address) as client:
        for turn in range(5):
            await client.send(f"{text} {turn}")
            same(await client.recv(), f"{text} {turn}", "one of many")


def wsproto_library(port):
    """PyPI wsproto over a bare socket: every kind of frame, byte by byte where it is short, and each close code."""
    from wsproto import ConnectionType, WSConnection
    from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Message, Ping, Pong, Request, TextMessage

    def connect():
        channel = socket.create_connection(("127.0.0.1", port), timeout=20)
        connection = WSConnection(ConnectionType.CLIENT)
        channel.sendall(connection.send(Request(host=f"127.0.0.1:{port}", target="/ws")))
        same(type(next_event(channel, connection)), AcceptConnection, "handshake")
        return channel, connection

    def next_event(channel, connection):
        while True:
            for event in connection.events():
                return event
            data = channel.recv(1 << 16)
            connection.receive_data(data or None)

    def whole(channel, connection):
        parts, event = [], next_event(channel, connection)
        while isinstance(event, Message) and not event.message_finished:
            parts.append(event.data)
            event = next_event(channel, connection)
        return type(event), (event.data[:0].join(parts + [event.data]))

    channel, connection = connect()
    for size in SIZES:
        channel.sendall(connection.send(TextMessage(data="y" * size)))
        same(whole(channel, connection), (TextMessage, "y" * size), f"text of {size}")
        channel.sendall(connection.send(BytesMessage(data=b"\0\xff" * (size // 2))))
        same(whole(channel, connection), (BytesMessage, b"\0\xff" * (size // 2)), f"bytes of {size}")
    for byte in connection.send(TextMessage(data="slow", message_finished=False)) + connection.send(TextMessage(data=" and steady")):
        channel.sendall(bytes([byte]))
    same(whole(channel, connection), (TextMessage, "slow and steady"), "byte by byte")
    channel.sendall(connection.send(Ping(payload=b"p" * 125)))
    same(bytes(next_event(channel, connection).payload), b"p" * 125, "pong")
    channel.sendall(connection.send(Pong(payload=b"nobody asked")))
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        channel, connection = connect()
        channel.sendall(connection.send(CloseConnection(code=code, reason="r" * 123)))
        event = next_event(channel, connection)
        same((type(event), event.code), (CloseConnection, code), "close")
        same(channel.recv(10), b"", "end")


async def tornado_library(port):
    import tornado.websocket

    client = await tornado.websocket.websocket_connect(f"ws://127.0.0.1:{port}/ws", max_message_size=32 << 20)
    for size in SIZES:
        await client.write_message("t" * size)
        same(await client.read_message(), "t" * size, f"text of {size}")
        await client.write_message(b"\xfe" * size, binary=True)
        same(await client.read_message(), b"\xfe" * size, f"bytes of {size}")
    client.close(1000, "bye")
    same(await client.read_message(), None, "end")


def fragile_reader(port):
    """A client that searches the handshake for one spelling, ignores kinds and fragments, and cannot bear a pause of half a second."""
    channel = socket.create_connection(("127.0.0.1", port), timeout=5)
    channel.sendall((f"GET /hold?token=t&session=s HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    head = channel.recv(1024)
    same(head.endswith(b"\r\n\r\n") and b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head, True, "the head, alone")
    channel.settimeout(0.5)

    def exactly(count):
        data = bytearray()
        while len(data) < count:
            piece = channel.recv(count - len(data))
            if not piece:
                sys.exit("ended in the middle")
            data += piece
        return bytes(data)

    def message():
        channel.settimeout(10)
        size = exactly(2)[1] & 0x7F
        channel.settimeout(0.5)  # a pause inside a message is what it cannot bear
        if size == 126:
            size = struct.unpack(">H", exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", exactly(8))[0]
        return exactly(size)

    def say(payload):
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([size | 0x80]) if size < 126 else struct.pack(">BH", 254, size) if size < 65536 else struct.pack(">BQ", 255, size)
        whole = int.from_bytes(payload, "little") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "little")
        channel.sendall(b"\x81" + length + mask + whole.to_bytes(size, "little"))

    say(b'{"id": 1}')
    same(message(), b"hello", "what waited")
    same(message(), b'{"id": 1}', "answer")
    for size in (3_000_000, 8 << 20):
        payload = json.dumps({"id": 2, "text": "z" * (size - 50)}).encode()
        say(payload)
        same(message(), payload, f"{size} bytes")
    say(b"abort")
    try:
        channel.recv(1)
        sys.exit("ended without a reset")
    except ConnectionResetError:
        pass


def http_client(port):
    """The standard library's client, on one connection."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for size in (0, 1, 70_000, 5_000_000):
        body = b"b" * size
        client.request("PUT", "/echo?x=1", body=body)
        answer = client.getresponse()
        same((answer.status, answer.getheader("X-Method"), answer.read()), (200, "PUT", body), f"body of {size}")
    client.request("POST", "/echo", body=iter([b"in ", b"chunks"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    same(client.getresponse().read(), b"in chunks", "chunks")
    client.request("GET", "/pieces")
    same(client.getresponse().read().count(b"\n"), 100, "pieces")
    client.request("HEAD", "/what")
    same(client.getresponse().read(), b"", "no body")
    client.request("GET", "/broken")
    answer = client.getresponse()
    try:
        answer.read()
        sys.exit("half an answer was taken for whole")
    except (http.client.IncompleteRead, ConnectionResetError):
        pass


def main():
    scenario, port = globals()[sys.argv[1]], int(sys.argv[2])
    done = scenario(port)
    if asyncio.iscoroutine(done):
        asyncio.run(done)


main()
