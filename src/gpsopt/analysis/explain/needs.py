"""A need that misses its target: what stands in the way, and the cheapest way to close it, tried one by one.

Each trial gives one thing more and asks for the least shortfall of this need while no other need misses more than in
the plan, and then for the least money that takes: money (for its purchaser), capacity (for everybody), market (one
more qualified provider at the item's cost standard), rule (one clause struck); where none closes it alone, money
together with the others. Where even things as they are would do, awards come in whole lots: the plan's whole awards
stand in the way. Small models are answered with whole awards and to proof; in large ones awards may be parts of awards,
so a trial says what cannot be closed, and what it closes may need a little more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from gpsopt.analysis.explain.asked import check_known
from gpsopt.analysis.explain.contest import MOST_PROVEN, pairs_in_question
from gpsopt.analysis.explain.rules import without_clause
from gpsopt.plan.plan import Result
from gpsopt.runread import Run, as_run
from gpsopt.scenario import Scenario
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.prices import MONEY_ROWS
from gpsopt.solving.relaxation import Relaxation
from gpsopt.solving.stages import Aim
from gpsopt.whatif import Prepared, first_difference, prepared

TRIALS: Final = ("way", "what", "left", "closes", "money", "capacity")
_MUCH: Final = 1e6  # 万元, or units of capacity: more than anybody has
_ROOM: Final = 0.01  # units another need may miss more: a grid step
_YUAN_PER_WAN: Final = 10_000.0
_LINE: Final = "existing_budget.purchases_within_line"
_CAPACITY: Final = "own_capacity."
_CLOSED: Final = 0.01  # of what is missing: so little left counts as closed
_NEWCOMER: Final = "one_more_provider"
_NODES: Final = 20_000
#: clauses that may keep a need from being served
_RULES: Final = (
    "fee_standard", "qualification", "award_size", "competition", "related_needs", "quality_floor", "catalogue_scope",
    "hand_decisions", "no_new_posts",
)  # fmt: skip


@dataclass(frozen=True)
class NeedAnswer:
    """`coverage`: the plan's rows of the need; `trials`: way (as_is, money, capacity, market, rule, money_capacity,
    money_market), what was given, the units still missing, the units it closes beyond things as they are, the money
    this takes beyond what the purchaser spends on purchases now (yuan), and the capacity that it takes beyond the
    limits there are: (rule, index, year, units).

    `cause`: money, capacity, market, rule, money_capacity, money_market; lots (awards are whole: things as they are
    would do), none (nothing tried helps); empty: no shortfall. `cheapest`: the place in `trials` of the way that closes
    most for the least money; None where nothing helps.
    """

    need: str
    coverage: pd.DataFrame
    candidates: int
    trials: pd.DataFrame
    cause: str
    cheapest: int | None
    is_proven: bool
    scenario: Scenario


def explain_need(source: Run | Result | str | Path, need: str) -> NeedAnswer:
    """Why the need misses its target in this run. Raises UsageError where the run has no such need."""
    run = as_run(source)
    check_known(run, need=need)
    coverage = run.frames["coverage"]
    mine = coverage[coverage["need"] == need].reset_index(drop=True)
    missing = float(sum(mine["shortfall"]))
    of = prepared(run.scenario)
    candidates = len(pairs_in_question(of, None, need))
    whole = int(of.world.binary.sum()) <= MOST_PROVEN
    if not missing:
        return NeedAnswer(need, mine, candidates, pd.DataFrame(columns=list(TRIALS)), "", None, whole, run.scenario)
    asked = _Asked(coverage, need, whole)
    trials = pd.DataFrame(list(_trials(run.scenario, of, asked, missing)), columns=list(TRIALS))
    cheapest = _cheapest(trials, missing)
    lots = float(trials["left"].iloc[0]) <= _CLOSED * missing
    cause = "lots" if lots else "none" if cheapest is None else str(trials["way"].iloc[cheapest])
    return NeedAnswer(need, mine, candidates, trials, cause, cheapest, whole, run.scenario)


def _cheapest(trials: pd.DataFrame, missing: float) -> int | None:
    """The trial that leaves least (what leaves next to nothing counts as closed), for the least money."""
    columns = zip(trials["left"], trials["closes"], trials["money"], strict=True)
    ranked = [
        (round(left / missing, 2) if left > _CLOSED * missing else 0.0, money, place)
        for place, (left, closes, money) in enumerate(columns)
        if place and closes > _ROOM
    ]
    return min(ranked)[2] if ranked else None


def _trials(scenario: Scenario, of: Prepared, asked: _Asked, missing: float) -> Iterator[tuple[Any, ...]]:
    as_is, spent = asked.left(of, of.compiled)[:2]
    yield "as_is", "", as_is, 0.0, 0.0, ()
    buyer = buyer_of(of, asked.need)
    closed = []

    def row(way: str, what: str, other: Prepared, compiled: Any) -> tuple[Any, ...]:
        left, money, capacity = asked.left(other, compiled)
        closed.append(left <= _CLOSED * missing)
        return way, what, left, max(0.0, as_is - left), max(0.0, money - spent), capacity

    yield row("money", buyer, of, _opened(of, _LINE, buyer))
    yield row("capacity", "", of, _stretched(of.compiled))
    richer = prepared(with_newcomer(scenario, asked.need), checked=True)
    if first_difference(of, richer):
        yield row("market", _NEWCOMER, richer, richer.compiled)
    for clause in _RULES:
        if scenario.settings.clauses.on(clause):
            other = prepared(without_clause(scenario, clause), checked=True)
            if first_difference(of, other):
                yield row("rule", clause, other, other.compiled)
    if any(closed):
        return
    yield row("money_capacity", buyer, of, _stretched(_opened(of, _LINE, buyer)))
    if first_difference(of, richer):
        yield row("money_market", buyer, richer, _opened(richer, _LINE, buyer))


def with_newcomer(scenario: Scenario, need: str) -> Scenario:
    """The scenario with one more qualified provider of a need's item, at its cost standard (else the median price of
    its offers, else its unit value), with all licences that are asked for and no limit of capacity."""
    tables = scenario.tables
    item = next(row["item"] for _line, row in tables.rows("needs") if row["need"] == need)
    standard = next(row["cost_standard"] for _line, row in tables.rows("items") if row["item"] == item)
    prices = sorted(row["price"] for _line, row in tables.rows("offers") if row["item"] == item)
    price = standard or (prices[len(prices) // 2] if prices else scenario.unit_values.get(item, Decimal(1)))
    licences = tuple(sorted({row["licence"] for _line, row in tables.rows("conditions") if row["item"] == item}))
    rows = {
        "undertakers": {"undertaker": _NEWCOMER, "kind": "enterprise", "licences": licences or None},
        "offers": {"offer": _NEWCOMER, "undertaker": _NEWCOMER, "item": item, "needs": (need,), "price": price},
    }  # fmt: skip
    for table, cells in rows.items():
        frame = tables[table]
        fresh = {name: [*frame[name], cells.get(str(name))] for name in frame.columns}
        index = [*frame.index, min([0, *frame.index]) - 1]
        columns = {name: pd.Series(values, index=index, dtype=object) for name, values in fresh.items()}
        tables = tables.with_frame(table, pd.DataFrame(columns))
    return replace(scenario, tables=tables)


def buyer_of(of: Prepared, need: str) -> str:
    """The purchaser of a need."""
    needs = of.world.facts.needs
    return needs.purchaser[needs.key.index(need)]


def _opened(of: Prepared, rows: str, key: str) -> Any:
    """The matrix with the upper limits of one purchaser's rows lifted."""
    upper = of.compiled.row_upper.copy()
    span = of.compiled.rows[rows]
    mine = [k[0] == key for k in span.keys]
    upper[span.start : span.stop][np.array(mine, dtype=bool)] += _MUCH
    return replace(of.compiled, row_upper=upper)


