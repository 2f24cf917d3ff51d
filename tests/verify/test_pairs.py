"""Which pairs remain and which clause excludes the others: the order of reasons, packages, thin markets."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.scenario import read_scenario
from gpsopt.verify.pairs import Pairs, pairs_of
from gpsopt.verify.world import world_of

from .handmade import write_model

ITEMS = "item,kind,livelihood,basic,scope,procedure,cost_standard,divisible\n"
NEEDS = "need,purchaser,item,area,year,demand,target\n"
OFFERS = "offer,undertaker,item,areas,needs,price,setup,min_quantity,max_quantity,first_year,last_year,growth,package\n"
UNDERTAKERS = "undertaker,kind,affiliated_to,group,registered,facilities,licences,credit\n"

TABLES = {
    "areas": "area\na1\na2\n",
    "purchasers": "purchaser,level,kind,area\np1,municipal,administrative_organ,\np2,district,other,a2\n",
    "items": f"{ITEMS}i1,public,yes,yes,purchasable,procurement,100,yes\ni2,public,yes,yes,government_only,,,yes\n"
             "i3,public,yes,yes,purchasable,,,no\n",
    "budgets": "purchaser,year,amount\np1,2015,1000\n",
    "needs": f"{NEEDS}n1,p1,i1,a1,2015,10,1\nn1,p1,i1,a1,2016,10,1\nn2,p2,i1,a2,2016,10,1\nn3,p1,i2,a1,2015,10,1\n"
             "n4,p2,i3,a2,2015,10.9,1\n",
    "direct_lines": "need,quantity,expenditure,avoidable\nn1,5,500,1\n",
    "undertakers": f"{UNDERTAKERS}u1,enterprise,,,,,,\nu2,enterprise,,g,exempted,,L1,\nu3,enterprise,,g,,,L1;L2,70\n"
                   "u4,public_institution,p1,,,,,\nu5,enterprise,,,no,,,\nu6,enterprise,,,,no,L1,\n",
}  # fmt: skip


def pairs(folder: Path, offers: str, settings: str = "", **tables: str) -> Pairs:
    model = f"years = [2015, 2016]\nbase_year = 2014\nquantity_step = 0.5\n{settings}"
    folder = write_model(folder, model, {**TABLES, "offers": OFFERS + offers, **tables})
    return pairs_of(world_of(read_scenario(folder)))


def test_matching(tmp_path: Path) -> None:
    found = pairs(tmp_path, (
        "o1,u1,i1,,,50,,,,,,,\n"          # everywhere
        "o2,u1,i1,a1,,50,,,,,,,\n"        # a1 only
        "o3,u1,i1,,n2,50,,,,,,,\n"        # n2 only
        "o4,u1,i1,a1,n2,50,,,,,,,\n"      # n2 is not in a1
        "o5,u1,i1,a1;a2,,50,,,,2016,,,\n"  # from 2016
        "o6,u1,i1,,,50,,,,,2015,,\n"      # until 2015
        "o7,u1,i3,,,50,,,,,,,\n"
    ))  # fmt: skip
    assert found.remaining == {
        ("n1", 2015): ("o1", "o2", "o6"), ("n1", 2016): ("o1", "o2", "o5"), ("n2", 2016): ("o1", "o3", "o5"),
        ("n3", 2015): (), ("n4", 2015): ("o7",),
    }  # fmt: skip
    assert found.excluded == {}


def test_the_first_reason_is_kept(tmp_path: Path) -> None:
    """government_only, unregistered, above the standard and too large at once: reasons in order."""
    bad = "100.01,,20,,,,,\n"
    offers = f"o1,u5,i2,,n3,{bad}o2,u5,i1,,n1,{bad}o3,u1,i1,,n1,{bad}o4,u1,i1,,n1,100,,20,,,,,\n"
    found = pairs(tmp_path, offers)
    assert {key[0]: clause for key, clause in found.excluded.items()} == {
        "o1": "catalogue_scope", "o2": "qualification", "o3": "fee_standard", "o4": "award_size",
    }  # fmt: skip
    struck = "".join(f"[clauses.{c}]\nenabled = false\n" for c in ("catalogue_scope", "qualification", "fee_standard"))
    assert set(pairs(tmp_path / "struck", offers, struck).excluded.values()) == {"award_size"}
    everything = f"{struck}[clauses.award_size]\nenabled = false\n"
    assert pairs(tmp_path / "all", offers, everything).excluded == {}


def test_conditions_and_licences(tmp_path: Path) -> None:
    offers = "".join(f"o{k},u{k},i1,,,50,,,,,,,\n" for k in range(1, 7))
    found = pairs(tmp_path / "six", offers)
    assert {key[0] for key in found.excluded} == {"o5", "o6"}
    conditions = "item,licence,purchaser,relation\ni1,L1,,care\ni1,L2,p1,care\n"
    asked = pairs(tmp_path / "licences", offers, conditions=conditions)
    assert asked.remaining["n1", 2015] == ("o3",)
    assert asked.remaining["n2", 2016] == ("o2", "o3")
    credit = pairs(tmp_path / "credit", offers, "[clauses.qualification]\nmin_credit = 70\n")
    assert credit.remaining["n1", 2015] == ("o3",)


@pytest.mark.parametrize(
    ("price", "setup", "most", "growth", "years"),
    [
        ("100", "", "", "", (2015, 2016)),
        ("100.000001", "", "", "", ()),
        ("99", "10.00", "", "", (2015, 2016)),  # 99 + 10/10 = 100
        ("99", "10.01", "", "", ()),
        ("99", "4.00", "4.4", "", (2015, 2016)),  # 4.4 is 4 on the grid of 0.5: 99 + 4/4
        ("99", "4.01", "4.4", "", ()),
        ("90", "", "", "0.05", (2015, 2016)),  # 94.5, 99.225
        ("95.238095", "", "", "0.05", (2015,)),  # 95.238095·1.05 = 99.99999975 -> 100.000000; a year later 105
        ("95.238096", "", "", "0.05", ()),  # 100.0000008 -> 100.000001
    ],
)
def test_the_standard_is_compared_exactly(
    price: str, setup: str, most: str, growth: str, years: tuple[int, ...], tmp_path: Path
) -> None:
    found = pairs(tmp_path, f"o1,u1,i1,,n1,{price},{setup},,{most},,,{growth},\n")
    assert tuple(year for (need, year), left in found.remaining.items() if need == "n1" and left) == years


@pytest.mark.parametrize(
    ("least", "most", "fits"),
    [("10", "", True), ("10.4", "", True), ("10.5", "", False), ("6", "5.9", False), ("6", "6", True),
     ("", "0.4", False), ("", "0.5", True), ("0", "0", False)],
)  # fmt: skip
def test_sizes_on_the_grid(least: str, most: str, fits: bool, tmp_path: Path) -> None:
    found = pairs(tmp_path, f"o1,u1,i1,,n1,50,,{least},{most},,,,\n")
    assert bool(found.remaining["n1", 2015]) == fits


def test_whole_units_where_an_item_is_not_divisible(tmp_path: Path) -> None:
    """Demand 10.9 of i3 is 10; a minimum of 10.9 is 10 and fits, one of 11 does not; at most 0.5 is none."""
    found = pairs(tmp_path, "o1,u1,i3,,,5,,10.9,,,,,\no2,u1,i3,,,5,,11,,,,,\no3,u1,i3,,,5,,,0.5,,,,\n")
    assert found.remaining["n4", 2015] == ("o1",)


def test_oversupply_lifts_the_largest_award_not_the_smallest(tmp_path: Path) -> None:
    offers = "o1,u1,i1,,n1,50,,10.5,20,,,,\no2,u1,i1,,n1,50,,9,20,,,,\n"
    found = pairs(tmp_path, offers, "[clauses.coverage]\noversupply = true\n")
    assert found.remaining["n1", 2015] == ("o2",)


def test_a_package_is_excluded_whole_year_by_year(tmp_path: Path) -> None:
    offers = (
        "o1,u1,i1,,n1,50,,,,,,,k\no2,u1,i1,,n2,50,,,,,,,k\no3,u1,i1,,n1,200,,,,2015,2015,,k\no4,u1,i1,,,50,,,,,,,\n"
    )
    found = pairs(tmp_path, offers)
    assert found.excluded == {("o1", "n1", 2015): "award_size", ("o3", "n1", 2015): "fee_standard"}
    assert found.remaining["n1", 2016] == ("o1", "o4")
    assert found.candidates["n1", 2015] == 1


def test_candidates_are_unrelated(tmp_path: Path) -> None:
    """u2 and u3 are one group; u4 belongs to p1; two offers of u1 are one candidate."""
    offers = "".join(f"o{k}{j},u{k},i1,,,50,,,,,,,\n" for k in range(1, 5) for j in "ab")
    found = pairs(tmp_path / "three", offers)
    assert found.candidates == {("n1", 2015): 2, ("n1", 2016): 2, ("n2", 2016): 3, ("n3", 2015): 0, ("n4", 2015): 0}
    assert found.thin == {
        ("n1", 2015): True, ("n1", 2016): True, ("n2", 2016): False, ("n3", 2015): False, ("n4", 2015): False,
    }  # fmt: skip
    two = pairs(tmp_path / "two", offers, "[clauses.competition]\nmin_candidates = 2\n")
    assert not any(two.thin.values())
    for name, settings in (("off", "enabled = false"), ("ignore", 'on_thin = "ignore"')):
        silent = pairs(tmp_path / name, offers, f"[clauses.competition]\n{settings}\n")
        assert not any(silent.thin.values())
        assert silent.candidates == found.candidates


def test_thin_markets_stay_direct_only_where_there_is_a_line(tmp_path: Path) -> None:
    """n1 has a line and two candidates; n2 has none. A package that loses a pair so is lost, candidates stay."""
    offers = "o1,u1,i1,,n1,50,,,,,,,\no2,u2,i1,,,50,,,,,,,k\no3,u1,i1,,n2,50,,,,,,,\n"
    found = pairs(tmp_path, offers, '[clauses.competition]\non_thin = "keep_direct"\n')
    assert found.excluded == {
        ("o1", "n1", 2015): "competition", ("o2", "n1", 2015): "competition", ("o1", "n1", 2016): "competition",
        ("o2", "n1", 2016): "competition", ("o2", "n2", 2016): "award_size",
    }  # fmt: skip
    assert found.remaining["n2", 2016] == ("o3",)
    assert found.candidates["n2", 2016] == 2


def test_a_demand_of_one_step_is_a_market(tmp_path: Path) -> None:
    """0.5 units on a grid of 0.5 are demand, 0.4 are none."""
    needs = f"{NEEDS}n1,p1,i1,a1,2015,0.5,1\nn1,p1,i1,a1,2016,0.4,1\n"
    found = pairs(tmp_path, "o1,u1,i1,,,50,,,,,,,\n", needs=needs)
    assert found.remaining == {("n1", 2015): ("o1",)}
    assert found.thin == {("n1", 2015): True}


@pytest.mark.parametrize(("quantity", "kept"), [("0.4", False), ("0.5", True)])
def test_a_line_of_less_than_a_step_keeps_nothing_direct(quantity: str, kept: bool, tmp_path: Path) -> None:
    lines = f"need,quantity,expenditure,avoidable\nn1,{quantity},500,1\n"
    settings = '[clauses.competition]\non_thin = "keep_direct"\n'
    found = pairs(tmp_path, "o1,u1,i1,,n1,50,,,,,,,\n", settings, direct_lines=lines)
    assert bool(found.excluded) == kept


def test_dated_and_district_catalogues(tmp_path: Path) -> None:
    """The district's row before the municipal one before the item; of several the latest first_year."""
    catalogue = (
        "item,area,scope,first_year,last_year\n"
        "i1,,government_only,2010,\ni1,,purchasable,2016,\n"  # municipal: from 2016 it may be bought
        "i1,a2,outside_duties,2016,2016\n"  # not in a2 in 2016
        "i2,a1,purchasable,2015,2015\n"
    )
    found = pairs(tmp_path, "o1,u1,i1,,,50,,,,,,,\no2,u1,i2,,,50,,,,,,,\n", catalogue=catalogue)
    assert found.excluded == {("o1", "n1", 2015): "catalogue_scope", ("o1", "n2", 2016): "catalogue_scope"}
    assert found.remaining["n1", 2016] == ("o1",)
    assert found.remaining["n3", 2015] == ("o2",)
