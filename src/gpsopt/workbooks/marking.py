"""The user's own workbook with red cells and comments where something was found; the original is not touched."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_FILLS: Final = {"error": "FFF4B6B6", "warning": "FFFFE699"}
_AUTHOR: Final = "gpsopt"
_MOST_TEXT: Final = 2_000  # letters of one comment


def mark(path: Path, to: Path, marks: Sequence[dict[str, Any]]) -> None:
    """Write a copy of the workbook in which every mark {sheet, row, column (number), severity, text} is seen."""
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(io.BytesIO(path.read_bytes()))
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in _FILLS.items()}
    gathered: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for one in marks:
        gathered.setdefault((one["sheet"], one["row"], one["column"]), []).append(one)
    for (sheet, row, column), found in gathered.items():
        cell = book[sheet].cell(row=row, column=column)
        if type(cell).__name__ == "MergedCell":
            continue  # its comment stands at the first cell of the range
        worst = "error" if any(one["severity"] == "error" for one in found) else "warning"
        cell.fill = fills[worst]
        text = "\n".join(one["text"] for one in found)[:_MOST_TEXT]
        cell.comment = Comment(text, _AUTHOR, height=90 + 18 * min(len(found), 6), width=380)
    book.save(to)