def _stretched(compiled: Any) -> Any:
    """The matrix in which every limit of capacity may be passed: a column at the end says by how much."""
    rows = _capacity_rows(compiled)
    count = len(rows)
    more = sparse.csr_array((-np.ones(count), (rows, np.arange(count))), shape=(compiled.matrix.shape[0], count))
    return replace(
        compiled, matrix=sparse.hstack([compiled.matrix, more], format="csr"),
        column_lower=np.append(compiled.column_lower, np.zeros(count)),
        column_upper=np.append(compiled.column_upper, np.full(count, _MUCH)),
        integer=np.append(compiled.integer, np.zeros(count, dtype=bool)),
    )  # fmt: skip


def _capacity_rows(compiled: Any) -> Any:
    spans = [span for name, span in compiled.rows.items() if name.startswith(_CAPACITY)]
    return np.concatenate([np.arange(span.start, span.stop) for span in spans] or [np.zeros(0, dtype=int)])


class _Asked:
    """One need's least shortfall while the others keep what the plan gives them."""

    def __init__(self, coverage: pd.DataFrame, need: str, whole: bool) -> None:
        self.need, self._whole = need, whole
        self._missing = {
            (n, t): float(s) for n, t, s in coverage[["need", "year", "shortfall"]].itertuples(index=False)
        }  # fmt: skip

    def left(self, of: Prepared, compiled: Any) -> tuple[float, float, tuple[tuple[str, str, int, float], ...]]:
        """Units still missing, the least money from its purchaser's line that takes (yuan), and what it takes of
        capacity beyond the limits of `of`; nan: nothing fits."""
        span, upper = compiled.columns["shortfall"], compiled.column_upper.copy()
        missing = np.zeros(compiled.matrix.shape[1])
        for place, key in enumerate(span.keys):
            if key[0] == self.need:
                missing[span.start + place] = 1.0
            else:
                upper[span.start + place] = min(upper[span.start + place], self._missing.get(key, 0.0) + _ROOM)
        buyer, owner = buyer_of(of, self.need), dict(zip(of.world.facts.needs.key, of.world.facts.needs.purchaser,
                                                         strict=True))  # fmt: skip
        money = np.zeros(compiled.matrix.shape[1])
        for name, sign in (("drawn", 1.0), ("shared", -1.0)):
            mine = [sign * (owner[n] == buyer) for n, _t in compiled.columns[name].keys]
            money[compiled.columns[name].slice] = mine
        beyond = np.zeros(len(money))
        known = of.compiled.matrix.shape[1]
        beyond[known:] = 1.0 / np.maximum(1.0, of.compiled.row_upper[_capacity_rows(compiled)][: len(money) - known])
        sought = (missing, money, *([beyond] if beyond.any() else []))
        held = replace(compiled, column_upper=upper)
        point = _whole(held, sought) if self._whole else _parts(held, sought)
        if point is None:
            return float("nan"), float("nan"), ()
        spent = float(money @ point) * _YUAN_PER_WAN
        return max(0.0, float(missing @ point)), spent, tuple(_beyond(compiled, point[known:]))


