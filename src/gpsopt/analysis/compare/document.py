"""A comparison as JSON: every frame's rows, exact numbers as text, and the named changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from gpsopt.analysis.compare.comparison import FRAMES, Comparison, Contrast
from gpsopt.analysis.compare.inputs import Difference
from gpsopt.analysis.compare.wording import cause_name, cause_place


def document_of(comparison: Comparison, lang: str) -> dict[str, Any]:
    """Keys: baseline, runs (name, run, title, status, certified), and by run `contrasts`: causes and FRAMES."""
    runs = [
        {"name": name, "run": run.run, "path": None if run.folder is None else str(run.folder),
         "title": run.title(lang), "status": run.status, "certified": run.certified}
        for name, run in zip(comparison.names, comparison.runs, strict=True)
    ]  # fmt: skip
    contrasts = {c.name: _contrast(c, lang) for c in comparison.contrasts}
    for name, found in comparison.waterfalls.items():
        contrasts[name]["waterfall"] = found.document(lang)
    return {"baseline": runs[0], "runs": runs[1:], "contrasts": contrasts}


def _contrast(contrast: Contrast, lang: str) -> dict[str, Any]:
    causes = [
        {"number": number, "name": cause_name(cause, lang), "place": cause_place(cause, lang),
         "taken_back": cause.taken_back, "cells": len(cause.differences),
         "changes": [_cell(d) for d in cause.differences]}
        for number, cause in enumerate(contrast.causes, 1)
    ]  # fmt: skip
    return {"causes": causes, **{name: records(getattr(contrast, name)) for name in FRAMES}}


def _cell(difference: Difference) -> dict[str, Any]:
    """A difference by table, row and column, with its values before and after."""
    names = ("table", "row", "column", "before", "after", "kind")
    return dict(zip(names, difference.row(), strict=True))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as JSON knows them: exact numbers as text, missing values null."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if value is None or (not isinstance(value, str | tuple | list | dict) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value


__all__ = ["document_of", "records"]
