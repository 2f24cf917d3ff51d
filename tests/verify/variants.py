"""Further legal plans by hand: the plan of `handmade` under other regimes, budgets and purchases.

Every figure that differs from `handmade` is worked out beside it.
"""

from __future__ import annotations

from .handmade import Case

BASE = Case()

#: savings = "returned", budget 2015 12350: the line is 3350, needs 3250 + 100: nothing is left, nothing shared.
#: unspent of n2 = 3000 − 2715 = 285 in both years: 12350 = 4000 + 1200 + 6865 + 285.
RETURNED = Case(
    model='savings = "returned"\n',
    inputs={"budgets 2": {"amount": "12350"}},
    plan={
        "budgets 2": {"amount": "12350.00", "unspent": "285.00"},
        "transfers 4": None,
        "transfers 5": {"amount": "285.00", "change": "285.00"},
        "transfers 8": None,
        "transfers 9": {"change": "0.00"},
    },
)

#: savings = "lagged": 2015 as under "returned". Budget 2016 12000: the line is 3000, short by 150, shared from n2 up
#: to released − own of 2015 = 285. unspent of n2 = 135, nothing left: 12000 = 3000 + 1200 + 7665 + 135.
LAGGED = RETURNED.but(
    inputs={"budgets 3": {"amount": "12000"}},
    plan={
        "budgets 3": {"amount": "12000.00", "unspent": "135.00"},
        "transfers 8": {"amount": "150.00", "change": "150.00"},
        "transfers 9": {"amount": "135.00", "change": "-150.00"},
        "transfers 10": None,
    },
)
LAGGED = Case('savings = "lagged"\n', inputs=LAGGED.inputs, plan=LAGGED.plan)

#: Under "lagged" the split is free within the rules: n1 uses 700 for itself and leaves 100 in 2015 (the line needs
#: 3350 + 100 = 3450, budget 12450: 12450 = 4000 + 1200 + 6865 + 385), 2016 as LAGGED.
LAGGED_FREE = LAGGED.but(
    inputs={"budgets 2": {"amount": "12450"}},
    plan={
        "budgets 2": {"amount": "12450.00", "unspent": "385.00"},
        "transfers 2": {"amount": "700.00", "change": "700.00"},
        "transfers 6": {"change": "1100.00"},
    },
).but(added={"transfers": (
    "2015,n1,p1,direct,p1,unspent,100.00,unspent,100.00,fees_follow_the_matter\n"
    "2016,n1,p1,direct,p1,unspent,0.00,unspent,-100.00,fees_follow_the_matter\n"
)})  # fmt: skip

#: fees_stay: released 0, stranded = E − direct. 2015: stranded 2000 and 3000, budget 16000: line 7000, needs
#: 6765 + 100 = 6865, left 135. 2016: stranded 3000 and 3000, budget 17000: line 8000, needs 7665, left 335.
#: Posts of n1 stay paid: 3·(4000 + 2000)/6000 = 3. Outlay 16000 − 135 + 17000 − 335 = 32530.
FEES_STAY = Case(
    model='regime = "fees_stay"\n',
    inputs={"budgets 2": {"amount": "16000"}, "budgets 3": {"amount": "17000"}},
    plan={
        "direct 2": {"released": "0.00", "stranded": "2000.00", "posts_paid": "3.00"},
        "direct 3": {"released": "0.00", "stranded": "3000.00"},
        "direct 4": {"released": "0.00", "stranded": "3000.00", "posts_paid": "3.00"},
        "direct 5": {"released": "0.00", "stranded": "3000.00"},
        "budgets 2": {"amount": "16000.00", "stranded": "5000.00", "unspent": "135.00"},
        "budgets 3": {"amount": "17000.00", "stranded": "6000.00", "unspent": "335.00"},
        "transfers": (
            "year,need,from_purchaser,from_line,to_purchaser,to_line,amount,use,change,clause\n"
            "2015,,p1,purchase,p1,unspent,135.00,unspent,135.00,existing_budget\n"
            "2016,,p1,purchase,p1,unspent,335.00,unspent,200.00,existing_budget\n"
        ),
    },
    aims={"outlay": "32530"},
)

