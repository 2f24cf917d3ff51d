"""A tiny model for each clause and each way that money moves: one small world, and what the clause needs changed in it.

The world: one municipal purchaser, one district, the years 2015 and 2016. Of meals (n1) 60 are asked for and 40 are
delivered today for 3600.00 yuan, 90 yuan each; two undertakers offer them. Assessments (n2) are bought only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyomo.environ as pyo

from gpsopt.checks import check
from gpsopt.model.build import build
from gpsopt.scenario import read_scenario

MODEL = """\
title = "Meals and assessments"
title_zh = "助餐与评估"
years = [2015, 2016]
base_year = 2014
"""

TABLES = {
    "areas": "area,name_zh,name_en,population\na1,甲区,First,120000\n",
    "purchasers": """\
purchaser,name_zh,level,kind,area
civil,民政部门,municipal,administrative_organ,
""",
    "items": """\
item,name_zh,kind,domain,livelihood,basic,scope,procedure,unit,cost_standard,divisible
C01,助餐,public,养老,yes,yes,purchasable,contract,人次,100,yes
C02,评估,auxiliary,社区,no,no,purchasable,contract,次,60,no
""",
    "budgets": """\
purchaser,year,amount
civil,2015,9000.00
civil,2016,9500.00
""",
    "needs": """\
need,purchaser,item,area,year,demand,target,weight
n1,civil,C01,a1,2015,60,0.9,1
n1,civil,C01,a1,2016,60,0.9,1
n2,civil,C02,a1,2016,20,0.8,2
""",
    "direct_lines": """\
need,quantity,expenditure,avoidable,runoff_years,posts
n1,40,3600.00,0.6,3,2
""",
    "undertakers": """\
undertaker,name_zh,kind,credit
u1,甲社,social_organisation,80
u2,乙公司,enterprise,75
""",
    "offers": """\
offer,undertaker,item,price,setup,quality,satisfaction,growth
o1,u1,C01,80.50,10,0.8,0.9,
o2,u2,C01,85,,0.7,0.8,0.02
o3,u2,C02,50,,0.9,0.9,
""",
}


@dataclass(frozen=True)
class Case:
    """`blocks`: whose rows are shown; `columns`: variables whose bounds carry a part of the clause."""

    blocks: tuple[str, ...]
    settings: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    years: str = "2015, 2016"


USES = ("own", "shared", "unspent")
POOL = ("given", "received")

CASES: dict[str, Case] = {
    # 2(2)2: of the 40 meals of today nine tenths go on; in 2016 only 30 are asked for
    "continuity": Case(
        ("continuity",),
        "[clauses.continuity]\ntolerance = 0.1\n",
        {"needs": TABLES["needs"].replace("2016,60", "2016,30")},
    ),
    # half of the meals at least; assessments for all twenty or for nobody
    "coverage": Case(
        ("coverage",),
        tables={
            "needs": """\
need,purchaser,item,area,year,demand,target,floor,weight,all_or_nothing
n1,civil,C01,a1,2015,60,0.9,0.5,1,
n1,civil,C01,a1,2016,60,0.9,0.55,1,
n2,civil,C02,a1,2016,20,0.8,,2,yes
"""
        },
        columns=("coverage.complete",),
    ),
    # u1 has 500 of its own resource and 900 of cooks (more in 2016), contracts of 5000 yuan; o1 has 35 meals
    "own_capacity": Case(
        ("own_capacity",),
        tables={
            "undertakers": """\
undertaker,name_zh,kind,credit,capacity,contract_limit
u1,甲社,social_organisation,80,500,5000
u2,乙公司,enterprise,75,,
""",
            "offers": """\
offer,undertaker,item,price,setup,capacity,capacity_use,quality,satisfaction
o1,u1,C01,80.50,10,35,2.5,0.8,0.9
o2,u2,C01,85,,,,0.7,0.8
o3,u1,C02,50,,,,0.9,0.9
""",
            "capacities": "undertaker,resource,capacity,year\nu1,cook,900,\nu1,cook,950,2016\n",
            "uses": "offer,resource,use\no1,cook,1.5\n",
        },
    ),
    # o1 and o2 are steps of one ladder; o3 and o4 one package; two contracts for assessments or none
    "award_size": Case(
        ("award_size", "awards"),
        tables={
            "needs": """\
need,purchaser,item,area,year,demand,target,weight,max_awards,min_awards
n1,civil,C01,a1,2015,60,0.9,1,1,
n1,civil,C01,a1,2016,60,0.9,1,,
n2,civil,C02,a1,2016,20,0.8,2,,2
""",
            "offers": """\
