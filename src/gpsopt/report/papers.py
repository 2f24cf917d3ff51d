"""All the papers that a plan turns into, year by year, in the order in which an office needs them."""

from __future__ import annotations

from gpsopt.report import evaluated, filed, inside, published
from gpsopt.report.paper import Paper, material_of, names_in
from gpsopt.runread import Run


def years_of(run: Run) -> tuple[int, ...]:
    """The years of a run's plan."""
    return tuple(sorted({int(year) for year in run.frame("budgets")["year"]}))


def papers_of(run: Run, lang: str, year: int, baseline: Run | None = None) -> tuple[Paper, ...]:
    """Every paper of a year of a run with a plan; `baseline` (the run itself where none) is held against the books."""
    of = material_of(run, names_in(run, lang), year)
    made = (
        published.budget_detail(of), published.annual_plan(of), published.intentions(of), published.catalogue(of),
        filed.budget_summary(of), filed.budget_short(of), filed.adjustments(of), evaluated.targets(of),
        evaluated.self_evaluation(of), inside.contract_notice(of), inside.outturn(of), inside.catalogue_inside(of),
        inside.awards(of), inside.thin_markets(of), inside.ledger(of), inside.posts(of), inside.balance(of),
        inside.books(of, baseline or run), inside.eligibility(of),
    )  # fmt: skip
    return tuple(paper for paper in made if paper is not None)


__all__ = ["papers_of", "years_of"]
