"""Soft clauses: rows that may be broken, each by a violation in the clause's own unit, minimised before the aims.

A clause with `soft = true` is built like any other; then each of its limits gets a violation v >= 0:

    left <= right      becomes      left - v <= right      (a lower limit: left <= right + v)
    left == right      becomes      left - over + under == right

Rows that only say what a symbol means (an award uses its undertaker) stay as they are. The violations of a clause
are added up in stages before the first aim, in order of `priority`; later stages and aims give up nothing of them.
No penalty stands in any aim. The money identity is no clause and cannot be softened.

| counted in | of which limits | weight of a violation |
|---|---|---|
| yuan | units of a need or offer; money; marks times units | unit value of the item; 1 for money |
| award, undertaker, resource, relation | counts, resource units, sums of a relation | 1 |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import expressions, index_set, param, rows, variable
from gpsopt.model.world import World
from gpsopt.settings import Clauses

#: how the names of these stages begin
BREACH: Final = "breach_"


@dataclass(frozen=True)
class Limit:
    """A rule that may be broken: what its violations are counted in, and which places of its index they have.

    `need`, `offer`: the place of the index whose item values a unit; `shared`: places that the violation keeps where
    several rows stand for one limit (empty: all); `equal`: the rule is an equation; `least`: a lower limit.
    """

    rule: str
    unit: str
    need: int | None = None
    offer: int | None = None
    shared: tuple[int, ...] = ()
    equal: bool = False
    least: bool = False


#: clause -> its limits; what stands here can be softened
LIMITS: Final[dict[str, tuple[Limit, ...]]] = {
    "continuity": (Limit("nobody_loses_the_service", "yuan", need=0, least=True),),
    "coverage": (
        Limit("floor_is_reached", "yuan", need=0, least=True),
        Limit("met_in_full_or_not_at_all", "yuan", need=0, equal=True),
    ),
    "own_capacity": (
        Limit("work_within_own_capacity", "resource"), Limit("contracts_within_limit", "yuan"),
        Limit("offer_within_its_capacity", "yuan", offer=0),
    ),
    "award_size": (
        Limit("not_too_many_awards", "award"), Limit("enough_awards_if_any", "award", shared=(1, 2), least=True),
        Limit("one_offer_of_the_group", "award"), Limit("package_wins_whole", "award", equal=True),
    ),
    "related_needs": (Limit("not_below", "relation", least=True), Limit("not_above", "relation")),
    "quality_floor": (
        Limit("quality_is_good_enough", "yuan", need=0, least=True),
        Limit("people_are_satisfied", "yuan", need=0, least=True),
    ),
    "undertaker_count": (
        Limit("enough_undertakers", "undertaker", least=True), Limit("not_too_many_undertakers", "undertaker"),
    ),
    "plural_supply": (Limit("nobody_has_too_much", "yuan"),),
    "social_organisations": (Limit("social_organisations_have_their_part", "yuan", least=True),),
    "affiliated_share": (Limit("own_house_has_not_too_much", "yuan"),),
    "project_limit": (Limit("awards_within_limit", "award"),),
    "gradual_purchase": (
        Limit("moves_by_steps", "yuan", need=0), Limit("what_moved_stays_moved", "yuan", need=0, least=True),
        Limit("others_are_bought", "yuan", need=0, least=True),
    ),
    "balanced_areas": (Limit("no_district_left_behind", "yuan"),),
    "contract_term": (Limit("new_award_lasts", "award"), Limit("award_lasts_its_term", "award")),
    "commitments": (
        Limit("contract_is_honoured", "yuan", need=1, least=True),
        Limit("absent_contract_is_honoured", "yuan", need=1, least=True),
    ),
    "hand_decisions": (
        Limit("award_is_held", "award", least=True), Limit("absent_offer_is_held", "award", least=True),
        Limit("refusal_is_held", "yuan", need=1), Limit("quantity_is_held", "yuan", need=1, equal=True),
        Limit("absent_quantity_is_held", "yuan", need=1, least=True),
        Limit("direct_is_held", "yuan", need=0, equal=True),
    ),
    "no_new_posts": (Limit("nothing_new", "yuan", need=0),),
    "qualification": (Limit("only_the_qualified", "yuan", need=1),),
    "fee_standard": (Limit("paid_within_standard", "yuan"),),
    "equal_competition": (Limit("full_cost_within_standard", "yuan"),),
    "competition": (Limit("thin_market_stays_direct", "yuan", need=1),),
}  # fmt: skip


@dataclass(frozen=True)
class SoftStage:
    """Violations of one clause that are counted in one unit."""

    clause: str
    unit: str
    limits: tuple[Limit, ...]

    @property
    def name(self) -> str:
        """The stage's name beside those of the aims."""
        return f"{BREACH}{self.clause}_{self.unit}"


