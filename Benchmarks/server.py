#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A plain Python WebSocket client (tornado) against a Jupyter server: the round trip of `1`, to reply and idle.

    Benchmarks/server.py URL TOKEN [RUNS] [--quickack]

Prints one line of JSON: median and p90 in milliseconds. With --quickack it sets TCP_QUICKACK after each read and write, as the host does.
"""

import asyncio
import json
import socket
import statistics
import struct
import sys
import time
import urllib.request
import uuid

import tornado.httpclient
import tornado.websocket

NAME = "v1.kernel.websocket.jupyter.org"


def ask(url, token, method, path, body=None):
    request = urllib.request.Request(url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": "token " + token, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def pack(channel, message_type, content, session):
    message_id = uuid.uuid4().hex
    header = {"msg_id": message_id, "msg_type": message_type, "session": session, "username": "bench", "version": "5.4",
              "date": "2026-01-01T00:00:00Z"}
    parts = [channel.encode()] + [json.dumps(part).encode() for part in (header, {}, {}, content)]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return message_id, struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


def unpack(frame):
    count = struct.unpack_from("<Q", frame)[0]
    offsets = struct.unpack_from(f"<{count}Q", frame, 8)
    return [frame[start:end] for start, end in zip(offsets, offsets[1:])]


async def run(connection, session, quick, code="1"):
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message_id, frame = pack("shell", "execute_request", content, session)
    start = time.perf_counter()
    await connection.write_message(frame, binary=True)
    quick()
    replied = idle = False
    while not (replied and idle):
        _, header, parent, _, content = unpack(await connection.read_message())[:5]
        quick()
        if json.loads(parent).get("msg_id") != message_id:
            continue
        kind = json.loads(header)["msg_type"]
        replied |= kind == "execute_reply"
        idle |= kind == "status" and b'"idle"' in content
    return (time.perf_counter() - start) * 1000


async def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    url, token, runs = arguments[0], arguments[1], int(arguments[2]) if len(arguments) > 2 else 200
    session = uuid.uuid4().hex
    kernel = ask(url, token, "POST", "api/kernels", {"name": "python3"})["id"]
    try:
        request = tornado.httpclient.HTTPRequest(f"ws{url[4:]}api/kernels/{kernel}/channels?session_id={session}",
                                                 headers={"Authorization": "token " + token}, request_timeout=60)
        connection = await tornado.websocket.websocket_connect(request, subprotocols=[NAME])
        raw = connection.protocol.stream.socket
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        quick = (lambda: raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)) if "--quickack" in sys.argv else (lambda: None)
        for _ in range(20):
            await run(connection, session, quick)
        times = sorted([await run(connection, session, quick) for _ in range(runs)])
        print(json.dumps({"median_ms": round(statistics.median(times), 2), "p90_ms": round(times[int(len(times) * 0.9)], 2), "runs": runs}))
        connection.close()
    finally:
        ask(url, token, "DELETE", "api/kernels/" + kernel)


asyncio.run(main())