offer,undertaker,item,price,setup,min_quantity,max_quantity,quality,satisfaction,excludes,package
o1,u1,C01,80.50,10,5,50,0.8,0.9,ladder,
o2,u2,C01,85,,,,0.7,0.8,ladder,
o3,u2,C02,50,,,,0.9,0.9,,both
o4,u1,C02,55,,4,12,0.9,0.9,,both
""",
        },
        columns=("award_size.won",),
    ),
    # one assessment is counted as half a meal less; between 10 and 50
    "related_needs": Case(
        ("related_needs",),
        tables={
            "relations": "relation,need,coefficient,at_least,at_most,year\nr1,n1,1,10,50,2016\nr1,n2,-0.5,,,2016\n",
        },
    ),
    "quality_floor": Case(("quality_floor",), "[clauses.quality_floor]\nmin_quality = 0.75\nmin_satisfaction = 0.82\n"),
    "undertaker_count": Case(
        ("undertaker_count",),
        "[clauses.undertaker_count]\nmin = 1\nmax = 2\n",
        columns=("undertaker_count.used", "undertaker_count.nobody"),
    ),
    # at most six tenths of what civil affairs spends on awards goes to one undertaker: two are there, ceil(1/0.6) = 2
    "plural_supply": Case(("plural_supply",), "[clauses.plural_supply]\nmax_share = 0.6\n"),
    "social_organisations": Case(("social_organisations",), "[clauses.social_organisations]\nmin_share = 0.4\n"),
    # u2 belongs to civil affairs
    "affiliated_share": Case(
        ("affiliated_share",),
        "[clauses.affiliated_share]\nmax_share = 0.3\n",
        {
            "undertakers": """\
undertaker,name_zh,kind,credit,affiliated_to
u1,甲社,social_organisation,80,
u2,乙公司,enterprise,75,civil
"""
        },
    ),
    # u2 has two pairs in 2016, u1 one in each year
    "project_limit": Case(("project_limit",), "[clauses.project_limit]\nmax_awards = 1\n"),
    # of 40 meals a day 0.3 * 40 = 12 may move in a year; of 20 assessments half are bought from 2016 on
    "gradual_purchase": Case(
        ("gradual_purchase",),
        "[clauses.gradual_purchase]\nsoft = false\nstep = 0.3\nfloor = 0.5\nfrom = 2016\n",
        {"needs": TABLES["needs"].replace("2016,60", "2016,55")},
    ),
    # assessments are asked for in a second district: its coverage counts for itself and the city
    "balanced_areas": Case(
        ("balanced_areas",),
        "[clauses.balanced_areas]\nratio = 0.9\n",
        {
            "areas": "area,name_zh,name_en,population\na1,甲区,First,120000\na2,乙区,Second,80000\n",
            "needs": TABLES["needs"].replace("n2,civil,C02,a1", "n2,civil,C02,a2"),
        },
        columns=("balanced_areas.over", "balanced_areas.beyond"),
    ),
    # three years, a term of two: o4 starts in 2016
    "contract_term": Case(
        ("contract_term",),
        "[clauses.contract_term]\nyears = 2\nbefore_force = true\n",
        {
            "needs": """\
need,purchaser,item,area,year,demand,target,weight
n1,civil,C01,a1,2015,60,0.9,1
n1,civil,C01,a1,2016,60,0.9,1
n1,civil,C01,a1,2017,60,0.9,1
""",
            "budgets": TABLES["budgets"] + "civil,2017,9500.00\n",
            "offers": """\
offer,undertaker,item,price,setup,first_year,quality,satisfaction
o1,u1,C01,80.50,10,,0.8,0.9
o4,u2,C01,85,,2016,0.7,0.8
""",
        },
        years="2015, 2016, 2017",
    ),
    # 12 meals signed with o1 for both years; u3 has no clean record, so that its contract has no pair
    "commitments": Case(
        ("commitments",),
        tables={
            "contracts": "need,offer,year,quantity,until_year,fixed\nn1,o1,2015,12,2016,yes\nn1,o4,2016,5,,yes\n",
            "undertakers": """\
undertaker,name_zh,kind,credit,record
u1,甲社,social_organisation,80,yes
u2,乙公司,enterprise,75,yes
u3,丙公司,enterprise,75,no
""",
            "offers": """\
offer,undertaker,item,price,setup,min_quantity,quality,satisfaction
o1,u1,C01,80.50,10,5,0.8,0.9
o2,u2,C01,85,,,0.7,0.8
o3,u2,C02,50,,,0.9,0.9
o4,u3,C01,70,,,0.9,0.9
""",
        },
        columns=("commitments.absent",),
    ),
    # an award, a refusal, a quantity, a direct quantity; an award and a quantity that no clause leaves (u3: no record)
    "hand_decisions": Case(
        ("hand_decisions",),
        "".join(
            f'[[lock]]\nneed = "n1"\n{text}\n'
            for text in (
                'year = 2015\noffer = "o1"\naward = true',
                'year = 2015\noffer = "o2"\naward = false',
                'year = 2016\noffer = "o1"\nquantity = 12.5',
                "year = 2016\ndirect = 30",
                'year = 2015\noffer = "o4"\naward = true',
                'year = 2016\noffer = "o4"\nquantity = 7',
            )
        ),
        {
            "undertakers": """\
