# SPDX-License-Identifier: Apache-2.0
"""A training run, as the training script sees it."""

from __future__ import annotations

import atexit
import hashlib
import os
import sys
import threading
import time
import weakref
from types import TracebackType
from typing import Any, Optional, Set, Type

from . import settings, spool, wire
from .channel import Channel
from .controls import Controls, LoadCheckpoint, SaveCheckpoint
from .notices import tell
from .outbox import Outbox
from .version import VERSION

FLUSH_TIMEOUT_SECONDS = 5.0
#: What every event carries; a metric of such a name would hide it.
_ENVELOPE = frozenset(["type", "run_id", "run_gen", "ts", "session_id", "event_seq"])


class Run:
    """Streams one training run to a host, and obeys the host between steps.

    Whether a host listens, reads, or dies makes no difference to the script: the methods neither wait for the network
    nor raise because of it. They may be called from any thread. In a forked child (a data loader's worker) they do
    nothing, nor do they with `JACKFIELD_DISABLE=1`.

        with jackfield.Run(project="digits", name="baseline") as run:
            for step, batch in enumerate(batches, 1):
                loss = train(batch)
                run.step(step, loss=loss)
                if run.should_stop:
                    break
    """

    def __init__(
        self,
        project: str = "default",
        name: Optional[str] = None,
        *,
        save_checkpoint: Optional[SaveCheckpoint] = None,
        load_checkpoint: Optional[LoadCheckpoint] = None,
        host: str = settings.DEFAULT_HOST,
        port: Optional[int] = None,
        device: str = "cpu",
        flush_timeout: float = FLUSH_TIMEOUT_SECONDS,
    ) -> None:
        """Prepares a run; nothing is sent before `start`.

        - `name`: also the run's id; the default holds the date and time.
        - `save_checkpoint`: called with the step, returns the path of the file it wrote; on `pause` and `save_ckpt`.
        - `load_checkpoint`: called with a path the host names. Both run on the thread that calls `step`.
        - `port`: default `ONTHEFLY_DASHBOARD_PORT`, else 47621.
        - `flush_timeout`: how long `finish` waits for the host's acks, in seconds.
        """
        self.project = str(project)
        self.name = str(name or time.strftime("run-%Y%m%d-%H%M%S"))
        self.session_id = _new_session_id(self.project, self.name)
        self._flush_timeout = flush_timeout
        self._lock = threading.RLock()  # numbers go into the outbox in order; re-entrant for signal handlers
        self._seq = 0
        self._val_loss: Any = None
        self._reported_drops = 0
        self._is_started = False
        self._is_finished = False
        self._is_mute = settings.is_disabled()
        _all_runs.add(self)
        self._outbox = Outbox()
        self._channel = Channel(
            settings.address(host, port), self._outbox, self.session_id, self._hello, self._receive, self._report_drops
        )
        self._controls = Controls(self._emit, self._channel.reply, save_checkpoint, load_checkpoint, device)

    # MARK: what a script calls

    def start(self) -> "Run":
        """Announces the run and begins to stream. The first event does it, too."""
        with self._lock:
            if self._is_started or self._is_mute:
                return self
            self._is_started = True
            _open_runs.add(self)
            self._channel.start()
            self._emit("session_started", project=self.project, run_name=self.name)
            self._emit("newRun", parents=[], meta={"display_name": self.name})
        return self

    def step(self, step: int, **metrics: Any) -> bool:
        """Reports a step with its metrics, of any names, then obeys the host; blocks only while paused.

        Returns whether the training should go on: the opposite of `should_stop`.
        """
        self._controls.step = wire.plain(step)
        metrics.setdefault("val_loss", self._val_loss)
        self._emit("trainStep", step=step, **metrics)
        return self.obey()

    def obey(self) -> bool:
        """Obeys the host without reporting a step, for a long validation; blocks only while paused."""
        if not (self._is_mute or self._is_finished):
            self._controls.obey()
        return not self.should_stop

    def log(self, text: str, level: str = "info") -> None:
        """Reports a line of text; levels are "debug", "info", "warn" and "error"."""
        self._emit("log", level=level, text=str(text))

    def epoch_end(self, epoch: int, val_loss: Any = None, **metrics: Any) -> None:
        """Reports the end of an epoch, counted from 0; later steps repeat its validation loss."""
        if val_loss is not None:
            self._val_loss = wire.plain(val_loss)
        self._emit("epoch_end", epoch=epoch, val_loss=val_loss, **metrics)

    def checkpoint_saved(self, path: Any, step: Optional[int] = None) -> None:
        """Reports a checkpoint that the script wrote of its own accord."""
        self._emit("checkpoint_saved", path=str(path), step=self._controls.step if step is None else step)

    @property
    def should_stop(self) -> bool:
        """Whether the host asked to stop. The script decides where."""
        return self._controls.should_stop

    @property
    def is_paused(self) -> bool:
        """Whether the host has paused the run."""
        return self._controls.is_paused

    def finish(self, status: Optional[str] = None, flush_timeout: Optional[float] = None) -> None:
        """Reports the end, waits for the acks, and spools what was not acknowledged. A second call does nothing.

        - `status`: "completed" or "stopped"; by default whether the host asked to stop decides.
        - `flush_timeout`: in seconds; by default the run's own.
        """
        self.start()
        with self._lock:
            if self._is_mute or self._is_finished:
                return
            self._controls.close()
            self._report_drops()
            status = status or ("stopped" if self.should_stop else "completed")
            self._emit("trainingFinished", status=status, step=self._controls.step)
            self._is_finished = True
        try:
            self._channel.flush(self._flush_timeout if flush_timeout is None else flush_timeout)
        finally:
            self._close()

    def __enter__(self) -> "Run":
        return self.start()

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
            self.log(f"ended by {type(error).__name__}: {error}", level="error")
        self.finish("stopped" if error is not None else None)

    # MARK: events

    def _emit(self, kind: str, /, **fields: Any) -> None:
        """Numbers an event and puts it into the outbox. [any thread]"""
        self.start()
        content = {f"metric_{name}" if name in _ENVELOPE else name: wire.plain(fields[name]) for name in fields}
        with self._lock:
            if self._is_mute or self._is_finished:
                return
            self._seq += 1
            envelope = {
                "run_id": wire.plain(self.name),
                "run_gen": 0,
                "ts": time.time(),
                "session_id": self.session_id,
                "event_seq": self._seq,
            }
            self._outbox.append(self._seq, _encoded({"type": kind, **content, **envelope}))
        self._channel.wake()

    def _hello(self) -> bytes:
        """The first line of every connection; not an event."""
        return wire.encode(
            wire.plain(
                {
                    "type": "client_hello",
                    "session_id": self.session_id,
                    "run_id": self.name,
                    "project": self.project,
                    "run_name": self.name,
                    "client": "jackfield",
                    "version": VERSION,
                    "wants_ack": True,
                    "pid": os.getpid(),
                    "cwd": _working_directory(),
                    "ts": time.time(),
                }
            )
        )

    def _receive(self, message: Any, link: Any) -> None:
        self._controls.receive(message, link)

    def _report_drops(self) -> None:
        """Puts the number of lost events on record, in the place where the gap is noticed."""
        dropped = self._outbox.dropped
        if dropped > self._reported_drops:
            self._reported_drops = dropped
            self.log(f"{dropped} events of this session were dropped for want of room while no host was there", "warn")

    # MARK: the end

    def _close(self) -> None:
        _open_runs.discard(self)
        self._channel.stop()
        self._outbox.settle()
        if not (self._outbox.is_empty or self._channel.was_delivered):
            self._spool()
        self._outbox.close()

    def _spool(self) -> None:
        try:
            path = spool.write(self.session_id, self._hello(), self._outbox.unacknowledged())
        except OSError as error:
            tell(f"cannot keep the events of run '{self.name}' that no host confirmed: {error}")
        else:
            tell(
                f"no host at {self._channel.address} confirmed the last events of run '{self.name}'; "
                f"deliver them later with: {os.path.basename(sys.executable)} -m jackfield send '{path}'"
            )

    def _abandon(self) -> None:
        """In a forked child: falls silent, without touching locks or the parent's connection."""
        was_open = self._is_started and not (self._is_mute or self._is_finished)
        self._is_mute = True
        self._lock = threading.RLock()
        if was_open:
            self._channel.abandon()


