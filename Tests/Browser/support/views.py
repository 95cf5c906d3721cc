# SPDX-License-Identifier: Apache-2.0
"""The places of the page."""

from __future__ import annotations

from typing import Dict
from urllib.parse import quote

from .content import Content

#: Views without parameters, by a name for their picture, as in the navigation.
VIEWS: Dict[str, str] = {
    "overview": "", "runs": "runs", "compare": "compare", "lineage": "lineage", "samples": "samples", "health": "health", "logs": "logs",
    "kernels": "kernels", "results": "results", "scripts": "scripts", "panels": "panels", "host": "host", "events": "events",
    "configuration": "settings",
}
#: Places that need something to show, as functions of what is there.
PLACES = {
    "run": lambda content: "runs/transformer-tiny",
    "run-checkpoints": lambda content: "runs/cifar-small?tab=checkpoints",
    "run-logs": lambda content: "runs/lr-too-high?tab=logs",
    "health-of-a-run": lambda content: "health?run=cifar-small",
    "run-samples": lambda content: "runs/blend?tab=samples",
    "run-about": lambda content: "runs/blend?tab=info",
    "compare-two": lambda content: "compare?runs=digits-baseline,digits-wide",
    "samples-of-a-run": lambda content: "samples?run=cifar-small",
    "results-of-a-document": lambda content: f"results?document={quote(content.document)}",
}
NAMES = [*VIEWS, *PLACES]


def address(name: str, content: Content) -> str:
    """The path of a place in a host that was filled."""
    return VIEWS[name] if name in VIEWS else PLACES[name](content)
