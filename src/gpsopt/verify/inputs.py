"""Are the inputs of a run fit to be checked against? Faults here stop the check before the plan is opened."""

from __future__ import annotations

from collections.abc import Iterator

from gpsopt.scenario import Scenario
from gpsopt.tables import SCHEMA
from gpsopt.verify.verdict import Fault, Outcome

_CONSTANT = ("purchaser", "item", "area")


def check_inputs(scenario: Scenario) -> Outcome:
    """The tables were read without error, every code exists, a need keeps its purchaser, item and area,
    locks name rows that exist, and a direct line says how its cost runs off."""
    rows = sum(len(frame) for frame in scenario.tables.frames.values())
    faults = [
        Fault("inputs", "input_finding", details={"finding": f}) for f in scenario.findings if f.severity == "error"
    ]
    faults = faults or [*_unknown_codes(scenario), *_changing_needs(scenario)]
    faults = faults or [*_unfit_lines(scenario), *_unfit_locks(scenario)]
    return Outcome("inputs", rows, tuple(faults))


def _unknown_codes(scenario: Scenario) -> Iterator[Fault]:
    tables = scenario.tables
    for table in SCHEMA.values():
        for column in table.columns:
            if not column.ref:
                continue
            known = set(tables[column.ref][SCHEMA[column.ref].key[0]])
            for line, cell in zip(tables[table.name].index, tables[table.name][column.name], strict=True):
                codes = cell if isinstance(cell, tuple) else () if cell is None else (cell,)
                for code in codes:
                    if code not in known:
                        yield Fault("inputs", "code_unknown", f"inputs/tables/{table.name}.csv", int(line),
                                    column.name, "", {"value": code, "table": column.ref})  # fmt: skip


def _changing_needs(scenario: Scenario) -> Iterator[Fault]:
    first: dict[str, dict[str, object]] = {}
    for line, row in scenario.tables.rows("needs"):
        known = first.setdefault(row["need"], row)
        for column in _CONSTANT:
            if known[column] != row[column]:
                yield Fault("inputs", "need_changes", "inputs/tables/needs.csv", line, column, str(row["need"]),
                            {"found": row[column], "expected": known[column]})  # fmt: skip


def _unfit_lines(scenario: Scenario) -> Iterator[Fault]:
    for line, row in scenario.tables.rows("direct_lines"):
        if row["expenditure"] and row["avoidable"] is None:
            yield Fault("inputs", "avoidable_missing", "inputs/tables/direct_lines.csv", line, "avoidable",
                        str(row["need"]))  # fmt: skip
        if row["runoff_years"] == 0 and row["avoidable"] not in (None, 1):
            yield Fault("inputs", "runoff_zero", "inputs/tables/direct_lines.csv", line, "runoff_years",
                        str(row["need"]))  # fmt: skip


def _unfit_locks(scenario: Scenario) -> Iterator[Fault]:
    known = {name: set(scenario.tables[name][SCHEMA[name].key[0]]) for name in ("needs", "offers")}
    for lock in scenario.settings.lock:
        for table, code in (("needs", lock.need), ("offers", lock.offer)):
            if code is not None and code not in known[table]:
                yield Fault("inputs", "code_unknown", "inputs/model.toml", None, "lock", "",
                            {"value": code, "table": table})  # fmt: skip
