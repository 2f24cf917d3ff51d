"""The pairs, markets and new posts that a clause without rows leaves, as plain text: one small case a clause.

`python -m tests.model.pairlists [clause ...]` prints them; it writes no file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from gpsopt.checks import check
from gpsopt.model import decisions
from gpsopt.model.facts import Facts, facts_of
from gpsopt.model.marks import marks_of
from gpsopt.model.pairs import Pairs, pairs_of
from gpsopt.model.world import World
from gpsopt.scenario import Scenario, read_scenario
from tests.model.cases import MODEL, TABLES

LISTS: Final = Path(__file__).parent / "lists"
UNDERTAKERS = "undertaker,name_zh,kind,credit,record,licences\n"
OFFERS = "offer,undertaker,item,price,setup,subsidy,growth,first_year\n"
NEEDS = """\
need,purchaser,item,area,year,demand,target,weight
n1,civil,C01,a1,2015,60,0.9,1
n1,civil,C01,a1,2016,60,0.9,1
n2,civil,C02,a1,2015,20,0.8,2
n2,civil,C02,a1,2016,20,0.8,2
"""
#: 97 yuan a year after the base year is 98.94, two years after 100.9188: within the standard of 100, then above it
DEAR = OFFERS + "o1,u1,C01,97,,,0.02,\no2,u2,C01,96,300,,,\no3,u2,C02,60.50,,,,\no4,u1,C01,101,,,,\n"

#: clause -> (tables that differ, settings)
LISTED: Final[dict[str, tuple[dict[str, str], str]]] = {
    # from 2016 the district's row goes before the municipal one; assessments open in 2016
    "catalogue_scope": (
        {"catalogue": "item,area,scope,first_year,last_year\nC01,,purchasable,2015,\nC01,a1,government_only,2016,\n"
         "C02,,outside_duties,2015,2015\n"},
        "",
    ),
    # u2 has a credit of 75 and u3 no clean record; the licence is held by u1 alone
    "qualification": (
        {"undertakers": UNDERTAKERS + "u1,甲社,social_organisation,80,yes,food\nu2,乙公司,enterprise,75,yes,\n"
         "u3,丙公司,enterprise,90,no,food\nu4,丁公司,enterprise,90,yes,\n",
         "conditions": "item,licence,relation\nC01,food,meals must be safe\n",
         "offers": OFFERS + "o1,u1,C01,80,,,,\no2,u2,C02,50,,,,\no3,u3,C01,70,,,,\no4,u4,C01,75,,,,\n"},
        "[clauses.qualification]\nmin_credit = 78\n",
    ),
    # 96 + 300 / 60 = 101 and 101 are above 100, 60.50 above 60
    "fee_standard": ({"offers": DEAR}, ""),
    # at most 100, at most 100 - 300 / 60 = 95, at most 60
    "cap": ({"offers": DEAR}, '[clauses.fee_standard]\nmode = "cap"\n'),
    # 90 * 1.02 + 8 = 99.80, 90 * 1.02^2 + 8 = 101.636; an enterprise's subsidy does not count
    "equal_competition": (
        {"undertakers": UNDERTAKERS + "u1,甲社,social_organisation,80,yes,\nu2,乙院,public_institution,75,yes,\n",
         "offers": OFFERS + "o1,u1,C01,99,,30,,\no2,u2,C01,90,,8,0.02,\no3,u2,C02,50,,12,,\n"},
        "[clauses.equal_competition]\n",
    ),
    # two candidates in 2015, three in 2016; assessments have one and no direct line
    "competition": (
        {"items": TABLES["items"].replace("contract", "procurement"),
         "undertakers": UNDERTAKERS + "".join(f"u{k},社{k},enterprise,80,yes,\n" for k in (1, 2, 3)),
         "offers": OFFERS + "o1,u1,C01,80,,,,\no2,u2,C01,85,,,,\no3,u2,C02,50,,,,\no4,u3,C01,85,,,,2016\n"},
        '[clauses.competition]\non_thin = "keep_direct"\n',
    ),
    # assessments are the government's own from 2016
    "no_new_posts": ({"catalogue": "item,area,scope,first_year\nC02,,purchasable,\nC02,a1,government_only,2016\n"}, ""),
}  # fmt: skip


def scenario_of(name: str, folder: Path) -> Scenario:
    """The case on disk, read and checked (nothing wrong in it)."""
    tables, more = LISTED[name]
    (folder / "tables").mkdir(parents=True)
    (folder / "model.toml").write_text(MODEL + more, encoding="utf-8")
    for table, text in {**TABLES, "needs": NEEDS, **tables}.items():
        (folder / "tables" / f"{table}.csv").write_text(text, encoding="utf-8")
    scenario = read_scenario(folder)
    wrong = [finding.line("en") for finding in check(scenario) if finding.severity == "error"]
    assert not wrong, wrong
    return scenario


def text_of(facts: Facts) -> str:
    """What stands at which price, what is out and why, markets, and where new posts may be."""
    pairs = pairs_of(facts)
    lines = [*_standing(facts, pairs), *(
        f"{e.offer} {e.need} {e.year}: out, {e.clause}, {e.reason}" for e in sorted(
            pairs.excluded, key=lambda e: (e.offer, e.need, e.year))
    )]  # fmt: skip
    world = World(facts, pairs, marks_of(facts, pairs.offers), pairs.most, np.zeros(len(pairs.offer), dtype=bool))
    allowed = decisions._new_allowed(world)
    for n, need in enumerate(facts.needs.key):
        for c, year in enumerate(facts.years):
            thin = ", thin" if pairs.thin[n, c] else ""
            new = f"new units up to {float(facts.needs.demand[n, c] * facts.needs.step[n]) if allowed[n, c] else 0:g}"
            lines.append(f"{need} {year}: {pairs.candidates[n, c]} candidates{thin}; {new}")
    return "\n".join(lines) + "\n"


def _standing(facts: Facts, pairs: Pairs) -> list[str]:
    return [
        f"{pairs.offers.key[o]} {facts.needs.key[n]} {facts.years[t]}: stands at {price / 1e6:g}"
        for o, n, t, price in zip(pairs.offer, pairs.need, pairs.year, pairs.price, strict=True)
    ]


def main(names: list[str]) -> None:
    """Print the pairs of the clauses named, or of all."""
    for name in names or list(LISTED):
        with tempfile.TemporaryDirectory() as folder:
            text = text_of(facts_of(scenario_of(name, Path(folder) / "model")))
        sys.stdout.write(text if len(names) == 1 else f"== {name}\n{text}")


if __name__ == "__main__":
    main(sys.argv[1:])
