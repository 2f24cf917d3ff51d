"""Repairs that are no loosened row: one more undertaker, a clause struck, a parameter moved, another regime.

Each is tried as the scenario file that it would be; a parameter is moved by halves to the least that works.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from statistics import median
from typing import Any, Final

import numpy as np

from gpsopt.compiler import compile_model
from gpsopt.errors import SolverError
from gpsopt.model.build import build_world
from gpsopt.model.soft import LIMITS
from gpsopt.model.world import world_of
from gpsopt.nofit.conflict import Conflict
from gpsopt.nofit.edits import Edits
from gpsopt.nofit.loosen import Step
from gpsopt.nofit.names import Named, Units, Word
from gpsopt.nofit.proof import Bench
from gpsopt.nofit.system import Element, System
from gpsopt.settings import Clauses
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.feasibility import nodes_for

#: item and area pairs for which one more undertaker is tried at once
_MOST_PLACES: Final = 40
Works = Callable[[Edits], bool]


def undertaker(system: System, conflicts: Iterable[Conflict], bench: Bench) -> list[Step]:
    """One more qualified undertaker for the items and areas in conflict, at a usual price, with the least capacity."""
    places = _places(system, conflicts)
    if not places or len(places) > _MOST_PLACES:
        return []
    offers = {f"{_CODE}-{i}": place for i, place in enumerate(places, 1)}
    trial = _added(system, offers, None)
    made = bench.scenario(trial.toml("", "", ""))
    if made is None:
        return []
    world = world_of(made)
    compiled = compile_model(build_world(world))
    cost = np.zeros(compiled.matrix.shape[1])
    places_of: list[tuple[str, int, int, float]] = []
    for i, (o, n, t) in enumerate(world.pair_keys):
        if o in offers:
            column = int(compiled.column("purchased", (o, n, t)))
            cost[column] = max(1e-6, float(world.price_wan[i]))
            places_of.append((o, t, column, float(world.facts.needs.step[world.pairs.need[i]])))
    if not places_of:
        return []
    engine = Engine(compiled, stop=bench.allowance.stop(0.5))
    engine.set_cost(cost / float(cost.max()))
    try:
        point = engine.minimise(Limits(1e-9, 1e-3, bench.allowance.clock(0.5), nodes_for(compiled.matrix))).point
    except SolverError:
        return []
    if point is None:
        return []
    used: dict[str, dict[int, float]] = {}
    for o, t, column, step in places_of:
        if point[column] > 1e-6:
            years = used.setdefault(o, {})
            years[t] = years.get(t, 0.0) + math.ceil(point[column] / step - 1e-6) * step
    if not used:  # to be a candidate is enough
        used = {o: {world.facts.years[0]: 1.0} for o in list(offers)[:1]}
    by_year: dict[int, float] = defaultdict(float)
    for years in used.values():
        for t, units in years.items():
            by_year[t] += units
    # a hundredth of a unit, where being there is what matters, is nobody's capacity: one unit at the least
    room = max(Decimal(1), Decimal(math.ceil(max(by_year.values()) * 100 - 1e-6)) / 100)
    kept = {o: offers[o] for o in used}
    return [_one_more(system, kept, room)]


_CODE: Final = "new1"


def _one_more(system: System, offers: dict[str, tuple[str, str]], room: Decimal) -> Step:
    items = tuple(dict.fromkeys(item for item, _area in offers.values()))
    areas = tuple(dict.fromkeys(area for _item, area in offers.values()))
    price = _price(system, items[0])
    return Step(
        _added(system, offers, room), "nofit.step_undertaker",
        {"items": [Named("items", i) for i in items], "areas": [Named("areas", a) for a in areas],
         "capacity": Units(room, items[0]), "price": price},
        room, "capacity",
    )  # fmt: skip


def _places(system: System, conflicts: Iterable[Conflict]) -> list[tuple[str, str]]:
    """Items and areas of the needs in conflict that may be bought."""
    needs = system.world.facts.needs
    at = {key: i for i, key in enumerate(needs.key)}
    found = {
        (needs.item[at[part]], needs.area[at[part]])
        for c in conflicts for e in c.elements for part in e.key
        if part in at and (needs.scope[at[part]] == "purchasable").any()
    }  # fmt: skip
    return sorted(found)


def _added(system: System, offers: dict[str, tuple[str, str]], room: Decimal | None) -> Edits:
    """The rows of one more undertaker that meets every condition asked."""
    clauses = system.world.facts.settings.clauses
    items = {item for item, _area in offers.values()}
    licences = sorted(
        {row["licence"] for _line, row in system.scenario.tables.rows("conditions") if row["item"] in items}
    )
    row: dict[str, Any] = {"undertaker": _CODE, "name_zh": "新增承接主体", "name_en": "One more provider",
                           "kind": "social_organisation", "status": "assumed"}  # fmt: skip
    if licences:
        row["licences"] = ";".join(licences)
    if clauses.qualification.min_credit is not None:
        row["credit"] = clauses.qualification.min_credit
    if room is not None:
        row["capacity"] = room
    additions: list[tuple[str, dict[str, Any]]] = [("undertakers", row)]
    for code, (item, area) in offers.items():
        offer: dict[str, Any] = {"offer": code, "undertaker": _CODE, "item": item, "areas": area,
                                 "price": _price(system, item), "status": "assumed"}  # fmt: skip
        floor = clauses.quality_floor
        if floor is not None and floor.enabled:
            offer |= {
                "quality": floor.min_quality or Decimal("0.5"),
                "satisfaction": floor.min_satisfaction or Decimal("0.5"),
            }
        additions.append(("offers", offer))
    return Edits(additions=tuple(additions))


def _price(system: System, item: str) -> Decimal:
    """The usual price of an item: the median of its offers, at most its cost standard; else its unit value."""
    standard = system.world.facts.items[item]["cost_standard"]
    prices = [row["price"] for _line, row in system.scenario.tables.rows("offers")
              if row["item"] == item and (standard is None or row["price"] <= standard)]  # fmt: skip
    value = Decimal(median(prices)) if prices else system.world.facts.unit_value(item)
    return value.quantize(Decimal("0.01")).normalize() if value else Decimal("0.01")


def regime(system: System, touched: set[str]) -> Iterator[Step]:
    """Money that follows the matter, savings that are kept: the default of the document instead of a counterfactual."""
    if "fees_stay" in touched:
        words = {"now": Word("fees_stay"), "then": Word("fees_follow_the_matter")}
        yield Step(
            Edits(settings={"regime": "fees_follow_the_matter"}), "nofit.step_regime", words, Decimal(1), "settings"
        )
    elif touched & {"lagged", "returned"}:
        savings = system.world.facts.settings.savings
        words = {"now": Word(savings, "savings"), "then": Word("kept", "savings")}
        yield Step(Edits(settings={"savings": "kept"}), "nofit.step_savings", words, Decimal(1), "settings")


def clauses(elements: Iterable[Element], shared: set[str], given: Clauses) -> Iterator[Step]:
    """Each clause that all conflicts have in common, those that say the least first: made soft, which still keeps it
    wherever it can be kept; only where that is not enough, or cannot be, struck."""
    count: dict[str, int] = defaultdict(int)
    for e in elements:
        count[e.clause] += 1
    names = sorted(shared & set(Clauses.model_fields), key=lambda c: (c == "catalogue_scope", count[c], c))
    for name in names:
        if name in LIMITS and not given.soft(name):
            yield _clause(name, "nofit.step_soft", soft=True)
    for name in names:
        yield _clause(name, "nofit.step_clause", enabled=False)


def _clause(name: str, message: str, **said: bool) -> Step:
    return Step(Edits(clauses={name: said}), message, {"clause": Word(name, "clauses")}, Decimal(1), "clauses")


#: clause, parameter -> the value that asks for nothing, and the grid on which the least change is sought
_PARAMETERS: Final[dict[tuple[str, str], tuple[Decimal, Decimal]]] = {
    ("quality_floor", "min_quality"): (Decimal(0), Decimal("0.001")),
    ("quality_floor", "min_satisfaction"): (Decimal(0), Decimal("0.001")),
    ("plural_supply", "max_share"): (Decimal(1), Decimal("0.001")),
    ("social_organisations", "min_share"): (Decimal(0), Decimal("0.001")),
    ("affiliated_share", "max_share"): (Decimal(1), Decimal("0.001")),
    ("project_limit", "max_awards"): (Decimal(1000), Decimal(1)),
    ("gradual_purchase", "step"): (Decimal(1), Decimal("0.001")),
    ("gradual_purchase", "floor"): (Decimal(0), Decimal("0.001")),
    ("balanced_areas", "ratio"): (Decimal(0), Decimal("0.001")),
    ("qualification", "min_credit"): (Decimal(0), Decimal(1)),
    ("competition", "min_candidates"): (Decimal(1), Decimal(1)),
    ("pooled", "share"): (Decimal(1), Decimal("0.001")),
}
#: the clauses that have one
PARAMETERS: Final = frozenset(name for name, _key in _PARAMETERS)


def parameter(system: System, shared: set[str], works: Works, fits: Works | None = None) -> Step | None:
    """The least move of one parameter of a clause in conflict (or of the pool's share) with which a plan exists.

    `fits`: is there a plan in fractions? Of a large model that is soon known; where there is none nothing is sought.
    """
    settings = system.world.facts.settings
    for (name, key), (loosest, grid) in _PARAMETERS.items():
        pool = name == "pooled"
        now = settings.share if pool else getattr(getattr(settings.clauses, name, None), key, None)
        if name not in shared or now is None or Decimal(now) == loosest:
            continue

        def edits(value: Decimal, name: str = name, key: str = key, now: Any = now) -> Edits:
            given = int(value) if isinstance(now, int) else value
            return Edits(settings={key: given}) if name == "pooled" else Edits(clauses={name: {key: given}})

        quick = None if fits is None else (lambda value, edits=edits: fits(edits(value)))
        after = _least_move(Decimal(now), loosest, grid, lambda value: works(edits(value)), quick)
        if after is not None:
            words = {"clause": Word(name, "clauses"), "parameter": Word(key, name), "before": Decimal(now),
                     "after": after}  # fmt: skip
            message = "nofit.step_share" if pool else "nofit.step_parameter"
            return Step(edits(after), message, words, abs(after - Decimal(now)), key)
    return None


def _least_move(
    now: Decimal, loosest: Decimal, grid: Decimal, works: Callable[[Decimal], bool],
    fits: Callable[[Decimal], bool] | None = None,
) -> Decimal | None:  # fmt: skip
    """The value nearest to `now`, on its grid towards the loosest one, that works; None where not even that does.

    `fits` says no only where `works` would: the first value of which it does not is tried first, and then farther ones.
    """
    steps, way = int(abs(now - loosest) / grid), grid if loosest > now else -grid
    if steps < 1 or not works(now + way * steps):
        return None
    near = 1 if fits is None else _between(0, steps, lambda step: fits(now + way * step))[1]
    at_once = fits is not None
    return now + way * first_that_works(near, steps, lambda step: works(now + way * step), at_once)


def first_that_works(near: int, last: int, works: Callable[[int], bool], at_once: bool = True) -> int:
    """The first number from `near` to `last` that works, where `last` does and what lies above one that works does too.

    `at_once`: it is likely to lie near the first.
    """
    low, high, stride = near - 1, last, 1
    while at_once and low + stride < last:
        if works(low + stride):
            high = low + stride
            break
        low, stride = low + stride, 2 * stride
    return _between(low, high, works)[1]


def _between(low: int, high: int, holds: Callable[[int], bool]) -> tuple[int, int]:
    """Two neighbouring numbers, the first of which does not hold and the second does, as `high` is taken to."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high
