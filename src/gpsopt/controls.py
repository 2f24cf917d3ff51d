"""Control totals: the sums that the tables of a model must tie to, to the fen (table `controls`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from gpsopt.cells import nearest
from gpsopt.errors import Finding
from gpsopt.tables import SCHEMA, Tables

_SUMMED: Final = ("money", "price", "quantity", "number", "count")


def check_controls(tables: Tables, seen: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """Every control row that names no column of numbers, or whose sum differs, with both sums and the difference.

    Tables in which an error was `seen` while reading are not summed: a refused cell would be missed in the sum.
    """
    errors = [finding for finding in seen if finding.severity == "error"]
    broken, own = {finding.file for finding in errors}, {(finding.file, finding.row) for finding in errors}
    findings = []
    for line, row in tables.rows("controls"):
        if tables.files.get(row["table"]) in broken or (tables.files.get("controls"), line) in own:
            continue
        fault = _fault(tables, row)
        if fault is not None:
            file, sheet, shown = tables.place("controls", line, fault.column)
            findings.append(replace(fault, file=file, sheet=sheet, row=shown))
    return tuple(findings)


def without_departed(
    tables: Tables, untied: tuple[Finding, ...], seen: Iterable[Finding]
) -> tuple[Tables, tuple[Finding, ...]]:
    """The tables without the control rows that tied before a scenario's changes and no longer do.

    A control total speaks of the model as it was published; a departure is meant to leave it. One note a column.
    """
    known = {(f.file, f.row) for f in untied}
    departed = [f for f in check_controls(tables, seen) if (f.file, f.row) not in known]
    if not departed:
        return tables, ()
    gone = {(f.file, f.row) for f in departed}
    frame = tables["controls"]
    places = (tables.place("controls", int(line)) for line in frame.index)
    kept = frame[[(file, row) not in gone for file, _sheet, row in places]]
    by_column: dict[tuple[object, object], list[Finding]] = {}
    for fault in departed:
        by_column.setdefault((fault.details.get("table"), fault.details.get("summed")), []).append(fault)
    notes = tuple(
        replace(found[0], severity="note", code="control_departed", details={**found[0].details, "count": len(found)})
        for found in by_column.values()
    )
    return tables.with_frame("controls", kept), notes


def _fault(tables: Tables, row: dict[str, Any]) -> Finding | None:
    name, column, amount = row["table"], row["column"], row["amount"]
    if name is None or column is None or amount is None:
        return None  # the empty or refused cell has its own finding
    if name not in SCHEMA or name == "controls":
        known = tuple(t for t in SCHEMA if t != "controls")
        return _finding("control_table", "table", name, nearest=nearest(name, known))
    table = SCHEMA[name]
    summed = tuple(c.name for c in table.columns if c.kind in _SUMMED)
    if column not in summed:
        return _finding("control_column", "column", column, table=name, nearest=nearest(column, summed))
    owner = _purchasers(tables, name)
    years = tables[name]["year"] if table.has("year") else None
    for key, missing in (("purchaser", owner is None), ("year", years is None)):
        if row[key] is not None and missing:
            return _finding("control_scope", key, str(row[key]), table=name)
    cells = list(tables[name][column])
    stays = [True] * len(cells)
    if row["purchaser"] is not None and owner is not None:
        buyers = set(tables["purchasers"]["purchaser"])
        if not buyers.issuperset({row["purchaser"], *owner} - {None}):
            return None  # whose money it is, is not known: the code has its own finding
        stays = [p == row["purchaser"] for p in owner]
    if row["year"] is not None and years is not None:
        stays = [s and y == row["year"] for s, y in zip(stays, years, strict=True)]
    total = sum((Decimal(v) for v, s in zip(cells, stays, strict=True) if s and v is not None), Decimal(0))
    if total == amount:
        return None
    return _finding("control_differs", "amount", f"{amount:,.2f}", table=name, summed=column,
                    total=f"{total:,.2f}", difference=f"{total - amount:+,.2f}")  # fmt: skip


def _purchasers(tables: Tables, name: str) -> list[object] | None:
    """Whose each row of a table is; through the need where the table names needs; None where it is nobody's."""
    table = SCHEMA[name]
    if table.has("purchaser"):
        return list(tables[name]["purchaser"])
    if table.has("need"):
        owner = dict(zip(tables["needs"]["need"], tables["needs"]["purchaser"], strict=True))
        return [owner.get(need) for need in tables[name]["need"]]
    return None


def _finding(code: str, column: str, value: str, **details: object) -> Finding:
    return Finding("error", code, column=column, value=value, details=details)
