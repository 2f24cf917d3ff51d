"""A scenario's rules as rows that can each give way: what a conflict is sought in, and what a repair loosens.

The model is built once more, as wide as the tables allow: pairs that a clause leaves out are candidates, new direct
units may be had, money may follow the matter. What the clauses forbid then stands as rows of their own (x <= 0), so
that every rule of a clause, also one that only excludes pairs, is an Element that can be named, dropped or loosened.
With all elements in force the plans are those of the scenario itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.clauses import REGISTER
from gpsopt.model.facts import Ints
from gpsopt.model.world import FEN_PER_WAN, World, binary_of, world_of
from gpsopt.scenario import Scenario
from gpsopt.settings import Clause
from gpsopt.solving.byyear import years_of_columns
from gpsopt.solving.feasibility import Problem, problem_of

#: rows outside the clauses' own blocks that a conflict may name, and the clause they belong to
_ELSEWHERE: Final = {
    "existing_budget.purchases_within_line": "existing_budget",
    "existing_budget.deficit_is_met_first": "existing_budget",
    "regime.fees_follow_units_taken_over": "existing_budget",
    "regime.nothing_shared_at_first": "lagged",
    "regime.shared_a_year_later": "lagged",
    "awards.award_has_its_least": "award_size",
}
#: rows of the clauses that only say what a symbol means: they can always be kept, and nobody breaks them
_MEANING: Final = frozenset({
    "undertaker_count.award_uses", "undertaker_count.used_has_an_award", "balanced_areas.shortfall_is_exact",
    "balanced_areas.over_only_beyond", "balanced_areas.missing_only_below",
})  # fmt: skip
_ENOUGH: Final = "undertaker_count.enough_undertakers"

NO_YEAR: Final = -1
SEVERAL: Final = -2


@dataclass(frozen=True)
class Element:
    """One rule at one index: the clause, the rule's name (for a pair left out: the reason), and its row."""

    clause: str
    rule: str
    key: tuple[Any, ...]
    row: int


@dataclass(frozen=True, eq=False)
class System:
    """The widened model with its elements; rows that are no element say what the symbols mean and always hold."""

    scenario: Scenario
    world: World  # of the scenario itself
    wide: World
    compiled: Any  # of the wide world
    problem: Problem
    elements: tuple[Element, ...]

    @cached_property
    def by_row(self) -> Mapping[int, Element]:
        """Row -> its element."""
        return {element.row: element for element in self.elements}

    @cached_property
    def year_of_row(self) -> Ints:
        """Row -> the place of the year in which all its columns stand; NO_YEAR: none of them has one; else SEVERAL."""
        of_column = years_of_columns(self.wide, self.compiled, NO_YEAR)
        matrix = self.problem.matrix
        years = len(self.world.facts.years)
        stands = sparse.csr_array((np.ones(len(of_column)), (np.arange(len(of_column)), of_column + 1)),
                                  shape=(len(of_column), years + 1))  # fmt: skip
        counted = (abs(matrix) @ stands).toarray()[:, 1:] > 0
        return np.where(
            counted.sum(axis=1) > 1, SEVERAL, np.where(counted.any(axis=1), counted.argmax(axis=1), NO_YEAR)
        )

    @cached_property
    def fixed(self) -> Ints:
        """The rows that are no element."""
        rows = np.ones(self.problem.matrix.shape[0], dtype=bool)
        rows[[e.row for e in self.elements]] = False
        return np.flatnonzero(rows)

    def of(self, *rules: str) -> list[Element]:
        """The elements of these rules, written "clause.rule" or "clause"."""
        wanted = set(rules)
        return [e for e in self.elements if e.clause in wanted or f"{e.clause}.{e.rule}" in wanted]

    def gives(self, row: int) -> float:
        """The sign with which a column must stand in a row so that the row gives way: up where it has a lower limit."""
        return 1.0 if np.isfinite(self.problem.row_lower[row]) else -1.0

    def limit(self, row: int) -> float:
        """The finite limit of a row that has one."""
        lower = float(self.problem.row_lower[row])
        return lower if np.isfinite(lower) else float(self.problem.row_upper[row])

    def column(self, name: str, key: Any) -> int:
        """The column of a variable at an index."""
        return int(self.compiled.column(name, key))