undertaker,name_zh,kind,credit,record
u1,甲社,social_organisation,80,yes
u2,乙公司,enterprise,75,yes
u3,丙公司,enterprise,75,no
""",
            "offers": """\
offer,undertaker,item,price,setup,min_quantity,quality,satisfaction
o1,u1,C01,80.50,10,5,0.8,0.9
o2,u2,C01,85,,,0.7,0.8
o3,u2,C02,50,,,0.9,0.9
o4,u3,C01,70,,,0.9,0.9
""",
        },
        columns=("hand_decisions.absent",),
    ),
    # soft, as the four below: hard, they leave pairs out and have no row. u2 has no clean record
    "qualification": Case(
        ("qualification",),
        "[clauses.qualification]\nsoft = true\n",
        {
            "undertakers": """\
undertaker,name_zh,kind,credit,record
u1,甲社,social_organisation,80,yes
u2,乙公司,enterprise,75,no
"""
        },
    ),
    # a meal may cost 80.60: o1 asks 80.50 and a setup of 10 over 60 meals, o2 asks 86.70 and 88.434
    "fee_standard": Case(
        ("fee_standard",),
        "[clauses.fee_standard]\nsoft = true\n",
        {"items": TABLES["items"].replace("人次,100,", "人次,80.60,")},
    ),
    # u2 is an institution that already gets 20 yuan a meal: 106.70 in 2015
    "equal_competition": Case(
        ("equal_competition",),
        "[clauses.equal_competition]\nsoft = true\n",
        {
            "undertakers": TABLES["undertakers"].replace("乙公司,enterprise", "乙公司,public_institution"),
            "offers": TABLES["offers"]
            .replace("growth\n", "growth,subsidy\n")
            .replace("0.9,\n", "0.9,,\n")
            .replace("0.02\n", "0.02,20\n"),
        },
    ),
    # meals are procured, and two are fewer than three candidates
    "competition": Case(
        ("competition",),
        '[clauses.competition]\non_thin = "keep_direct"\nsoft = true\n',
        {"items": TABLES["items"].replace("contract,人次", "procurement,人次")},
    ),
    # soft: hard, it is a bound of 0 and no row
    "no_new_posts": Case(("no_new_posts",), "[clauses.no_new_posts]\nsoft = true\n", columns=("new",)),
    # 3000 for a line of 3600 in 2015: 600 yuan of deficit; to engage an undertaker costs 20 or 30 yuan a year
    "existing_budget": Case(
        ("existing_budget", "engagement"),
        tables={
            "budgets": "purchaser,year,amount\ncivil,2015,3000.00\ncivil,2016,4000.00\n",
            "undertakers": """\
undertaker,name_zh,kind,credit,engagement_cost
u1,甲社,social_organisation,80,20
u2,乙公司,enterprise,75,30
""",
        },
    ),
    "kept": Case(("regime",), 'savings = "kept"\n', columns=(*USES, *POOL)),
    "returned": Case(("regime",), 'savings = "returned"\n', columns=(*USES, *POOL)),
    "lagged": Case(("regime",), 'savings = "lagged"\n', columns=(*USES, *POOL)),
    "fees_stay": Case(("regime", "existing_budget"), 'regime = "fees_stay"\n', columns=(*USES, *POOL)),
    # a second municipal purchaser, with assessments; a district's street office stands alone in its pool
    "pooled": Case(
        ("regime", "existing_budget"),
        'regime = "pooled"\nshare = 0.2\n',
        {
            "purchasers": """\
purchaser,name_zh,level,kind,area
civil,民政部门,municipal,administrative_organ,
health,卫生部门,municipal,administrative_organ,
street,街道,district,administrative_organ,a1
""",
            "needs": TABLES["needs"].replace("n2,civil", "n2,health"),
            "budgets": TABLES["budgets"]
            + "health,2015,1500.00\nhealth,2016,1600.00\nstreet,2015,200.00\nstreet,2016,200.00\n",
        },
        columns=(*USES, *POOL),
    ),
}


def made(name: str, folder: Path) -> pyo.ConcreteModel:
    """The case as a model folder on disk, read, checked (nothing wrong in it) and built."""
    case = CASES[name]
    tables = folder / "models" / name / "tables"
    tables.mkdir(parents=True)
    (tables.parent / "model.toml").write_text(MODEL.replace("2015, 2016", case.years) + case.settings, encoding="utf-8")
    for table, text in {**TABLES, **case.tables}.items():
        (tables / f"{table}.csv").write_text(text, encoding="utf-8")
    scenario = read_scenario(tables.parent)
    wrong = [finding.line("en") for finding in check(scenario) if finding.severity == "error"]
    assert not wrong, wrong
    return build(scenario)
