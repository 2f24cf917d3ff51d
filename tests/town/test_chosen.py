"""What a scenario chose and no law asks stands on the plan's page: a term before its law, prices cut to a standard."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import gpsopt
from tests.nofit.planted import AIMS, HEAD, TABLES

CAPPED = "offer,undertaker,item,price\no1,u1,i1,450\no2,u2,i1,450\no3,u3,i2,700\n"  # standards: 400, 900
CHOSEN = '[clauses.fee_standard]\nmode = "cap"\n[clauses.contract_term]\nyears = 2\nbefore_force = true\n'
PLURAL = "[clauses.plural_supply]\nmax_share = 0.5\n"  # meals have two offers, performances one


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> gpsopt.Plan:
    folder = tmp_path_factory.mktemp("chosen") / "model"
    (folder / "tables").mkdir(parents=True)
    (folder / "model.toml").write_text(HEAD + AIMS + CHOSEN + PLURAL, encoding="utf-8")
    for name, text in {**TABLES, "offers": CAPPED}.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return gpsopt.solve(folder)


def test_awards_stand_at_the_standard(plan: gpsopt.Plan) -> None:
    assert plan.certified
    prices = set(zip(plan.frames["allocation"]["offer"], plan.frames["allocation"]["price"], strict=True))
    assert prices == {("o1", Decimal(400)), ("o2", Decimal(400)), ("o3", Decimal(700))}


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", ("4 awards are cut to the cost standard", "terms of 2 years are this scenario's choice before 2020",
             "binds nobody in 2 places", "q 2015; q 2016")),
     ("zh", ("4 ", "2020", "2 处不起约束", "q 2015；q 2016"))],
)  # fmt: skip
def test_the_page_says_what_was_chosen(plan: gpsopt.Plan, lang: str, said: tuple[str, ...]) -> None:
    page = " ".join(plan.page(lang).split())
    assert all(words in page for words in said)


def test_nothing_is_said_where_nothing_was_chosen(plan: gpsopt.Plan) -> None:
    clauses = plan.scenario.settings.clauses.model_copy(update={"contract_term": None})
    bare = plan.scenario.settings.model_copy(update={"clauses": clauses})
    other = replace(plan, scenario=replace(plan.scenario, settings=bare))
    assert "this scenario's choice" not in " ".join(other.page("en").split())
