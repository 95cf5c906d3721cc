# SPDX-License-Identifier: Apache-2.0
"""What a person must know goes to standard error; the rest to the `jackfield` logger."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger("jackfield")


def tell(sentence: str) -> None:
    """Prints one sentence for the person who started the script. Never raises."""
    try:
        print(f"[jackfield] {sentence}", file=sys.stderr, flush=True)
    except (AttributeError, OSError, ValueError):
        pass  # standard error is closed or absent: nobody is there to tell
