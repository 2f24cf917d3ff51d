"""Each clause's rows, in plain text, are what stands in rows/<clause>.txt; some of the numbers are worked out here."""

from __future__ import annotations

import re

import pyomo.environ as pyo
import pytest

from gpsopt.model.clauses import REGISTER
from gpsopt.model.clauses.softbounds import SOFT_ONLY
from tests.model.cases import CASES
from tests.model.snapshot import ROWS, snapshot

REGIMES = {"kept", "returned", "lagged", "fees_stay", "pooled"}

#: clause -> lines that its file must hold, worked out by hand from the tables in cases.py
BY_HAND = {
    # min(40 today, 60 asked for) * 0.9 = 36; in 2016 min(40, 30) * 0.9 = 27
    "continuity": (
        "continuity.nobody_loses_the_service[n1,2015]: 36 <= ",
        "continuity.nobody_loses_the_service[n1,2016]: 27 <= ",
    ),
    # 0.55 * 60 = 33; all twenty or nobody
    "coverage": (
        "coverage.floor_is_reached[n1,2016]: 33 <= ",
        "coverage.met_in_full_or_not_at_all[n2,2016]: 0 <= 1 purchased[o3,n2,2016] + 1 direct[n2,2016]"
        " + -1 idle[n2,2016] + 1 new[n2,2016] + -20 coverage.complete[n2,2016] <= 0\n",
    ),
    # 80.50 yuan = 0.00805 万元, 10 yuan of setup = 0.001, 5000 yuan = 0.5; the cooks of 2016 go before every year's
    "own_capacity": (
        "own_capacity.contracts_within_limit[u1,2015]: -inf <= 0.00805 purchased[o1,n1,2015]"
        " + 0.001 award[o1,n1,2015] <= 0.5\n",
        "own_capacity.work_within_own_capacity[u1,cook,2016]: -inf <= 1.5 purchased[o1,n1,2016] <= 950\n",
    ),
    # two of y3, y4 if either: y3 + y4 >= 2 * y3, that is y3 - y4 <= 0
    "award_size": (
        "award_size.enough_awards_if_any[o3,n2,2016]: -inf <= 1 award[o3,n2,2016] + -1 award[o4,n2,2016] <= 0\n",
        "awards.award_has_its_least[o4,n2,2016]: -inf <= -1 purchased[o4,n2,2016] + 4 award[o4,n2,2016] <= 0\n",
    ),
    # idle units count against what is served: with -0.5 on n2 its idle units count +0.5
    "related_needs": (" + -0.5 direct[n2,2016] + -1 idle[n1,2016] + 0.5 idle[n2,2016] + ",),
    # 0.8 - 0.75 = 0.05 and 0.7 - 0.75 = -0.05; 0.9 - 0.82 = 0.08 and 0.8 - 0.82 = -0.02
    "quality_floor": (
        "[n1,2015]: 0 <= 0.05 purchased[o1,n1,2015] + -0.05 purchased[o2,n1,2015] <= inf\n",
        "[n1,2015]: 0 <= 0.08 purchased[o1,n1,2015] + -0.02 purchased[o2,n1,2015] <= inf\n",
    ),
    "undertaker_count": (
        "award_uses[u2,o3,n2,2016]: -inf <= 1 award[o3,n2,2016] + -1 undertaker_count.used[u2,2016] <= 0\n",
    ),
    # the award's least is the offer's 5: 1/5 of it; an offer that no clause leaves asks 1 of what is held at 0: no plan
    "hand_decisions": (
        "hand_decisions.award_is_held[o1,n1,2015]: 1 <= 0.2 purchased[o1,n1,2015] <= inf\n",
        "hand_decisions.absent_offer_is_held[o4,n1,2015]: 1 <= 1 hand_decisions.absent[o4,n1,2015] <= inf\n",
        "hand_decisions.absent_quantity_is_held[o4,n1,2016]: 7 <= 1 hand_decisions.absent[o4,n1,2016] <= inf\n",
        "\n0 <= hand_decisions.absent[o4,n1,2015] <= 0\n",
    ),
    # o2: 85 * 1.02 = 86.70 in 2015, 85 * 1.02^2 = 88.434 in 2016; 3600 - 3000 = 600 yuan = 0.06; 4000 - 3600 = 0.04
    "existing_budget": (
        " + 0.00867 purchased[o2,n1,2015] + ",
        " + 0.0088434 purchased[o2,n1,2016] + ",
        "existing_budget.deficit_is_met_first[civil,2015]: 0.06 <= 1 unspent[n1,2015] <= inf\n",
        " + -1 received[civil,2016] <= 0.04\n",
    ),
    # (80.50 - 0.6 * 80.50) / 10000 = 0.00322 and -0.6 * 85 * 1.02 / 10000 = -0.005202; setup 10 * 0.4 / 10000
    "plural_supply": (
        "[civil,u1,2015]: -inf <= 0.00322 purchased[o1,n1,2015] + -0.005202 purchased[o2,n1,2015]"
        " + 0.0004 award[o1,n1,2015] <= 0\n",
    ),
    # o1 is the social organisation's: 0.6 * 80.50 / 10000; 0.4 * 50 / 10000 is missing for every assessment
    "social_organisations": (
        "[2016]: 0 <= 0.00483 purchased[o1,n1,2016] + -0.00353736 purchased[o2,n1,2016] + -0.002 purchased[o3,n2,2016]",
    ),
    # 0.7 * 50 / 10000 of an assessment of its own house, -0.3 * 80.50 / 10000 of a meal of the other
    "affiliated_share": ("-0.002415 purchased[o1,n1,2016]", "0.0035 purchased[o3,n2,2016]"),
    "project_limit": (
        "project_limit.awards_within_limit[u2,2016]: -inf <= 1 award[o2,n1,2016] + 1 award[o3,n2,2016] <= 1\n",
    ),
    # 0.3 * 40 = 12; from 60 to 55 meals are asked for: 5 fewer may be bought; half of 20 assessments
    "gradual_purchase": (
        "moves_by_steps[n1,2016]: -inf <= 1 moved[n1,2016] <= 12\n",
        "what_moved_stays_moved[n1,2015,2016]: -5 <= ",
        "others_are_bought[n2,2016]: 10 <= 1 purchased[o3,n2,2016] <= inf\n",
    ),
    # meals: 54 wanted at 0.01 万元 = 0.54; assessments: 16 at 2 * 0.006 = 0.192; 0.9 * 0.54 / 0.732 * 0.01 = 0.0066393
    "balanced_areas": (
        "left_behind[a1,2016]: -inf <= 0.00336065574 shortfall[n1,2016] + -0.00796721311 shortfall[n2,2016] <= 0.054\n",
        "missing_only_below[n1,2015]: -inf <= 1 shortfall[n1,2015] + 54 balanced_areas.beyond[n1,2015] <= 54\n",
    ),
    "contract_term": (
        "award_lasts_its_term[o1,n1,2015,2016,2017]: -inf <= -1 award[o1,n1,2015] + 1 award[o1,n1,2016]"
        " + -1 award[o1,n1,2017] <= 0\n",
    ),
    # 5 meals were signed with o4, which no clause leaves
    "commitments": (
        "contract_is_honoured[o1,n1,2016]: 12 <= 1 purchased[o1,n1,2016] <= inf\n",
        "absent_contract_is_honoured[o4,n1,2016]: 5 <= 1 commitments.absent[o4,n1,2016] <= inf\n",
    ),
    "qualification": (
        "only_the_qualified[o3,n2,2016]: -inf <= 1 purchased[o3,n2,2016] + -1 qualification.only_the_qualified_over[",
    ),
    # 80.50 - 80.60 and 86.70 - 80.60 yuan in 万元; setup of 10
    "fee_standard": (
        "paid_within_standard[o1,n1,2015]: -inf <= -1e-05 purchased[o1,n1,2015] + 0.001 award[o1,n1,2015] + -1 ",
        "paid_within_standard[o2,n1,2015]: -inf <= 0.00061 purchased[o2,n1,2015] + -1 ",
    ),
    # 86.70 + 20 - 100
    "equal_competition": ("full_cost_within_standard[o2,n1,2015]: -inf <= 0.00067 purchased[o2,n1,2015] + -1 ",),
    "competition": ("thin_market_stays_direct[o1,n1,2016]: -inf <= 1 purchased[o1,n1,2016] + -1 competition.",),
    # soft: what is staffed anew is the violation; where n2 is not asked for (2015) there is no row
    "no_new_posts": (
        "no_new_posts.nothing_new[n1,2016]: -inf <= 1 new[n1,2016] + -1 no_new_posts.nothing_new_over[n1,2016] <= 0\n",
        "\n0 <= new[n1,2015] <= 60\n",
    ),
    # a unit costs 90 yuan; 0.6 of it stops at once: 54; the rest over 3 years: 90 * (0.6 + 0.4 / 3) = 66 a year later
    "kept": (
        "regime.released_is_used[n1,2016]: 0 <= -0.0066 moved[n1,2015] + -0.0054 moved[n1,2016] + 1 own[n1,2016]",
        "-0.009 purchased[o1,n1,2015] + -0.009 purchased[o2,n1,2015] + 1 own[n1,2015] + 1 shared[n1,2015] <= 0\n",
        "\n0 <= shared[n1,2015] <= 0.36\n",
    ),
    "returned": ("\n0 <= shared[n1,2015] <= 0\n", "\n0 <= own[n1,2015] <= 0.36\n"),
    # released - own of 2015 is shared + unspent of 2015
    "lagged": (
        "regime.nothing_shared_at_first[n1]: -inf <= 1 shared[n1,2015] <= 0\n",
        ": -inf <= -1 shared[n1,2015] + 1 shared[n1,2016] + -1 unspent[n1,2015] <= 0\n",
    ),
    # nothing is released: 9000 - 3600 = 5400 yuan for purchases, whatever moves
    "fees_stay": ("\n0 <= own[n1,2015] <= 0\n", "\n0 <= unspent[n1,2016] <= 0\n", " <= 0.54\n"),
    # 0.2 * 9000 = 1800 yuan at most from the one municipal purchaser, 0.2 * 1500 = 300 from the other
    "pooled": (
        "regime.given_is_received[municipal,2015]: 0 <= 1 given[civil,2015] + 1 given[health,2015]"
        " + -1 received[civil,2015] + -1 received[health,2015] <= 0\n",
        "\n0 <= given[civil,2015] <= 0.18\n",
        "\n0 <= given[health,2015] <= 0.03\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_rows_are_those_of_the_file(name: str, models: dict[str, pyo.ConcreteModel]) -> None:
    expected = ROWS / f"{name}.txt"
    assert expected.is_file(), f"no {expected.name}: print it with `python -m tests.model.snapshot {name}` and read it"
    assert snapshot(name, models[name]) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_numbers_worked_out_by_hand_stand_in_the_file(name: str) -> None:
    text = (ROWS / f"{name}.txt").read_text(encoding="utf-8")
    assert BY_HAND[name]
    for line in BY_HAND[name]:
        assert line in text, line


def test_every_clause_and_every_way_of_money_has_its_file() -> None:
    wanted = set(REGISTER) | set(SOFT_ONLY) | REGIMES | {"existing_budget"}
    assert {path.stem for path in ROWS.iterdir()} == wanted
    assert set(CASES) == wanted


@pytest.mark.parametrize("clause", [*REGISTER, *SOFT_ONLY, "existing_budget"])
def test_no_rule_of_the_clause_is_missing_from_its_file(clause: str, models: dict[str, pyo.ConcreteModel]) -> None:
    text = (ROWS / f"{clause}.txt").read_text(encoding="utf-8")
    made = models[clause].component_objects(pyo.Constraint, descend_into=True)
    rules = [rule.name for rule in made if rule.name.startswith(f"{clause}.")]
    assert rules
    for rule in rules:
        row = rf"^{re.escape(rule)}\[[^\]]+\]: \S+ <= -?[\d.]+ [a-z_.]+\[.*<= \S+$"
        assert re.search(row, text, re.MULTILINE), rule