def soft_stages(clauses: Clauses) -> tuple[SoftStage, ...]:
    """The stages of the soft clauses, first to last."""
    return tuple(
        SoftStage(clause, unit, tuple(limit for limit in LIMITS[clause] if limit.unit == unit))
        for clause in clauses.softened()
        for unit in dict.fromkeys(limit.unit for limit in LIMITS[clause])
    )


def soften(m: pyo.ConcreteModel, world: World) -> None:
    """Give each limit of each soft clause its violation."""
    for clause in world.facts.settings.clauses.softened():
        block = m.component(clause)
        for limit in LIMITS[clause]:
            if block.component(limit.rule) is not None and len(block.component(limit.rule)):
                _soften(block, limit, world)


def breaches(m: pyo.ConcreteModel, world: World) -> None:
    """The stages as expressions of one part, among the aims."""
    for stage in soft_stages(world.facts.settings.clauses):
        block = m.component(stage.clause)
        sides = [
            (block.component(f"{limit.rule}_{side}"), block.component(f"{limit.rule}_worth"))
            for limit in stage.limits for side in ("over", "under")
            if block.component(f"{limit.rule}_{side}") is not None
        ]  # fmt: skip
        if sides:
            one = index_set([stage.clause])
            setattr(m.aims, f"OF_{stage.name}", one)
            setattr(m.aims, stage.name, expressions(one, _added(sides)))


def _added(sides: list[tuple[Any, Any]]) -> Any:
    def broken(b: Any, k: Any) -> Any:
        return sum(sum(worth[key] * over[key] for key in over.index_set()) for over, worth in sides)

    return broken


def _soften(block: Any, limit: Limit, world: World) -> None:
    strict = block.component(limit.rule)
    over_all = strict.index_set()
    width = over_all.dimen
    places = limit.shared or tuple(range(width))
    keys = [key if isinstance(key, tuple) else (key,) for key in over_all.data()]
    kept = list(dict.fromkeys(tuple(key[p] for p in places) for key in keys))
    broken = index_set(key if len(places) > 1 else key[0] for key in kept)
    setattr(block, f"{limit.rule}_broken", broken)
    setattr(block, f"{limit.rule}_worth", param(broken, [_worth(world, limit, key) for key in kept]))
    setattr(block, f"{limit.rule}_over", variable(broken, upper=np.inf))
    if limit.equal:
        setattr(block, f"{limit.rule}_under", variable(broken, upper=np.inf))
    block.del_component(strict)
    setattr(block, limit.rule, rows(over_all, _softened(limit, strict.plain, places)))


def _softened(limit: Limit, plain: Any, places: tuple[int, ...]) -> Any:
    def may_be_broken(b: Any, *key: Any) -> Any:
        here = tuple(key[p] for p in places)
        left, right = plain(b, *key).args
        if limit.equal:
            over, under = (getattr(b, f"{limit.rule}_{side}")[here] for side in ("over", "under"))
            return left - over + under == right
        over = getattr(b, f"{limit.rule}_over")[here]
        return left <= right + over if limit.least else left - over <= right  # a row's sides stay where they were

    return may_be_broken


def _worth(world: World, limit: Limit, key: tuple[Any, ...]) -> float:
    """What a violation of one counts for in its stage: 万元 where that is counted in yuan."""
    facts = world.facts
    if limit.need is not None:
        return float(world.unit_value_wan[facts.needs.key.index(key[limit.need])])
    if limit.offer is not None:
        offers = world.pairs.offers
        return float(facts.unit_value(offers.item[offers.key.index(key[limit.offer])])) / 1e4
    return 1.0
