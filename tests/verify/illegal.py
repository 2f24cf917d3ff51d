"""Illegal plans, one or more for every rule. Most are the legal plans of `variants` against an input that now
forbids them, so that nothing but the rule itself is broken; `others` names the rules that must fall with it."""

from __future__ import annotations

from dataclasses import replace

from .handmade import Case
from .illegal_further import FEWER, FURTHER, Illegal
from .variants import (
    BASE,
    DEFICIT,
    FEES_STAY,
    IDLE,
    KNIFE_EDGE,
    LAGGED,
    NEW_POSTS,
    NO_DEMAND,
    POOLED,
    RETURNED,
    SHORT_OF_TODAY,
    TWO_OFFERS,
)


def _o1(**cells: str) -> Case:
    return BASE.but(inputs={"offers 2": cells})


ALL_STAY = {f"direct {row}": {"kept_because": ""} for row in (2, 4)}
CATALOGUE = "item,area,scope,first_year,last_year\n"
RELATION = "relation,need,coefficient,at_least,at_most,year\n"
U1_AWAY = {"undertakers 2": None, "undertakers 4": None}

ILLEGAL = {
    # pairs
    "government must deliver": Illegal(
        BASE.but(inputs={"items 2": {"scope": "government_only"}}, plan={
            **ALL_STAY, "undertakers 2": None, "undertakers 3": None, "undertakers 4": None, "undertakers 5": None,
            **{f"coverage {row}": {"candidates": "0"} for row in range(2, 6)},
        }),
        "catalogue_scope", "allocation.csv", 4, "offer",
    ),
    "catalogue of the district from 2016": Illegal(
        BASE.but(inputs={"catalogue": f"{CATALOGUE}i1,a1,outside_duties,2016,\ni1,,purchasable,2010,\n"}, plan={
            "direct 4": {"kept_because": ""}, "undertakers 4": None, "undertakers 5": None,
            "coverage 4": {"candidates": "0"}, "coverage 5": {"candidates": "0"},
        }),
        "catalogue_scope", "allocation.csv", 4, "offer",
    ),
    "condition not met": Illegal(
        BASE.but(inputs={"undertakers 2": {"record": "no"}}, plan={**U1_AWAY, **FEWER}),
        "qualification", "allocation.csv", 2, "offer",
    ),
    "licence missing": Illegal(
        BASE.but(inputs={
            "conditions": "item,licence,purchaser,relation\ni1,L1,p1,needed for care\n",
            "undertakers 3": {"licences": "L0;L1"},
        }, plan={**U1_AWAY, **FEWER}),
        "qualification", "allocation.csv", 2, "offer",
    ),
    "credit not known": Illegal(
        BASE.but(model="[clauses.qualification]\nmin_credit = 60\n", inputs={"undertakers 3": {"credit": "60"}},
                 plan={**U1_AWAY, **FEWER}),
        "qualification", "allocation.csv", 4, "offer",
    ),
    "above the standard by a millionth": Illegal(
        BASE.but(inputs={"items 2": {"cost_standard": "90.499999"}}, plan={
            "undertakers 3": None, "undertakers 5": None, "coverage 3": {"candidates": "0"},
            "coverage 5": {"candidates": "0"}, **FEWER,
        }),
        "fee_standard", "allocation.csv", 5, "offer",
    ),
    "setup over the largest award is above the standard": Illegal(
        # 119.5 + 50/100 = 120 is just allowed for the demand of 100; 50/99.5 is not (max_quantity 99.5)
        BASE.but(inputs={"offers 2": {"price": "119.5", "max_quantity": "99.5"}}, plan={**U1_AWAY, **FEWER}),
        "fee_standard", "allocation.csv", 2, "offer", ("recomputed", "ledger", "existing_budget", "aims"),
    ),
    "minimum above the demand": Illegal(
        BASE.but(inputs={"offers 2": {"min_quantity": "100.5"}}, plan={**U1_AWAY, **FEWER}),
        "award_size", "allocation.csv", 2, "offer",
    ),
    "thin market stays direct": Illegal(
        BASE.but(model='[clauses.competition]\non_thin = "keep_direct"\n', plan={
            "undertakers 2": None, "undertakers 3": None, "undertakers 4": None, "undertakers 5": None,
            "direct 2": {"kept_because": "rule"}, "direct 4": {"kept_because": "rule"},
        }),
        "competition", "allocation.csv", 3, "offer",
    ),
    "offer of another district": Illegal(
        BASE.but(inputs={"areas": "area\na1\na2\n", "offers 2": {"areas": "a2"}}, plan={**U1_AWAY, **FEWER}),
        "candidates", "allocation.csv", 2, "offer",
    ),
    "offer for another need": Illegal(
        _o1(needs="n2").but(plan={
            **{f"coverage {row}": {"candidates": count} for row, count in ((2, "1"), (3, "2"), (4, "1"), (5, "2"))},
        }),
        "candidates", "allocation.csv", 2, "offer",
    ),
    "offer ended": Illegal(
        _o1(last_year="2015").but(plan={"undertakers 4": None, "coverage 4": {"candidates": "1"}}),
        "candidates", "allocation.csv", 4, "offer",
    ),
    "offer not begun": Illegal(
        _o1(first_year="2016").but(plan={"undertakers 2": None, "coverage 2": {"candidates": "1"}}),
        "candidates", "allocation.csv", 2, "offer",
    ),
    "award where nothing is asked for": Illegal(
        NO_DEMAND.but(added={"allocation": "2016,n2,p1,i1,a1,u2,o2,0.5,90.5,0.00,45.25\n"}),
        "candidates", "allocation.csv", 4, "offer",
        ("served", "award_size", "recomputed", "ledger", "existing_budget", "aims", "fees_follow_the_matter"),
    ),
    "award of nothing": Illegal(
        BASE.but(added={"allocation": "2016,n1,p1,i1,a1,u2,o2,0,90.5,0.00,0.00\n"},
                 plan={"undertakers 5": {"awards": "2"}}),
        "candidates", "allocation.csv", 6, "quantity",
    ),
    # quantities
    "units come back": Illegal(
        BASE.but(plan={"direct 4": {"quantity": "40.5"}}), "direct", "direct.csv", 4, "quantity",
        ("recomputed", "ledger", "existing_budget", "aims", "fees_follow_the_matter", "served"),
    ),
    "more idle than nobody needs": Illegal(
        IDLE.but(plan={"direct 3": {"idle": "10.5"}}), "direct", "direct.csv", 3, "idle",
        ("recomputed", "continuity", "aims"),
    ),
    "new posts": Illegal(NEW_POSTS, "no_new_posts", "direct.csv", 2, "new"),
    "served above demand": Illegal(
        BASE.but(inputs={"needs 2": {"demand": "89.5", "target": "0.9"}}, plan={
            "coverage 2": {"demand": "89.5", "target": "80.5", "shortfall": "0"},
        }, aims={"livelihood_shortfall": "2400"}),
        "served", "coverage.csv", 2, "served",
    ),
    "below today's service": Illegal(SHORT_OF_TODAY, "continuity", "coverage.csv", 3, "served"),
    "below the floor": Illegal(
        BASE.but(inputs={"needs 3": {"floor": "0.905"}}), "coverage", "coverage.csv", 4, "served",
    ),
    "in part": Illegal(
        BASE.but(inputs={"needs 2": {"all_or_nothing": "yes"}}), "coverage", "coverage.csv", 2, "served",
    ),
    "beyond own capacity": Illegal(
        BASE.but(inputs={"undertakers 2": {"capacity": "59.99"}},
                 plan={"undertakers 2": {"capacity": "59.99"}, "undertakers 4": {"capacity": "59.99"}}),
        "own_capacity", "undertakers.csv", 4, "capacity_used",
    ),
    "beyond a further resource of the year": Illegal(
        BASE.but(inputs={
            "capacities": "undertaker,resource,capacity,year\nu1,nurses,30,\nu1,nurses,24.9,2015\n",
            "uses": "offer,resource,use\no1,nurses,0.5\n",
        }),
        "own_capacity", "undertakers.csv", 2, "capacity_used",
    ),
    "beyond the contract limit by a fen": Illegal(
        BASE.but(inputs={"undertakers 2": {"contract_limit": "4849.99"}}),
        "own_capacity", "undertakers.csv", 4, "amount",
    ),
    "beyond the offer's capacity": Illegal(
        _o1(capacity="59.9"), "own_capacity", "allocation.csv", 4, "quantity",
    ),
    "award too small": Illegal(_o1(min_quantity="50.5"), "award_size", "allocation.csv", 2, "quantity"),
    "award too large": Illegal(_o1(max_quantity="59.5"), "award_size", "allocation.csv", 4, "quantity"),
    "too few awards": Illegal(
        BASE.but(inputs={"needs 4": {"min_awards": "2"}}), "award_size", "allocation.csv", 3, "offer",
    ),
    "too many awards": Illegal(
        TWO_OFFERS.but(inputs={"needs 3": {"max_awards": "1"}}), "award_size", "allocation.csv", 4, "offer",
    ),
    "offers that exclude each other": Illegal(
        TWO_OFFERS.but(inputs={"offers 2": {"excludes": "g"}, "offers 3": {"excludes": "g"}}),
        "award_size", "allocation.csv", 6, "offer",
    ),
    "package broken": Illegal(
        TWO_OFFERS.but(inputs={"offers 2": {"package": "k"}, "offers 3": {"package": "k"}}),
        "award_size", "allocation.csv", None, "offer",
    ),
    "package with an excluded member": Illegal(
        TWO_OFFERS.but(inputs={
            "offers": (
                "offer,undertaker,item,areas,needs,price,setup,quality,satisfaction,package\n"
                "o1,u1,i1,,n1,80,50,0.8,0.6,k\no2,u2,i1,,,90.5,,0.9,0.7,\no3,u2,i1,,n2,121,,0.85,0.65,k\n"
            ),
        }, plan={**U1_AWAY, **FEWER}, aims={"quality": "-900"}),
        "award_size", "allocation.csv", 2, "offer",
    ),
    "relation": Illegal(
        BASE.but(inputs={"relations": f"{RELATION}r,n1,1,,,\nr,n2,-2,,29.5,2016\n"}),
        "related_needs", "coverage.csv", None, "served",
    ),
    "quality below": Illegal(
        BASE.but(model="[clauses.quality_floor]\nmin_satisfaction = 0.601\n"),
        "quality_floor", "allocation.csv", 4, "satisfaction",
    ),
    "more outlay than the planner allows": Illegal(
        BASE.but(model="[aims.limit]\noutlay = 1\n"), "aim_limit", "summary.json", None, "plan_value",
    ),
    "a district served worse than the planner allows": Illegal(
        BASE.but(model="[aims.limit]\nquality = 1000000000\n"), "aim_limit", "summary.json", None, "plan_value",
    ),
    "too few undertakers": Illegal(
        BASE.but(model="[clauses.undertaker_count]\nmin = 3\n"), "undertaker_count", "undertakers.csv", None, "awards",
    ),
    "too many undertakers": Illegal(
        BASE.but(model="[clauses.undertaker_count]\nmax = 1\n"), "undertaker_count", "undertakers.csv", None, "awards",
    ),
    "lock on an award": Illegal(
        BASE.but(model='[[lock]]\nneed = "n1"\nyear = 2016\noffer = "o1"\naward = false\n'),
        "hand_decisions", "allocation.csv", 4, "quantity",
    ),
    "lock on a missing award": Illegal(
        BASE.but(model='[[lock]]\nneed = "n2"\nyear = 2016\noffer = "o1"\naward = true\n'),
        "hand_decisions", "allocation.csv", None, "quantity",
    ),
    "lock on a quantity": Illegal(
        BASE.but(model='[[lock]]\nneed = "n2"\nyear = 2016\noffer = "o2"\nquantity = 29.5\n'),
        "hand_decisions", "allocation.csv", 5, "quantity",
    ),
    "lock on direct": Illegal(
        BASE.but(model='[[lock]]\nneed = "n1"\nyear = 2015\ndirect = 40.5\n',
                 plan={"direct 2": {"kept_because": "rule"}}),
        "hand_decisions", "direct.csv", 2, "quantity",
    ),
    "thin not flagged": Illegal(
        BASE.but(plan={"coverage 3": {"thin": "no"}}), "competition", "coverage.csv", 3, "thin",
    ),
    "candidates miscounted": Illegal(
        # u1 and u2 under common control are one candidate
        BASE.but(inputs={"undertakers 2": {"group": "g"}, "undertakers 3": {"group": "g"}},
                 plan={"coverage 4": {"candidates": "1"}}),
        "competition", "coverage.csv", 2, "candidates",
    ),
    # money
    "a fen short on the purchase line": Illegal(
        KNIFE_EDGE.but(inputs={"budgets 2": {"amount": "12064.99"}}, plan={"budgets 2": {"amount": "12064.99"}}),
        "existing_budget", "budgets.csv", 2, "purchased", ("recomputed",),
    ),
    "a deficit that is not met": Illegal(
        DEFICIT.but(inputs={"budgets 2": {"amount": "8714.99"}}, plan={
            "budgets 2": {"amount": "8714.99"}, "transfers 2": {"amount": "285.01", "change": "285.01"},
        }),
        "existing_budget", "budgets.csv", 2, "unspent", ("recomputed", "ledger"),
    ),
    "more follows the matter than was taken over": Illegal(
        # n2 gives up 10 units in 2016 and nobody takes them over: their 1000.00 may not follow
        IDLE.but(plan={"transfers 4": {"to_line": "purchase", "use": "shared"},
                       "transfers 5": {"amount": "1350.00", "change": "1350.00"}}),
        "fees_follow_the_matter", "transfers.csv", 4, "amount", ("ledger",),
    ),
    "more own than the matter costs": Illegal(
        # under "lagged" the split is the plan's own, but own may not exceed the outlay of 2715.00
        LAGGED.but(plan={"transfers 3": {"amount": "2715.01", "change": "2715.01"},
                              "transfers 5": {"amount": "284.99", "change": "284.99"},
                              "transfers 7": {"change": "-0.01"}, "transfers 9": {"change": "-149.99"}},
                        added={"transfers": "2015,,p1,purchase,p1,unspent,0.01,unspent,0.01,existing_budget\n"
                                            "2016,,p1,purchase,p1,unspent,0.00,unspent,-0.01,existing_budget\n"}),
        "fees_follow_the_matter", "transfers.csv", 3, "amount",
    ),
    "released money not booked": Illegal(
        BASE.but(plan={"transfers 5": None}), "fees_follow_the_matter", "transfers.csv", None, "amount",
        ("ledger", "existing_budget"),
    ),
    "savings not returned": Illegal(
        BASE.but(model='savings = "returned"\n'),
        "returned", "transfers.csv", 4, "amount", ("ledger", "existing_budget"),
    ),
    "savings shared in the first year": Illegal(
        BASE.but(model='savings = "lagged"\n'), "lagged", "transfers.csv", 4, "amount",
    ),
    "more shared than last year's savings": Illegal(
        # released − own of n2 was 285.00 in 2015; in 2016 own is 2714.99, so that fees and released money would allow
        # 285.01. Drawn 3050.01 + 100 against 3000 + 285.01: 135.00 is left on the line, nothing of n2 unspent
        LAGGED.but(plan={"transfers 7": {"amount": "2714.99", "change": "-0.01"},
                         "transfers 8": {"amount": "285.01", "change": "285.01"},
                         "transfers 9": {"amount": "0.00", "change": "-285.00"},
                         "transfers 10": {"amount": "135.00", "change": "135.00"}}),
        "lagged", "transfers.csv", 7, "amount",
    ),
    "fees that should stay": Illegal(
        BASE.but(model='regime = "fees_stay"\n'), "fees_stay", "transfers.csv", 2, "amount",
        ("recomputed", "ledger", "existing_budget", "aims"),
    ),
    "gift outside the pooled regime": Illegal(
        replace(POOLED, model="").but(plan={
            f"transfers {row}": {"clause": "fees_follow_the_matter"} for row in range(2, 10)
        }),
        "pooled", "transfers.csv", 11, "to_purchaser",
    ),
    "gift to another district": Illegal(
        POOLED.but(inputs={"purchasers 3": {"area": "a2"}}), "pooled", "transfers.csv", 11, "to_purchaser",
    ),
    "gift above the share": Illegal(
        POOLED.but(inputs={"budgets 4": {"amount": "499.99"}}, plan={
            "budgets 4": {"amount": "499.99", "unspent": "399.99"},
            "transfers 12": {"amount": "399.99", "change": "399.99"}, "transfers 14": {"change": "600.01"},
        }),
        "pooled", "budgets.csv", 4, "given",
    ),
    "gift the giver does not have": Illegal(
        POOLED.but(inputs={
            "budgets": "purchaser,year,amount\np1,2015,12100\np1,2016,12500\np2,2015,1000\np2,2016,1000\n",
        }, plan={"transfers 13": {"amount": "1000.01", "change": "900.01"},
                 "transfers 14": {"amount": "0.00", "change": "-900.00"},
                 "budgets 3": {"received": "1000.01", "unspent": "1635.01"},
                 "budgets 5": {"given": "1000.01", "unspent": "0.00"}}),
        "existing_budget", "budgets.csv", 5, "purchased", ("pooled", "recomputed", "ledger"),
    ),
    "a split not by the rule": Illegal(
        # a fen of n2's own money is called shared in 2016: every bound holds, every balance too
        BASE.but(plan={"transfers 7": {"amount": "2714.99", "change": "-0.01"},
                       "transfers 8": {"amount": "0.01", "change": "-149.99"}}),
        "ledger", "transfers.csv", 7, "amount",
    ),
    "a movement no rule knows": Illegal(
        BASE.but(added={"transfers": "2015,n1,p1,unspent,p1,direct,0.01,own,0.01,fees_follow_the_matter\n"}),
        "ledger", "transfers.csv", 11, "use",
    ),
    "an ended movement without its row": Illegal(
        BASE.but(plan={"transfers 8": None}), "ledger", "transfers.csv", None, "amount",
    ),
    "a row of nothing": Illegal(
        BASE.but(added={"transfers": "2015,n1,p1,direct,p1,shared,0.00,shared,0.00,fees_follow_the_matter\n"}),
        "ledger", "transfers.csv", 11, "use",
    ),
    "a surplus row of 0": Illegal(
        BASE.but(added={"transfers": "2015,n1,p1,direct,p1,unspent,0.00,unspent,0.00,fees_follow_the_matter\n"}),
        "ledger", "transfers.csv", 11, "amount",
    ),
    "another clause": Illegal(
        RETURNED.but(plan={"transfers 3": {"clause": "existing_budget"}}), "ledger", "transfers.csv", 3, "clause",
    ),
    "posts of nobody": Illegal(
        FEES_STAY.but(plan={"direct 2": {"posts_paid": "2.60"}}), "recomputed", "direct.csv", 2, "posts_paid",
    ),
    # the record
    "another name": Illegal(
        BASE.but(plan={"allocation 2": {"undertaker": "u2"}}), "names", "allocation.csv", 2, "undertaker",
    ),
    "off the grid": Illegal(
        BASE.but(plan={"coverage 3": {"served": "30.25"}}), "grid", "coverage.csv", 3, "served",
    ),
    "a row twice": Illegal(
        BASE.but(added={"undertakers": "2016,u2,1,2715.00,30,,0.800000\n"}), "rows", "undertakers.csv", 6, "",
    ),
    "a row missing": Illegal(BASE.but(plan={"coverage 5": None}), "rows", "coverage.csv", None, ""),
    "a row too many": Illegal(
        BASE.but(inputs={"undertakers": "undertaker,kind,capacity,engagement_cost\nu1,social_organisation,70,100\n"
                                        "u2,enterprise,,\nu3,enterprise,,\n"},
                 added={"undertakers": "2015,u3,0,0.00,0,,\n"}),
        "rows", "undertakers.csv", 6, "",
    ),
    "a cell that is no number": Illegal(
        BASE.but(plan={"undertakers 3": {"amount": "2,715.00"}}), "cells", "undertakers.csv", 3, "amount", ("rows",),
    ),
    "an aim off by a fen": Illegal(BASE.but(aims={"outlay": "23930.01"}), "aims", "summary.json", None, "plan_value"),
    "inputs with an unknown code": Illegal(
        BASE.but(inputs={"offers 2": {"undertaker": "u9"}}), "inputs", "inputs/tables/offers.csv", 2, "undertaker",
    ),
    **FURTHER,
}  # fmt: skip
