# SPDX-License-Identifier: Apache-2.0
"""A well-behaved server (tornado) and a hostile one (bare sockets), for the tests of WebSockets.

Prints one line of JSON with the ports when both listen; ends when its standard input does.
    peer.py [CERTIFICATE KEY]
"""

import asyncio
import json
import pathlib
import shutil
import ssl
import struct
import sys
import zlib

import tornado.httpserver
import tornado.web
import tornado.websocket


class Echo(tornado.web.RequestHandler):
    """Says what was asked, whatever the method."""

    def answer(self):
        self.set_header("Set-Cookie", "a=b")
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps({"method": self.request.method, "path": self.request.uri, "headers": dict(self.request.headers),
                               "length": len(self.request.body), "crc": zlib.crc32(self.request.body)}))

    get = post = patch = delete = put = answer


class Big(tornado.web.RequestHandler):
    async def get(self, count, chunked):
        count = int(count)
        if not chunked:
            self.set_header("Content-Length", count)
        while count > 0:
            piece = min(count, 65536)
            self.write(b"x" * piece)
            await self.flush()
            count -= piece


class Status(tornado.web.RequestHandler):
    def answer(self, code):
        self.set_status(int(code))
        if code in ("301", "302", "307"):
            self.set_header("Location", "/echo/elsewhere")
        if code not in ("204", "304"):
            self.write("words")

    get = delete = answer


class Socket(tornado.websocket.WebSocketHandler):
    """Sends back what comes; 'close CODE REASON', 'send COUNT', 'fragments COUNT', 'ping' and 'headers' are orders."""

    def initialize(self, compresses=False):
        self.compresses = compresses

    def get_compression_options(self):
        return {} if self.compresses else None

    def select_subprotocol(self, offered):
        return "second" if "second" in offered else None

    def check_origin(self, origin):
        return True

    def on_pong(self, data):
        self.write_message("pong " + data.decode())

    async def on_message(self, message):
        if isinstance(message, bytes) or not message.startswith("order "):
            return await self.write_message(message, binary=isinstance(message, bytes))
        _, order, *rest = message.split(" ", 3)
        if order == "close":
            self.close(int(rest[0]), rest[1])
        elif order == "send":
            await self.write_message(b"y" * int(rest[0]), binary=True)
        elif order == "many":
            for number in range(int(rest[0])):
                self.write_message(str(number))
        elif order == "fragments":
            for number in range(int(rest[0])):
                last = number == int(rest[0]) - 1
                frame = bytes([(0x80 if last else 0) | (1 if number == 0 else 0), 1]) + b"z"
                await self.ws_connection.stream.write(frame)
                if not last:
                    await self.ws_connection.stream.write(b"\x89\x00")
        elif order == "ping":
            self.ping(b"here")
        elif order == "deaf":
            await asyncio.sleep(float(rest[0]))
            await self.write_message("heard")
        elif order == "headers":
            self.write_message(json.dumps(dict(self.request.headers)))


class Refused(tornado.web.RequestHandler):
    def get(self, code):
        self.set_status(int(code))
        self.write("no")


HANDSHAKE = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n\r\n")


def accept_key(head):
    import base64
    import hashlib
    key = next(line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("sec-websocket-key"))
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


async def hostile(reader, writer):
    """Answers by the path's first word."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        kind = head.split(" ")[1].strip("/").split("?")[0]
        if kind.startswith("ws-"):
            wrong = kind == "ws-wrongkey"
            writer.write((HANDSHAKE % ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=" if wrong else accept_key(head))).encode())
        writer.write(ANSWERS[kind])
        await writer.drain()
        if kind in ("silence", "slow", "ws-silence", "ws-huge"):
            await reader.read()
        elif kind == "endless":
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        elif kind == "endless-head":
            while True:
                writer.write(b"X-A: " + b"y" * 1000 + b"\r\n")
                await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


ANSWERS = {
    "garbage": b"\x00\x01\x02 this is no http\r\n\r\n",
    "nothing": b"",
    "silence": b"",
    "slow": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
    "short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
    "short-chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
    "until-close": b"HTTP/1.0 200 OK\r\n\r\n12345",
    "endless": b"HTTP/1.1 200 OK\r\n\r\n",
    "endless-head": b"HTTP/1.1 200 OK\r\n",
    "huge-length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "wrong-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12345\r\n",
    "ws-wrongkey": b"",
    "ws-silence": b"",
    "ws-midframe": b"\x82\x7e\x10\x00" + b"a" * 100,
    "ws-huge": b"\x82\x7f" + struct.pack(">Q", 1 << 40) + b"a" * 200_000,  # libwebsockets shows what came in pieces of 64 KiB
    "ws-masked": b"\x82\x85abcd" + b"hello",
    "ws-opcode": b"\x8b\x00",
    "ws-continuation": b"\x80\x01a",
    "ws-longping": b"\x89\x7e\x01\x00" + b"a" * 256,
    "ws-reserved": b"\xf2\x01a",
}


async def main():
    app = tornado.web.Application([
        (r"/echo.*", Echo), (r"/big/(\d+)(/chunked)?", Big), (r"/status/(\d+)", Status), (r"/ws", Socket),
        (r"/ws-deflate", Socket, {"compresses": True}), (r"/refused/(\d+)", Refused)],
        websocket_max_message_size=64 << 20)
    ports = {}
    server = tornado.httpserver.HTTPServer(app, max_body_size=64 << 20)
    server.bind(0, "127.0.0.1")
    server.start()
    ports["http"] = next(iter(server._sockets.values())).getsockname()[1]
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        secure = tornado.httpserver.HTTPServer(app, ssl_options=context)
        secure.bind(0, "127.0.0.1")
        secure.start()
        ports["https"] = next(iter(secure._sockets.values())).getsockname()[1]
    bare = await asyncio.start_server(hostile, "127.0.0.1", 0)
    ports["hostile"] = bare.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    if len(sys.argv) > 2:
        shutil.rmtree(pathlib.Path(sys.argv[1]).parent)


asyncio.run(main())
