# SPDX-License-Identifier: Apache-2.0
"""`python -m jackfield send`: delivers what could not be delivered when the script ended."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import List, Optional

from . import spool
from .settings import DEFAULT_HOST, DEFAULT_PORT, Address, address
from .version import VERSION


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command line; returns the exit status: 0 all delivered, 1 something was not, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    paths = options.files or spool.pending()
    if not paths:
        print("nothing to send")
    to = address(options.host, options.port)
    results = [_send(path, to, options.timeout) for path in paths]
    return 0 if all(results) else 1


def _send(path: Path, to: Address, timeout: float) -> bool:
    try:
        count = spool.deliver(path, to, timeout)
    except spool.DeliveryError as error:
        print(error, file=sys.stderr)
        return False
    if spool.is_spooled(path):
        path.unlink()
    print(f"delivered {count} events of '{path}' to {to}")
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jackfield", description="Tools of the Jackfield client.")
    parser.add_argument("--version", action="version", version=f"jackfield {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    send = commands.add_parser(
        "send",
        help="send spooled events to a host",
        description="Sends files of events to a host. Files in the spool are removed once the host has confirmed "
        "them; files elsewhere are kept.",
    )
    send.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: all spooled files, oldest first")
    send.add_argument("--host", help=f"the host's name or address (default {DEFAULT_HOST})")
    send.add_argument("--port", type=int, help=f"default: $ONTHEFLY_DASHBOARD_PORT, else {DEFAULT_PORT}")
    send.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="wait for acks (default 10)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
