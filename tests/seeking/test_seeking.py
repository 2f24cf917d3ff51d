"""The least money that meets every target, and the earliest year of a goal, by hand and by the command."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.seeking import earliest_year, least_budget
from gpsopt.seeking.goalyear import ROWS
from gpsopt.settingkeys import SOUGHT_GOALS
from tests.cli.running import in_process
from tests.cli.worlds import hamlet
from tests.nofit.planted import LINE, Planted, write

TOWN = Path(__file__).parents[2] / "models/town"


def plain(tmp_path: Path, **tables: str) -> Path:
    return write(tmp_path / "m", Planted("", tables, set(), set(), ""))


def test_without_a_line_it_is_what_the_cheapest_offers_cost(tmp_path: Path) -> None:
    found = least_budget(plain(tmp_path))
    assert found.value == 2 * (20 * 300 + 4 * 700) and found.gap == 0 and found.plan.certified
    assert found.budgets["p", 2015] == Decimal(6000) and found.budgets["q", 2016] == Decimal(2800)
    assert set(found.plan.coverage["shortfall"]) == {Decimal(0)}


def test_what_moves_pays_before_new_money_is_asked_for(tmp_path: Path) -> None:
    """20 units cost 8000 today, half of it avoidable at once: moving would cost 4000 stranded and 6000 for offers."""
    found = least_budget(plain(tmp_path, direct_lines=LINE + "n1,20,8000.00,0.5,\n"))
    assert found.budgets["p", 2015] == found.budgets["p", 2016] == Decimal(8000)
    cheaper = least_budget(plain(tmp_path / "2", direct_lines=LINE + "n1,20,8000.00,0.8,\n"))
    assert cheaper.budgets["p", 2015] == Decimal(1600 + 6000)  # 8000 * 0.2 goes on, offers cost 6000


def test_ten_yuan_less_do_not_suffice(tmp_path: Path) -> None:
    found = least_budget(TOWN)
    assert found.gap == 0
    for purchaser, year in found.budgets:
        rows = [
            f'[[change]]\ntable = "budgets"\nwhere = {{ purchaser = "{p}", year = {t} }}\ncolumn = "amount"\nset = '
            f"{v - Decimal(10) if (p, t) == (purchaser, year) else v}\n"
            for (p, t), v in found.budgets.items()
        ]
        path = tmp_path / "less.toml"
        path.write_text(f'title = "less"\nmodel = "{TOWN}"\n' + "".join(rows), encoding="utf-8")
        assert sum(gpsopt.solve(path).coverage["shortfall"]) > 0, (purchaser, year)


def test_one_purchaser_while_the_others_keep_theirs() -> None:
    found = least_budget(TOWN, "culture")
    assert {p for p, _t in found.budgets} == {"culture"}
    rows = found.plan.coverage
    short = sum(s for p, s in zip(rows["purchaser"], rows["shortfall"], strict=True) if p == "culture")
    kept = {(r.purchaser, r.year): r.amount for r in found.plan.budgets.itertuples()}
    assert short == 0 and kept["civil", 2015] == Decimal("960000.00")


def test_targets_that_no_money_can_meet_name_the_clauses(tmp_path: Path) -> None:
    offers = "offer,undertaker,item,price,capacity\no1,u1,i1,300,3\no3,u3,i2,700,\n"
    with pytest.raises(gpsopt.InfeasibleError) as caught:
        least_budget(plain(tmp_path, offers=offers))
    assert "own_capacity" in str(caught.value) and "n1" in str(caught.value)


def test_the_earliest_year_waits_for_an_offer(tmp_path: Path) -> None:
    offers = "offer,undertaker,item,price,first_year\no1,u1,i1,300,2016\no3,u3,i2,700,2015\n"
    found = earliest_year(plain(tmp_path, offers=offers), "coverage", Decimal("0.9"))
    assert (found.year, found.tried) == (2016, {2015: False, 2016: True}) and found.plan.certified
    with pytest.raises(gpsopt.InfeasibleError):
        earliest_year(plain(tmp_path / "2", offers=offers.replace("2016", "2018")), "coverage", Decimal("0.9"))


@pytest.mark.parametrize("goal", list(ROWS))
def test_every_goal_that_can_be_sought_is_met_when_it_is_said(goal: str) -> None:
    best = {"stranded": "150000", "posts": "6"}.get(goal, "0.3")
    found = earliest_year(TOWN, goal, Decimal(best))
    met = [m for g, y, m in zip(*(found.plan.goals[c] for c in ("goal", "year", "met")), strict=True)
           if (g, y) == (goal, found.year)]  # fmt: skip
    assert met == [True]


def test_the_command_writes_the_plan_and_its_budgets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command, model = in_process(capfd), hamlet(tmp_path / "m")
    done = command("solve", str(model), "--seek", "budget", "--out", str(tmp_path / "runs"), "--json")
    assert done.code == 0 and done.json["certified"] and done.json["seek"]["gap"] == 0
    folder = Path(done.json["path"])
    assert command("verify", str(folder)).code == 0
    again = command("solve", str(folder / "budgets.toml"), "--out", str(tmp_path / "runs"), "--json").json
    assert [a["plan_value"] for a in again["aims"][:2]] == [0, 0]


@pytest.mark.parametrize(
    "what", ["what", "budget:nobody", "year:", "year:concentration", "year:coverage", "year:posts=x"]
)
def test_what_cannot_be_sought_is_refused(what: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = in_process(capfd)("solve", str(hamlet(tmp_path / "m")), "--seek", what, "--out", str(tmp_path / "runs"))
    assert done.code == 2 and not list(tmp_path.glob("runs/*"))


def test_targets_beyond_any_money_are_left_and_the_rest_is_met(tmp_path: Path) -> None:
    offers = "offer,undertaker,item,price,capacity\no1,u1,i1,300,3\no3,u3,i2,700,\n"
    found = least_budget(plain(tmp_path, offers=offers), reach=True)
    assert found.missing == {("n1", 2015): 17.0, ("n1", 2016): 17.0}
    assert found.value == 2 * (3 * 300 + 4 * 700) and found.plan.certified


def test_the_goals_that_can_be_sought_are_those_that_have_a_row() -> None:
    assert tuple(ROWS) == SOUGHT_GOALS


def test_a_fen_less_than_the_least_budgets_meets_fewer_targets(tmp_path: Path) -> None:
    found = least_budget(TOWN)
    assert found.plan.summary["status"] == "optimal" and found.plan.certified
    values = {aim["name"]: aim["value"] for aim in found.plan.summary["aims"]}
    assert values["shortfall"] == 0 and values["worst_area"] == pytest.approx(1)
    budgets = tmp_path / "budgets.toml"
    budgets.write_bytes(found.files(TOWN, tmp_path)["budgets.toml"])
    less = (
        "[[change]]\ntable = 'budgets'\ncolumn = 'amount'\nwhere = { purchaser = 'civil', year = 2016 }\nadd = -0.01\n"
    )
    (tmp_path / "less.toml").write_text(f"title = 'less'\nbase = 'budgets'\n{less}", encoding="utf-8")
    plan = gpsopt.solve(tmp_path / "less.toml")
    assert plan.certified and [aim["plan_value"] for aim in plan.summary["aims"][:2]] == [80_000, 0]
