# SPDX-License-Identifier: Apache-2.0
"""Where the host listens for scripts, and what opens its door: all of it comes from the environment."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional
from urllib.parse import urlencode, urlsplit

#: The three variables exist under each of these names; the first complete set counts.
_PREFIXES = ("JACKFIELD_BRIDGE_", "EVOLVE_RUN_BRIDGE_", "RUN_BRIDGE_")
_DEFAULT_HOST = "127.0.0.1"
_DEFAULT_PORT = 80


class Door(NamedTuple):
    """A host's address, and the token and session of this run. Never printed: the token is a secret."""

    host: str
    port: int
    path: str
    token: str
    session: str

    @property
    def authority(self) -> str:
        """As the `Host` header wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """What is asked for: path and query, with the token in it."""
        return f"{self.path}?{urlencode({'token': self.token, 'session': self.session})}"

    def __repr__(self) -> str:
        return f"<Door {self.authority}{self.path}>"


def door() -> Optional[Door]:
    """Reads the environment; `None` when no set of variables is complete, so there is no bridge.

    Raises `RuntimeError` when there is one, and its address cannot be read.
    """
    for prefix in _PREFIXES:
        address, token, session = (os.environ.get(prefix + name, "") for name in ("ADDR", "TOKEN", "SESSION"))
        if address and token and session:
            return _parsed(prefix + "ADDR", address, token, session)
    return None


def _parsed(variable: str, address: str, token: str, session: str) -> Door:
    """Scheme, query and fragment mean nothing; what is missing has a default."""
    parts = urlsplit(address if "//" in address else "//" + address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RuntimeError(f"cannot read {variable} '{address}': {error}; expected ws://127.0.0.1:PORT/") from error
    return Door(host or _DEFAULT_HOST, port or _DEFAULT_PORT, parts.path or "/", token, session)
