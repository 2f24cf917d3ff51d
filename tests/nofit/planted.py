"""Small models with one planted conflict each, whose clauses, rows and least repairs can be told by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HEAD = 'title = "Planted"\ntitle_zh = "埋设"\nyears = [2015, 2016]\nbase_year = 2014\nquantity_step = 1\n'
AIMS = '[aims]\norder = ["livelihood_shortfall", "shortfall", "outlay"]\n'

TABLES = {
    "areas": "area,name_zh,name_en\na,甲片,Part A\nb,乙片,Part B\n",
    "purchasers": "purchaser,name_zh,name_en,level,kind\np,村公所,Village office,municipal,administrative_organ\n"
    "q,镇公所,Town office,municipal,administrative_organ\n",
    "items": "item,name_zh,name_en,kind,livelihood,basic,scope,cost_standard,divisible\n"
    "i1,助餐,Meals,public,yes,yes,purchasable,400,yes\n"
    "i2,演出,Performances,public,no,no,purchasable,900,yes\n",
    "budgets": "purchaser,year,amount\np,2015,9000.00\np,2016,9000.00\nq,2015,9000.00\nq,2016,9000.00\n",
    "needs": "need,purchaser,item,area,year,demand,target\n"
    "n1,p,i1,a,2015,20,1\nn1,p,i1,a,2016,20,1\nn2,q,i2,b,2015,4,1\nn2,q,i2,b,2016,4,1\n",
    "undertakers": "undertaker,name_zh,name_en,kind\nu1,甲社,Provider A,social_organisation\n"
    "u2,乙社,Provider B,enterprise\nu3,丙社,Provider C,enterprise\n",
    "offers": "offer,undertaker,item,price\no1,u1,i1,300\no2,u2,i1,310\no3,u3,i2,700\n",
}
FLOOR_N1 = TABLES["needs"].replace("target\n", "target,floor\n").replace(",1\n", ",1,0\n")


def floors(**shares: str) -> str:
    """The table of needs with floors: n1_2015="0.5"."""
    lines = TABLES["needs"].splitlines()
    rows = [f"{lines[0]},floor"]
    for line in lines[1:]:
        cells = line.split(",")
        rows.append(f"{line},{shares.get(f'{cells[0]}_{cells[4]}', '0')}")
    return "\n".join(rows) + "\n"


@dataclass(frozen=True)
class Planted:
    """`clauses` and `keys` must be named; `kind` (of `amount`) must be among the repairs."""

    name: str
    tables: dict[str, str]
    clauses: set[str]
    keys: set[str]
    kind: str
    amount: str = ""
    more: str = ""
    settings: str = ""
    whole: bool | None = None
    absent: set[str] = field(default_factory=set)  # clauses that have no part in it


LINE = "need,quantity,expenditure,avoidable,runoff_years\n"
OFFERS = "offer,undertaker,item,price"

CASES = (
    Planted(
        "deficit under fees_stay",
        {"direct_lines": LINE + "n1,20,9500.00,0.5,2\n"},
        {"existing_budget", "fees_stay"}, {"p 2015", "n1 2015"}, "budget", "1000.00", settings='regime = "fees_stay"\n',
        absent={"coverage", "award_size"},
    ),
    Planted(
        "floor above capacity",
        {"needs": floors(n1_2016="0.8"), "undertakers": TABLES["undertakers"].replace("kind\n", "kind,capacity\n")
         .replace("isation\n", "isation,5\n").replace("enterprise\n", "enterprise,7\n")},
        {"coverage", "own_capacity", "no_new_posts"}, {"n1 2016", "u1 2016", "u2 2016"}, "capacity", "4",
    ),
    Planted(
        "floors above the budget",
        {"needs": floors(n1_2015="1", n1_2016="1"), "budgets": TABLES["budgets"].replace("p,2016,9000", "p,2016,5990")},
        {"coverage", "existing_budget"}, {"p 2016", "n1 2016"}, "budget", "10.00",
    ),
    Planted(
        "a relation that demand cannot meet",
        {"relations": "relation,need,coefficient,at_least\nr1,n1,1,30\nr1,n2,2,\n"},
        {"related_needs"}, {"r1 2015"}, "relation", "2",
    ),
    Planted(
        "a relation against a budget",
        {"relations": "relation,need,coefficient,at_least,year\nr1,n1,1,18,2016\n",
         "budgets": TABLES["budgets"].replace("p,2016,9000", "p,2016,5000")},
        {"related_needs", "existing_budget"}, {"r1 2016", "p 2016"}, "budget", "400.00",
    ),
    Planted(
        "quality floor against the only capacity",
        {"needs": floors(n1_2015="0.9"),
         "offers": OFFERS + ",quality,satisfaction,capacity\no1,u1,i1,300,0.9,0.9,6\no2,u2,i1,310,0.5,0.9,\n"
         "o3,u3,i2,700,0.9,0.9,\n"},
        {"quality_floor", "coverage", "own_capacity"}, {"n1 2015"}, "parameter", "",
        more="[clauses.quality_floor]\nmin_quality = 0.8\n",
    ),
    Planted(
        "three awards asked for, a candidate excluded",
        {"needs": floors(n1_2015="0.5").replace("floor\n", "floor,min_awards\n").replace("0.5\n", "0.5,3\n")
         .replace(",1,0\n", ",1,0,0\n"),
         "undertakers": TABLES["undertakers"].replace("kind\n", "kind,record\n").replace("isation\n", "isation,yes\n")
         .replace("u3,丙社,Provider C,enterprise\n", "u3,丙社,Provider C,enterprise,no\n")
         .replace("Provider B,enterprise\n", "Provider B,enterprise,yes\n"),
         "offers": TABLES["offers"] + "o4,u3,i1,290\n"},
        {"award_size", "qualification", "coverage"}, {"n1 2015", "o4 n1 2015"}, "awards", "1",
    ),
    Planted(
        "a package with a member that is too dear",
        {"needs": floors(n1_2015="0.5"),
         "offers": OFFERS + ",package\no1,u1,i1,300,k\no2,u2,i1,310,k\no3,u1,i2,950,k\n"},
        {"award_size", "fee_standard", "coverage"}, {"k o1 n1 2015", "o3 n2 2015"}, "package", "1",
    ),
    Planted(
        "all or nothing against a capacity",
        {"needs": floors(n1_2015="0.1").replace("floor\n", "floor,all_or_nothing\n").replace("0.1\n", "0.1,yes\n")
         .replace(",1,0\n", ",1,0,no\n"),
         "offers": OFFERS + ",capacity\no1,u1,i1,300,9\no2,u2,i1,310,9\no3,u3,i2,700,\n"},
        {"coverage", "own_capacity"}, {"n1 2015", "o1 2015", "o2 2015"}, "all_or_nothing", "1", whole=True,
    ),
    Planted(
        "a lock against a budget",
        {}, {"hand_decisions", "existing_budget"}, {"o3 n2 2015", "q 2015"}, "lock", "1",
        more='[[lock]]\nneed = "n2"\nyear = 2015\noffer = "o3"\nquantity = 4\n',
        settings="", absent={"coverage"},
    ),
    Planted(
        "two locks against a capacity",
        {"undertakers": TABLES["undertakers"].replace("kind\n", "kind,capacity\n").replace("isation\n", "isation,10\n")
         .replace("enterprise\n", "enterprise,\n"),
         "offers": OFFERS + "\no1,u1,i1,300\no3,u1,i2,700\n"},
        {"hand_decisions", "own_capacity"}, {"o1 n1 2015", "o3 n2 2015", "u1 2015"}, "lock", "1",
        more='[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o1"\nquantity = 8\n'
             '[[lock]]\nneed = "n2"\nyear = 2015\noffer = "o3"\nquantity = 3\n',
    ),
    Planted(
        "steady service once the money has moved",
        {"direct_lines": LINE + "n1,20,6000.00,0.5,4\n",
         "budgets": TABLES["budgets"].replace("p,2016,9000", "p,2016,6000")},
        {"continuity", "existing_budget", "hand_decisions"}, {"n1 2016", "p 2016"}, "lock", "1",
        more='[[lock]]\nneed = "n1"\nyear = 2015\ndirect = 10\n',
    ),
    Planted(
        "an engagement cost that leaves too little",
        {"needs": floors(n1_2015="1"), "budgets": TABLES["budgets"].replace("p,2015,9000", "p,2015,6050"),
         "undertakers": TABLES["undertakers"].replace("kind\n", "kind,engagement_cost\n")
         .replace("isation\n", "isation,100.00\n").replace("enterprise\n", "enterprise,100.00\n")},
        {"existing_budget", "coverage"}, {"p 2015", "n1 2015"}, "budget", "50.00",
    ),
    Planted(
        "a contract limit",
        {"needs": floors(n2_2015="1"),
         "undertakers": TABLES["undertakers"].replace("kind\n", "kind,contract_limit\n")
         .replace("isation\n", "isation,\n").replace("enterprise\n", "enterprise,2000.00\n")},
        {"own_capacity", "coverage"}, {"u3 2015", "n2 2015"}, "contract_limit", "800.00",
    ),
    Planted(
        "an offer's capacity",
        {"needs": floors(n2_2016="1"), "offers": OFFERS + ",capacity\no1,u1,i1,300,\no3,u3,i2,700,3\n"},
        {"own_capacity", "coverage"}, {"o3 2016", "n2 2016"}, "capacity", "1",
    ),
    Planted(
        "more undertakers than there are",
        {"offers": OFFERS + "\no1,u1,i1,300\no2,u2,i1,310\n"},
        {"undertaker_count"}, {"2015"}, "parameter", "1", more="[clauses.undertaker_count]\nmin = 3\n",
    ),
    Planted(
        "fewer undertakers than the floors need",
        {"needs": floors(n1_2015="0.5", n2_2015="0.5")},
        {"undertaker_count", "coverage"}, {"n1 2015", "n2 2015"}, "parameter", "1",
        more="[clauses.undertaker_count]\nmax = 1\n",
    ),
    Planted(
        "savings that come a year late",
        {"needs": "need,purchaser,item,area,year,demand,target,floor\nn1,p,i1,a,2015,20,1,1\nn1,p,i1,a,2016,20,1,1\n"
         "n2,p,i2,a,2015,4,1,1\nn2,p,i2,a,2016,4,1,0\n",
         "direct_lines": LINE + "n1,20,8000.00,1,\n",
         "budgets": TABLES["budgets"].replace("p,2015,9000", "p,2015,10000")},
        {"existing_budget", "lagged", "coverage"}, {"p 2015", "n1 2015"}, "regime", "1",
        settings='savings = "lagged"\n',
    ),
    Planted(
        "savings that go back to the treasury",
        {"needs": "need,purchaser,item,area,year,demand,target,floor\nn1,p,i1,a,2015,20,1,1\nn1,p,i1,a,2016,20,1,1\n"
         "n2,p,i2,a,2015,4,1,0\nn2,p,i2,a,2016,4,1,1\n",
         "direct_lines": LINE + "n1,20,8000.00,1,\n",
         "budgets": TABLES["budgets"].replace("p,2016,9000", "p,2016,10000")},
        {"existing_budget", "returned", "coverage"}, {"p 2016", "n1 2016"}, "regime", "1",
        settings='savings = "returned"\n',
    ),
    Planted(
        "no new posts where nobody offers",
        {"needs": floors(n2_2016="0.5"), "offers": OFFERS + "\no1,u1,i1,300\n"},
        {"coverage", "no_new_posts"}, {"n2 2016"}, "undertaker", "2",
    ),
    Planted(
        "whole awards only: lots of seven",
        {"needs": floors(n1_2015="0.9"),
         "offers": OFFERS + ",min_quantity,max_quantity\no1,u1,i1,300,11,12\no2,u2,i1,310,11,12\no3,u3,i2,700,,\n"},
        {"coverage", "award_size"}, {"n1 2015", "o1 n1 2015", "o2 n1 2015"}, "min_quantity", "", whole=True,
    ),
    Planted(
        "offers that exclude each other",
        {"needs": floors(n1_2015="1"),
         "offers": OFFERS + ",max_quantity,excludes\no1,u1,i1,300,12,x\no2,u2,i1,310,12,x\no3,u3,i2,700,,\n"},
        {"coverage", "award_size"}, {"x n1 2015"}, "excludes", "1", whole=True,
    ),
    Planted(
        "a smallest lot above the demand",
        {"needs": floors(n2_2015="0.5"), "offers": OFFERS + ",min_quantity\no1,u1,i1,300,\no3,u3,i2,700,6\n"},
        {"coverage", "award_size"}, {"o3 n2 2015"}, "min_quantity", "",
    ),
    Planted(
        "a cost standard below every price",
        {"needs": floors(n2_2015="0.5"), "offers": OFFERS + "\no1,u1,i1,300\no3,u3,i2,950.5\n"},
        {"coverage", "fee_standard"}, {"o3 n2 2015"}, "cost_standard", "50.5",
    ),
    Planted(
        "what may not be bought",
        {"needs": floors(n2_2015="0.5"),
         "catalogue": "item,area,scope,first_year,last_year\ni2,,outside_duties,2015,2015\n"},
        {"coverage", "catalogue_scope"}, {"o3 n2 2015"}, "floor", "",
    ),
    Planted(
        "a licence that nobody holds",
        {"needs": floors(n2_2016="1"), "conditions": "item,licence,relation\ni2,stage,the stage must be safe\n"},
        {"coverage", "qualification"}, {"o3 n2 2016"}, "undertaker", "4",
    ),
    Planted(
        "a thin market kept direct",
        {"needs": floors(n1_2015="0.9"), "items": TABLES["items"].replace("scope,", "scope,procedure,")
         .replace("purchasable,400", "purchasable,procurement,400")
         .replace("purchasable,900", "purchasable,contract,900"),
         "direct_lines": LINE + "n1,10,3000.00,1,\n"},
        {"coverage", "competition"}, {"n1 2015"}, "undertaker", "",
        more='[clauses.competition]\non_thin = "keep_direct"\n',
    ),
    Planted(
        "an award that is held and cannot be had",
        {"undertakers": TABLES["undertakers"].replace("kind\n", "kind,governance\n")
         .replace("isation\n", "isation,no\n").replace("enterprise\n", "enterprise,yes\n")},
        {"hand_decisions", "qualification"}, {"o1 n1 2016"}, "lock", "1",
        more='[[lock]]\nneed = "n1"\nyear = 2016\noffer = "o1"\naward = true\n',
    ),
    Planted(
        "a limit of an aim against a budget",
        {"budgets": TABLES["budgets"].replace("p,2015,9000", "p,2015,5100")},
        {"aim_limit", "existing_budget"}, {"p 2015"}, "aim_limit", "1200.00",
        more="[aims.limit]\nlivelihood_shortfall = 0\n",
    ),
    Planted(
        "a part of social organisations where none offers",
        {"needs": floors(n2_2015="1")},
        {"social_organisations", "coverage"}, {"n2 2015", "2015"}, "parameter", "",
        more="[clauses.social_organisations]\nmin_share = 0.9\n",
    ),
    Planted(
        "two projects where one is allowed",
        {"needs": floors(n1_2015="0.9", n2_2015="0.9"),
         "offers": OFFERS + "\no1,u1,i1,300\no3,u1,i2,700\n"},
        {"project_limit", "coverage"}, {"u1 2015", "n1 2015", "n2 2015"}, "parameter", "1",
        more="[clauses.project_limit]\nmax_awards = 1\n",
    ),
    Planted(
        "a signed contract against a budget",
        {"budgets": TABLES["budgets"].replace("p,2015,9000", "p,2015,2500"),
         "contracts": "need,offer,year,quantity,amount,until_year,fixed\nn1,o1,2015,10,3000,2015,yes\n"},
        {"commitments", "existing_budget"}, {"p 2015", "o1 n1 2015"}, "budget", "500.00",
        more="[clauses.commitments]\nenabled = true\n",
    ),
    Planted(
        "two conflicts of different kinds",
        {"needs": floors(n1_2015="1", n2_2016="1"), "budgets": TABLES["budgets"].replace("p,2015,9000", "p,2015,5000"),
         "offers": OFFERS + ",capacity\no1,u1,i1,300,\no3,u3,i2,700,3\n"},
        {"coverage", "existing_budget", "own_capacity"}, {"p 2015", "o3 2016"}, "floor", "",
    ),
    Planted(
        "no single kind suffices",
        {"relations": "relation,need,coefficient,at_least,year\nr1,n2,1,5,2016\n",
         "direct_lines": LINE + "n1,20,9500.00,0.5,2\n"},
        {"existing_budget", "fees_stay", "related_needs"}, {"p 2015", "r1 2016"}, "budget_and_relation", "",
        settings='regime = "fees_stay"\n',
    ),
)  # fmt: skip


def write(folder: Path, case: Planted) -> Path:
    """The model folder of a case."""
    (folder / "tables").mkdir(parents=True)
    text = HEAD + case.settings + AIMS + case.more
    (folder / "model.toml").write_text(text, encoding="utf-8")
    tables = {**TABLES, **case.tables}
    if case.name == "a lock against a budget":
        tables["budgets"] = TABLES["budgets"].replace("q,2015,9000", "q,2015,2500")
    for name, rows in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(rows, encoding="utf-8")
    return folder