def _beyond(compiled: Any, more: Any) -> Iterator[tuple[str, str, int, float]]:
    """By how much limits of capacity are passed: (rule, index, year, units)."""
    places = {int(row): float(units) for row, units in zip(_capacity_rows(compiled), more, strict=False)}
    for name, span in compiled.rows.items():
        for place, key in enumerate(span.keys if name.startswith(_CAPACITY) else ()):
            units = places.get(span.start + place, 0.0)
            if units > _ROOM / 10:
                *who, year = key
                scale = _YUAN_PER_WAN if name in MONEY_ROWS else 1.0
                yield name.removeprefix(_CAPACITY), " ".join(str(k) for k in who if k != ""), int(year), units * scale


def _parts(compiled: Any, sought: tuple[Any, ...]) -> Any:
    """The point that is least in each of what is sought, in order, awards in parts; None where nothing fits."""
    aims = tuple(_aim(str(place), weights) for place, weights in enumerate(sought))
    found = Relaxation(compiled, aims).in_order(aims, (0.0,) * len(aims))
    return None if found is None else found[-1].point


def _whole(compiled: Any, sought: tuple[Any, ...]) -> Any:
    """The same with whole awards."""
    engine = Engine(compiled)
    point = None
    for weights in sought:
        engine.set_cost(weights)
        found = engine.minimise(Limits(1e-9, 0.0, None, _NODES), point)
        if found.point is None:
            return point
        point = found.point
        engine.add_row(weights, -np.inf, found.value + 1e-6)
    return point


def _aim(name: str, weights: Any) -> Aim:
    return Aim(name, "min", sparse.csr_array(weights[None, :]), np.zeros(1), 1.0, np.zeros(1))
