"""What two plans reach and decide, beside each other: aims, goals, money, awards, who gains and who loses.

Every function gives a tidy frame. Money is exact (yuan, Decimal); a positive `change` is more of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from gpsopt.runread import Run
from gpsopt.settings import AIMS

ZERO: Final = Decimal(0)
GROUPS: Final = ("purchaser", "area", "item", "undertaker")
_BUDGET_PARTS: Final = ("direct", "stranded", "purchased", "unspent")
_AIM_COLUMNS: Final = ("aim", "sense", "before", "after", "change", "better", "gap_before", "gap_after", "open")
_GOAL_COLUMNS: Final = ("goal", "year", "unit", "before", "after", "change", "target", "met_before", "met_after")
_AWARD_COLUMNS: Final = (
    "kind", "year", "need", "offer", "purchaser", "item", "area", "undertaker", "quantity_before", "quantity_after",
    "amount_before", "amount_after", "change",
)  # fmt: skip
_MONEY_COLUMNS: Final = ("by", "key", "year", "part", "before", "after", "change")
_SERVED_COLUMNS: Final = ("by", "key", "year", "before", "after", "change")


def aims_beside(base: Run, other: Run) -> pd.DataFrame:
    """One row an aim that either run sought: the plans' values in the aim's unit.

    gap_before, gap_after: the amount that each run's gap leaves open; open: is the change no larger than what the
    two gaps leave open, so that the better plan of the two may be the other? An aim that one run did not seek has
    None there. better is None too where the runs plan different years: their sums are not of the same years.
    """
    comparable = base.scenario.settings.years == other.scenario.settings.years
    names = [e["name"] for e in base.summary["aims"]]
    names += [e["name"] for e in other.summary["aims"] if e["name"] not in names]
    rows = []
    for name in names:
        ours, theirs = base.aim(name), other.aim(name)
        before, after = (None if e is None else _number(e.get("plan_value", e["value"])) for e in (ours, theirs))
        gaps = [None if e is None else _number(e["gap_amount"]) for e in (ours, theirs)]
        change = None if before is None or after is None else after - before
        better = None if not change or not comparable else (change < 0) == (AIMS[name] == "min")
        unsure = None if change is None or None in gaps else bool(change) and abs(change) <= sum(g or 0 for g in gaps)
        rows.append((name, AIMS[name], before, after, change, better, *gaps, unsure))
    return pd.DataFrame(rows, columns=list(_AIM_COLUMNS))


def _number(value: Any) -> float:
    return float(value)


def goals_beside(base: Run, other: Run) -> pd.DataFrame:
    """One row an indicator and year; the target is the scenario's own, else the baseline's."""
    columns = ("value", "target", "met", "unit")
    sides = []
    for run in (base, other):
        frame = run.frame("goals")
        keys = zip(frame["goal"], frame["year"], strict=True)
        cells = zip(*(frame[c] for c in columns), strict=True)
        sides.append({(str(g), int(y)): row for (g, y), row in zip(keys, cells, strict=True)})
    ours, theirs = sides
    rows = []
    for key in [*ours, *(k for k in theirs if k not in ours)]:
        one, two = (side.get(key, (None, None, None, None)) for side in sides)
        change = two[0] - one[0] if one[0] is not None and two[0] is not None else None
        target = two[1] if two[1] is not None else one[1]
        rows.append((*key, one[3] or two[3], one[0], two[0], change, target, _said(one[2]), _said(two[2])))
    return pd.DataFrame(rows, columns=list(_GOAL_COLUMNS), dtype=object)


def _said(met: Any) -> bool | None:
    return None if met is None or pd.isna(met) else bool(met)


def awards_beside(base: Run, other: Run) -> pd.DataFrame:
    """One row an award that differs: won (new), lost, more or less; biggest change of money first."""
    named = ("purchaser", "item", "area", "undertaker")
    sides = []
    for run in (base, other):
        frame = run.frame("allocation")
        columns = [frame[c] for c in ("year", "need", "offer", *named, "quantity", "amount")]
        sides.append({(int(r[0]), r[1], r[2]): r[3:] for r in zip(*columns, strict=True)})
    ours, theirs = sides
    rows = []
    for key in {*ours, *theirs}:
        one, two = ours.get(key), theirs.get(key)
        if one == two:
            continue
        (q1, a1), (q2, a2) = (side[-2:] if side else (ZERO, ZERO) for side in (one, two))
        kind = "won" if one is None else "lost" if two is None else "more" if (q2, a2) > (q1, a1) else "less"
        rows.append((kind, *key, *(two or one or ())[:4], q1, q2, a1, a2, a2 - a1))
    rows.sort(key=lambda r: (-abs(r[-1]), r[1:4]))
    return pd.DataFrame(rows, columns=list(_AWARD_COLUMNS), dtype=object)


def money_beside(base: Run, other: Run) -> pd.DataFrame:
    """Money by purchaser, area, item and undertaker, and in all: direct, stranded, purchased, unspent, year by year.

    purchased of an area, an item or an undertaker is the amount of its awards; of a purchaser and in all it is
    that of the books, with engagement and new direct units. unspent has no area or item.
    """
    ours, theirs = _money(base), _money(other)
    rows = [
        (*key, ours[key], theirs[key], theirs[key] - ours[key])
        for key in sorted({*ours, *theirs}, key=lambda k: (_place(k[0]), *map(str, k[1:])))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_MONEY_COLUMNS), dtype=object)


def _place(by: str) -> int:
    return ("all", *GROUPS).index(by)


def _money(run: Run) -> defaultdict[tuple[str, str, int, str], Decimal]:
    """(by, key, year, part) -> yuan."""
    found: defaultdict[tuple[str, str, int, str], Decimal] = defaultdict(lambda: ZERO)
    budgets, allocation, direct = run.frame("budgets"), run.frame("allocation"), run.frame("direct")
    for part in _BUDGET_PARTS:
        for year, purchaser, amount in zip(budgets["year"], budgets["purchaser"], budgets[part], strict=True):
            found["purchaser", purchaser, int(year), part] += amount
            found["all", "", int(year), part] += amount
    for by in ("area", "item", "undertaker"):
        for year, key, amount in zip(allocation["year"], allocation[by], allocation["amount"], strict=True):
            found[by, key, int(year), "purchased"] += amount
    where = _place_of_need(run)
    for part, column in (("direct", "expenditure"), ("stranded", "stranded")):
        for year, need, amount in zip(direct["year"], direct["need"], direct[column], strict=True):
            for by, key in zip(("area", "item"), where[need], strict=True):
                found[by, key, int(year), part] += amount
    return found


def _place_of_need(run: Run) -> dict[str, tuple[str, str]]:
    frame = run.frame("coverage")
    return {n: (a, i) for n, a, i in zip(frame["need"], frame["area"], frame["item"], strict=True)}


def missing_beside(base: Run, other: Run) -> pd.DataFrame:
    """What is missing to the targets, in yuan (weight x unit value x units, as the aims count it), by purchaser,
    area and item. Both plans are valued with the baseline's weights and unit values, so that a change of weights
    is no change of service; what the baseline does not know (a need or an item of another model) with the run's own."""
    value = _unit_worth(base, other)
    ours, theirs = (_missing(run, value) for run in (base, other))
    rows = [
        (*key, ours[key], theirs[key], theirs[key] - ours[key])
        for key in sorted({*ours, *theirs}, key=lambda k: (_place(k[0]), *map(str, k[1:])))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_SERVED_COLUMNS), dtype=object)


