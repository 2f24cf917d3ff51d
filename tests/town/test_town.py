"""models/town, worked out by hand and asserted to the fen.

Amounts below are in thousand yuan (k). Every direct unit costs c = E/D: n1 100, n3 80, n4 25, n6 30. A missing
unit counts for its unit value: T1 100 (cost standard), T2 80, T3 25, T4 30 (today's cost per unit), weight 1.

WHAT MAY BE BOUGHT
    n1 (meals, east)   o01 at 80 (at most 3 here, u1 can do 5 a year in all), o02 at 90 + 6 for the contract
    n2 (meals, west)   o01 at 80 (at most 3 here), o04 at 95
    n3 (home care)     o05 at 60
    n4 (shows, east)   o06 at 10 (2 a year), o07 at 18, o09 at 22
    n5 (shows, west)   o07 at 18, o08 at 19
    n6 (inspections)   nothing; a new direct unit costs 30
    left out: o03 (105 > 100, fee_standard), o11 (no licence, qualification), o10 (government only, catalogue_scope)
    whoever uses u1 pays 4 a year besides. n5 is a thin market: u7 belongs to the purchaser, u6 is alone.

CIVIL, 2015: n1 4 units, n2 3 units, n3 4 units, budget 960
    n1 moves: its money stops at once (avoidable 1), and nothing that serves it costs as much as 100 a unit.
    Seven meal stations: u1 makes 5 at most. 2 for n1 and 3 for n2 leave 2 of n1 to o02:
        n1 2*80 + 2*90 + 6 = 346,  n2 3*80 = 240,  together 586, and 4 for u1: 590.
    3 for n1 and 2 for n2 leave one each: n1 240 + 90 + 6 = 336 (or 240 + 100 kept = 340), n2 160 + 95 = 255,
    together 591 and 4: 595. A unit less of u1's puts 90 or 95 for 80 and saves nothing; none of u1's saves the 4
    and costs 366 + 285 = 651. So 590.
    n3 stays: moving a unit costs 60 and leaves 0.6*80 = 48 to be paid, 108 for 80.  320.
    590 + 320 = 910 <= 960: nothing is missing.
CIVIL, 2016: n1 4 units, n2 4, n3 5, budget 1,010
    As before, n2's fourth by o04: 346 + (240 + 95) + 4 = 685 (the other way round 336 + 350 + 4 = 690).
    n3 keeps 4 for 320; its fifth would be o05's for 60. All in all 685 + 320 + 60 = 1,065 > 1,010: it does not
    reach. One unit must be missing, and the one that counts least is n3's: 80. Then 1,005 <= 1,010.
    livelihood_shortfall = 80.

CULTURE, 2015: n4 4 units, n5 2, n6 3, budget 230
    A unit of n4 moved in 2015 frees 0.6*25 = 15 in 2015 and (0.6 + 0.4*1/2)*25 = 20 in 2016, the rest is stranded.
    By o06 it costs 10 + 10 = 20 in 2015 and 10 + 5 = 15 in 2016, for 25 each if kept: two units move.
    By o07 it costs 18 + 10 = 28 and 18 + 5 = 23: 51 for 50. The other two stay.
        n4 kept 2*25 = 50, stranded 2*10 = 20, o06 2*10 = 20;  n5 2*18 = 36;  n6 2*30 = 60 and one new, 30.
    50 + 20 + 20 + 36 + 60 + 30 = 216 <= 230: nothing is missing.
CULTURE, 2016: the same demand, budget 158 against lines of 100 + 60 = 160: a deficit of 2
    Nothing stands on the purchase line. n4 sets free 2*20 = 40 and takes 20 for itself; 20 are left, 2 of them
    must stay unspent for the deficit, and 18 buy one season for n5 (o07), to the fen.
    A new unit for n6 (30) or a second season (18 more) would need more: moving the other two units of n4 in 2015
    would add (20 - 18)*2 = 4 only, and moving later frees 15 for 18. Missing: n5 one, n6 one: 25 + 30 = 55.
    Moving n4's two units a year later frees 15*2 = 30, leaves 30 - 20 - 2 = 8 and buys nothing.
        n4 kept 50, stranded 2*5 = 10, o06 20;  n5 18;  n6 60.  158 = all there is.
    shortfall = 55.

THE AIMS
    worst_area   2015: all served, 1. 2016 east: targets n1 400 + n3 400 + n4 100 = 900, missing 80: 1 - 80/900 = 0.911.
                 2016 west: n2 400 + n5 50 + n6 90 = 540, missing 55: 1 - 55/540 = 97/108. The least is 97/108.
    outlay       910 + 216 + 1,005 + 158 = 2,289.
    quality      reference T1: o01 0.8, o02 0.9, o03 0.7, o04 0.8 (u4's evaluation of 2014: 0.85 and 0.75): mean 0.8.
                 T2: o05 and o11 0.9: 0.9. T3: o06 0.7, o07 0.8, o08 0.9, o09 0.8: 0.8.
                 o02: 0.1*100*2 units*2 years = 40. n3's line has 0.85 and 0.75, 0.8: -0.1*80*4*2 = -64.
                 o06: -0.1*25*2*2 = -10. All others stand at their reference. 40 - 64 - 10 = -34.

THE LEDGER (own first, then shared as far as the purchase line falls short)
    civil 2015     line 960 - 720 = 240. n1 sets free 400: 346 for itself. n2 240 and u1's 4 ask 244 of the line:
                   4 shared. 400 - 346 - 4 = 50 unspent. The line ends at 0.
    civil 2016     line 1,010 - 720 = 290. n1 again 346. n2 335 and 4 ask 339: 49 shared, 5 unspent.
    culture 2015   line 230 - 160 = 70. n4 sets free 30: 20 for itself, 10 unspent. n5 36 and n6 30 take 66 of the
                   line: 4 unspent.
    culture 2016   line -2: opened with 2 from unspent. n4 sets free 40: 20 own, 18 shared (n5), 2 unspent.
                   Unspent in all: 2 - 2 = 0.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import gpsopt

TOWN = Path(__file__).parents[2] / "models" / "town"
LAW = "fees_follow_the_matter"


@pytest.fixture(scope="module")
def town() -> gpsopt.Plan:
    return gpsopt.solve(TOWN, gap=0)


def shown(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Rows as tuples, numbers plain, empty cells as ""."""
    return sorted(
        tuple(_plain(value) for value in row) for row in zip(*(frame[c] for c in columns), strict=True)
    )  # fmt: skip


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value != value:
        return ""
    return value if isinstance(value, str) else int(value) if value == int(value) else float(value)  # type: ignore[call-overload, arg-type]


