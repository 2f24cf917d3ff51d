"""A run folder read back: typed frames, summary, manifest and, when asked, the scenario of its inputs.

Types of a frame's columns: codes and words are text (None where empty), years and counts int64 (Int64 where a
cell is empty), yes/no bool (boolean), everything else exact Decimal (None where empty): money in yuan with two
decimals, so sums stay exact; `fen_of` turns a money column into int64 fen, `floats` a frame into plain numbers
for charts. Nothing here is verified: that is the work of `gpsopt.verify`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.changes import Entry, read_entries
from gpsopt.errors import UsageError
from gpsopt.money import fen
from gpsopt.plan.page import page_of
from gpsopt.plan.plan import Result
from gpsopt.scenario import Scenario, read_scenario

_WORDS: Final = frozenset((
    "need", "purchaser", "item", "area", "undertaker", "offer", "from_purchaser", "from_line", "to_purchaser",
    "to_line", "use", "clause", "reason", "kept_because", "goal", "unit", "status", "index",
))  # fmt: skip
_WHOLE: Final = frozenset(("year", "awards", "candidates"))
_YES_NO: Final = frozenset(("thin", "met"))


@dataclass(frozen=True)
class Run:
    """A finished run, with a plan or without: what stands in its folder.

    `frames`: name -> typed table (see the module); of an end without a plan only those that stand in the folder.
    """

    folder: Path | None  # None: a plan in memory that has not been written
    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]
    conflict: Mapping[str, Any] = field(default_factory=dict)  # conflict.json of an end without a plan
    known_scenario: Scenario | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was solved, read from `inputs/`; its name is the scenario's, not the folder's."""
        if self.known_scenario is not None:
            return self.known_scenario
        assert self.folder is not None
        read = read_scenario(self.folder / "inputs")
        return replace(read, name=self.name, entries=_entries(self.folder / "inputs"))

    @property
    def run(self) -> str:
        """The name of the run: scenario and eight letters of the request's hash."""
        return str(self.summary["run"])

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.manifest.get("scenario") or self.run.rpartition("-")[0])

    @property
    def status(self) -> str:
        """optimal, within_gap, limit or infeasible."""
        return str(self.summary["status"])

    @property
    def certified(self) -> bool:
        """What the summary says; `verify_run` checks it."""
        return bool(self.summary.get("certified"))

    @property
    def has_plan(self) -> bool:
        """Does the run hold a plan, certified or not?"""
        return "allocation" in self.frames

    def frame(self, name: str) -> pd.DataFrame:
        """The table `name`; without rows, with its columns, where the run has none."""
        if name in self.frames:
            return self.frames[name]
        from gpsopt.plan.frames import COLUMNS  # brings the model along: only where a table is missing

        return typed(pd.DataFrame(columns=list(COLUMNS[name])))

    def title(self, lang: str) -> str:
        """The scenario's title in a language, falling back to the other one and to its name."""
        zh, en = str(self.summary.get("title_zh") or ""), str(self.summary.get("title") or "")
        return (zh or en if lang == "zh" else en or zh) or self.name

    def aim(self, name: str) -> Mapping[str, Any] | None:
        """The summary's entry of one aim, or None where it was not sought."""
        return next((entry for entry in self.summary.get("aims", ()) if entry["name"] == name), None)

    def page(self, lang: str = "zh") -> str:
        """The run on one printed page."""
        return page_of(self.scenario, self.frames, self.summary, lang)

    def __repr__(self) -> str:
        return self.page()


def read_run(folder: str | Path) -> Run:
    """Read a run folder, whatever its end. Raises UsageError where it is none or cannot be read."""
    path = Path(folder)
    summary = _json(path, "summary.json", needed=True)
    manifest = _json(path, "manifest.json", needed=True)
    frames = {file.stem: _table(path, file.name) for file in sorted(path.glob("*.csv"))}
    for entry, key in ((summary, "run"), (summary, "status"), (manifest, "scenario")):
        if not isinstance(entry.get(key), str):
            raise _broken(path, "summary.json" if entry is summary else "manifest.json", f"no '{key}'")
    return Run(path, frames, summary, manifest, _json(path, "conflict.json", needed=False))


