# SPDX-License-Identifier: Apache-2.0
"""Lets a script that runs normally ask whoever is attached to the host: an editor, a page, a terminal.

    from jackfield import bridge

    if bridge.is_available():
        name = bridge.ask("Whose report is it?", default="Ada")
        bridge.show_message(bridge.chat(f"Greet {name} in one sentence."))

The way to the host is in the environment of a script that `jackfield run` started; in a debug session it is the debug
adapter. Without either, calls raise `RuntimeError`. Every function may be called from any thread, and has a twin for
asyncio in `jackfield.bridge.aio`.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union

from . import calls, session
from .bars import Item, Progress
from .calls import Call, Option, Side
from .debug import DebugBridge
from .errors import BridgeLostError, BridgeRefusedError, HandshakeTimeoutError
from .link import Ticket
from .operations import AsyncResult, Operation
from .session import close, is_available, set_debug_bridge
from .streams import ChatStream

__all__ = [
    "AsyncResult",
    "BridgeLostError",
    "BridgeRefusedError",
    "ChatStream",
    "DebugBridge",
    "HandshakeTimeoutError",
    "Progress",
    "ask",
    "chat",
    "chat_async",
    "chat_stream",
    "choose",
    "close",
    "confirm",
    "execute_command",
    "form",
    "get_chat_history",
    "http_async",
    "input",
    "is_available",
    "lambda_async",
    "open_file",
    "participant_async",
    "progress",
    "set_debug_bridge",
    "show_diff",
    "show_form_async",
    "show_message",
]

# MARK: what scripts have always asked


def chat(
    message: str,
    timeout: Optional[float] = 30,
    *,
    model: Optional[str] = None,
    conversation: Optional[str] = None,
    stream: bool = False,
) -> Any:
    """Asks a language model; returns its answer, or `[Copilot blocked: …]` when it was withheld.

    - `timeout`: in seconds, here and below; `None`: as long as the host likes.
    - `model`: its name, or a part of it; default: what the host is set to.
    - `conversation`: the id of an earlier one, whose messages the model is told.
    - `stream`: returns a `ChatStream` instead, which gives the answer piece by piece.
    """
    if stream:
        return chat_stream(message, timeout, model=model, conversation=conversation)
    return session.ask(calls.chat(message, timeout, model, conversation, False))


def chat_stream(
    message: str, timeout: Optional[float] = 30, *, model: Optional[str] = None, conversation: Optional[str] = None
) -> ChatStream:
    """As `chat`; gives the answer piece by piece, while it is made."""
    return ChatStream(calls.chat(message, timeout, model, conversation, True))


def chat_async(
    message: str, timeout: Optional[float] = 30, *, model: Optional[str] = None, conversation: Optional[str] = None
) -> AsyncResult:
    """As `chat`; returns at once, and has the answer later."""
    session.require()
    return _in_background(calls.chat(message, timeout, model, conversation, False))


def execute_command(command: str, *args: Any, timeout: Optional[float] = 10) -> Any:
    """Runs a command of the host or of whoever is attached; returns its result. A person may be asked for consent first."""
    return session.ask(calls.execute_command(command, args, timeout))


def get_chat_history(conversation_id: str, limit: int = 10) -> List[Dict[str, Any]]:
    """The last messages of a conversation: `role`, `content`, and `timestamp` in milliseconds."""
    result: List[Dict[str, Any]] = session.ask(calls.get_chat_history(conversation_id, limit))
    return result


def show_message(message: str, level: str = "info") -> None:
    """Shows a text and waits for nobody. `level`: info, warning or error; anything else is info."""
    session.ask(calls.show_message(message, level))


# MARK: questions for a person


def choose(
    message: str, options: Sequence[Option], *, many: bool = False, default: Any = None, timeout: Optional[float] = None
) -> Any:
    """Lets a person choose; returns the option's value, with `many` a list of them, or `None` when it was cancelled.

    - `options`: texts or numbers; pairs of a label and a value; or objects with `label`, `value`, `description`.
    - `timeout`: default: as long as the person likes.
    """
    return session.ask(calls.choose(message, options, many, default, timeout))


def ask(prompt: str, default: Optional[str] = None, *, password: bool = False, timeout: Optional[float] = None) -> Optional[str]:
    """Lets a person write a line; returns it, or `None` when it was cancelled. A password is not shown while it is typed."""
    result: Optional[str] = session.ask(calls.ask(prompt, default, password, timeout))
    return result


input = ask


def confirm(message: str, default: Optional[bool] = None, *, timeout: Optional[float] = None) -> bool:
    """Asks for yes or no; a question that was cancelled is a no."""
    return bool(session.ask(calls.confirm(message, default, timeout)))


def form(
    schema: Mapping[str, Any],
    title: Optional[str] = None,
    values: Optional[Mapping[str, Any]] = None,
    *,
    timeout: Optional[float] = None,
) -> Optional[Dict[str, Any]]:
    """Lets a person fill in a form; returns the values, or `None` when it was cancelled.

    - `schema`: a JSON Schema of an object.
    - `values`: what the form begins with.
    """
    result: Optional[Dict[str, Any]] = session.ask(calls.form(schema, title, values, timeout))
    return result


def open_file(
    path: "Union[str, os.PathLike[str]]", line: Optional[int] = None, column: Optional[int] = None, *, timeout: Optional[float] = 10
) -> bool:
    """Opens a file in the editor, at a line and column counted from 1; returns whether somebody did."""
    return bool(session.ask(calls.open_file(path, line, column, timeout)))


def show_diff(left: Side, right: Side, title: Optional[str] = None, *, timeout: Optional[float] = 10) -> bool:
    """Shows two texts side by side: paths, or pairs of a name and a text; returns whether somebody did."""
    return bool(session.ask(calls.show_diff(left, right, title, timeout)))


def progress(title: str, items: Optional[Iterable[Item]] = None, *, total: Optional[int] = None) -> Progress[Item]:
    """Shows how far it is: for `with`, or around items that are gone through. Never raises for want of a bridge."""
    return Progress(title, items, total)


# MARK: what takes longer


def show_form_async(spec: Mapping[str, Any], timeout: Optional[float] = 300) -> AsyncResult:
    """Puts a form up for whoever comes; the result is what was filled in."""
    return session.announce(Operation("form", {"formSpec": spec}, True, timeout))


def participant_async(role: str, context: Any = None, timeout: Optional[float] = 300) -> AsyncResult:
    """Asks for somebody in a role, such as a reviewer; the result is what they say."""
    return session.announce(Operation("copilot_participant", {"role": role, "context": context}, False, timeout))


def lambda_async(name: str, args: Any = None, timeout: Optional[float] = 60) -> AsyncResult:
    """Lets the host run one of its handlers."""
    return session.announce(Operation("lambda", {"name": name, "args": args}, False, timeout))


def http_async(url: str, method: str = "POST", timeout: Optional[float] = 300) -> AsyncResult:
    """Waits until somebody outside answers over HTTP; the host shows the address and the token that it takes."""
    return session.announce(Operation("http_endpoint", {"url": url, "method": method}, False, timeout))


def _in_background(call: Call) -> AsyncResult:
    result = AsyncResult()
    tickets: List[Ticket] = []

    def note(ticket: Ticket) -> None:
        tickets.append(ticket)
        if result.done():  # cancelled while it was being sent
            session.give_up(ticket)

    def run() -> None:
        try:
            result._settle(session.ask(call, note))
        except Exception as error:
            result._fail(error)

    def cancel() -> None:
        for ticket in tickets:
            session.give_up(ticket)

    result._on_cancel = cancel
    threading.Thread(target=run, name="jackfield-bridge-chat", daemon=True).start()
    return result
