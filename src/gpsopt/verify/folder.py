"""A run folder read for checking: inputs, plan tables, summary. Nothing stored in it is trusted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gpsopt.errors import GpsoptError, InputError
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.verify.aims import CLAIMS
from gpsopt.verify.frames import verify_frames
from gpsopt.verify.rows import COLUMNS, OPTIONAL, PLAN_TABLES
from gpsopt.verify.verdict import Fault, Outcome, Verdict

MAX_BYTES: Final = 500_000_000
#: keys of summary.json that speak of the plan
SAID: Final = ("status", "certified", "aims", "unit_values", "totals")


class _Unfit(Exception):
    """A file that cannot be used; carries the faults to show."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


def verify_run(folder: Path) -> Verdict:
    """Check the finished plan in a run folder from that folder alone; every failing is a fault, none is raised."""
    try:
        if not Path(folder).is_dir():
            raise _Unfit(Fault("run", "folder_missing", details={"path": str(folder)}))
        summary = _summary(Path(folder))
        _has_plan(Path(folder), summary)
        scenario = _inputs(Path(folder))
        frames = {name: _table(Path(folder), f"{name}.csv") for name in _tables_of(Path(folder))}
    except _Unfit as unfit:
        return Verdict.of([Outcome("run", 0, unfit.faults)])
    except OSError as error:
        return Verdict.of([Outcome("run", 0, (_unreadable(str(folder), type(error).__name__),))])
    missing = tuple(_left_out(summary))
    verdict = verify_frames(scenario, frames, summary)
    return Verdict(verdict.ok and not missing, (*missing, *verdict.faults), verdict.checked)


def _summary(folder: Path) -> dict[str, Any]:
    try:
        data = json.loads(_text(folder, "summary.json"), parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise _Unfit(Fault("run", "json_broken", "summary.json", details={"why": str(error)[:200]})) from None
    if not isinstance(data, dict):
        raise _Unfit(Fault("run", "json_broken", "summary.json", details={"why": type(data).__name__}))
    return data


def _has_plan(folder: Path, summary: dict[str, Any]) -> None:
    """An infeasible run, or one stopped without a plan, has no plan tables: there is nothing to certify."""
    status = str(summary.get("status"))[:60]
    found = [name for name in PLAN_TABLES if (folder / f"{name}.csv").exists()]
    if not found or status == "infeasible":
        raise _Unfit(Fault("run", "no_plan", "summary.json", None, "status", "", {"status": status}))


def _left_out(summary: dict[str, Any]) -> Iterator[Fault]:
    """What a run must say of itself: a number left out would be a number that nothing is held against."""
    aims = summary.get("aims")
    wanted = [("", summary, name) for name in SAID]
    wanted += [(str(aim.get("name"))[:60], aim, name) for aim in aims if isinstance(aim, dict)
               for name in CLAIMS] if isinstance(aims, list) else []  # fmt: skip
    unproven = ("bound", "gap", "gap_amount") if summary.get("status") == "limit" else ()
    for aim, group, name in wanted:
        if name not in group or (group[name] is None and name not in unproven):
            yield Fault("run", "key_missing", "summary.json", None, name, aim, {"found": name})


def _tables_of(folder: Path) -> list[str]:
    """The tables of a plan; `violations` stands only where clauses are soft."""
    return [*PLAN_TABLES, *(name for name in OPTIONAL if name != "violations" or (folder / f"{name}.csv").exists())]


def _inputs(folder: Path) -> Scenario:
    try:
        return read_scenario(folder / "inputs")
    except InputError as error:
        raise _Unfit(*(Fault("inputs", "input_finding", details={"finding": f}) for f in error.findings)) from None
    except GpsoptError as error:
        raise _Unfit(Fault("inputs", "input_finding", "inputs", details={"finding": error})) from None
    except OSError as error:
        raise _Unfit(_unreadable("inputs", type(error).__name__)) from None


def _table(folder: Path, file: str) -> list[dict[str, str]]:
    """The rows of a CSV file by column; the first line is the header, every line has as many cells."""
    reader = csv.reader(io.StringIO(_text(folder, file), newline=""), strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise _Unfit(Fault("cells", "csv_broken", file, reader.line_num, details={"why": str(error)})) from None
    if not records:
        raise _Unfit(Fault("cells", "file_empty", file))
    header = records[0]
    if len(set(header)) != len(header):
        raise _Unfit(*(Fault("cells", "column_twice", file, 1, name) for name in sorted(set(header))
                       if header.count(name) > 1))  # fmt: skip
    wanted = COLUMNS[file.removesuffix(".csv")][1].keys()
    wrong = [Fault("cells", "column_unknown", file, 1, name) for name in header if name not in wanted]
    wrong += [Fault("cells", "column_missing", file, 1, name) for name in wanted if name not in header]
    wrong += [
        Fault("cells", "cell_count", file, line, details={"found": len(cells), "expected": len(header)})
        for line, cells in enumerate(records[1:], 2) if len(cells) != len(header)
    ]  # fmt: skip
    if wrong:
        raise _Unfit(*wrong)
    return [dict(zip(header, cells, strict=True)) for cells in records[1:]]


def _text(folder: Path, file: str) -> str:
    path = folder / file
    try:
        if not path.is_file():
            raise _Unfit(Fault("run", "file_missing", file))
        if path.stat().st_size > MAX_BYTES:
            raise _Unfit(Fault("run", "file_too_large", file))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unfit(Fault("cells", "not_utf8", file)) from None
    except OSError as error:
        raise _Unfit(_unreadable(file, type(error).__name__)) from None


def _unreadable(file: str, why: str) -> Fault:
    return Fault("run", "unreadable", file, details={"why": why})