#: pooled: p2 of the same district has 1000.00 a year, no need, and may give a fifth. Budget of p1 in 2015 is 12100:
#: the line 3100 is short by 250; p2 gives 100, so 150 are shared from n2 as in `handmade`.
#: 12100 + 100 = 4000 + 1200 + 6865 + 135; p2: 1000 = 100 given + 900 unspent, then 1000.
POOLED = Case(
    model='regime = "pooled"\nshare = 0.2\n',
    inputs={
        "purchasers": "purchaser,level,kind,area\np1,district,administrative_organ,a1\np2,district,other,a1\n",
        "areas": "area\na1\na2\n",
        "budgets": "purchaser,year,amount\np1,2015,12100\np1,2016,12500\np2,2015,1000\np2,2016,1000\n",
    },
    plan={
        "budgets 2": {"amount": "12100.00", "received": "100.00"},
        **{f"transfers {row}": {"clause": "pooled"} for row in range(2, 10)},
    },
    added={
        "budgets": (
            "2015,p2,1000.00,0.00,100.00,0.00,0.00,0.00,0.00,900.00\n"
            "2016,p2,1000.00,0.00,0.00,0.00,0.00,0.00,0.00,1000.00\n"
        ),
        "transfers": (
            "2015,,p2,purchase,p1,purchase,100.00,shared,100.00,pooled\n"
            "2015,,p2,purchase,p2,unspent,900.00,unspent,900.00,existing_budget\n"
            "2016,,p2,purchase,p1,purchase,0.00,shared,-100.00,pooled\n"
            "2016,,p2,purchase,p2,unspent,1000.00,unspent,100.00,existing_budget\n"
        ),
    },
)

#: A deficit: one year 2015, budget 8900, ΣE = 9000, deficit 100. n1 stays direct (60 of 100 served), n2 is bought as
#: before: released 3000, own = min(3000, 2715, 3000, 3000 − 100) = 2715, unspent 285 ≥ 100, line 0, nothing drawn.
#: 8900 = 6000 + 2715 + (285 − 100 = 185). Shortfall 2·120·40 = 9600; worst area 1 − 9600/27600 = 15/23.
#: quality = 120·(0.05·30 − 0.1·60) = −540, benefit 2·60 + 30 = 150, transition 120·30 = 3600.
DEFICIT = Case(
    years="[2015]",
    inputs={
        "budgets": "purchaser,year,amount\np1,2015,8900\n",
        "needs": (
            "need,purchaser,item,area,year,demand,target,floor,weight\n"
            "n1,p1,i1,a1,2015,100,1,0.5,2\nn2,p1,i1,a1,2015,30,1,,\n"
        ),
    },
    plan={
        "allocation 2": None, "allocation 4": None, "allocation 5": None,
        "direct 2": {
            "quantity": "60", "moved": "0", "expenditure": "6000.00", "released": "0.00", "stranded": "0.00",
            "posts": "3", "posts_paid": "3",
        },
        "direct 4": None, "direct 5": None,
        "coverage 2": {"direct": "60", "purchased": "0", "served": "60", "shortfall": "40"},
        "coverage 4": None, "coverage 5": None,
        "budgets 2": {
            "amount": "8900.00", "direct": "6000.00", "stranded": "0.00", "purchased": "2715.00",
            "engagement": "0.00", "unspent": "185.00",
        },
        "budgets 3": None,
        "undertakers 2": {"awards": "0", "amount": "0.00", "capacity_used": "0", "score": ""},
        "undertakers 4": None, "undertakers 5": None,
        "transfers": (
            "year,need,from_purchaser,from_line,to_purchaser,to_line,amount,use,change,clause\n"
            "2015,,p1,unspent,p1,purchase,100.00,opening,100.00,existing_budget\n"
            "2015,n2,p1,direct,p1,purchase,2715.00,own,2715.00,fees_follow_the_matter\n"
            "2015,n2,p1,direct,p1,unspent,285.00,unspent,285.00,fees_follow_the_matter\n"
        ),
    },
    aims={
        "livelihood_shortfall": "9600", "worst_area": 15 / 23, "outlay": "8715", "quality": "-540", "benefit": "150",
        "transition": "3600",
    },
)  # fmt: skip