def _unit_worth(base: Run, other: Run) -> Callable[[str, int, str], Decimal]:
    rows = (row for run in (other, base) for _line, row in run.scenario.tables.rows("needs"))
    weights = {(row["need"], row["year"]): row["weight"] for row in rows}
    values = {**other.scenario.unit_values, **base.scenario.unit_values}

    def worth(need: str, year: int, item: str) -> Decimal:
        weight = weights.get((need, year))
        return (Decimal(1) if weight is None else Decimal(weight)) * values.get(item, Decimal(1))

    return worth


def _missing(run: Run, value: Callable[[str, int, str], Decimal]) -> defaultdict[tuple[str, str, int], Decimal]:
    found: defaultdict[tuple[str, str, int], Decimal] = defaultdict(lambda: ZERO)
    frame = run.frame("coverage")
    columns = [frame[c] for c in ("need", "year", "purchaser", "area", "item", "shortfall")]
    for need, year, purchaser, area, item, short in zip(*columns, strict=True):
        if short:
            worth = value(need, int(year), item) * short
            for by, key in (("purchaser", purchaser), ("area", area), ("item", item)):
                found[by, key, int(year)] += worth
    return found


def movers_between(money: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    """Who gains and who loses over all years, biggest first: columns measure, by, key, before, after, change, gains.

    measure `missing` (yuan of service missing to the target; less is a gain): purchasers, areas and items;
    measure `purchased` (yuan of awards): undertakers.
    """
    rows = [("missing", *row, row[-1] < 0) for row in _summed(missing) if row[0] != "undertaker"]
    bought = money[(money["by"] == "undertaker") & (money["part"] == "purchased")]
    rows += [("purchased", *row, row[-1] > 0) for row in _summed(bought)]
    rows = [row for row in rows if row[-2]]
    rows.sort(key=lambda r: (r[0], _place(r[1]), -abs(r[5]), r[2]))
    columns = ["measure", "by", "key", "before", "after", "change", "gains"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _summed(frame: pd.DataFrame) -> Iterable[tuple[str, str, Decimal, Decimal, Decimal]]:
    """(by, key, before, after, change) over the years."""
    total: dict[tuple[str, str], list[Decimal]] = {}
    for by, key, before, after in zip(frame["by"], frame["key"], frame["before"], frame["after"], strict=True):
        entry = total.setdefault((by, key), [ZERO, ZERO])
        entry[0] += before
        entry[1] += after
    return [(by, key, a, b, b - a) for (by, key), (a, b) in total.items()]


__all__ = ["aims_beside", "awards_beside", "goals_beside", "missing_beside", "money_beside", "movers_between"]
