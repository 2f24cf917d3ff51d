"""A fourth set of planted conflicts: what clashes in one year only or only together, and changes in proportion."""

from __future__ import annotations

from tests.nofit.plantedthird import (
    ONE,
    POSTS,
    RICH,
    TWO,
    Told,
    budget,
    item,
    line,
    need,
    offer,
    purchaser,
    undertaker,
)

SIX = range(1, 7)

FOURTH = (
    Told(
        "a package whose members exclude each other", {"coverage", "award_size", POSTS}, ("package k", "group x"),
        {"floor": "5000.00", "package": "1", "excludes": "1", "undertaker": "500"},
        {**TWO, **RICH, "needs": [need(floor=0.5)],
         "offers": [offer(package="k", excludes="x"), offer("o2", "u2", package="k", excludes="x")]},
        whole=True,
    ),
    Told(
        "two must be engaged, there is money for one", {"undertaker_count", "existing_budget"},
        ("costs 2,000.20 yuan, engagement costs counted, and stands against a budget of 1,500.00 yuan",),
        {"budget": "500.20", "parameter": "1"},
        {**TWO, "needs": [need()], "budgets": [budget(1_500)],
         "undertakers": [undertaker(engagement_cost=1_000), undertaker("u2", engagement_cost=1_000)]},
        clauses_text="[clauses.undertaker_count]\nmin = 2\n",
    ),
    Told(
        "steps against a budget that is cut", {"existing_budget", "continuity", "gradual_purchase"},
        ("0.3 of today's",),
        {"budget": "10000.00", "tolerance": "0.2", "parameter": "0.100"},
        {**ONE, "budgets": [budget(100_000), budget(60_000, 2016)], "needs": [need(), need(year=2016)],
         "direct_lines": [line()], "offers": [offer(price=50)]},
        clauses_text="[clauses.gradual_purchase]\nsoft = false\nstep = 0.3\n", years=(2015, 2016),
    ),
    Told(
        "six floors and a tenth too little money", {"existing_budget", "coverage"}, ("5,400.00 yuan is missing",),
        {"budget": "5400.00", "floor": "5400.00", "all_floors": "5400.00"},
        {**ONE, "budgets": [budget(48_600)], "items": [item(f"m{i}") for i in SIX],
         "needs": [need(f"n{i}", item=f"m{i}", floor=0.9) for i in SIX],
         "offers": [offer(f"o{i}", item=f"m{i}") for i in SIX]},
    ),
    Told(
        "six offices and a tenth too little money each", {"existing_budget", "coverage"}, ("900.00 yuan is missing",),
        {"budget": "5400.00", "all_budgets": "5443.20", "floor": "5400.00", "all_floors": "5400.00"},
        {**ONE, "purchasers": [purchaser(f"p{i}") for i in SIX], "items": [item(f"m{i}") for i in SIX],
         "budgets": [budget(8_100, purchaser=f"p{i}") for i in SIX],
         "needs": [need(f"n{i}", purchaser=f"p{i}", item=f"m{i}", floor=0.9) for i in SIX],
         "offers": [offer(f"o{i}", item=f"m{i}") for i in SIX]},
    ),
)  # fmt: skip
