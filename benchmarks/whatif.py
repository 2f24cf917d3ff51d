"""What a changed number costs: the relaxed answer at once, the proven plan after it, and many relaxed answers.

    python benchmarks/whatif.py [--run RUN] [--scenario models/beijing] [--many 50]

One row of one table is changed at a time; the session holds the model and begins from the plan of RUN (without it the
plan is made first). Printed are wall and CPU seconds of each answer, medians last. `--many` relaxed answers of a drawn
district follow, with 1 worker and with 2: answers a second, the ratio, and whether their values are equal.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from cities import sized, write_city
from gpsopt.runread import read_run
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.whatif import Session

_T = TypeVar("_T")
CHANGES = (
    ("budgets", "amount", 3, "0.98"), ("budgets", "amount", 17, "1.02"), ("needs", "demand", 40, "1.10"),
    ("offers", "price", 100, "0.95"), ("undertakers", "capacity", 12, "0.80"),
)  # fmt: skip


def changed(scenario: Scenario, table: str, column: str, row: int, by: str) -> Scenario:
    """One cell times `by`, to two places."""
    frame = scenario.tables[table].copy()
    place = row % len(frame)
    cells = list(frame[column])
    cells[place] = (Decimal(cells[place]) * Decimal(by)).quantize(Decimal("0.01"))
    frame[column] = cells
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


def timed(answer: Callable[[], _T]) -> tuple[_T, float, float]:
    """The answer, wall seconds and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = answer()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def one_number(scenario: Scenario, run: Path | None) -> None:
    """A row for each changed number."""
    session = Session(scenario)
    if run is not None:
        session.begin_from(read_run(run).frames)
    else:
        session.solve()
    session.relaxed(scenario)
    print("| change | relaxed: wall s | CPU s | proven plan: wall s | CPU s | gaps |\n|---|---|---|---|---|---|")
    kept: list[tuple[float, ...]] = []
    for table, column, row, by in CHANGES:
        other = changed(scenario, table, column, row, by)
        _answer, *relaxed = timed(lambda other=other: session.relaxed(other))
        plan, *proven = timed(lambda other=other: session.solve(other))
        kept.append((*relaxed, *proven))
        gaps = ", ".join(f"{100 * aim['gap']:.3f} %" for aim in plan.summary["aims"])
        figures = " | ".join(f"{second:.2f}" for second in kept[-1])
        print(f"| {table}.{column} row {row} × {by} | {figures} | {gaps} |", flush=True)
    medians = " | ".join(f"{statistics.median(column):.2f}" for column in zip(*kept, strict=True))
    print(f"| median | {medians} | |")


def many(count: int) -> None:
    """So many relaxed answers of a district of one year, serial and by two workers."""
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), sized("district", years=1))
        base = read_scenario(folder)
    session = Session(base)
    session.relaxed(base)
    others = [changed(base, "budgets", "amount", row, "0.97") for row in range(count)]
    serial, alone, _cpu = timed(lambda: session.relaxed_many(others, 1))
    pair, beside, _cpu = timed(lambda: session.relaxed_many(others, 2))
    equal = all(
        abs(x.value - y.value) <= 1e-6 * max(1.0, abs(x.value))
        for one, two in zip(serial, pair, strict=True)
        for x, y in zip(one.stages, two.stages, strict=True)
    )
    print(f"{count} relaxed answers of a district: {count / alone:.1f} a second alone, {count / beside:.1f} with two "
          f"workers ({alone / beside:.2f} times), values {'equal' if equal else 'DIFFER'}")  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--scenario", default="models/beijing")
    words.add_argument("--run", type=Path)
    words.add_argument("--many", type=int, default=50)
    asked = words.parse_args()
    one_number(read_scenario(asked.scenario), asked.run)
    many(asked.many)


if __name__ == "__main__":
    main()
