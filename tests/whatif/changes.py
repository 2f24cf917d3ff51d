"""The same model with other numbers: one column of one table scaled, everywhere or in some rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from gpsopt.scenario import Scenario


def scaled(scenario: Scenario, table: str, column: str, by: str, every: int = 1) -> Scenario:
    """Every n-th row's cell times `by`, to the fen; empty cells stay empty."""
    frame = scenario.tables[table].copy()
    frame[column] = [
        cell if cell is None or place % every else (cell * Decimal(by)).quantize(Decimal("0.01"))
        for place, cell in enumerate(frame[column])
    ]
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


def put(scenario: Scenario, table: str, column: str, value: object) -> Scenario:
    """Every row's cell set to one value."""
    frame = scenario.tables[table].copy()
    frame[column] = [value] * len(frame)
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))
