"""The kinds of repair that loosen rows of a table or decisions held by hand, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from gpsopt.nofit.kinds import awards, decisions, money, services, uniform
from gpsopt.nofit.loosen import Loosening
from gpsopt.nofit.system import System


class Kind(NamedTuple):
    """The rules that a kind loosens ("clause.rule" or "clause"), and what makes its slacks."""

    rules: tuple[str, ...]
    make: Callable[[System], Loosening]


KINDS: Final[dict[str, Kind]] = {
    "lock": Kind(("hand_decisions",), decisions.lock),
    "budget": Kind(
        ("existing_budget.purchases_within_line", "existing_budget.deficit_is_met_first"), money.budget
    ),
    "floor": Kind(("coverage.floor_is_reached",), services.floor),
    "capacity": Kind(
        ("own_capacity.work_within_own_capacity", "own_capacity.offer_within_its_capacity",
         "own_capacity.most_by_capacity"), awards.capacity
    ),
    "aim_limit": Kind(("aim_limit",), money.aim_limit),
    "relation": Kind(("related_needs",), services.relation),
    "tolerance": Kind(("continuity.nobody_loses_the_service",), services.tolerance),
    "contract_limit": Kind(
        ("own_capacity.contracts_within_limit", "own_capacity.most_by_capacity"), money.contract_limit
    ),
    "awards": Kind(("award_size.enough_awards_if_any", "award_size.not_too_many_awards"), awards.awards),
    "min_quantity": Kind(
        ("award_size.award_has_its_least", "award_size.minimum_above_demand"), awards.min_quantity
    ),
    "max_quantity": Kind(("award_size.max_quantity",), awards.max_quantity),
    "package": Kind(("award_size.package_wins_whole",), awards.package),
    "excludes": Kind(("award_size.one_offer_of_the_group",), awards.excludes),
    "all_or_nothing": Kind(("coverage.met_in_full_or_not_at_all",), services.all_or_nothing),
    "cost_standard": Kind(
        ("fee_standard.above_cost_standard", "equal_competition.full_cost_above_standard"), money.cost_standard
    ),
    "contract": Kind(("commitments",), decisions.contract),
    "parameter": Kind(("undertaker_count",), awards.undertakers),
    "later_year": Kind(("coverage.floor_is_reached",), services.later_year),
}  # fmt: skip

#: kinds that also come as one change of all rows concerned in the same proportion: made from the least that they give
UNIFORM: Final[dict[str, Callable[[System, Mapping[tuple[Any, ...], float]], Loosening]]] = {
    "budget": uniform.all_budgets, "floor": uniform.all_floors,
}  # fmt: skip

__all__ = ["KINDS", "UNIFORM", "Kind"]
