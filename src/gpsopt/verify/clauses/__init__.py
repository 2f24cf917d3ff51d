"""The checks of a plan, one file a clause or a small group of clauses; CHECKS is the register in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gpsopt.verify.clauses.aim_limit import check_aim_limit
from gpsopt.verify.clauses.award_size import check_award_size
from gpsopt.verify.clauses.balanced_areas import check_balanced_areas
from gpsopt.verify.clauses.candidates import check_candidates
from gpsopt.verify.clauses.competition import check_competition
from gpsopt.verify.clauses.contracts import check_commitments, check_contract_term
from gpsopt.verify.clauses.coverage import check_continuity, check_coverage, check_served
from gpsopt.verify.clauses.direct_lines import check_direct_lines, check_no_new_posts
from gpsopt.verify.clauses.excluded import check_excluded
from gpsopt.verify.clauses.existing_budget import check_existing_budget
from gpsopt.verify.clauses.goals import check_goals
from gpsopt.verify.clauses.gradual_purchase import check_gradual_purchase
from gpsopt.verify.clauses.hand_decisions import check_hand_decisions
from gpsopt.verify.clauses.ledger import check_ledger
from gpsopt.verify.clauses.left_out import check_left_out
from gpsopt.verify.clauses.own_capacity import check_own_capacity
from gpsopt.verify.clauses.prices import check_prices
from gpsopt.verify.clauses.project_limit import check_project_limit
from gpsopt.verify.clauses.quality_floor import check_quality_floor
from gpsopt.verify.clauses.recomputed import check_recomputed
from gpsopt.verify.clauses.regime import check_regime
from gpsopt.verify.clauses.related_needs import check_related_needs
from gpsopt.verify.clauses.rows_complete import check_rows_complete
from gpsopt.verify.clauses.shares import check_affiliated_share, check_plural_supply, check_social_organisations
from gpsopt.verify.clauses.undertaker_count import check_undertaker_count
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.verdict import Outcome

Check = Callable[[Evidence], list[Outcome]]

CHECKS: Final[tuple[Check, ...]] = (
    check_rows_complete,
    check_candidates,
    check_excluded,
    check_left_out,
    check_direct_lines,
    check_no_new_posts,
    check_served,
    check_continuity,
    check_coverage,
    check_own_capacity,
    check_award_size,
    check_related_needs,
    check_competition,
    check_quality_floor,
    check_undertaker_count,
    check_plural_supply,
    check_social_organisations,
    check_affiliated_share,
    check_project_limit,
    check_gradual_purchase,
    check_balanced_areas,
    check_contract_term,
    check_commitments,
    check_hand_decisions,
    check_aim_limit,
    check_recomputed,
    check_regime,
    check_ledger,
    check_existing_budget,
    check_goals,
    check_prices,
)
