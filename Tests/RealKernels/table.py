# SPDX-License-Identifier: Apache-2.0
"""What was seen, collected for the tables at the end of the run."""

from __future__ import annotations

from typing import Dict, List, Tuple


class Tables:
    """Rows by table, in the order they came."""

    def __init__(self) -> None:
        self.rows: Dict[Tuple[str, Tuple[str, ...]], List[Tuple[str, ...]]] = {}

    def add(self, title: str, **row: object) -> None:
        self.rows.setdefault((title, tuple(row)), []).append(tuple(str(value) for value in row.values()))

    def lines(self) -> List[str]:
        """As Markdown."""
        lines: List[str] = []
        for (title, columns), rows in self.rows.items():
            widths = [max(len(row[n]) for row in [columns, *rows]) for n in range(len(columns))]
            dashes = tuple("-" * width for width in widths)
            lines += ["", title, ""]
            lines += ["| " + " | ".join(cell.replace("_", " ").ljust(width) for cell, width in zip(row, widths)) + " |" for row in [columns]]
            lines += ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in [dashes, *rows]]
        return lines


TABLES = Tables()
