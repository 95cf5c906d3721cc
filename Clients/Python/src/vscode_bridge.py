# SPDX-License-Identifier: Apache-2.0
"""`jackfield.bridge` under the name that scripts written for an editor's own bridge import."""

from __future__ import annotations

from jackfield.bridge import *  # noqa: F401,F403
from jackfield.bridge import __all__  # noqa: F401