def system_of(scenario: Scenario) -> System:
    """Build the widened model of a checked scenario."""
    world = world_of(scenario)
    wide = widened(world)
    compiled = compile_model(build_world(wide))
    problem = problem_of(compiled)
    elements = list(_elements_of_rows(wide, compiled))
    bounds: list[Bound] = [*_excluded(world, compiled), *_sizes(world, wide, compiled), *_posts(world, compiled)]
    bounds += _money(world, compiled)
    if world.facts.settings.regime == "fees_stay":
        span = compiled.rows["regime.released_is_used"]
        problem.row_lower[span.start : span.stop] = -np.inf  # released money may also not be there
    height = problem.matrix.shape[0]
    for place, (clause, rule, key, _columns, _most) in enumerate(bounds):
        elements.append(Element(clause, rule, key, height + place))
    if bounds:
        problem = problem.with_rows(
            _rows([columns for *_rest, columns, _most in bounds], problem.matrix.shape[1]),
            np.full(len(bounds), -np.inf), np.array([most for *_rest, most in bounds], dtype=float),
        )  # fmt: skip
    return System(scenario, world, wide, compiled, problem, tuple(elements))


def plain_system(scenario: Scenario) -> System:
    """The scenario's own model, not widened: its points are points of the plan."""
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    return System(scenario, world, world, compiled, problem_of(compiled), tuple(_elements_of_rows(world, compiled)))


def widened(world: World) -> World:
    """The same world with every excluded pair as a candidate, sizes up to the demand, and money that may follow."""
    facts, pairs = world.facts, world.pairs
    settings = facts.settings
    clauses = settings.clauses
    if clauses.on("no_new_posts"):
        clauses = clauses.model_copy(update={"no_new_posts": Clause(enabled=False)})
    changes: dict[str, object] = {"clauses": clauses}
    if settings.regime == "fees_stay":
        changes["regime"] = "fees_follow_the_matter"
    if settings.savings == "returned" or settings.regime == "fees_stay":
        changes["savings"] = "kept"
    if settings.regime == "pooled":
        changes["share"] = Decimal(1)
    scenario = replace(facts.scenario, settings=settings.model_copy(update=changes))
    facts = replace(facts, scenario=scenario)
    place_o = {key: i for i, key in enumerate(pairs.offers.key)}
    place_n = {key: i for i, key in enumerate(facts.needs.key)}
    place_t = {year: i for i, year in enumerate(facts.years)}
    more = [(place_o[e.offer], place_n[e.need], place_t[e.year], e.clause) for e in pairs.excluded]
    offer = np.append(pairs.offer, np.array([m[0] for m in more], dtype=np.int64))
    need = np.append(pairs.need, np.array([m[1] for m in more], dtype=np.int64))
    year = np.append(pairs.year, np.array([m[2] for m in more], dtype=np.int64))
    sized = facts.settings.clauses.on("award_size")
    least = np.append(pairs.least, [_least(pairs.offers, o, sized and c != "award_size") for o, _n, _t, c in more])
    most = np.append(pairs.most, np.zeros(len(more), dtype=np.int64))
    price = np.append(pairs.price, [pairs.offers.price[o, t] for o, _n, t, _c in more]).astype(np.int64)
    order = np.lexsort((year, need, offer))
    offer, need, year, least = offer[order], need[order], year[order], least[order].astype(np.int64)
    moved = np.argsort(order)  # where each pair stands now
    bent = {name: np.sort(moved[places]) for name, places in pairs.bent.items()}
    most = np.maximum(most[order], facts.needs.demand[need, year])
    least = np.minimum(least, most)
    pairs = replace(pairs, offer=offer, need=need, year=year, price=price[order], least=least, most=most, bent=bent)
    return World(facts, pairs, world.marks, most, binary_of(facts, pairs))


def _least(offers: Any, offer: int, sized: bool) -> int:
    return max(1, int(offers.min_quantity[offer])) if sized else 1