def test_aims(town: gpsopt.Plan) -> None:
    values = {aim["name"]: aim["plan_value"] for aim in town.summary["aims"]}
    assert values == {
        "livelihood_shortfall": 80_000, "shortfall": 55_000, "worst_area": pytest.approx(float(Fraction(97, 108))),
        "outlay": 2_289_000, "quality": -34_000,
    }  # fmt: skip
    assert town.summary["status"] == "optimal"
    assert town.summary["certified"], town.summary["faults"]


def test_assumed_awards(town: gpsopt.Plan) -> None:
    assert shown(town.frames["allocation"], "year", "need", "offer", "quantity", "amount") == [
        (2015, "n1", "o01", 2, 160_000), (2015, "n1", "o02", 2, 186_000), (2015, "n2", "o01", 3, 240_000),
        (2015, "n4", "o06", 2, 20_000), (2015, "n5", "o07", 2, 36_000),
        (2016, "n1", "o01", 2, 160_000), (2016, "n1", "o02", 2, 186_000), (2016, "n2", "o01", 3, 240_000),
        (2016, "n2", "o04", 1, 95_000), (2016, "n4", "o06", 2, 20_000), (2016, "n5", "o07", 1, 18_000),
    ]  # fmt: skip


def test_what_stays_and_what_it_costs(town: gpsopt.Plan) -> None:
    columns = ("year", "need", "quantity", "new", "moved", "expenditure", "released", "stranded")
    assert shown(town.frames["direct"], *columns) == [
        (2015, "n1", 0, 0, 4, 0, 400_000, 0), (2015, "n3", 4, 0, 0, 320_000, 0, 0),
        (2015, "n4", 2, 0, 2, 50_000, 30_000, 20_000), (2015, "n6", 2, 1, 0, 90_000, 0, 0),
        (2016, "n1", 0, 0, 0, 0, 400_000, 0), (2016, "n3", 4, 0, 0, 320_000, 0, 0),
        (2016, "n4", 2, 0, 0, 50_000, 40_000, 10_000), (2016, "n6", 2, 0, 0, 60_000, 0, 0),
    ]  # fmt: skip