#: n2 is bought half a unit short in 2015: amount 29.5·90.5 = 2669.75, fees 2950, own 2669.75, shared
#: min(330.25, 280.25, 150) = 150, unspent 180.25: 12200 = 5200 + (4050 + 2669.75 + 100 = 6819.75) + 180.25.
#: Shortfall 4800 + 120·0.5 = 4860, worst area 1 − 2460/27600, outlay 23930 − 45.25,
#: quality 120·(−5.5 + 0.05·59.5 − 7) = −1143, benefit 419.5, transition 20340.
SHORT_OF_TODAY = Case(
    plan={
        "allocation 3": {"quantity": "29.5", "amount": "2669.75"},
        "coverage 3": {"purchased": "29.5", "served": "29.5", "shortfall": "0.5"},
        "undertakers 3": {"amount": "2669.75", "capacity_used": "29.5"},
        "budgets 2": {"purchased": "6819.75", "unspent": "180.25"},
        "transfers 3": {"amount": "2669.75", "change": "2669.75"},
        "transfers 5": {"amount": "180.25", "change": "180.25"},
        "transfers 7": {"change": "45.25"},
        "transfers 9": {"change": "104.75"},
    },
    aims={
        "livelihood_shortfall": "4860", "worst_area": 1 - 2460 / 27600, "outlay": "23884.75", "quality": "-1143",
        "benefit": "419.5", "transition": "20340",
    },
)  # fmt: skip

#: Five new units of n1 in 2015 at 6000/60 = 100: cost 500.00 from the purchase line, budget 12700 (line 3700, short by
#: 3750 + 100 − 3700 = 150). Served 95: shortfall 2·120·(5 + 10) = 3600, outlay 24430, benefit 430.
NEW_POSTS = Case(
    inputs={"budgets 2": {"amount": "12700"}},
    plan={
        "direct 2": {"new": "5", "expenditure": "4500.00"},
        "coverage 2": {"direct": "45", "served": "95", "shortfall": "5"},
        "budgets 2": {"amount": "12700.00", "purchased": "7365.00"},
    },
    aims={"livelihood_shortfall": "3600", "outlay": "24430", "benefit": "430"},
)

#: n1 in 2016 from two offers: 40 through o1 (3250.00), 20 through o2 (1810.00): drawn 3260, needs 3360, left 140.
#: 12500 = 4200 + (3250 + 1810 + 2715 + 100 = 7875) + (285 + 140 = 425). Outlay 24140, quality
#: 120·(−0.05·90 + 0.05·80 − 7) = −900.
TWO_OFFERS = Case(
    plan={
        "allocation 4": {"quantity": "40", "amount": "3250.00"},
        "undertakers 4": {"amount": "3250.00", "capacity_used": "40"},
        "undertakers 5": {"awards": "2", "amount": "4525.00", "capacity_used": "50"},
        "budgets 3": {"purchased": "7875.00", "unspent": "425.00"},
        "transfers 10": {"amount": "140.00", "change": "140.00"},
    },
    added={"allocation": "2016,n1,p1,i1,a1,u2,o2,20,90.5,0.00,1810.00\n"},
    aims={"outlay": "24140", "quality": "-900"},
)

