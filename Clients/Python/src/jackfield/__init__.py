# SPDX-License-Identifier: Apache-2.0
"""Streams a training run, live, to a Jackfield host."""

from __future__ import annotations

from .run import Run
from .version import VERSION as __version__

__all__ = ["Run", "__version__"]
