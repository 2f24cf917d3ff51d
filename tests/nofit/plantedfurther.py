"""A second set of planted conflicts: the clauses that look at a whole plan, and rules set against each other."""

from __future__ import annotations

from tests.nofit.planted import LINE, OFFERS, TABLES, Planted, floors

UNDERTAKERS, BUDGETS, ITEMS = TABLES["undertakers"], TABLES["budgets"], TABLES["items"]
BY_HAND = '[[lock]]\nneed = "{need}"\nyear = {year}\n{said}\n'
SIGNED = "need,offer,year,quantity,until_year,fixed\n"


def undertakers(column: str, u1: str = "", u2: str = "", u3: str = "") -> str:
    """The table of undertakers with one more column."""
    cells = (column, u1, u2, u3)
    return "".join(f"{line},{cell}\n" for line, cell in zip(UNDERTAKERS.splitlines(), cells, strict=True))


def held(need: str, year: int, said: str) -> str:
    return BY_HAND.format(need=need, year=year, said=said)


FURTHER = (
    Planted(
        "shares against a small undertaker",
        {"needs": floors(n1_2015="1"), "undertakers": undertakers("capacity", "4")},
        {"plural_supply", "own_capacity", "coverage"}, {"n1 2015", "u1 2015"}, "parameter", "",
        more="[clauses.plural_supply]\nmax_share = 0.5\n",
    ),
    Planted(
        "only its own house offers",
        {"needs": floors(n2_2016="0.5"), "undertakers": undertakers("affiliated_to", "", "", "q")},
        {"affiliated_share", "coverage"}, {"q 2016", "n2 2016"}, "parameter", "",
        more="[clauses.affiliated_share]\nmax_share = 0.4\n",
    ),
    Planted(
        "a district that nobody serves",
        {"needs": floors(n1_2015="1"), "offers": OFFERS + "\no1,u1,i1,300\n"},
        {"balanced_areas", "coverage"}, {"b 2015", "n1 2015"}, "parameter", "",
        more="[clauses.balanced_areas]\nratio = 0.8\n",
    ),
    Planted(
        "an award that must last where the money ends",
        {"needs": floors(n1_2015="1"), "budgets": BUDGETS.replace("p,2016,9000", "p,2016,900"),
         "offers": OFFERS + ",min_quantity\no1,u1,i1,300,10\no2,u2,i1,310,10\no3,u3,i2,700,\n"},
        {"contract_term", "coverage", "existing_budget"}, {"n1 2015", "p 2016"}, "budget", "2100.00",
        more="[clauses.contract_term]\nyears = 2\nbefore_force = true\n",
    ),
    Planted(
        "a term against a lock",
        {}, {"contract_term", "hand_decisions"}, {"o1 n1 2015", "o1 n1 2016"}, "lock", "1",
        more=held("n1", 2015, 'offer = "o1"\naward = true') + held("n1", 2016, 'offer = "o1"\naward = false')
        + "[clauses.contract_term]\nyears = 2\nbefore_force = true\n",
    ),
    Planted(
        "signed with one who lost its record",
        {"contracts": SIGNED + "n1,o2,2015,5,2016,yes\n", "undertakers": undertakers("record", "yes", "no", "yes")},
        {"commitments", "qualification"}, {"o2 n1 2015"}, "contract", "",
    ),
    Planted(
        "two contracts where one award is allowed",
        {"contracts": SIGNED + "n1,o1,2015,5,,yes\nn1,o2,2015,5,,yes\n",
         "needs": floors(n1_2015="0").replace("floor\n", "floor,max_awards\n").replace("2015,20,1,0", "2015,20,1,0,1")
         .replace("2016,20,1,0", "2016,20,1,0,").replace(",4,1,0", ",4,1,0,")},
        {"commitments", "award_size"}, {"o1 n1 2015", "o2 n1 2015", "n1 2015"}, "awards", "1", whole=True,
    ),
    Planted(
        "steps against a lock",
        {"direct_lines": LINE + "n1,20,6000.00,1,\n"},
        {"gradual_purchase", "hand_decisions"}, {"n1 2015"}, "lock", "1",
        more=held("n1", 2015, "direct = 10") + "[clauses.gradual_purchase]\nstep = 0.25\nsoft = false\n",
    ),
    Planted(
        "what moved cannot stay moved",
        {"needs": floors(n1_2015="1"), "direct_lines": LINE + "n1,10,3000.00,1,\n",
         "offers": OFFERS + ",last_year\no1,u1,i1,300,2015\no3,u3,i2,700,\n"},
        {"gradual_purchase", "coverage"}, {"n1 2015 2016", "n1 2015"}, "clause", "",
        more="[clauses.gradual_purchase]\nsoft = false\n",
    ),
    Planted(
        "a floor of purchase against a budget",
        {"budgets": BUDGETS.replace("q,2016,9000", "q,2016,1000")},
        {"gradual_purchase", "existing_budget"}, {"n2 2016", "q 2016"}, "budget", "400.00",
        more="[clauses.gradual_purchase]\nfloor = 0.5\nfrom = 2016\nsoft = false\n", absent={"coverage"},
    ),
    Planted(
        "one undertaker for two purchasers",
        {"needs": floors(n1_2016="0.5", n2_2016="1"), "undertakers": undertakers("capacity", "12"),
         "offers": OFFERS + "\no1,u1,i1,300\no3,u1,i2,700\n"},
        {"own_capacity", "coverage"}, {"u1 2016", "n1 2016", "n2 2016"}, "capacity", "2",
    ),
    Planted(
        "a resource that is smaller in a year",
        {"needs": floors(n1_2015="0.5", n1_2016="0.5"), "offers": OFFERS + "\no1,u1,i1,300\no3,u3,i2,700\n",
         "capacities": "undertaker,resource,capacity,year\nu1,van,30,\nu1,van,12,2016\n",
         "uses": "offer,resource,use\no1,van,2\n"},
        {"own_capacity", "coverage"}, {"u1 van 2016", "n1 2016"}, "capacity", "8",
    ),
    Planted(
        "one award that is not large enough",
        {"needs": floors(n1_2015="0.9").replace("floor\n", "floor,max_awards\n").replace("1,0.9\n", "1,0.9,1\n")
         .replace(",1,0\n", ",1,0,\n"),
         "offers": OFFERS + ",max_quantity\no1,u1,i1,300,12\no2,u2,i1,310,12\no3,u3,i2,700,\n"},
        {"award_size", "coverage"}, {"n1 2015"}, "awards", "1", whole=True,
    ),
    Planted(
        "two awards asked for, one refused by hand",
        {"needs": floors(n1_2015="0.5").replace("floor\n", "floor,min_awards\n").replace("1,0.5\n", "1,0.5,2\n")
         .replace(",1,0\n", ",1,0,0\n")},
        {"award_size", "hand_decisions", "coverage"}, {"o2 n1 2015", "n1 2015"}, "lock", "1",
        more=held("n1", 2015, 'offer = "o2"\naward = false'),
    ),
    Planted(
        "a pool that may not give enough",
        {"needs": floors(n1_2015="1"), "budgets": BUDGETS.replace("p,2015,9000", "p,2015,5000")},
        {"existing_budget", "coverage"}, {"p 2015", "n1 2015"}, "budget", "100.00",
        settings='regime = "pooled"\nshare = 0.1\n',
    ),
    Planted(
        "a deficit that nothing sets free",
        {"direct_lines": LINE + "n1,20,6000.00,0.5,\n", "budgets": BUDGETS.replace("p,2016,9000", "p,2016,5800"),
         "offers": OFFERS + "\no3,u3,i2,700\n"},
        {"continuity", "existing_budget"}, {"p 2016", "n1 2016"}, "budget", "200.00",
    ),
    Planted(
        "a contract against a contract limit",
        {"contracts": SIGNED + "n2,o3,2015,4,,yes\n", "undertakers": undertakers("contract_limit", "", "", "2000.00")},
        {"commitments", "own_capacity"}, {"o3 n2 2015", "u3 2015"}, "contract_limit", "800.00",
    ),
    Planted(
        "an institution at full cost",
        {"needs": floors(n2_2015="0.5"), "undertakers": UNDERTAKERS.replace("C,enterprise", "C,public_institution"),
         "offers": OFFERS + ",subsidy\no1,u1,i1,300,\no3,u3,i2,700,250\n"},
        {"equal_competition", "coverage"}, {"o3 n2 2015"}, "cost_standard", "50",
        more="[clauses.equal_competition]\n",
    ),
    Planted(
        "credit that nobody has",
        {"needs": floors(n2_2015="0.5"), "undertakers": undertakers("credit", "80", "80", "59")},
        {"qualification", "coverage"}, {"o3 n2 2015"}, "undertaker", "2",
        more="[clauses.qualification]\nmin_credit = 60\n",
    ),
    Planted(
        "a relation against a lock",
        {"relations": "relation,need,coefficient,at_most,year\nr1,n1,1,8,2015\n"},
        {"related_needs", "hand_decisions"}, {"r1 2015", "o1 n1 2015"}, "relation", "2",
        more=held("n1", 2015, 'offer = "o1"\nquantity = 10'),
    ),
    Planted(
        "two held projects where one is allowed",
        {"offers": OFFERS + "\no1,u1,i1,300\no3,u1,i2,700\n"},
        {"project_limit", "hand_decisions"}, {"u1 2015", "o1 n1 2015", "o3 n2 2015"}, "lock", "1",
        more=held("n1", 2015, 'offer = "o1"\naward = true') + held("n2", 2015, 'offer = "o3"\naward = true')
        + "[clauses.project_limit]\nmax_awards = 1\n",
    ),
    Planted(
        "two signed undertakers where one may be engaged",
        {"contracts": SIGNED + "n1,o1,2016,5,,yes\nn2,o3,2016,2,,yes\n"},
        {"undertaker_count", "commitments"}, {"o1 n1 2016", "o3 n2 2016"}, "parameter", "1",
        more="[clauses.undertaker_count]\nmax = 1\n",
    ),
    Planted(
        "social organisations without hands",
        {"needs": floors(n1_2015="1"), "undertakers": undertakers("capacity", "5")},
        {"social_organisations", "own_capacity", "coverage"}, {"u1 2015", "n1 2015", "p 2015"}, "capacity", "6",
        more='[clauses.social_organisations]\nmin_share = 0.5\nby = "purchaser"\n',
    ),
    Planted(
        "a package that another purchaser cannot pay",
        {"needs": floors(n1_2015="0.5"), "budgets": BUDGETS.replace("q,2015,9000", "q,2015,1000"),
         "offers": OFFERS + ",min_quantity,package\no1,u1,i1,300,5,k\no3,u1,i2,700,2,k\n"},
        {"award_size", "existing_budget", "coverage"}, {"k o3 n2 2015", "q 2015", "n1 2015"}, "budget", "400.00",
        whole=True,
    ),
    Planted(
        "floors against a limit of spending",
        {"needs": floors(n1_2015="1", n1_2016="1")},
        {"aim_limit", "coverage"}, {"n1 2015", "n1 2016"}, "aim_limit", "1000.00",
        more="[aims.limit]\noutlay = 11000\n",
    ),
    Planted(
        "signed before the catalogue closed",
        {"contracts": SIGNED + "n2,o3,2015,2,2016,yes\n",
         "catalogue": "item,area,scope,first_year\ni2,,purchasable,2015\ni2,b,government_only,2016\n"},
        {"commitments", "catalogue_scope"}, {"o3 n2 2016"}, "contract", "",
    ),
    Planted(
        "a setup that only a fraction could pay",
        {"needs": floors(n2_2015="0.25"), "budgets": BUDGETS.replace("q,2015,9000", "q,2015,1000"),
         "offers": OFFERS + ",setup\no1,u1,i1,300,\no3,u3,i2,700,500.00\n"},
        {"existing_budget", "coverage"}, {"q 2015", "n2 2015"}, "budget", "200.00", whole=True,
    ),
    Planted(
        "a contract for money that the purchaser lacks",
        {"contracts": "need,offer,year,amount,fixed\nn2,o3,2016,2500,yes\n",
         "budgets": BUDGETS.replace("q,2016,9000", "q,2016,2000")},
        {"commitments", "existing_budget"}, {"q 2016", "o3 n2 2016"}, "budget", "800.00",
    ),
    Planted(
        "contracts that only together are too much",
        {"contracts": SIGNED + "n2,o3,2015,2,2016,yes\nn2,o3,2016,2,,yes\n",
         "budgets": BUDGETS.replace("q,2016,9000", "q,2016,2000")},
        {"commitments", "existing_budget"}, {"q 2016", "o3 n2 2016"}, "budget", "800.00",
    ),
)  # fmt: skip
