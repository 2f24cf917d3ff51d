"""Illegal plans of the clauses on shares, counts, steps, terms and balance; the form of every illegal plan."""

from __future__ import annotations

from dataclasses import dataclass

from .handmade import Case
from .variants import BASE


@dataclass(frozen=True)
class Illegal:
    """A plan, the rule it breaks, and the row of the file (header = 1) that the fault must name."""

    case: Case
    rule: str
    file: str
    row: int | None
    column: str
    others: tuple[str, ...] = ()


#: one candidate fewer for n1
FEWER = {"coverage 2": {"candidates": "1"}, "coverage 4": {"candidates": "1"}}

FURTHER = {
    "one undertaker has too much": Illegal(
        # 4050 of 6765 is more than half, and both undertakers have a pair
        BASE.but(model="[clauses.plural_supply]\nmax_share = 0.5\n"), "plural_supply", "allocation.csv", 2, "amount",
    ),
    "too little for social organisations": Illegal(
        # 4050 of 6765 = 0.5986...
        BASE.but(model='[clauses.social_organisations]\nmin_share = 0.6\nby = "purchaser"\n'),
        "social_organisations", "allocation.csv", 2, "amount",
    ),
    "too much for its own house": Illegal(
        # 2715 of 6765 = 0.4013...; u2 belongs to p1 and is no candidate any more
        BASE.but(
            model="[clauses.affiliated_share]\nmax_share = 0.4\n", inputs={"undertakers 3": {"affiliated_to": "p1"}},
            plan={"coverage 3": {"candidates": "0"}, "coverage 5": {"candidates": "0"}, **FEWER},
        ),
        "affiliated_share", "allocation.csv", 3, "amount",
    ),
    "too many projects": Illegal(
        BASE.but(model="[clauses.project_limit]\nmax_awards = 0\nkinds = [\"enterprise\"]\n"),
        "project_limit", "undertakers.csv", 3, "awards",
    ),
    "basic service moves too fast": Illegal(
        # 0.33 * 60 = 19.8, on the grid 19.5, and 20 move
        BASE.but(model="[clauses.gradual_purchase]\nsoft = false\nstep = 0.33\n"),
        "gradual_purchase", "direct.csv", 2, "moved",
    ),
    "not basic and not bought enough": Illegal(
        BASE.but(model="[clauses.gradual_purchase]\nsoft = false\nfloor = 0.605\nfrom = 2016\n",
                 inputs={"items 2": {"basic": "no"}}),
        "gradual_purchase", "coverage.csv", 4, "purchased",
    ),
    "a district behind the city": Illegal(
        # n2 lies in a2, which reaches all of it; a1 reaches 0.9, the city 21/23 = 0.913
        BASE.but(
            model="[clauses.balanced_areas]\nratio = 0.99\n",
            inputs={"areas": "area\na1\na2\n", "needs 4": {"area": "a2"}, "needs 5": {"area": "a2"}},
            plan={f"{file} {row}": {"area": "a2"} for file in ("allocation", "coverage") for row in (3, 5)},
            aims={"worst_area": "0.9"},
        ),
        "balanced_areas", "coverage.csv", None, "served",
    ),
    "an award cut within its term": Illegal(
        BASE.but(model="[clauses.contract_term]\nyears = 2\nbefore_force = true\n", plan={"allocation 4": None}),
        "contract_term", "allocation.csv", 2, "offer",
        ("recomputed", "ledger", "existing_budget", "aims", "fees_follow_the_matter", "continuity", "coverage"),
    ),
    "a signed contract broken": Illegal(
        BASE.but(inputs={"contracts": "need,offer,year,quantity,until_year,fixed\nn2,o2,2015,30.5,2016,yes\n"}),
        "commitments", "allocation.csv", None, "quantity",
    ),
    "a contract under way broken": Illegal(
        # not fixed, but in mid-year what runs in the first year goes on: 2015 has 50 units of o1, 2016 is free
        BASE.but(model='stage = "execution"\n',
                 inputs={"contracts": "need,offer,year,quantity,until_year,fixed\nn1,o1,2015,50.5,2016,no\n"}),
        "commitments", "allocation.csv", None, "quantity",
    ),
    "cheap only with a subsidy": Illegal(
        # 90.5 + 29.500001 is a millionth above 120
        BASE.but(model="[clauses.equal_competition]\n", inputs={
            "offers 3": {"subsidy": "29.500001"}, "undertakers 3": {"kind": "public_institution"},
        }, plan={
            "undertakers 3": None, "undertakers 5": None, "coverage 3": {"candidates": "0"},
            "coverage 5": {"candidates": "0"}, **FEWER,
        }),
        "equal_competition", "allocation.csv", 3, "offer",
    ),
}  # fmt: skip
