#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a language model, behind the interface that OpenAI's has: it answers with what it was asked, word by word."""

from __future__ import annotations

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Iterator

MODEL = "echo-1"


class Handler(BaseHTTPRequestHandler):
    """Knows `GET /v1/models` and `POST /v1/chat/completions`, whole and streamed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send_json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        else:
            self._send_json({"error": {"message": f"there is no '{self.path}' here"}}, 404)

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self._send_json({"error": {"message": f"there is no '{self.path}' here"}}, 404)
        words = answer(question["messages"][-1]["content"])
        if question.get("stream"):
            self._send_stream(words)
        else:
            message = {"role": "assistant", "content": "".join(words)}
            self._send_json(completion(message=message, finish_reason="stop"))

    def _send_stream(self, words: Iterator[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for word in words:
            self._send_event(completion(delta={"content": word}, finish_reason=None))
        self._send_event(completion(delta={}, finish_reason="stop"))
        self.wfile.write(b"data: [DONE]\n\n")

    def _send_event(self, value: Dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _send_json(self, value: Dict[str, Any], status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass  # standard output has the port, and nothing else


def answer(question: str) -> Iterator[str]:
    """The model's whole wisdom."""
    for word in f"You said: {question} I could not have said it better.".split(" "):
        yield word + " "


def completion(**choice: Any) -> Dict[str, Any]:
    kind = "chat.completion.chunk" if "delta" in choice else "chat.completion"
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": MODEL, "choices": [{"index": 0, **choice}]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="of 127.0.0.1; 0: any that is free (default 8765)")
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
