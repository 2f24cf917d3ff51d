"""Parameters of the further clauses that do nothing, or say more than their law allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gpsopt.checks.view import View
from gpsopt.errors import Finding

#: Order 102 of the Ministry of Finance: in force from 1 March 2020, terms of three years at most
LAW_OF_TERMS: Final = 2020
LONGEST_TERM: Final = 3
#: the guide of the Social Construction Fund that limits projects
GUIDE_OF_PROJECTS: Final = 2015


def check_term(view: View) -> Iterator[Finding]:
    """A term before its law binds only where the scenario chose so; none is longer than the law allows."""
    clause = view.settings.clauses.contract_term
    if clause is None or not clause.enabled:
        return
    if clause.years > LONGEST_TERM:
        yield view.said("warning", "term_too_long", "clauses.contract_term.years", clause.years)
    before = [year for year in view.years if year < LAW_OF_TERMS]
    if before and not clause.before_force:
        idle = len(before) == len(view.years)
        yield view.said("warning" if idle else "note", "term_before_force", "clauses.contract_term", "contract_term",
                        law=LAW_OF_TERMS, years=", ".join(map(str, before)))  # fmt: skip


def check_projects(view: View) -> Iterator[Finding]:
    """The fund's limit in years before its guide is the model's choice."""
    clause = view.settings.clauses.project_limit
    before = [year for year in view.years if year < GUIDE_OF_PROJECTS]
    if clause is not None and clause.enabled and before:
        yield view.said("note", "limit_before_guide", "clauses.project_limit", "project_limit",
                        guide=GUIDE_OF_PROJECTS, years=", ".join(map(str, before)))  # fmt: skip


def check_equal_competition(view: View) -> Iterator[Finding]:
    """Full cost is compared with the standard of fee_standard, and for public institutions alone."""
    clauses = view.settings.clauses
    if not clauses.on("equal_competition"):
        return
    if not clauses.on("fee_standard"):
        yield view.said("warning", "competition_idle", "clauses.equal_competition", "equal_competition")
    kind = {undertaker: kind for _line, undertaker, kind in view.cells("undertakers", "undertaker", "kind")}
    others = [
        (line, offer) for line, offer, undertaker, subsidy in view.cells("offers", "offer", "undertaker", "subsidy")
        if subsidy and kind.get(undertaker, "public_institution") != "public_institution"
    ]  # fmt: skip
    if others:
        line, offer = min(others)
        yield view.find("note", "subsidy_other", "offers", line, "subsidy", offer, count=len(others))


def check_gradual(view: View) -> Iterator[Finding]:
    """A step or a floor is given, and the floor begins within the model."""
    clause = view.settings.clauses.gradual_purchase
    if clause is None or not clause.enabled:
        return
    if clause.step is None and clause.floor is None:
        yield view.said("warning", "steps_empty", "clauses.gradual_purchase", "gradual_purchase")
    if clause.floor is not None and clause.from_ is not None and clause.from_ > view.years[-1]:
        yield view.said("warning", "gradual_late", "clauses.gradual_purchase.from", clause.from_)


CHECKS: Final = (check_term, check_projects, check_equal_competition, check_gradual)
