# SPDX-License-Identifier: Apache-2.0
"""One connection to a host, over `websockets` where it is installed and over our own client elsewhere."""

from __future__ import annotations

import logging
import socket
import struct
from typing import Any, Callable, Optional

from . import websocket
from .door import Door
from .errors import BridgeLostError, BridgeRefusedError, HandshakeTimeoutError

CONNECT_TIMEOUT_SECONDS = 5.0
#: How long a host may leave a message unread before the connection counts as lost.
SEND_TIMEOUT_SECONDS = 30
MAX_MESSAGE_BYTES = 64 << 20
#: The first release of `websockets` whose threads do not keep a process alive.
_LEAST_WEBSOCKETS = 13

#: The library logs whole requests, and ours have the token in them.
_silent = logging.getLogger("jackfield.bridge.websockets")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL + 1)


class Wire:
    """Messages out and in. `receive` is for one thread, `send` for one at a time; errors are `BridgeLostError`."""

    def __init__(self, door: Door) -> None:
        """Connects and shakes hands; raises a `RuntimeError` of `errors`, or one about the handshake."""
        self._socket = _connected(door)
        try:
            self._begin(door)
        except BaseException:
            self._socket.close()
            raise

    def _begin(self, door: Door) -> None:
        raise NotImplementedError

    def send(self, text: str) -> None:
        raise NotImplementedError

    def receive(self) -> str:
        """Waits for the next message."""
        raise NotImplementedError

    def close(self) -> None:
        """Says goodbye and closes; `receive` on another thread ends."""
        raise NotImplementedError

    def drop(self) -> None:
        """Closes without a word; `receive` and `send` on other threads end."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was faster
        self._socket.close()

    def abandon(self) -> None:
        """In a forked child: closes the child's copy and leaves the parent's connection alone."""
        self._socket.close()


class PlainWire(Wire):
    """Over the client of this package."""

    def _begin(self, door: Door) -> None:
        self._socket.settimeout(CONNECT_TIMEOUT_SECONDS)
        try:
            self._websocket = websocket.WebSocket(self._socket, door.authority, door.target, MAX_MESSAGE_BYTES)
        except websocket.HandshakeError as error:
            raise handshake_failure(error.status) from error
        except socket.timeout as error:
            raise handshake_timeout(door) from error
        except OSError as error:
            raise handshake_failure(None) from error
        self._socket.settimeout(None)

    def send(self, text: str) -> None:
        try:
            self._websocket.send(text)
        except OSError as error:
            raise lost(error) from error

    def receive(self) -> str:
        try:
            return self._websocket.receive()
        except (websocket.WebSocketClosed, websocket.WebSocketError, OSError) as error:
            raise lost(error) from error

    def close(self) -> None:
        self._websocket.close()
        self.drop()


class LibraryWire(Wire):
    """Over `websockets`."""

    def _begin(self, door: Door) -> None:
        from websockets import exceptions
        from websockets.sync import client

        self._gone = (exceptions.WebSocketException, OSError)
        try:
            self._manager = client.connect(
                f"ws://{door.authority}{door.target}",
                sock=self._socket,
                compression=None,
                user_agent_header=None,
                open_timeout=CONNECT_TIMEOUT_SECONDS,
                close_timeout=1,
                max_size=MAX_MESSAGE_BYTES,
                logger=_silent,
                **_without_pings(client.connect),
            )
            # Entered, as a `with` does: from release 17 on that is where it connects, or warns that it will be.
            self._connection = self._manager.__enter__()
        except TimeoutError as error:
            raise handshake_timeout(door) from error
        except exceptions.InvalidStatus as error:
            raise handshake_failure(error.response.status_code) from error
        except (OSError, EOFError, exceptions.InvalidMessage) as error:
            raise handshake_failure(None) from error
        except exceptions.WebSocketException as error:
            raise handshake_failure(101) from error

    def send(self, text: str) -> None:
        try:
            self._connection.send(text)
        except self._gone as error:
            raise lost(error) from error

    def receive(self) -> str:
        try:
            message = self._connection.recv()
            return message if isinstance(message, str) else message.decode("utf-8")
        except (*self._gone, UnicodeDecodeError) as error:
            raise lost(error) from error

    def close(self) -> None:
        self._manager.__exit__(None, None, None)


def connect(door: Door) -> Wire:
    """Connects in the best way there is."""
    return LibraryWire(door) if has_library() else PlainWire(door)


def has_library() -> bool:
    """Whether a fitting release of `websockets` can be imported."""
    try:
        from websockets.sync import client  # noqa: F401
        from websockets.version import version
    except ImportError:
        return False
    major = version.split(".")[0]
    return major.isdigit() and int(major) >= _LEAST_WEBSOCKETS


def handshake_failure(status: Optional[int]) -> RuntimeError:
    """A refusal, or an answer that is none."""
    return RuntimeError("Run bridge handshake invalid" if status == 101 else "Run bridge handshake failed")


def handshake_timeout(door: Door) -> HandshakeTimeoutError:
    return HandshakeTimeoutError(
        f"the host at {door.authority} took the connection and did not answer for {CONNECT_TIMEOUT_SECONDS:g} seconds"
    )


def lost(error: BaseException) -> BridgeLostError:
    return BridgeLostError(f"the connection to the host was lost: {error or type(error).__name__}")


def _connected(door: Door) -> socket.socket:
    """Connects; never to itself, which TCP does when the port is free and within the range of the system's own."""
    try:
        connected = socket.create_connection((door.host, door.port), timeout=CONNECT_TIMEOUT_SECONDS)
    except socket.timeout as error:
        raise handshake_timeout(door) from error
    except ConnectionRefusedError as error:
        raise _refused(door, error) from error
    except OSError as error:
        raise RuntimeError(f"cannot connect to the host at {door.authority}: {error.strerror or error}") from error
    if connected.getsockname() == connected.getpeername():
        connected.close()
        raise _refused(door, None)
    connected.settimeout(None)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_TIMEOUT_SECONDS, 0))
    return connected


def _refused(door: Door, error: Optional[OSError]) -> BridgeRefusedError:
    number = error.errno if error else None
    text = f"nobody listens at {door.authority}; is the host running? 'jackfield status' tells"
    return BridgeRefusedError(number, text) if number else BridgeRefusedError(text)


def _without_pings(connect: Callable[..., Any]) -> "dict[str, Any]":
    """From release 15 on the library pings by itself; a loopback connection needs no such proof of life."""
    import inspect

    return {"ping_interval": None} if "ping_interval" in inspect.signature(connect).parameters else {}
