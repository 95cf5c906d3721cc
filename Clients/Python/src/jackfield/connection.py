# SPDX-License-Identifier: Apache-2.0
"""One TCP connection to a host. It is never repaired: when lost, another one is made."""

from __future__ import annotations

import socket
import struct
import time
from typing import List

from .settings import Address
from .wire import LineSplitter

CONNECT_TIMEOUT_SECONDS = 1.0
_READ_BYTES = 64 << 10


class Connection:
    """A non-blocking connection. For one thread; errors are `OSError` and mean that it is lost."""

    def __init__(self, address: Address, hello: bytes) -> None:
        """Connects, waiting at most a second, and loads the first line to send."""
        self.socket = _connected(address)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.made_at = time.monotonic()
        self.has_heard = False
        self._splitter = LineSplitter()
        self._pending = memoryview(hello)

    @property
    def has_pending(self) -> bool:
        """Whether loaded bytes are still to be written."""
        return bool(self._pending)

    def load(self, data: bytes) -> None:
        """Sets the bytes to write next, whole lines. Only when nothing is pending."""
        assert not self._pending, "a line would be cut in two"
        self._pending = memoryview(data)

    def write(self) -> None:
        """Writes as much as the system takes now."""
        try:
            self._pending = self._pending[self.socket.send(self._pending) :]
        except (BlockingIOError, InterruptedError):
            pass

    def read(self) -> List[bytes]:
        """Returns the lines that have arrived whole."""
        try:
            data = self.socket.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return []
        if not data:
            raise ConnectionResetError("the host closed the connection")
        self.has_heard = True
        return self._splitter.feed(data)

    def close(self, patience: float = 0.0) -> None:
        """Closes; waits up to `patience` seconds for the host to read the rest and close its side.

        Without that wait, anything the host still says would turn the close into a reset, and the host would lose what
        it had not read.
        """
        deadline = time.monotonic() + patience
        try:
            self.socket.shutdown(socket.SHUT_WR)
            while time.monotonic() < deadline:
                self.socket.settimeout(max(0.001, deadline - time.monotonic()))
                if not self.socket.recv(_READ_BYTES):
                    break
        except OSError:
            pass  # reset, or out of patience
        self.socket.close()

    def abandon(self) -> None:
        """Lets go of this process's copy of the socket and leaves the connection itself alone."""
        self.socket.close()


def _connected(address: Address) -> socket.socket:
    """Connects; never to itself.

    The port lies in the range from which the system picks the caller's own ports. While nobody listens there, TCP lets
    a socket that was given the same port connect to itself, and then no host could take the port any more.
    """
    connected = socket.create_connection(address, timeout=CONNECT_TIMEOUT_SECONDS)
    if connected.getsockname() != connected.getpeername():
        return connected
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # frees the port at once
    connected.close()
    raise ConnectionRefusedError("nobody listens there")
