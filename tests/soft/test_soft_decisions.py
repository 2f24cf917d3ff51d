"""Soft clauses on what is signed, settled by hand, staffed anew or left out: small cases worked out by hand.

Of meals (n1) 60 are asked for in 2015 and 40 are delivered today for 3600.00 yuan, none of which is saved when they
move. A meal is worth 100 yuan, its cost standard; o1 asks 80.50 and 10 a contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import gpsopt
from gpsopt.verify import verify_run
from tests.model.cases import MODEL, TABLES

NEEDS = """\
need,purchaser,item,area,year,demand,target,floor,weight
n1,civil,C01,a1,2015,60,1,{floor},1
n1,civil,C01,a1,2016,60,1,0,1
"""
WITH_U3 = """\
undertaker,name_zh,kind,credit,record
u1,甲社,social_organisation,80,yes
u2,乙公司,enterprise,75,yes
u3,丙公司,enterprise,75,no
"""
OFFERS = """\
offer,undertaker,item,price,setup,max_quantity,quality,satisfaction
o1,u1,C01,80.50,10,{most},0.8,0.9
o2,u2,C01,85,,{most},0.7,0.8
o4,u3,C01,70,,,0.9,0.9
"""
FIFTY = "0.8333333333333333333333333334"  # of 60


@dataclass(frozen=True)
class Case:
    """`broken`: (index, amount, unit) of 2015; `stages`: unit -> what the violations add up to."""

    clause: str
    broken: tuple[tuple[str, str, str], ...]
    stages: Mapping[str, str]
    tables: Mapping[str, str] = field(default_factory=dict)
    settings: str = ""


def base(floor: str = "0", most: str = "") -> dict[str, str]:
    return {
        **TABLES, "needs": NEEDS.format(floor=floor), "undertakers": WITH_U3, "offers": OFFERS.format(most=most),
        "direct_lines": TABLES["direct_lines"].replace("0.6,3", "0,"),
    }  # fmt: skip


CASES = {
    # all 60 must be served; 40 stay, five and five can be bought: ten are staffed anew, 10 x 100 yuan
    "new posts": Case("no_new_posts", (("nothing_new n1", "10", "item"),), {"yuan": "1000"}, base("1", "5")),
    # 4254.00 are 3600.00 for the 40 and 8 x 80.50 + 10 for eight of the twelve signed: four are missing, 400 yuan
    "a contract": Case(
        "commitments", (("contract_is_honoured o1 n1", "4", "item"),), {"yuan": "400"},
        {**base(), "budgets": "purchaser,year,amount\ncivil,2015,4254.00\ncivil,2016,20000.00\n",
         "contracts": "need,offer,year,quantity,fixed\nn1,o1,2015,12,yes\n"},
    ),
    # u3 has no clean record: of its five meals and what 50.00 buy (half a meal's worth) none can be had; o1's can
    "contracts that no clause leaves": Case(
        "commitments",
        (("absent_contract_is_honoured o4 n1", "5.5", "item"),), {"yuan": "550"},
        {**base(), "contracts": "need,offer,year,until_year,quantity,amount,fixed\nn1,o4,2015,,5,,yes\n"
                                "n1,o4,2014,2015,,50.00,yes\nn1,o1,2015,,,332.00,yes\n"},
    ),
    # nothing shall stay, but 40 must be served and ten can be bought: 30 stay; u3 cannot have an award
    "locks": Case(
        "hand_decisions",
        (("absent_offer_is_held o4 n1", "1", "award"), ("direct_is_held n1", "30", "item")),
        {"award": "1", "yuan": "3000"},
        base("0", "5"),
        '[[lock]]\nneed = "n1"\nyear = 2015\ndirect = 0\n'
        '[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o4"\naward = true\n',
    ),
    # all 60 must be served: 40 stay, five and five can be bought of the qualified, ten of u3
    "the unqualified": Case(
        "qualification", (("only_the_qualified o4 n1", "10", "item"),), {"yuan": "1000"}, base("1", "5")
    ),
    # 50 must be served, five of them of o2 at 85 yuan: one above the standard of 84
    "above the standard": Case(
        "fee_standard", (("paid_within_standard o2 n1", "5", "yuan"),), {"yuan": "5"},
        {**base(FIFTY, "5"), "items": TABLES["items"].replace("人次,100,", "人次,84,")},
    ),
    # u2 is an institution that already gets 20 yuan a meal: 105 at full cost, five above 100
    "full cost": Case(
        "equal_competition", (("full_cost_within_standard o2 n1", "25", "yuan"),), {"yuan": "25"},
        {**base(FIFTY, "5"), "undertakers": WITH_U3.replace("乙公司,enterprise", "乙公司,public_institution"),
         "offers": OFFERS.format(most="5").replace("satisfaction\n", "satisfaction,subsidy\n")
         .replace("0.7,0.8\n", "0.7,0.8,20\n").replace(",0.9\n", ",0.9,\n")},
        "[clauses.equal_competition]\n",
    ),
    # meals are procured from two candidates: they should stay direct, but 50 must be served
    "a thin market": Case(
        "competition",
        (("thin_market_stays_direct o1 n1", "5", "item"), ("thin_market_stays_direct o2 n1", "5", "item")),
        {"yuan": "1000"},
        {**base(FIFTY, "5"), "items": TABLES["items"].replace("contract,人次", "procurement,人次")},
        '[clauses.competition]\non_thin = "keep_direct"\n',
    ),
    # 50 must be served: 40 stay, five of o1 at the most, so that five of o2 are bought although it was refused
    "a refusal": Case(
        "hand_decisions", (("refusal_is_held o2 n1", "5", "item"),), {"yuan": "500"},
        base(FIFTY, "5"),
        '[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o2"\naward = false\n',
    ),
}  # fmt: skip


def written(case: Case, folder: Path, soft: bool) -> Path:
    (folder / "tables").mkdir(parents=True)
    head = f"[clauses.{case.clause}]\n"
    said = case.settings if head in case.settings else head + case.settings
    said = said.replace(head, f"{head}soft = true\n") if soft else said
    (folder / "model.toml").write_text(MODEL + said, encoding="utf-8")
    for name, text in case.tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_case_by_hand(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with pytest.raises(gpsopt.InfeasibleError):
        gpsopt.solve(written(case, tmp_path / "hard", soft=False), gap=0)
    plan = gpsopt.solve(written(case, tmp_path / "soft", soft=True), gap=0)
    assert plan.certified, plan.summary["faults"]
    listed = plan.violations
    assert [tuple(row) for row in listed[["index", "amount", "unit"]].itertuples(index=False)] == list(case.broken)
    assert set(listed["clause"]) == {case.clause} and set(listed["year"]) == {2015}
    stages = {stage["unit"]: stage["plan_value"] for stage in plan.summary["soft"]}
    assert {unit: value for unit, value in stages.items() if value != "0"} == dict(case.stages)

    folder = gpsopt.write_run(plan, tmp_path / "runs")
    assert verify_run(folder).ok
    path = folder / "violations.csv"
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    amount = case.broken[0][1]
    path.write_text("\n".join([head, rows[0].replace(f",{amount},", ",0.5,"), *rows[1:]]) + "\n", encoding="utf-8")
    assert {fault.rule for fault in verify_run(folder).faults} == {"violations"}
