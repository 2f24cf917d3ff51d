"""What a run claims of the search, held against the plan: value, bound, gap and what was given up.

No solver runs here, so a bound cannot be proven; but a claim that the plan itself refutes is stopped. Of every aim

    scale      Σ weight·uv·target for shortfalls, 1 for worst_area, else |value|
    gap_amount = |value − bound|, gap = gap_amount / scale (0 where the scale is 0), value not better than the bound
    given_up   = how much worse the plan is than the value; at most tolerance·scale and the reach of the grid
    the first aim's bound holds for every plan: no plan is better, but by the reach of the grid and of the fen.

The reach of the grid is what an aim can change when every quantity moves by STEPS steps (the repair that puts the
solved plan on its grid moves none further), and a fen for every amount that is rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gpsopt.settings import AIMS
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.verdict import Fault

STEPS: Final = 5
#: relative error of sums of doubles, and of the solver's own tolerance
NOISE: Final = Fraction(1, 10**6)
#: relative error of the scale, a plain sum
SUM_NOISE: Final = Fraction(1, 10**9)
DEFAULT_TOLERANCE: Final = Fraction(1, 1000)


def check_claims(
    evidence: Evidence, name: str, first: bool, numbers: Mapping[str, Decimal | None], plan_value: Fraction
) -> Iterator[Fault]:
    """Faults in the numbers that stand beside an aim (`numbers`: column -> value, None where it is not given)."""
    given = {key: None if number is None else Fraction(number) for key, number in numbers.items()}
    value, bound, scale = given.get("value"), given.get("bound"), given.get("scale")
    if value is None or scale is None:
        return
    expected: dict[str, Fraction] = {"scale": scale_of(evidence, name, value)}
    better = -1 if AIMS[name] == "min" else 1
    worse = (value - plan_value) * better
    expected["given_up"] = max(Fraction(0), worse)
    if bound is not None:
        expected["gap_amount"] = abs(value - bound)
        expected["gap"] = expected["gap_amount"] / scale if scale > NOISE else Fraction(0)
    for column, right in expected.items():
        said = given.get(column)
        skip = column == "gap" and scale <= NOISE and scale != 0  # noise over noise says nothing
        noise = SUM_NOISE if column == "scale" else NOISE
        if said is not None and not skip and abs(said - right) > noise * max(abs(right), abs(said), Fraction(1)):
            yield _fault("differs", column, name, said, right)
    reach = reach_of(evidence, name) + NOISE * max(Fraction(1), abs(value), scale)
    tolerance = given.get("tolerance")
    if tolerance is not None and tolerance < 0:
        yield _fault("differs", "tolerance", name, tolerance, Fraction(0))
    allowed = (DEFAULT_TOLERANCE if tolerance is None else tolerance) * scale + reach
    if worse > allowed:
        yield _fault("worse_than_claimed", "value", name, value, plan_value)
    if bound is not None and (value - bound) * better > reach:
        yield _fault("better_than_bound", "bound", name, bound, value)
    elif bound is not None and first and (plan_value - bound) * better > reach:
        yield _fault("better_than_bound", "bound", name, bound, plan_value)


def scale_of(evidence: Evidence, name: str, value: Fraction) -> Fraction:
    """The scale of an aim in its own unit."""
    if name == "worst_area":
        return Fraction(1)
    if name not in ("livelihood_shortfall", "shortfall"):
        return abs(value)
    world = evidence.world
    return sum(
        (demand.weight * evidence.worth(need, demand.target)
         for (need, _year), demand in world.demands.items()
         if world.needs[need].item.livelihood == (name == "livelihood_shortfall")),
        Fraction(0),
    )  # fmt: skip


def reach_of(evidence: Evidence, name: str) -> Fraction:
    """How far the grid and the fen can move an aim."""
    world = evidence.world
    if name == "worst_area":
        return _reach_of_areas(evidence)
    total = Fraction(0)
    for (need, year), state in evidence.facts.of.items():
        item = world.needs[need].item
        offers = evidence.pairs.remaining.get((need, year), ())
        moves = STEPS * item.step * (len(offers) + 2)  # each pair, kept and new units
        if name == "outlay":
            prices = sum(world.offers[offer].price[year] for offer in offers) * Fraction(1, 10**6)
            line = world.lines.get(need)
            unit = Fraction(state.expenditure, 100 * line.quantity) / item.step if line and line.quantity else 0
            total += STEPS * item.step * (prices + 2 * unit + item.unit_value) + Fraction(len(offers) + 4, 100)
        elif name == "benefit":
            total += abs(world.demand(need, year).weight) * moves
        else:
            weight = world.demand(need, year).weight if name.endswith("shortfall") else Fraction(1)
            total += abs(weight) * item.unit_value * moves
    return total


def _reach_of_areas(evidence: Evidence) -> Fraction:
    """The same for the coverage of the area and year that can move most."""
    world = evidence.world
    moved: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    wanted: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for (need, year), demand in world.demands.items():
        place = (world.needs[need].area, year)
        item = world.needs[need].item
        count = len(evidence.pairs.remaining.get((need, year), ())) + 2
        moved[place] += abs(demand.weight) * item.unit_value * STEPS * item.step * count
        wanted[place] += demand.weight * evidence.worth(need, demand.target)
    return max((moved[place] / total for place, total in wanted.items() if total > 0), default=Fraction(0))


def _fault(code: str, column: str, name: str, found: Fraction, expected: Fraction) -> Fault:
    details: dict[str, Any] = {"found": shown(found), "expected": shown(expected)}
    return Fault("aims", code, "summary.json", None, column, name, details)
