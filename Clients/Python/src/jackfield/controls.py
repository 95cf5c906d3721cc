# SPDX-License-Identifier: Apache-2.0
"""The host's commands, obeyed on the training thread between two steps."""

from __future__ import annotations

import queue
import threading
import traceback
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import wire
from .channel import Link
from .notices import log
from .version import VERSION

SaveCheckpoint = Callable[[int], Any]
LoadCheckpoint = Callable[[str], Any]

#: How often a paused run looks up, in seconds; commands wake it at once, this is for Ctrl-C and `stop` from elsewhere.
PAUSE_TICK_SECONDS = 0.05
_MAX_WAITING = 1000


class CommandError(Exception):
    """A command that is refused; the message is the reply's `error`."""


class _Request(NamedTuple):
    id: Any
    name: str
    payload: Dict[str, Any]
    link: Link


class Controls:
    """What a host asked of a run: paused or not, to stop or not, and what is still to be done.

    `receive` is for the channel's thread, all else for the training thread (or several: they take turns, and all of
    them wait while the run is paused).
    """

    def __init__(
        self,
        emit: Callable[..., None],
        reply: Callable[[bytes, Link], None],
        save_checkpoint: Optional[SaveCheckpoint],
        load_checkpoint: Optional[LoadCheckpoint],
        device: str,
    ) -> None:
        self._emit = emit
        self._reply = reply
        self._save_checkpoint = save_checkpoint
        self._load_checkpoint = load_checkpoint
        self._device = device
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._turn = threading.RLock()  # one thread obeys at a time; re-entrant for callbacks that call `step`
        self._is_obeying = False
        self._is_closed = False
        self._pause_reply: Dict[str, Any] = {}
        #: The last step that was reported.
        self.step = 0
        self.is_paused = False
        self.should_stop = False
        self._at_once = {"ping": self._ping, "server_info": self._server_info}
        self._between_steps = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "save_ckpt": self._save,
        }
        if load_checkpoint:
            self._between_steps["load_ckpt"] = self._load

    def receive(self, message: Dict[str, Any], link: Link) -> None:
        """Takes a command in: answers what needs no training thread, queues the rest. [channel's thread]"""
        payload = message.get("payload")
        request = _Request(message.get("id"), message["cmd"], payload if isinstance(payload, dict) else {}, link)
        if request.name in self._at_once:
            self._answer(request, self._at_once[request.name])
        elif request.name not in self._between_steps:
            self._refuse(request, f"Unknown cmd: {request.name}")
        elif self._is_closed:
            self._refuse(request, f"cannot {request.name}: the training has finished")
        elif self._requests.qsize() >= _MAX_WAITING:
            self._refuse(request, f"cannot {request.name}: {_MAX_WAITING} commands are waiting for the next step")
        else:
            self._requests.put(request)

    def obey(self) -> None:
        """Carries out what is waiting; returns when there is nothing more and the run is not paused."""
        if self._requests.empty() and not self.is_paused:
            return
        with self._turn:
            if self._is_obeying:
                return  # a callback reported a step
            self._is_obeying = True
            try:
                self._obey_in_turn()
            finally:
                self._is_obeying = False

    def close(self) -> None:
        """Refuses what is still waiting, and whatever comes."""
        self._is_closed = True
        self.is_paused = False
        while not self._requests.empty():
            request = self._requests.get()
            self._refuse(request, f"cannot {request.name}: the training has finished")

    def _obey_in_turn(self) -> None:
        while not self._is_closed:
            try:
                request = self._requests.get(block=self.is_paused, timeout=PAUSE_TICK_SECONDS)
            except queue.Empty:
                if not self.is_paused:
                    return
            else:
                self._answer(request, self._between_steps[request.name])

    def _answer(self, request: _Request, handler: Callable[[Dict[str, Any]], Dict[str, Any]]) -> None:
        try:
            data = wire.plain(handler(request.payload))
        except Exception as error:  # a user's callback may raise anything; the training goes on
            self._refuse(request, str(error) or type(error).__name__, traceback.format_exc())
            if not isinstance(error, CommandError):
                log.warning("%s failed: %r", request.name, error)
                self._emit("log", level="error", text=f"{request.name} failed: {error!r}")
        else:
            if request.id:
                self._reply(wire.encode({"id": wire.plain(request.id), "ok": True, "data": data}), request.link)

    def _refuse(self, request: _Request, error: str, detail: Optional[str] = None) -> None:
        if request.id:
            message = {"id": request.id, "ok": False, "error": error}
            if detail:
                message["detail"] = detail
        else:
            message = {"type": "error", "text": error}
        self._reply(wire.encode(wire.plain(message)), request.link)

    # MARK: the commands

    def _server_info(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        capabilities: List[str] = [*self._between_steps, *self._at_once]
        return {"version": VERSION, "capabilities": capabilities, "device": self._device}

    def _ping(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        return {"status": "pong", "step": self.step}

    def _pause(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        """Pauses once; asked again, gives the same reply. A checkpoint that fails leaves the run running."""
        if self.is_paused:
            return self._pause_reply
        checkpoint = self._saved()
        self.is_paused = True
        self._pause_reply = {"status": "paused", "step": self.step, "ckpt": checkpoint}
        request = {"action": "pause", "reason": payload.get("reason", "manual")}
        self._emit("paused", step=self.step, request=request, ckpt=checkpoint)
        return self._pause_reply

    def _resume(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        if self.is_paused:
            self.is_paused = False
            self._emit("resumed", step=self.step)
        return {"status": "resumed", "step": self.step}

    def _stop(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        if not self.should_stop:
            self.should_stop = True
            self._emit("stopping")
        self.is_paused = False
        return {"status": "stopping"}

    def _save(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        path = self._saved()
        self._emit("checkpoint_saved", path=path, step=self.step)
        return {"path": path, "step": self.step}

    def _load(self, payload: Dict[str, Any]) -> Dict[str, Any]:
        path = payload.get("path")
        if not isinstance(path, str) or not path:
            raise CommandError("cannot load_ckpt: the payload has no 'path'")
        assert self._load_checkpoint
        self._load_checkpoint(path)
        self._emit("checkpoint_loaded", path=path, step=self.step)
        return {"path": path, "step": self.step}

    def _saved(self) -> Optional[str]:
        """Has the script write a checkpoint; returns its path, `None` when there is no callback or it wrote none."""
        path = self._save_checkpoint(self.step) if self._save_checkpoint else None
        return None if path is None else str(path)
