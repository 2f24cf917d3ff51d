"""What the sentences of one conflict are filled with: names, quantities, and the money that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.model.world import FEN_PER_WAN
from gpsopt.nofit.conflict import Conflict
from gpsopt.nofit.kinds.money import budget, fen_up
from gpsopt.nofit.loosen import Loosening, least, loosened
from gpsopt.nofit.names import Names, Units
from gpsopt.nofit.system import Element, System
from gpsopt.solving.engine import Engine

Told = tuple[str, Mapping[str, object]]
_SMALL = 600  # whole decisions up to which the missing money is sought with whole awards


@dataclass(frozen=True)
class Missing:
    """Fen that a purchaser's budget lacks in a year; `exact`: nothing less would do (else no less than that)."""

    fen: int
    exact: bool


class Teller:
    """The facts of one conflict. `others`: the conflicts beside it, which have no part in its numbers."""

    def __init__(self, system: System, conflict: Conflict, others: Iterable[Conflict] = ()) -> None:
        self.system, self.conflict, self.names = system, conflict, Names(system.scenario)
        self.others = tuple(others)
        facts = system.world.facts
        self.need = {key: i for i, key in enumerate(facts.needs.key)}
        self.year = {year: i for i, year in enumerate(facts.years)}

    def at(self, need: str, year: int) -> tuple[int, int]:
        return self.need[need], self.year[year]

    def item(self, need: str) -> str:
        return self.system.world.facts.needs.item[self.need[need]]

    def units(self, need: str, steps: int) -> Units:
        amount = self.system.world.facts.needs.step[self.need[need]] * int(steps)
        return Units(Decimal(amount.numerator) / Decimal(amount.denominator), self.item(need))

    def limit(self, row: int) -> Decimal:
        """The limit of a row as people write it."""
        return Decimal(repr(round(self.system.limit(row), 6))).normalize()

    def engages(self) -> bool:
        """Do costs of engaging undertakers play a part?"""
        rows = self.system.compiled.rows
        return any(
            ((self.conflict.rows >= span.start) & (self.conflict.rows < span.stop)).any()
            for name, span in rows.items() if name.startswith("engagement.")
        )  # fmt: skip

    def missing(self, purchaser: str, year: int) -> Missing:
        """The money that this budget lacks while every other rule holds, beside the other budgets in conflict."""
        return self._missing.get((purchaser, year), Missing(0, True))

    @cached_property
    def _missing(self) -> Mapping[tuple[str, int], Missing]:
        keys = {e.key for e in self.conflict.elements if _of_budget(e)}
        for rows in (_without(self.system, self.others), _only(self.system, self.conflict)):
            system = _kept(self.system, rows)
            loosening = budget(system, keys)
            if int(system.problem.integer.sum()) <= _SMALL:
                found = least(system, loosening)
                if found is not None and found.proven:
                    return {key: Missing(amount, True) for key, amount in _fen(found.values).items()}
            bound = _by_fractions(system, loosening)
            if bound is not None:
                return {key: Missing(amount, False) for key, amount in _fen(bound).items()}
        return {}


def _of_budget(e: Element) -> bool:
    return e.clause == "existing_budget" and e.rule in ("purchases_within_line", "deficit_is_met_first")


def _fen(values: Mapping[tuple[Any, ...], float]) -> dict[tuple[str, int], int]:
    total: dict[tuple[str, int], float] = {}
    for (part, p, t), value in values.items():
        if part != "met":
            total[p, t] = total.get((p, t), 0.0) + value
    return {key: fen_up(value) for key, value in total.items() if value * FEN_PER_WAN > 0.5}


def _by_fractions(system: System, loosening: Loosening) -> Mapping[tuple[Any, ...], float] | None:
    """The least that gives where awards may be fractions: no plan does with less."""
    problem = loosened(system.problem, loosening)
    engine = Engine(replace(problem, integer=np.zeros_like(problem.integer)))
    base = system.problem.matrix.shape[1]
    cost = np.zeros(problem.matrix.shape[1])
    cost[base:] = [s.price for s in loosening.slacks]
    engine.set_cost(cost)
    try:
        _value, point, _duals = engine.relaxation()
    except SolverError:
        return None
    return {s.what: float(v) for s, v in zip(loosening.slacks, point[base:], strict=True) if v > 1e-9}


def _without(system: System, others: Iterable[Conflict]) -> set[int]:
    """Rows that the conflicts beside this one stand in the way of."""
    return {e.row for c in others for e in c.elements}


def _only(system: System, conflict: Conflict) -> set[int]:
    """Elements that have no part in the conflict."""
    return {e.row for e in system.elements} - {e.row for e in conflict.elements}


def _kept(system: System, dropped: set[int]) -> System:
    """The system without these rows: they no longer limit anything."""
    lower, upper = system.problem.row_lower.copy(), system.problem.row_upper.copy()
    at = sorted(dropped)
    lower[at], upper[at] = -np.inf, np.inf
    return replace(system, problem=replace(system.problem, row_lower=lower, row_upper=upper))