def as_run(source: Run | Result | str | Path) -> Run:
    """A run folder, a plan in memory or a run already read, as a Run."""
    if isinstance(source, Run):
        return source
    if isinstance(source, Result):
        frames = {name: typed(frame) for name, frame in source.frames.items()}
        return Run(None, frames, source.summary, source.manifest, known_scenario=source.scenario)
    return read_run(source)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy whose columns have the module's types; cells are text as in the CSV, or exact values already."""
    return pd.DataFrame({name: _column(str(name), list(frame[name])) for name in frame.columns})


def fen_of(column: pd.Series[Any]) -> pd.Series[int]:
    """A money column (yuan, Decimal) as int64 fen; an empty cell counts nothing."""
    return pd.Series([0 if v is None else fen(v) for v in column], index=column.index, dtype="int64", name=column.name)


def floats(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which exact numbers are float64: for charts and statistics, not for the books."""
    out = {}
    for name in frame.columns:
        column = frame[name]
        exact = column.dtype == object and str(name) not in _WORDS and _all_numbers(column)
        out[name] = pd.to_numeric(column.map(_float)) if exact else column
    return pd.DataFrame(out, index=frame.index)


def _all_numbers(column: pd.Series[Any]) -> bool:
    return all(isinstance(v, Decimal | int | float) or v is None for v in column)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _column(name: str, cells: list[Any]) -> pd.Series[Any]:
    values = [None if v is None or v == "" else v for v in cells]
    empty = any(v is None for v in values)
    if name in _WHOLE:
        numbers = [None if v is None else int(v) for v in values]
        return pd.Series(numbers, dtype="Int64" if empty else "int64")
    if name in _YES_NO:
        said = [v if v is None or isinstance(v, bool) else v == "yes" for v in values]
        return pd.Series(said, dtype="boolean" if empty else "bool")
    if name in _WORDS:
        return pd.Series(values, dtype=object)
    return pd.Series([_exact(v) for v in values], dtype=object)


def _exact(value: Any) -> Any:
    """An exact number where the cell is one; a word that a table of another program holds stays as it is."""
    if value is None or isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def _table(folder: Path, file: str) -> pd.DataFrame:
    reader = csv.reader(io.StringIO(_text(folder, file), newline=""), strict=True)
    try:
        records = list(reader)
        header = records[0]
        cells: list[Any] = list(zip(*records[1:], strict=True)) if len(records) > 1 else [()] * len(header)
        if len(cells) != len(header) or len(set(header)) != len(header):
            raise ValueError("rows and header differ")
        return pd.DataFrame(
            {name: _column(name, list(column)) for name, column in zip(header, cells, strict=True)}
        )  # fmt: skip
    except (csv.Error, ValueError, IndexError) as error:
        raise _broken(folder, file, str(error)) from None


def _json(folder: Path, file: str, *, needed: bool) -> dict[str, Any]:
    if not needed and not (folder / file).is_file():
        return {}
    try:
        data = json.loads(_text(folder, file))
    except (ValueError, RecursionError) as error:
        raise _broken(folder, file, str(error)) from None
    if not isinstance(data, dict):
        raise _broken(folder, file, type(data).__name__)
    return data


def _entries(folder: Path) -> tuple[Entry, ...]:
    """The named changes that led to the inputs, as far as the folder says."""
    if not (folder / "changes.json").is_file():
        return ()
    try:
        return read_entries(_text(folder, "changes.json"))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _broken(folder, "changes.json", str(error)) from None


def _text(folder: Path, file: str) -> str:
    try:
        if not (folder / file).is_file():
            raise UsageError("run_missing", path=str(folder))
        return (folder / file).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise _broken(folder, file, str(error)) from None


def _broken(folder: Path, file: str, why: str) -> UsageError:
    return UsageError("run_broken", path=str(folder / file), why=why[:200])


__all__ = ["Run", "as_run", "fen_of", "floats", "read_run", "typed"]
