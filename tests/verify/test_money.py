"""The money of a need by hand: runoff by calendar years, growth, halves, lines without quantity, engagement, marks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gpsopt.scenario import read_scenario
from gpsopt.verify.exact import down_to_grid, grown, half_up_div, rounded_text, shown
from gpsopt.verify.facts import award_cost, still_paid, stopped_share
from gpsopt.verify.frames import evidence_of
from gpsopt.verify.ledger import purse_of
from gpsopt.verify.marks import Mark, marks_of
from gpsopt.verify.world import Line, world_of

from .handmade import rows_of, write_model


def line(avoidable: str, runoff: int | None, quantity: int = 30) -> Line:
    return Line(quantity, 0, {}, Fraction(avoidable), runoff, None, None, None)


@pytest.mark.parametrize(
    ("avoidable", "runoff", "age", "share"),
    [("0.4", 2, 0, "0.4"), ("0.4", 2, 1, "0.7"), ("0.4", 2, 2, "1"), ("0.4", 2, 9, "1"), ("0.4", None, 9, "0.4"),
     ("1", 0, 0, "1"), ("0", 3, 1, "1/3"), ("0", None, 5, "0")],
)  # fmt: skip
def test_the_share_that_has_stopped(avoidable: str, runoff: int | None, age: int, share: str) -> None:
    assert stopped_share(line(avoidable, runoff), age) == Fraction(share)


def test_runoff_counts_calendar_years() -> None:
    """10 of 30 units given up in 2015 and 5 in 2018, runoff over 4 years from 0.2: in 2018 the first are 3 years old:
    (1 − 0.2)·(1 − 3/4) = 0.2 of each is left, of the last 0.8; E = 100.01: 100.01/30·(10·0.2 + 5·0.8) = 20.002."""
    moves = [(2015, 10), (2018, 5)]
    assert still_paid(line("0.2", 4), 10_001, moves, 2018) == 2_000
    # in 2015 itself 10·0.8/30 of 100.01 = 26.669333
    assert still_paid(line("0.2", 4), 10_001, moves[:1], 2015) == 2_667


def test_halves_round_up_and_away_from_zero() -> None:
    assert [half_up_div(n, 2) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
    # 0.5 units of 0.25 yuan are 12.5 fen
    assert award_cost(1, 250_000, Fraction(1, 2)) == 13
    assert award_cost(3, 80_000_000, Fraction(1)) == 24_000
    assert grown(10_001, Decimal("0.005"), 1) == 10_051  # 10051.005
    assert grown(100, Decimal("0.005"), 1) == 101  # 100.5
    assert grown(100, Decimal("-1"), 3) == 0
    assert down_to_grid(Decimal("10.99"), Fraction(1, 2)) == 21
    assert rounded_text(Fraction(2, 3), 6) == Decimal("0.666667")
    assert shown(Fraction(1, 3)) == "≈0.333333333333"
    assert shown(Fraction(-1, 8)) == "-0.125"


MODEL = "years = [2015]\nbase_year = 2013\nquantity_step = 0.5\n[unit_values]\ni1 = 7.333333\ni2 = 3\n"
TABLES = {
    "areas": "area\na1\n",
    "purchasers": "purchaser,level,kind,area\np1,municipal,other,\np2,municipal,other,\n",
    "items": "item,kind,livelihood,basic,scope,divisible\ni1,public,yes,yes,purchasable,\n"
             "i2,public,no,yes,government_only,no\n",
    "budgets": "purchaser,year,amount\np1,2015,1000\np2,2015,1000\n",
    "needs": "need,purchaser,item,area,year,demand,target\nn1,p1,i1,a1,2015,10,1\nn2,p2,i1,a1,2015,10,1\n"
             "n3,p1,i2,a1,2015,10.7,0.5\nn4,p1,i1,a1,2015,4,1\n",
    "direct_lines": "need,quantity,expenditure,avoidable,growth\nn2,3,100.00,0.5,0.1\nn4,0.4,50.00,1,\n",
    "undertakers": "undertaker,kind,engagement_cost\nu1,enterprise,3.33\nu2,enterprise,\n",
    "offers": "offer,undertaker,item,price,setup,growth,quality,satisfaction\no1,u1,i1,1.111111,0.01,0.1,0.5,\n"
              "o2,u2,i1,2,,,0.9,0.8\no3,u2,i1,2,,,0.7,0.4\n",
    "performance": "undertaker,item,year,quality,satisfaction\nu1,i1,2011,0.1,0.2\nu1,i1,2012,0.3,0.9\n"
                   "u2,i1,2012,0.1,0.1\n",
}  # fmt: skip
PLAN = {
    "allocation": "year,need,purchaser,item,area,undertaker,offer,quantity,price,setup,amount\n"
                  "2015,n1,p1,i1,a1,u1,o1,2.5,0,0,0\n2015,n2,p2,i1,a1,u1,o1,1.5,0,0,0\n"
                  "2015,n2,p2,i1,a1,u2,o2,1,0,0,0\n",
    "direct": "year,need,purchaser,quantity,new,idle,moved,expenditure,released,stranded,posts,posts_paid,"
              "kept_because\n2015,n2,p2,1,0.5,0,0,0,0,0,,,\n2015,n3,p1,0,5,0,0,0,0,0,,,\n2015,n1,p1,0,1.5,0,0,0,0,0,,,\n",
}  # fmt: skip


def test_a_year_by_hand(tmp_path: Path) -> None:
    """Only the decisions are read from these rows. 2015 is two years after 2013.

    o1: 1.111111·1.21 = 1.34444431 -> 1.344444; 2.5 units 3.36111 -> 3.36 + 0.01; 1.5 units 2.016666 -> 2.02 + 0.01.
    n2: E = 100·1.21 = 121.00 for 3 units; 1 kept: 40.33 (40.3333); freed 80.67; 2 moved, half runs on: 2·0.5·121/3 =
        40.33; released 40.34. 0.5 new units: 121·0.5/3 = 20.1667 -> 20.17. Outlay 2.03 + 2.00 + 20.17 = 24.20.
        fees of 2.5 units: 100.8333 -> 100.83 both ways. served 2.5 + 1 + 0.5 = 4.
    n3: 5 new whole units at the unit value 3: 15.00; target 0.5·10 = 5.
    n1: 1.5 new units at 7.333333: 10.9999995 -> 11.00.
    n4: 0.4 units are none on the grid of 0.5: nothing can be given up, the 50.00 stay.
    u1 is used by p1 and by p2: 3.33 each.
    """
    scenario = read_scenario(write_model(tmp_path, MODEL, TABLES))
    evidence, _reading = evidence_of(scenario, {name: rows_of(text) for name, text in PLAN.items()})
    facts = evidence.facts
    n1, n2, n3, n4 = (facts.of[f"n{k}", 2015] for k in (1, 2, 3, 4))
    assert [a.amount for a in n1.awards] == [337]
    assert [a.amount for a in n2.awards] == [203, 200]
    assert (n2.expenditure, n2.direct, n2.stranded, n2.released) == (12_100, 4_033, 4_033, 4_034)
    assert (n2.new_cost, n2.outlay, n2.own_cap, n2.cap, n2.served) == (2_017, 2_420, 10_083, 10_083, 8)
    assert (n3.new_cost, n3.served, n3.shortfall) == (1_500, 5, 0)
    assert n1.new_cost == 1_100
    assert (n4.direct, n4.stranded, n4.released, n4.moved) == (5_000, 0, 0, 0)
    assert facts.engagement == {("p1", 2015): 333, ("p2", 2015): 333}
    one = purse_of(evidence.world, facts, evidence.books, "p1", 2015)
    assert (one.line, one.deficit, one.purchased) == (95_000, 0, 337 + 1_500 + 1_100 + 333)


def test_marks_of_offers(tmp_path: Path) -> None:
    """o1 has 0.5 and takes the satisfaction of the latest year, 0.9; weights 0.25 and 0.75.

    score o1 = 0.8, o2 = 0.825, o3 = 0.475, reference (0.8 + 0.825 + 0.475)/3 = 0.7. Without `performance` o1 has
    no both marks: its satisfaction and its score are the mean of o2 and o3, 0.6 and 0.65."""
    model = "[performance]\nquality = 0.25\nsatisfaction = 0.75\n"
    scenario = read_scenario(write_model(tmp_path / "with", MODEL + model, TABLES))
    marks = marks_of(world_of(scenario), scenario)
    assert [marks.offers[o].score for o in ("o1", "o2", "o3")] == [Fraction(4, 5), Fraction(33, 40), Fraction(19, 40)]
    assert marks.reference["i1"].score == Fraction(7, 10)
    assert marks.reference["i2"] == Mark(Fraction(0), Fraction(0), Fraction(0))
    assert marks.score(Fraction(1), Fraction(0)) == Fraction(1, 4)
    bare = {name: text for name, text in TABLES.items() if name != "performance"}
    scenario = read_scenario(write_model(tmp_path / "without", MODEL + model, bare))
    without = marks_of(world_of(scenario), scenario)
    assert (without.offers["o1"].quality, without.offers["o1"].satisfaction) == (Fraction(1, 2), Fraction(3, 5))
    assert without.offers["o1"].score == without.reference["i1"].score == Fraction(13, 20)


def test_an_item_that_nothing_values_counts_one(tmp_path: Path) -> None:
    model = MODEL.replace("i2 = 3\n", "")
    world = world_of(read_scenario(write_model(tmp_path, model, TABLES)))
    assert world.items["i1"].unit_value == Fraction("7.333333")
    assert world.items["i2"].unit_value == 1