def _encoded(event: Any) -> bytes:
    try:
        return wire.encode(event)
    except (ValueError, TypeError, RecursionError) as error:
        text = f"serialization error for a {event['type']} event: {error}"
        envelope = {name: event[name] for name in _ENVELOPE}
        return wire.encode({**envelope, "type": "log", "level": "error", "text": text})


def _new_session_id(project: str, name: str) -> str:
    seed = f"{project}\n{name}\n{time.time_ns()}\n".encode("utf-8", "replace") + os.urandom(8)
    return "sess-" + hashlib.blake2b(seed, digest_size=6).hexdigest()


def _working_directory() -> Optional[str]:
    try:
        return os.getcwd()
    except OSError:
        return None  # it was removed under our feet


#: Every run there is, started or not: a child must not stream under its parent's session.
_all_runs: "weakref.WeakSet[Run]" = weakref.WeakSet()
#: Runs that were started and not finished.
_open_runs: Set[Run] = set()


def _finish_open_runs() -> None:
    failed = hasattr(sys, "last_value")  # an exception nobody caught
    for run in list(_open_runs):
        run.finish("stopped" if failed else None)


def _abandon_all_runs() -> None:
    for run in list(_all_runs):
        run._abandon()
    _open_runs.clear()


atexit.register(_finish_open_runs)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all_runs)
