"""How large the slice is, that its parts are there, and that it claims no more than it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from gpsopt import Scenario, read_scenario
from gpsopt.checks import check
from gpsopt.model.world import World, world_of
from tests.beijing.plainpairs import count_pairs, read

MODEL = Path(__file__).resolve().parents[2] / "models" / "beijing"
CITY_A_YEAR = Decimal(15_000_000_000)
YEARS = ("2014", "2015", "2016", "2017")


@pytest.fixture(scope="module")
def beijing() -> Scenario:
    return read_scenario(MODEL)


@pytest.fixture(scope="module")
def world(beijing: Scenario) -> World:
    return world_of(beijing)


def test_nothing_is_wrong_or_doubtful(beijing: Scenario) -> None:
    assert [finding for finding in check(beijing) if finding.severity != "note"] == []


def test_it_has_the_size_of_a_real_district_and_more() -> None:
    needs = read(MODEL, "needs")
    assert len(read(MODEL, "areas")) == 16
    levels = Counter(row["level"] for row in read(MODEL, "purchasers"))
    assert levels["district"] == 16
    assert 14 <= levels["municipal"] <= 20
    assert len(read(MODEL, "items")) >= 60
    assert {row["item"] for row in needs} == {row["item"] for row in read(MODEL, "items")}
    assert len(needs) >= 1_500
    assert len(read(MODEL, "undertakers")) >= 300


def test_candidate_pairs_counted_by_hand(world: World) -> None:
    count = count_pairs(MODEL)
    excluded = Counter(exclusion.clause for exclusion in world.pairs.excluded)
    assert count["candidate"] == len(world.pairs.offer) >= 6_000
    assert {clause: n for clause, n in count.items() if clause != "candidate"} == excluded
    assert min(excluded["qualification"], excluded["fee_standard"]) >= 50


def test_awards_are_lots_that_need_a_decision(world: World) -> None:
    assert 3_000 <= int(world.binary.sum()) <= 5_000


def test_thin_markets_stand_in_remote_districts(world: World) -> None:
    area = world.facts.needs.area
    thin = Counter(area[n] for n in world.pairs.thin.nonzero()[0])
    remote = sum(thin[a] for a in ("yanqing", "huairou", "miyun", "pinggu", "mentougou"))
    assert remote > thin.total() / 2
    assert thin.total() >= 50


def test_undertakers_serve_a_few_purchasers(world: World) -> None:
    served = defaultdict(set)
    for offer, need in zip(world.pairs.offer, world.pairs.need, strict=True):
        served[world.pairs.offers.undertaker[offer]].add(world.facts.needs.purchaser[need])
    widths = sorted(len(found) for found in served.values())
    assert widths[len(widths) // 2] <= 6
    assert widths[-1] <= 20


def test_the_direct_line_can_always_stay() -> None:
    """No deficit in any year, and none after a cut by a tenth: continuity never forbids everything."""
    need_of = {row["need"]: row for row in read(MODEL, "needs")}
    direct: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in read(MODEL, "direct_lines"):
        for year in YEARS:
            grown = (1 + Decimal(line["growth"])) ** (int(year) - 2013)
            direct[need_of[line["need"]]["purchaser"], year] += Decimal(line["expenditure"]) * grown
    for row in read(MODEL, "budgets"):
        assert direct[row["purchaser"], row["year"]] <= Decimal("0.9") * Decimal(row["amount"]), row


def test_about_half_of_the_needs_are_delivered_directly_today() -> None:
    needs = {row["need"] for row in read(MODEL, "needs")}
    assert 0.4 <= len(read(MODEL, "direct_lines")) / len(needs) <= 0.6


def test_a_public_care_bed_costs_what_was_published() -> None:
    beds = {row["need"] for row in read(MODEL, "needs") if row["item"] == "C05010400-bed"}
    lines = [row for row in read(MODEL, "direct_lines") if row["need"] in beds]
    assert lines
    for line in lines:
        a_year = 12 * Decimal(line["expenditure"]) / Decimal(line["quantity"])
        assert abs(a_year / 40_000 - 1) <= Decimal("0.09"), line


def test_prices_of_social_work_rest_on_the_derived_cost_of_an_hour() -> None:
    prices = [Decimal(r["price"]) for r in read(MODEL, "offers") if r["item"] == "C23230000"]
    assert prices
    assert all(Decimal(24) <= price <= Decimal(46) for price in prices)


def test_the_share_of_the_city_is_the_one_printed() -> None:
    total = sum(Decimal(row["amount"]) for row in read(MODEL, "budgets")) / len(YEARS)
    direct = sum(Decimal(row["expenditure"]) for row in read(MODEL, "direct_lines"))
    text = (MODEL / "SOURCES.md").read_text(encoding="utf-8")
    printed = re.findall(r"\*\*(\d+\.\d)%\*\*", text)
    assert printed == 2 * [f"{100 * total / CITY_A_YEAR:.1f}", f"{100 * (total - direct) / CITY_A_YEAR:.1f}"]
    assert total < CITY_A_YEAR / 10  # a slice, not the city