#: One step of 0.5 units through o2 in 2016: 59.5 units are 4810.00, 0.5 are 45.25; drawn 4855.25 − 1800 = 3055.25,
#: left 344.75: 12500 = 4200 + (4855.25 + 2715 + 100 = 7670.25) + 629.75. Outlay 23935.25,
#: quality 120·(−0.05·109.5 + 0.05·60.5 − 7) = −1134.
ONE_STEP = Case(
    plan={
        "allocation 4": {"quantity": "59.5", "amount": "4810.00"},
        "undertakers 4": {"amount": "4810.00", "capacity_used": "59.5"},
        "undertakers 5": {"awards": "2", "amount": "2760.25", "capacity_used": "30.5"},
        "budgets 3": {"purchased": "7670.25", "unspent": "629.75"},
        "transfers 10": {"amount": "344.75", "change": "344.75"},
    },
    added={"allocation": "2016,n1,p1,i1,a1,u2,o2,0.5,90.5,0.00,45.25\n"},
    aims={"outlay": "23935.25", "quality": "-1134"},
)

#: Knife edge: the least budget of 2015 is 12065.00, when all of n2's 285.00 are shared and nothing stays unspent.
KNIFE_EDGE = Case(
    inputs={"budgets 2": {"amount": "12065"}},
    plan={
        "budgets 2": {"amount": "12065.00", "unspent": "0.00"},
        "transfers 4": {"amount": "285.00", "change": "285.00"},
        "transfers 5": None,
        "transfers 8": {"change": "-285.00"},
        "transfers 9": {"change": "285.00"},
    },
)

#: Demand of n2 falls to 20 in both years, it stays direct with 10 idle of its 30 in 2015; 2016 it gives up those 10.
#: 2015: direct 3000, released 0. Line 3200 − 3250 − 100 short by 150: nothing can be shared; budget 12350.
#: 12350 = (4000 + 3000) + 1200 + (4050 + 100 = 4150) + 0.
#: 2016: direct 2000, released 1000, no fees (nothing bought): unspent 1000; line 3500, needs 3150, left 350:
#: 12500 = (3000 + 2000) + 1200 + (4850 + 100 = 4950) + 1350.
#: worst area: wanted 26400, missing 2400: 1 − 2400/26400 = 10/11. quality = 120·(−5.5 − 7), benefit 2·(180 + 20).
IDLE = Case(
    inputs={"needs 4": {"demand": "20"}, "needs 5": {"demand": "20"}, "budgets 2": {"amount": "12350"}},
    plan={
        "allocation 3": None, "allocation 5": None,
        "direct 3": {
            "quantity": "30", "idle": "10", "moved": "0", "expenditure": "3000.00", "released": "0.00",
            "kept_because": "money",
        },
        "direct 5": {
            "quantity": "20", "moved": "10", "expenditure": "2000.00", "released": "1000.00", "kept_because": "rule",
        },
        "coverage 3": {"demand": "20", "target": "20", "direct": "20", "purchased": "0", "served": "20"},
        "coverage 5": {"demand": "20", "target": "20", "direct": "20", "purchased": "0", "served": "20"},
        "budgets 2": {"amount": "12350.00", "direct": "7000.00", "purchased": "4150.00", "unspent": "0.00"},
        "budgets 3": {"direct": "5000.00", "purchased": "4950.00", "unspent": "1350.00"},
        "undertakers 3": {"awards": "0", "amount": "0.00", "capacity_used": "0", "score": ""},
        "undertakers 5": {"awards": "0", "amount": "0.00", "capacity_used": "0", "score": ""},
        "transfers": (
            "year,need,from_purchaser,from_line,to_purchaser,to_line,amount,use,change,clause\n"
            "2015,n1,p1,direct,p1,purchase,800.00,own,800.00,fees_follow_the_matter\n"
            "2016,n1,p1,direct,p1,purchase,1800.00,own,1000.00,fees_follow_the_matter\n"
            "2016,n2,p1,direct,p1,unspent,1000.00,unspent,1000.00,fees_follow_the_matter\n"
            "2016,,p1,purchase,p1,unspent,350.00,unspent,350.00,existing_budget\n"
        ),
    },
    aims={
        "worst_area": 10 / 11, "outlay": "23500", "quality": "-1500", "benefit": "400", "transition": "13200",
    },
)  # fmt: skip

