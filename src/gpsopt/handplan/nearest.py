"""The nearest plan that breaks nothing: the least change of quantities, each unit counted at its item's value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.plan.plan import Plan
from gpsopt.planning import options_of, plan_at
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.feasibility import problem_of
from gpsopt.written.draft import HandDraft

_SMALL = 3_000
_WAIT = 120.0


@dataclass(frozen=True)
class Nearest:
    """The plan, its distance from the hand-made one (yuan of unit values), and the least distance there can be."""

    plan: Plan
    distance: Decimal
    bound: float


def nearest_plan(hand: HandDraft, gap: float | None = None, seconds: float = _WAIT) -> Nearest | None:
    """The legal plan with the least sum of unit value x |difference| over awards and direct units; None without one."""
    world = world_of(hand.draft.world.facts.scenario)
    compiled = compile_model(build_world(world))
    problem = problem_of(compiled)
    columns, wanted, worth, lost = _targets(hand, world, compiled)
    count, base = len(columns), problem.matrix.shape[1]
    row, one = np.arange(count), np.ones(count)
    wide = problem.with_columns(
        sparse.csr_array((problem.matrix.shape[0], 2 * count)),
        np.full(2 * count, np.inf),
        np.zeros(2 * count, dtype=bool),
    )
    ties = sparse.csr_array(
        (np.concatenate([one, one, -one]),
         (np.concatenate([row, row, row]), np.concatenate([columns, base + row, base + count + row]))),
        shape=(count, base + 2 * count),
    )  # fmt: skip
    wide = wide.with_rows(ties, np.array(wanted), np.array(wanted))
    options = options_of(world.facts.scenario, gap)
    engine = Engine(wide, options.seed)
    cost = np.zeros(base + 2 * count)
    cost[base:] = np.tile(worth, 2)
    engine.set_cost(cost)
    asked = gap if gap is not None else 0.0 if engine.integer_count <= _SMALL else 1e-3
    outcome = engine.minimise(Limits(1e-9, asked, seconds))
    if outcome.point is None:
        return None
    plan = plan_at(world, compiled, outcome.point[:base], options)
    return Nearest(plan, distance_of(hand, plan), (outcome.bound + lost) * 10_000)


def _targets(hand: HandDraft, world: World, compiled: Any) -> tuple[list[int], list[float], list[float], float]:
    """Columns of awards and direct units, the hand-made units of each, and what a unit counts for (万元).

    Last, what the units on pairs count for that no plan may use: it is lost in any case.
    """
    draft = hand.draft
    columns: list[int] = []
    wanted: list[float] = []
    worth: list[float] = []
    lost = 0.0
    value = np.maximum(1e-6, world.unit_value_wan)
    span = compiled.columns["purchased"]
    place = {world.key_of(i): span.start + i for i in range(len(world.pairs.offer))}
    steps = {draft.world.key_of(int(i)): int(draft.quantities.purchased[i])
             for i in np.flatnonzero(draft.quantities.purchased)}  # fmt: skip
    need = {key: i for i, key in enumerate(world.facts.needs.key)}
    for key, amount in steps.items():
        if key not in place:
            lost += float(value[need[key[1]]]) * amount * float(world.need_step[need[key[1]]])
    for key, column in place.items():
        n = need[key[1]]
        columns.append(column)
        wanted.append(steps.get(key, 0) * float(world.need_step[n]))
        worth.append(float(value[n]))
    kept = draft.quantities.direct * world.need_step[:, None]
    for name, figures in (("direct", kept), ("new", draft.quantities.new * world.need_step[:, None])):
        start = compiled.columns[name].start
        for n in range(len(need)):
            for c in range(len(world.facts.years)):
                columns.append(start + n * len(world.facts.years) + c)
                wanted.append(float(figures[n, c]))
                worth.append(float(value[n]))
    return columns, wanted, worth, lost


def distance_of(hand: HandDraft, plan: Plan) -> Decimal:
    """Yuan of unit values by which a plan's awards and direct units differ from the hand-made one's."""
    draft = hand.draft
    facts = draft.world.facts
    total = Fraction(0)
    item = dict(zip(facts.needs.key, facts.needs.item, strict=True))

    def add(need: str, difference: Fraction) -> None:
        nonlocal total
        total += Fraction(facts.unit_value(item[need])) * abs(difference)

    own = {(t, n, o): Fraction(q) for t, n, o, q in zip(
        *(plan.allocation[c] for c in ("year", "need", "offer", "quantity")), strict=True)}  # fmt: skip
    hand_made = {}
    for i in np.flatnonzero(draft.quantities.purchased):
        o, n_key, t = draft.world.key_of(int(i))
        n = int(draft.world.pairs.need[i])
        hand_made[t, n_key, o] = int(draft.quantities.purchased[i]) * facts.needs.step[n]
    for key in own.keys() | hand_made.keys():
        add(key[1], own.get(key, Fraction(0)) - hand_made.get(key, Fraction(0)))
    rows = {(t, n): (Fraction(q), Fraction(g)) for t, n, q, g in zip(
        *(plan.direct[c] for c in ("year", "need", "quantity", "new")), strict=True)}  # fmt: skip
    for n, code in enumerate(facts.needs.key):
        for c, t in enumerate(facts.years):
            q, g = rows.get((t, code), (Fraction(0), Fraction(0)))
            add(code, q - int(draft.quantities.direct[n, c]) * facts.needs.step[n])
            add(code, g - int(draft.quantities.new[n, c]) * facts.needs.step[n])
    return Decimal(total.numerator) / Decimal(total.denominator)
