# SPDX-License-Identifier: Apache-2.0
"""Every question a script can ask, as a value: what goes out, and what the answer means. No sockets here."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from .errors import NOT_INITIALIZED, NOT_INITIALIZED_SHORT

#: How long the calls that have no timeout of their own wait.
STANDARD_SECONDS = 30.0

Option = Union[str, int, float, Tuple[str, Any], Mapping[str, Any]]
Side = Union[str, "os.PathLike[str]", Tuple[str, str], Mapping[str, str]]


class Call(NamedTuple):
    """One question."""

    type: str
    params: Dict[str, Any]
    #: In seconds; `None`: for as long as it takes.
    timeout: Optional[float]
    #: Makes of the host's object what the caller gets.
    read: Callable[[Dict[str, Any]], Any]
    #: The function that was called, and with what, for a debug bridge that has such a function itself.
    name: str
    arguments: Tuple[Any, ...] = ()
    options: Dict[str, Any] = {}
    #: What is raised when there is no bridge.
    refusal: str = NOT_INITIALIZED


# MARK: what scripts have always asked


def chat(message: str, timeout: Optional[float], model: Optional[str], conversation: Optional[str], stream: bool) -> Call:
    params = {"message": message, **_milliseconds(timeout)}
    options: Dict[str, Any] = {"timeout": timeout}
    if model is not None:
        params["model"] = options["model"] = model
    if conversation is not None:
        params["conversationId"] = options["conversation"] = conversation
    if stream:
        params["stream"] = True
    return Call("vscode/chat", params, timeout, chat_text, "chat", (message,), options)


def execute_command(command: str, arguments: Sequence[Any], timeout: Optional[float]) -> Call:
    params = {"command": command, "args": list(arguments), **_milliseconds(timeout)}
    return Call(
        "vscode/executeCommand",
        params,
        timeout,
        lambda result: result.get("result"),
        "execute_command",
        (command, *arguments),
        {"timeout": timeout},
        NOT_INITIALIZED_SHORT,
    )


def get_chat_history(conversation_id: str, limit: int) -> Call:
    return Call(
        "vscode/getChatHistory",
        {"conversationId": conversation_id, "limit": limit},
        STANDARD_SECONDS,
        lambda result: result.get("messages") or [],
        "get_chat_history",
        (conversation_id, limit),
        refusal=NOT_INITIALIZED_SHORT,
    )


def show_message(message: str, level: str) -> Call:
    return Call(
        "vscode/showMessage",
        {"message": message, "level": level},
        STANDARD_SECONDS,
        lambda result: None,
        "show_message",
        (message, level),
        refusal=NOT_INITIALIZED_SHORT,
    )


def chat_text(result: Dict[str, Any]) -> str:
    """The answer; an answer that was withheld is told in brackets."""
    if not result.get("blocked"):
        return str(result.get("response") or "")
    opened = " and opened Copilot Chat" if result.get("openedChat") else ""
    return f"[Copilot blocked: {result.get('blockedReason')}{opened}]"


# MARK: what this package adds


def choose(message: str, options: Sequence[Option], many: bool, default: Any, timeout: Optional[float]) -> Call:
    params = {"message": message, "options": [option(item) for item in options], "many": many, **_milliseconds(timeout)}
    if default is not None:
        params["default"] = default
    given = {"many": many, "default": default, "timeout": timeout}
    return Call("bridge/choose", params, timeout, _chosen, "choose", (message, options), given)


def ask(prompt: str, default: Optional[str], password: bool, timeout: Optional[float]) -> Call:
    params: Dict[str, Any] = {"prompt": prompt, "password": password, **_milliseconds(timeout)}
    if default is not None:
        params["default"] = default
    given = {"default": default, "password": password, "timeout": timeout}
    return Call("bridge/input", params, timeout, lambda result: result.get("value"), "ask", (prompt,), given)


def confirm(message: str, default: Optional[bool], timeout: Optional[float]) -> Call:
    params: Dict[str, Any] = {"message": message, **_milliseconds(timeout)}
    if default is not None:
        params["default"] = default
    given = {"default": default, "timeout": timeout}
    return Call("bridge/confirm", params, timeout, lambda result: bool(result.get("confirmed")), "confirm", (message,), given)


def form(schema: Mapping[str, Any], title: Optional[str], values: Optional[Mapping[str, Any]], timeout: Optional[float]) -> Call:
    params: Dict[str, Any] = {"schema": schema, **_milliseconds(timeout)}
    if title is not None:
        params["title"] = title
    if values is not None:
        params["values"] = values
    given = {"title": title, "values": values, "timeout": timeout}
    return Call("bridge/form", params, timeout, lambda result: result.get("values"), "form", (schema,), given)


def open_file(path: "str | os.PathLike[str]", line: Optional[int], column: Optional[int], timeout: Optional[float]) -> Call:
    params: Dict[str, Any] = {"path": os.path.abspath(path), **_milliseconds(timeout)}
    if line is not None:
        params["line"] = line
    if column is not None:
        params["column"] = column
    given = {"line": line, "column": column, "timeout": timeout}
    return Call("bridge/openFile", params, timeout, _was_opened, "open_file", (path,), given)


def show_diff(left: Side, right: Side, title: Optional[str], timeout: Optional[float]) -> Call:
    params: Dict[str, Any] = {"left": side(left), "right": side(right), **_milliseconds(timeout)}
    if title is not None:
        params["title"] = title
    given = {"title": title, "timeout": timeout}
    return Call("bridge/showDiff", params, timeout, _was_opened, "show_diff", (left, right), given)


def progress(id: str, title: str, fraction: Optional[float], note: Optional[str], done: bool) -> Call:
    params = {"id": id, "title": title, "fraction": fraction, "note": note, "done": done}
    return Call("bridge/progress", params, STANDARD_SECONDS, lambda result: None, "progress", (), params)


# MARK: shapes


def option(item: Option) -> Dict[str, Any]:
    """A label; a number, whose label is its text; a pair of label and value; or an object with `label`, `value`, `description`."""
    if isinstance(item, str):
        return {"label": item}
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, tuple):
        label, value = item
        return {"label": str(label), "value": value}
    return {"label": str(item), "value": item}


def side(side: Side) -> Any:
    """A path, absolute; or a pair of a name and a text that is in no file."""
    if isinstance(side, tuple):
        name, text = side
        return {"name": name, "text": text}
    if isinstance(side, Mapping):
        return dict(side)
    return os.path.abspath(side)


def _chosen(result: Dict[str, Any]) -> Any:
    return None if result.get("cancelled") else result.get("chosen")


def _was_opened(result: Dict[str, Any]) -> bool:
    return bool(result.get("opened"))


def _milliseconds(timeout: Optional[float]) -> Dict[str, Any]:
    return {} if timeout is None else {"timeout": timeout * 1000}