#: p2 gives 100 again in 2016, when p1 is not short: 3500 + 100 − 3150 = 450 left, 12500 + 100 = 4200 + 7665 + 735.
POOLED_IDLY = POOLED.but(
    plan={
        "budgets 3": {"received": "100.00", "unspent": "735.00"},
        "budgets 5": {"given": "100.00", "unspent": "900.00"},
        "transfers 10": {"amount": "450.00", "change": "450.00"},
        "transfers 13": {"amount": "100.00", "change": "0.00"},
        "transfers 14": {"amount": "900.00", "change": "0.00"},
    },
)

#: A purchaser without need and without a budget has rows of nothing.
NO_MONEY = BASE.but(
    inputs={"purchasers": "purchaser,level,kind,area\np1,district,administrative_organ,a1\np2,municipal,other,\n"},
    added={"budgets": "".join(f"{year},p2{',0.00' * 8}\n" for year in (2015, 2016))},
)

#: As IDLE, but n2 is not asked for at all in 2016: its 20 units are all idle, nobody can be a candidate.
#: worst area in 2016: 1 − 2400/24000; benefit 2·180 + 20.
NO_DEMAND = IDLE.but(
    inputs={"needs 5": None},
    plan={
        "direct 5": {"idle": "20", "kept_because": "rule"},
        "coverage 5": {"demand": "0", "target": "0", "direct": "0", "served": "0", "candidates": "0", "thin": "no"},
    },
    aims={"worst_area": 0.9, "benefit": "380"},
)

LEGAL = {
    "as written": BASE,
    "returned": RETURNED,
    "lagged": LAGGED,
    "lagged, another split": LAGGED_FREE,
    "fees stay": FEES_STAY,
    "pooled": POOLED,
    "deficit": DEFICIT,
    "short of today, allowed": SHORT_OF_TODAY.but(model="[clauses.continuity]\ntolerance = 0.02\n"),
    "new posts, allowed": NEW_POSTS.but(model="[clauses.no_new_posts]\nenabled = false\n"),
    "two offers": TWO_OFFERS,
    "an award of one step": ONE_STEP,
    "as many awards as there may be": TWO_OFFERS.but(inputs={"needs 3": {"min_awards": "2", "max_awards": "2"}}),
    "as large and as small as may be": BASE.but(inputs={"offers 2": {"min_quantity": "50", "max_quantity": "60"}}),
    "as much as may be": BASE.but(
        inputs={
            "offers 2": {"capacity": "60"},
            "undertakers 2": {"capacity": "60", "contract_limit": "4850"},
            "needs 2": {"floor": "0.9"},
            "needs 3": {"floor": "0.9"},
            "needs 4": {"all_or_nothing": "yes"},
            "relations": "relation,need,coefficient,at_least,at_most,year\nr,n1,1,90,90,\nr,n2,0,,,2016\n",
            "capacities": "undertaker,resource,capacity,year\nu1,nurses,30,\n",
            "uses": "offer,resource,use\no1,nurses,0.5\n",
        },
        plan={"undertakers 2": {"capacity": "60"}, "undertakers 4": {"capacity": "60"}},
        model="[clauses.quality_floor]\nmin_quality = 0.8\nmin_satisfaction = 0.6\n"
        "[clauses.undertaker_count]\nmin = 2\nmax = 2\n"
        '[[lock]]\nneed = "n1"\nyear = 2016\noffer = "o1"\nquantity = 60\n'
        '[[lock]]\nneed = "n2"\nyear = 2016\noffer = "o2"\naward = true\n'
        '[[lock]]\nneed = "n2"\nyear = 2015\ndirect = 0\n'
        '[[lock]]\nneed = "n2"\nyear = 2031\ndirect = 7\n',
    ),
    "knife edge": KNIFE_EDGE,
    "idle": IDLE,
    "idle, lagged": IDLE.but(model='savings = "lagged"\n'),
    "no demand in a year": NO_DEMAND,
    "more in the pool than is needed": POOLED_IDLY,
    "a purchaser without money": NO_MONEY,
}
