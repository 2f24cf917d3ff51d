"""Small two-stage models, one a seed, and their exact optimum by trying every set of awards in every future.

The enumeration writes each future into the tables themselves and asks the enumerator of whole plans, which knows
nothing of the model, the compiler or the solver. Numbers are round, so that no rounding stands between the two.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from gpsopt.model.world import World
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.simulation.futures import Drawn
from gpsopt.solving.extensive import Measure
from gpsopt.unitvalue import unit_values
from tests.brute.enumerator import best_plan
from tests.brute.generate import tables_of

YEAR = 2014
Row = dict[str, Any]


def draw(seed: int, order: tuple[str, ...]) -> Scenario:
    """Two needs of one purchaser, four offers with a setup or a least size, money that does not suffice for all."""
    rng = random.Random(seed)
    needs = [
        {"need": n, "purchaser": "p1", "item": "i1", "area": "a1", "year": YEAR, "demand": Decimal(rng.choice((2, 4))),
         "target": Decimal(1), "weight": Decimal(rng.choice((1, 2)))}
        for n in ("n1", "n2")
    ]  # fmt: skip
    offers = [
        {
            "offer": f"o{i}", "undertaker": f"u{rng.choice((1, 2, 3))}", "item": "i1",
            "needs": (rng.choice(("n1", "n2")),), "price": Decimal(rng.choice((40, 60, 80, 100))),
            "setup": Decimal(rng.choice((20, 40, 60))), "min_quantity": Decimal(rng.choice((0, 1, 2))),
            "max_quantity": Decimal(rng.choice((2, 4))),
        }
        for i in range(1, 5)
    ]  # fmt: skip
    lines = [{"need": "n1", "quantity": Decimal(2), "expenditure": Decimal(rng.choice((100, 200))),
              "avoidable": Decimal(1)}] if rng.random() < 0.5 else []  # fmt: skip
    spent = sum((line["expenditure"] for line in lines), Decimal(0))
    rows: dict[str, list[Row]] = {
        "areas": [{"area": "a1"}],
        "purchasers": [{"purchaser": "p1", "level": "municipal", "kind": "administrative_organ"}],
        "items": [{"item": "i1", "kind": "public", "livelihood": False, "basic": False, "scope": "purchasable",
                   "cost_standard": Decimal(500), "divisible": False}],
        "needs": needs, "direct_lines": lines, "offers": offers,
        "budgets": [{"purchaser": "p1", "year": YEAR, "amount": spent * 2 + rng.choice((200, 300, 400))}],
        "undertakers": [
            {"undertaker": u, "kind": "enterprise", "engagement_cost": Decimal(rng.choice((0, 0, 20)))}
            for u in ("u1", "u2", "u3")
        ],
        "uncertainty": [
            _row("d", "demand", "need", ("0.5", "1", "1.5"), ("0.3", "0.4", "0.3")),
            _row("p", "price", "offer", ("1", "1.5"), ("0.7", "0.3")),
            _row("v", "delivered", "offer", ("0.5", "1"), ("0.4", "0.6")),
            _row("c", "direct_cost", "purchaser", ("1", "1.5"), ("0.7", "0.3")),
            {"uncertainty": "f", "factor": "failure", "per": "undertaker", "distribution": "chance",
             "probability": Decimal("0.25")},
        ],
    }  # fmt: skip
    tables = tables_of(rows)
    settings = Settings.model_validate({
        "years": (YEAR,), "base_year": 2013, "clauses": {"continuity": {"enabled": False}},
        "aims": {"order": order, "tolerance": dict.fromkeys(order, Decimal(0))},
    })  # fmt: skip
    return Scenario(f"pair-{seed}", settings, tables, (), (), unit_values(tables))


def _row(key: str, factor: str, per: str, values: tuple[str, ...], chances: tuple[str, ...]) -> Row:
    return {"uncertainty": key, "factor": factor, "per": per, "distribution": "discrete",
            "values": values, "probabilities": chances}  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """Every set of awards in every future: (sets, futures, aims); nan where the future has no plan with it."""

    sets: tuple[tuple[bool, ...], ...]
    values: np.ndarray[Any, np.dtype[np.float64]]
    senses: tuple[str, ...]

    def of(self, measure: Measure) -> np.ndarray[Any, np.dtype[np.float64]]:
        """What each set is worth in each aim; nan where it leaves a future without a plan."""
        return np.array([
            [measure.of(per[:, a], sense) for a, sense in enumerate(self.senses)]  # type: ignore[arg-type]
            for per in self.values
        ])  # fmt: skip

    def best(self, measure: Measure) -> tuple[float, ...]:
        """The lexicographic optimum over the sets."""
        signs = [1.0 if sense == "min" else -1.0 for sense in self.senses]
        known = [row for row in self.of(measure) if not np.isnan(row).any()]
        first = min(known, key=lambda row: tuple(round(s * v, 6) for s, v in zip(signs, row, strict=True)))
        return tuple(map(float, first))

    def perfect(self, measure: Measure) -> float:
        """The first aim where every future has its own best set."""
        own = np.nanmin if self.senses[0] == "min" else np.nanmax
        return measure.of(own(self.values[:, :, 0], axis=0), self.senses[0])  # type: ignore[arg-type]


def tried(scenario: Scenario, world: World, futures: Drawn, senses: tuple[str, ...]) -> Tried:
    """Try everything; `futures` are the drawn factors as pure data."""
    keys = world.pair_keys
    sets = tuple(itertools.product((False, True), repeat=len(keys)))
    found = np.full((len(sets), futures.count, len(senses)), np.nan)
    for k in range(futures.count):
        future, able = written(scenario, world, futures.only(k))
        seen: dict[tuple[Any, ...], Any] = {}
        for place, awards in enumerate(sets):
            asked = tuple(a and can for a, can in zip(awards, able, strict=True))
            # who is engaged is paid for that, also where the awards bring nothing in this future
            lost = _engaged(scenario, keys, awards) - _engaged(scenario, keys, asked)
            if (asked, lost) not in seen:
                seen[asked, lost] = best_plan(_held(future, keys, asked, lost))
            best = seen[asked, lost]
            if best is not None:
                found[place, k] = [float(v) + float(lost) * (aim == "outlay") for aim, v in best.aims]
    return Tried(sets, found, senses)


def _held(future: Scenario, keys: list[tuple[str, str, int]], awards: tuple[bool, ...], lost: Decimal) -> Scenario:
    """The future with these awards and with so much less money."""
    locks = [
        {"need": n, "year": t, "offer": o, "award": award} for (o, n, t), award in zip(keys, awards, strict=True)
    ]  # fmt: skip
    settings = Settings.model_validate({**future.settings.model_dump(), "lock": locks})
    rows = {name: [dict(row) for _line, row in future.tables.rows(name)] for name in future.tables.frames}
    rows["budgets"] = [{**row, "amount": row["amount"] - lost} for row in rows["budgets"]]
    return replace(future, settings=settings, tables=tables_of(rows))


def _engaged(scenario: Scenario, keys: list[tuple[str, str, int]], awards: tuple[bool, ...]) -> Decimal:
    """What engaging the undertakers of these awards costs."""
    who = dict(zip(scenario.tables["offers"]["offer"], scenario.tables["offers"]["undertaker"], strict=True))
    cost = dict(zip(scenario.tables["undertakers"]["undertaker"], scenario.tables["undertakers"]["engagement_cost"],
                    strict=True))  # fmt: skip
    return sum((cost[u] or Decimal(0) for u in {who[o] for (o, _n, _t), a in zip(keys, awards, strict=True) if a}),
               Decimal(0))  # fmt: skip


def written(scenario: Scenario, world: World, only: Drawn) -> tuple[Scenario, tuple[bool, ...]]:
    """The future as tables, and which awards can bring anything in it."""
    assert only.demand is not None and only.price is not None and only.brought is not None
    assert only.direct_cost is not None
    rows = {name: [dict(row) for _line, row in scenario.tables.rows(name)] for name in scenario.tables.frames}
    planned = {row["need"]: int(row["demand"]) for row in rows["needs"]}
    for n, row in enumerate(sorted(rows["needs"], key=lambda r: str(r["need"]))):
        row["demand"] = Decimal(int(planned[row["need"]] * only.demand[0, n, 0] + 0.5))
    asked = {row["need"]: int(row["demand"]) for row in rows["needs"]}
    for row in rows["direct_lines"]:
        row["expenditure"] *= Decimal(str(only.direct_cost[0, sorted(planned).index(row["need"]), 0]))
    able = []
    offers = {row["offer"]: row for row in rows["offers"]}
    for i, (o, n, _t) in enumerate(world.pair_keys):
        row = offers[o]
        row["price"] *= Decimal(str(only.price[0, i]))
        limit = int(row["max_quantity"]) if asked[n] != planned[n] else min(int(row["max_quantity"]), planned[n])
        most = min(int(limit * only.brought[0, i]), asked[n])
        least = min(int(int(row["min_quantity"]) * min(1.0, asked[n] / planned[n])), most)
        row["max_quantity"], row["min_quantity"] = Decimal(max(most, 1)), Decimal(least)
        able.append(most > 0)
    return replace(scenario, tables=tables_of(rows)), tuple(able)


def with_rows(scenario: Scenario, table: str, given: list[Row]) -> Scenario:
    """The scenario with other rows in one table; whole numbers are written as exact decimals."""
    rows = {name: [dict(row) for _line, row in scenario.tables.rows(name)] for name in scenario.tables.frames}
    rows[table] = [
        {k: Decimal(v) if type(v) is int and k != "year" else v for k, v in row.items()} for row in given
    ]  # fmt: skip
    return replace(scenario, tables=tables_of(rows))