def test_ledger(town: gpsopt.Plan) -> None:
    columns = ("year", "from_purchaser", "need", "from_line", "to_line", "use", "amount", "change", "clause")
    frame = town.frames["transfers"]
    assert shown(frame, *columns) == [
        (2015, "civil", "n1", "direct", "purchase", "own", 346_000, 346_000, LAW),
        (2015, "civil", "n1", "direct", "purchase", "shared", 4_000, 4_000, LAW),
        (2015, "civil", "n1", "direct", "unspent", "unspent", 50_000, 50_000, LAW),
        (2015, "culture", "", "purchase", "unspent", "unspent", 4_000, 4_000, "existing_budget"),
        (2015, "culture", "n4", "direct", "purchase", "own", 20_000, 20_000, LAW),
        (2015, "culture", "n4", "direct", "unspent", "unspent", 10_000, 10_000, LAW),
        (2016, "civil", "n1", "direct", "purchase", "own", 346_000, 0, LAW),
        (2016, "civil", "n1", "direct", "purchase", "shared", 49_000, 45_000, LAW),
        (2016, "civil", "n1", "direct", "unspent", "unspent", 5_000, -45_000, LAW),
        (2016, "culture", "", "purchase", "unspent", "unspent", 0, -4_000, "existing_budget"),
        (2016, "culture", "", "unspent", "purchase", "opening", 2_000, 2_000, "existing_budget"),
        (2016, "culture", "n4", "direct", "purchase", "own", 20_000, 0, LAW),
        (2016, "culture", "n4", "direct", "purchase", "shared", 18_000, 18_000, LAW),
        (2016, "culture", "n4", "direct", "unspent", "unspent", 2_000, -8_000, LAW),
    ]
    assert list(frame["from_purchaser"]) == list(frame["to_purchaser"])


def test_budgets_tie_to_the_fen(town: gpsopt.Plan) -> None:
    frame = town.frames["budgets"]
    columns = ("year", "purchaser", "amount", "direct", "stranded", "purchased", "engagement", "unspent")
    assert shown(frame, *columns) == [
        (2015, "civil", 960_000, 320_000, 0, 590_000, 4_000, 50_000),
        (2015, "culture", 230_000, 110_000, 20_000, 86_000, 0, 14_000),
        (2016, "civil", 1_010_000, 320_000, 0, 685_000, 4_000, 5_000),
        (2016, "culture", 158_000, 110_000, 10_000, 38_000, 0, 0),
    ]
    for row in frame.to_dict("records"):
        held = {name: Decimal(row[name]) for name in
                ("amount", "received", "given", "direct", "stranded", "purchased", "unspent")}  # fmt: skip
        assert held["amount"] + held["received"] == (
            held["direct"] + held["stranded"] + held["purchased"] + held["unspent"] + held["given"]
        )


def test_coverage_and_markets(town: gpsopt.Plan) -> None:
    frame = town.frames["coverage"]
    missing = {(row["year"], row["need"]): int(row["shortfall"]) for row in frame.to_dict("records")}
    assert {key: units for key, units in missing.items() if units} == {
        (2016, "n3"): 1, (2016, "n5"): 1, (2016, "n6"): 1,
    }  # fmt: skip
    candidates = {row["need"]: (int(row["candidates"]), bool(row["thin"])) for row in frame.to_dict("records")}
    assert candidates == {
        "n1": (2, False), "n2": (2, False), "n3": (1, False), "n4": (3, False), "n5": (1, True), "n6": (0, False),
    }  # fmt: skip


def test_what_is_left_out_and_why(town: gpsopt.Plan) -> None:
    assert shown(town.frames["excluded"], "need", "offer", "clause") == [
        ("n1", "o03", "fee_standard"), ("n2", "o03", "fee_standard"), ("n3", "o11", "qualification"),
        ("n6", "o10", "catalogue_scope"),
    ]  # fmt: skip


def test_posts_needed_and_posts_still_paid(town: gpsopt.Plan) -> None:
    """posts * d/D needed; posts * (direct + stranded)/E paid: n4 6*(50 + 20)/100 = 4.2, then 6*(50 + 10)/100 = 3.6."""
    assert shown(town.frames["direct"], "year", "need", "posts", "posts_paid") == [
        (2015, "n1", 0, 0), (2015, "n3", 10, 10), (2015, "n4", 3, 4.2), (2015, "n6", 3, 3),
        (2016, "n1", 0, 0), (2016, "n3", 10, 10), (2016, "n4", 3, 3.6), (2016, "n6", 3, 3),
    ]  # fmt: skip


def test_run_folder_is_accepted(town: gpsopt.Plan, tmp_path: Path) -> None:
    verdict = gpsopt.verify_run(gpsopt.write_run(town, tmp_path))
    assert verdict.ok, [fault.line("en") for fault in verdict.faults]
