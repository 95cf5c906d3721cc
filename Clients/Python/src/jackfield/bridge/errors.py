# SPDX-License-Identifier: Apache-2.0
"""What callers catch. Everything is a `RuntimeError`; some are also the error of the system that they come from."""

from __future__ import annotations

#: `chat` and what this package adds say it at length, the oldest three functions briefly; scripts compare these texts.
NOT_INITIALIZED = (
    "VSCode bridge not initialized. The bridge is only available during debug sessions or run-mode bridge sessions."
)
NOT_INITIALIZED_SHORT = "VSCode bridge not initialized (not in debug session)"


class BridgeRefusedError(ConnectionRefusedError, RuntimeError):
    """Nobody listens where the environment says that the host is."""


class BridgeLostError(ConnectionResetError, RuntimeError):
    """The connection was lost before the answer came; whether the host did what was asked is not known."""


class HandshakeTimeoutError(TimeoutError, RuntimeError):
    """The host took the connection and did not answer in time."""


def failed(text: object) -> RuntimeError:
    """The host's own refusal."""
    return RuntimeError(f"VSCode request failed: {text}")


def timed_out(seconds: float) -> RuntimeError:
    """No answer in time."""
    return RuntimeError(f"Request timeout after {float(seconds)}s")
