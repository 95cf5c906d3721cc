# SPDX-License-Identifier: Apache-2.0
"""The functions of `jackfield.bridge` for asyncio: a task that is cancelled tells the host, which stops asking.

    from jackfield.bridge import aio as bridge

    name, answer = await asyncio.gather(bridge.ask("Your name?"), bridge.chat("Tell a joke."))
"""

from __future__ import annotations

import asyncio
import os
from types import TracebackType
from typing import Any, AsyncIterable, AsyncIterator, Dict, Iterable, List, Mapping, Optional, Sequence, Type, Union, cast

from . import bars, calls, session, streams
from .bars import Item
from .calls import Option, Side
from .operations import AsyncResult, Operation

__all__ = [
    "Progress",
    "ask",
    "chat",
    "chat_stream",
    "choose",
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
    "show_diff",
    "show_form_async",
    "show_message",
]


async def is_available() -> bool:
    """Whether a call would reach somebody: tries to connect. Never raises."""
    return await asyncio.to_thread(session.is_available)


async def chat(
    message: str, timeout: Optional[float] = 30, *, model: Optional[str] = None, conversation: Optional[str] = None
) -> str:
    """Asks a language model."""
    return str(await session.ask_async(calls.chat(message, timeout, model, conversation, False)))


def chat_stream(
    message: str, timeout: Optional[float] = 30, *, model: Optional[str] = None, conversation: Optional[str] = None
) -> AsyncIterator[str]:
    """The same, piece by piece: for `async for`."""
    return streams.pieces(calls.chat(message, timeout, model, conversation, True))


async def execute_command(command: str, *args: Any, timeout: Optional[float] = 10) -> Any:
    """Runs a command of the host or of whoever is attached."""
    return await session.ask_async(calls.execute_command(command, args, timeout))


async def get_chat_history(conversation_id: str, limit: int = 10) -> List[Dict[str, Any]]:
    """The last messages of a conversation."""
    return cast(List[Dict[str, Any]], await session.ask_async(calls.get_chat_history(conversation_id, limit)))


async def show_message(message: str, level: str = "info") -> None:
    """Shows a text."""
    await session.ask_async(calls.show_message(message, level))


async def choose(
    message: str, options: Sequence[Option], *, many: bool = False, default: Any = None, timeout: Optional[float] = None
) -> Any:
    """Lets a person choose."""
    return await session.ask_async(calls.choose(message, options, many, default, timeout))


async def ask(
    prompt: str, default: Optional[str] = None, *, password: bool = False, timeout: Optional[float] = None
) -> Optional[str]:
    """Lets a person write a line."""
    return cast(Optional[str], await session.ask_async(calls.ask(prompt, default, password, timeout)))


input = ask


async def confirm(message: str, default: Optional[bool] = None, *, timeout: Optional[float] = None) -> bool:
    """Asks for yes or no."""
    return bool(await session.ask_async(calls.confirm(message, default, timeout)))


async def form(
    schema: Mapping[str, Any],
    title: Optional[str] = None,
    values: Optional[Mapping[str, Any]] = None,
    *,
    timeout: Optional[float] = None,
) -> Optional[Dict[str, Any]]:
    """Lets a person fill in a form."""
    return cast(Optional[Dict[str, Any]], await session.ask_async(calls.form(schema, title, values, timeout)))


async def open_file(
    path: "Union[str, os.PathLike[str]]", line: Optional[int] = None, column: Optional[int] = None, *, timeout: Optional[float] = 10
) -> bool:
    """Opens a file in the editor."""
    return bool(await session.ask_async(calls.open_file(path, line, column, timeout)))


async def show_diff(left: Side, right: Side, title: Optional[str] = None, *, timeout: Optional[float] = 10) -> bool:
    """Shows two texts side by side."""
    return bool(await session.ask_async(calls.show_diff(left, right, title, timeout)))


class Progress:
    """A bar, for `async with` and `async for`."""

    def __init__(self, bar: "bars.Progress[Any]", items: "Union[Iterable[Any], AsyncIterable[Any], None]") -> None:
        self._bar = bar
        self._items = items

    async def update(self, fraction: Optional[float] = None, note: Optional[str] = None) -> None:
        """Says how far it is, from 0 to 1."""
        await asyncio.to_thread(self._bar.update, fraction, note)

    async def step(self, count: int = 1, note: Optional[str] = None) -> None:
        """Says that `count` more of the total are done."""
        await asyncio.to_thread(self._bar.step, count, note)

    async def finish(self, note: Optional[str] = None) -> None:
        """Takes the bar away."""
        await asyncio.to_thread(self._bar.finish, note)

    async def __aenter__(self) -> "Progress":
        await asyncio.to_thread(self._bar.__enter__)
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await asyncio.to_thread(self._bar.__exit__, kind, error, trace)

    async def __aiter__(self) -> AsyncIterator[Any]:
        async with self:
            async for item in _one_by_one(self._items):
                yield item
                await self.step()


def progress(
    title: str, items: "Union[Iterable[Item], AsyncIterable[Item], None]" = None, *, total: Optional[int] = None
) -> Progress:
    """Shows how far it is: for `async with`, or around items that `async for` goes through."""
    countable = items if items is not None and hasattr(items, "__len__") else None
    return Progress(bars.Progress(title, cast(Any, countable), total), items)


async def _one_by_one(items: "Union[Iterable[Any], AsyncIterable[Any], None]") -> AsyncIterator[Any]:
    if items is None:
        return
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


# What takes longer: begun by one `await`, and its result had by another one.


async def show_form_async(spec: Mapping[str, Any], timeout: Optional[float] = 300) -> AsyncResult:
    """Puts a form up for whoever comes."""
    return await _announced(Operation("form", {"formSpec": spec}, True, timeout))


async def participant_async(role: str, context: Any = None, timeout: Optional[float] = 300) -> AsyncResult:
    """Asks for somebody in a role."""
    return await _announced(Operation("copilot_participant", {"role": role, "context": context}, False, timeout))


async def lambda_async(name: str, args: Any = None, timeout: Optional[float] = 60) -> AsyncResult:
    """Lets the host run one of its handlers."""
    return await _announced(Operation("lambda", {"name": name, "args": args}, False, timeout))


async def http_async(url: str, method: str = "POST", timeout: Optional[float] = 300) -> AsyncResult:
    """Waits until somebody outside answers over HTTP."""
    return await _announced(Operation("http_endpoint", {"url": url, "method": method}, False, timeout))


async def _announced(operation: Operation) -> AsyncResult:
    await asyncio.to_thread(session.announce, operation)
    return operation
