"""Budgets against what stands on them: missing, empty, below today's expenditure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding
from gpsopt.money import format_money


def check_budgets_exist(view: View) -> Iterator[Finding]:
    """Every purchaser with needs has a budget in every model year; one under an unknown name is not missing too."""
    if not view.whole("budgets"):
        return
    named = set(view.tables["purchasers"]["purchaser"])
    given = {(purchaser, year) for _line, purchaser, year in view.cells("budgets", "purchaser", "year")}
    misnamed = Counter(year for purchaser, year in given if purchaser not in named)
    asked = sorted({need.purchaser for need in view.needs.values() if need.purchaser in named})
    known = {year for _purchaser, year in given if year is not None}
    for year in view.years:
        if known and year not in known:
            yield view.said("error", "year_without_budgets", "years", year, years=", ".join(map(str, sorted(known))))
            continue
        missing = [purchaser for purchaser in asked if (purchaser, year) not in given]
        if len(missing) > misnamed[year]:
            for purchaser in missing:
                yield view.find("error", "budget_missing", "budgets", None, "amount", purchaser, year=year)


def check_empty_budgets(view: View) -> Iterator[Finding]:
    """A budget of nothing is allowed and said."""
    for line, purchaser, year, amount in view.cells("budgets", "purchaser", "year", "amount"):
        if amount == 0:
            yield view.find("warning", "budget_zero", "budgets", line, "amount", 0, purchaser=purchaser, year=year)


def check_deficits(view: View) -> Iterator[Finding]:
    """Today's expenditure above the budget: a deficit that what moves or closes must meet."""
    expenditure: dict[tuple[str, int], int] = defaultdict(int)
    for code, line in view.lines.items():
        need = view.needs.get(code)
        if need is not None:
            for year, amount in line.expenditure.items():
                expenditure[need.purchaser, year] += amount
    for (purchaser, year), spent in sorted(expenditure.items(), key=str):
        budget = view.budgets.get((purchaser, year))
        if budget is not None and spent > budget[1]:
            yield view.find("warning", "deficit", "budgets", budget[0], "amount", format_money(budget[1]),
                            purchaser=purchaser, year=year, expenditure=format_money(spent),
                            deficit=format_money(spent - budget[1]))  # fmt: skip


def check_idle_units(view: View) -> Iterator[Finding]:
    """Today's direct quantity above the demand: units that nobody needs."""
    idle: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in view.need_years:
        line = view.lines.get(row.need)
        if line is not None and line.quantity > row.demand:
            idle[row.need].append((row.year, format(row.demand, "f")))
    for need, years in idle.items():
        line = view.lines[need]
        year, demand = min(years)
        yield view.find("warning", "direct_above_demand", "direct_lines", line.line, "quantity",
                        format(line.quantity, "f"), need=need, year=year, demand=demand, count=len(years))  # fmt: skip


CHECKS: Final = (check_budgets_exist, check_empty_budgets, check_deficits, check_idle_units)
