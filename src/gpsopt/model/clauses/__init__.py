"""The register of clauses, in order. A clause that excludes pairs works in `pairs`; the rest are Blocks here.

| clause | where it binds |
|---|---|
| catalogue_scope, qualification, fee_standard, equal_competition, competition | pairs |
| no_new_posts | bounds of the new direct units (decisions) |
| purchaser_kind | marks purchasers "by reference"; binds nothing |
| all others | one Block each |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyomo.environ as pyo

from gpsopt.model.clauses.affiliated_share import affiliated_share
from gpsopt.model.clauses.award_size import award_size
from gpsopt.model.clauses.balanced_areas import balanced_areas
from gpsopt.model.clauses.commitments import commitments
from gpsopt.model.clauses.continuity import continuity
from gpsopt.model.clauses.contract_term import contract_term
from gpsopt.model.clauses.coverage import coverage
from gpsopt.model.clauses.gradual_purchase import gradual_purchase
from gpsopt.model.clauses.hand_decisions import hand_decisions
from gpsopt.model.clauses.own_capacity import own_capacity
from gpsopt.model.clauses.plural_supply import plural_supply
from gpsopt.model.clauses.project_limit import project_limit
from gpsopt.model.clauses.quality_floor import quality_floor
from gpsopt.model.clauses.related_needs import related_needs
from gpsopt.model.clauses.social_organisations import social_organisations
from gpsopt.model.clauses.undertaker_count import undertaker_count
from gpsopt.model.world import World

#: clause -> what adds its Block to the model
REGISTER: Final[dict[str, Callable[[pyo.ConcreteModel, World], None]]] = {
    "continuity": continuity,
    "coverage": coverage,
    "own_capacity": own_capacity,
    "award_size": award_size,
    "related_needs": related_needs,
    "quality_floor": quality_floor,
    "undertaker_count": undertaker_count,
    "plural_supply": plural_supply,
    "social_organisations": social_organisations,
    "affiliated_share": affiliated_share,
    "project_limit": project_limit,
    "gradual_purchase": gradual_purchase,
    "balanced_areas": balanced_areas,
    "contract_term": contract_term,
    "commitments": commitments,
    "hand_decisions": hand_decisions,
}
