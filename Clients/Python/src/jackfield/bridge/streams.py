# SPDX-License-Identifier: Apache-2.0
"""A chat whose answer is read while it grows."""

from __future__ import annotations

import queue
import time
from concurrent import futures
from typing import Any, AsyncIterator, Dict, Iterator, List, Optional

from . import debug, session
from .calls import Call, chat_text
from .errors import timed_out
from .link import Ticket


class _Text:
    """The text so far, and what the host said at the end."""

    def __init__(self) -> None:
        self.parts: List[str] = []
        self.result: Dict[str, Any] = {}

    def delta(self, part: Dict[str, Any]) -> str:
        """The text that a part adds."""
        text = str(part.get("delta") or "")
        self.parts.append(text)
        return text

    def rest(self, result: Dict[str, Any]) -> str:
        """What the whole answer has and no part had: all of it, when the host does not stream."""
        self.result = result
        sent, whole = "".join(self.parts), chat_text(result)
        rest = whole[len(sent) :] if whole.startswith(sent) else ""
        self.parts.append(rest)
        return rest


class ChatStream:
    """Gives the text of an answer piece by piece. `close`, or the end of a `with`, gives the rest up.

        for piece in bridge.chat("Tell me a story", stream=True):
            print(piece, end="", flush=True)
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._text = _Text()
        self._arrivals: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        self._deadline: Optional[float] = None
        self._is_over = False
        self._ticket: Optional[Ticket] = None
        if session.debug_bridge() is not None:
            self._arrivals.put({"delta": debug.answer(session.debug_bridge(), call)})
            self._arrivals.put(None)
            return
        self._ticket = session.begin(call, self._arrivals.put)
        patience = session.patience(call)
        self._deadline = None if patience is None else time.monotonic() + patience
        self._ticket.future.add_done_callback(lambda _: self._arrivals.put(None))

    @property
    def response(self) -> str:
        """The text so far; all of it at the end."""
        return "".join(self._text.parts)

    @property
    def conversation_id(self) -> Optional[str]:
        """What `get_chat_history` wants; known at the end."""
        return self._text.result.get("conversationId")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next piece, never empty. Raises `RuntimeError` as `chat` does."""
        while not self._is_over:
            piece = self._next()
            if piece:
                return piece
        raise StopIteration

    def _next(self) -> str:
        try:
            arrival = self._arrivals.get(timeout=self._left())
        except queue.Empty:
            self.close()
            raise timed_out(self._call.timeout or 0) from None
        except BaseException:  # as a Ctrl-C
            self.close()
            raise
        if arrival is not None:
            return self._text.delta(arrival)
        self._is_over = True
        return self._text.rest(self._ticket.wait(0)) if self._ticket else ""

    def _left(self) -> Optional[float]:
        if self._ticket:
            self._ticket.check_process()
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def close(self) -> None:
        """Gives the rest up and tells the host."""
        if not self._is_over and self._ticket:
            session.give_up(self._ticket)
        self._is_over = True

    def __enter__(self) -> "ChatStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def pieces(call: Call) -> AsyncIterator[str]:
    """The same for a loop: an asynchronous generator."""
    import asyncio

    if session.debug_bridge() is not None:
        yield await session.ask_async(call)
        return
    loop = asyncio.get_running_loop()
    arrivals: "asyncio.Queue[Any]" = asyncio.Queue()

    def arrive(part: Any) -> None:
        try:
            loop.call_soon_threadsafe(arrivals.put_nowait, part)
        except RuntimeError:
            pass  # the loop is closed: nobody reads any more

    ticket = await session.begin_async(call, arrive)
    ticket.future.add_done_callback(lambda _: arrive(None))
    text = _Text()
    patience = session.patience(call)
    deadline = None if patience is None else loop.time() + patience
    try:
        while True:
            left = None if deadline is None else max(0.0, deadline - loop.time())
            arrival = await asyncio.wait_for(arrivals.get(), left)
            piece = text.delta(arrival) if arrival is not None else text.rest(ticket.future.result(0))
            if piece:
                yield piece
            if arrival is None:
                return
    except (asyncio.TimeoutError, futures.TimeoutError):
        raise timed_out(call.timeout or 0) from None
    finally:
        if not ticket.future.done():
            session.give_up_soon(ticket)
