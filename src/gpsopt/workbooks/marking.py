"""The user's own workbook with red cells and comments where something was found; the original is not touched."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gpsopt.workbooks.limits import MAX_MARKED_BYTES, RefusedError
from gpsopt.workbooks.parcel import SHEETS

_FILLS: Final = {"error": "FFF4B6B6", "warning": "FFFFE699"}
_AUTHOR: Final = "gpsopt"
_MOST_TEXT: Final = 2_000  # letters of one comment
MOST_COMMENTS: Final = 500  # in a column of a sheet: nobody reads more, and a spreadsheet program stalls on them


def mark(path: Path, to: Path, marks: Sequence[dict[str, Any]]) -> int:
    """Write a copy of the workbook in which every mark {sheet, row, column (number), severity, text} is seen.

    Every marked cell is coloured; the first `MOST_COMMENTS` of each column have a comment too. Returns how many
    have colour alone. Marks of ours that the workbook brings along (it is a marked copy in which something was
    corrected) are taken off.
    """
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    with zipfile.ZipFile(path) as parcel:
        if sum(part.file_size for part in parcel.infolist() if part.filename.startswith(SHEETS)) > MAX_MARKED_BYTES:
            raise RefusedError("file_too_costly")
    book = load_workbook(io.BytesIO(path.read_bytes()))
    for sheet in book.worksheets:
        for cell in sheet._cells.values():  # those that are there; a walk over rows would make those that are not
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                if cell.fill.fgColor.rgb in _FILLS.values():
                    cell.fill = PatternFill()
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in _FILLS.items()}
    gathered: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for one in marks:
        gathered.setdefault((one["sheet"], one["row"], one["column"]), []).append(one)
    commented: Counter[tuple[str, int]] = Counter()
    for (name, row, column), found in sorted(gathered.items()):
        cell = book[name].cell(row=row, column=column)
        if type(cell).__name__ == "MergedCell":
            continue  # its comment stands at the first cell of the range
        worst = "error" if any(one["severity"] == "error" for one in found) else "warning"
        cell.fill = fills[worst]
        commented[name, column] += 1
        if commented[name, column] > MOST_COMMENTS:
            continue
        text = "\n".join(one["text"] for one in found)[:_MOST_TEXT]
        cell.comment = Comment(text, _AUTHOR, height=90 + 18 * min(len(found), 6), width=380)
    book.save(to)
    return sum(max(0, count - MOST_COMMENTS) for count in commented.values())
