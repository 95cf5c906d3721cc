# SPDX-License-Identifier: Apache-2.0
"""What the environment decides: the host's address, the spool's folder, and whether to stream at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple, Optional

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 47621


class Address(NamedTuple):
    """Where a host listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def address(host: Optional[str] = None, port: Optional[int] = None) -> Address:
    """Chooses the address: the arguments, else `ONTHEFLY_DASHBOARD_PORT`, else the defaults."""
    return Address(host or DEFAULT_HOST, port or _port_from_environment() or DEFAULT_PORT)


def is_disabled() -> bool:
    """Tells whether `JACKFIELD_DISABLE` turns streaming off for this process."""
    return os.environ.get("JACKFIELD_DISABLE", "").strip().lower() not in ("", "0", "false", "no")


def spool_folder() -> Path:
    """The folder for events that could not be delivered; it may not exist yet."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return base / "jackfield" / "spool"


def _port_from_environment() -> Optional[int]:
    """Reads the port; anything but an integer from 1 to 65535 counts as absent."""
    text = os.environ.get("ONTHEFLY_DASHBOARD_PORT", "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    port = int(text[:6])
    return port if 1 <= port <= 65535 else None