def _elements_of_rows(world: World, compiled: Any) -> Iterable[Element]:
    """The rows of the clauses' blocks, and those of the regime and the budget that can be named."""
    for name, span in compiled.rows.items():
        block, _dot, rule = name.partition(".")
        clause = _ELSEWHERE.get(name, block if block in (*REGISTER, "aim_limit") else "")
        if not clause or name in _MEANING or (name == _ENOUGH and not _asks_for_some(world)):
            continue
        for place, key in enumerate(span.keys):
            parts = key if isinstance(key, tuple) else () if key is None else (key,)
            if rule == "nothing_shared_at_first":
                parts = (*parts, world.facts.years[0])
            if name != "awards.award_has_its_least" or _has_least(world, parts):
                yield Element(clause, rule, parts, span.start + place)


def _asks_for_some(world: World) -> bool:
    """Must there be undertakers at all?"""
    count = world.facts.settings.clauses.undertaker_count
    return count is not None and bool(count.min)


def _has_least(world: World, key: tuple[Any, ...]) -> bool:
    return bool(world.pairs.offers.min_quantity[world.offer_place[key[0]]] > 1)


Bound = tuple[str, str, tuple[Any, ...], list[int], float]  # clause, rule, key, columns that add up, at most


def _excluded(world: World, compiled: Any) -> Iterable[Bound]:
    """Pairs that a clause leaves out; a package whose member is out is out by its own rows."""
    for e in world.pairs.excluded:
        if e.reason != "package_incomplete":
            key = (e.offer, e.need, e.year)
            yield e.clause, e.reason, key, [int(compiled.column("purchased", key))], 0.0


def _sizes(world: World, wide: World, compiled: Any) -> Iterable[Bound]:
    """The most that an offer gives a need, where that is less than the demand or than what a capacity leaves."""
    pairs, facts = world.pairs, world.facts
    for i in np.flatnonzero((world.most < pairs.most) & (world.most > 0)):  # on the grid below a capacity
        key = world.pair_keys[i]
        most = float(world.most[i] * facts.needs.step[pairs.need[i]])
        yield "own_capacity", "most_by_capacity", key, [int(compiled.column("purchased", key))], most
    demand = facts.needs.demand[pairs.need, pairs.year]
    for i in np.flatnonzero(pairs.most < np.maximum(demand, pairs.least)):
        key = world.pair_keys[i]
        most = float(pairs.most[i] * facts.needs.step[pairs.need[i]])
        yield "award_size", "max_quantity", key, [int(compiled.column("purchased", key))], most


def _posts(world: World, compiled: Any) -> Iterable[Bound]:
    """Direct units that may not be added to what could be bought."""
    facts = world.facts
    if facts.settings.clauses.on("no_new_posts") and not facts.settings.clauses.soft("no_new_posts"):
        for n, c in zip(*np.nonzero(facts.needs.scope != "government_only"), strict=True):
            key = (facts.needs.key[n], facts.years[c])
            if facts.needs.demand[n, c] > 0:
                yield "no_new_posts", "no_new_posts", key, [int(compiled.column("new", key))], 0.0


def _money(world: World, compiled: Any) -> Iterable[Bound]:
    """Fees that stay where they were, savings that go back to the treasury, and how much a pool may take."""
    facts = world.facts
    if facts.settings.regime == "pooled":
        for p in facts.purchasers:
            for year in facts.years:
                most = float(facts.settings.share) * facts.budget.get((p, year), 0) / FEN_PER_WAN
                yield "pooled", "given", (p, year), [int(compiled.column("given", (p, year)))], most
    stays = facts.settings.regime == "fees_stay"
    if not stays and facts.settings.savings != "returned":
        return
    names = ("own", "shared", "unspent") if stays else ("shared",)
    for n in np.flatnonzero(facts.lines.quantity > 0):
        for year in facts.years:
            key = (facts.needs.key[n], year)
            columns = [int(compiled.column(name, key)) for name in names]
            yield "fees_stay" if stays else "returned", names[0], key, columns, 0.0


def _rows(members: list[list[int]], columns: int) -> Any:
    """One row of ones for each list of columns."""
    row = np.repeat(np.arange(len(members)), [len(m) for m in members])
    at = np.array([c for m in members for c in m], dtype=np.int64)
    return sparse.csr_array((np.ones(len(at)), (row, at)), shape=(len(members), columns))
