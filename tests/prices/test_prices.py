"""One purchaser, two needs of 10 units, one offer at 10 yuan, 100 yuan to spend, 12 units of capacity.

Ten units are bought; ten are missing, at a unit value of 40 yuan. One more yuan buys a tenth of a unit and
so takes 4 yuan off the shortfall; capacity is not short and has no price. With 150 yuan the capacity of
12 units binds instead: one more unit of it takes 40 yuan off the shortfall, and money has no price.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.explain import explain_prices

TABLES = {
    "areas": "area\na\n",
    "purchasers": "purchaser,level,kind\np,municipal,administrative_organ\n",
    "items": "item,kind,livelihood,basic,scope,unit,cost_standard\ni,public,yes,yes,purchasable,unit,40\n",
    "needs": "need,purchaser,item,area,year,demand,target\nn1,p,i,a,2015,10,1\nn2,p,i,a,2015,10,1\n",
    "undertakers": "undertaker,kind,capacity\nu,enterprise,12\n",
    "offers": "offer,undertaker,item,price\no,u,i,10\n",
}


def model(folder: Path, budget: int) -> Path:
    (folder / "tables").mkdir(parents=True)
    settings = 'title = "m"\nyears = [2015]\nbase_year = 2014\n[aims]\norder = ["livelihood_shortfall"]\n'
    (folder / "model.toml").write_text(settings, encoding="utf-8")
    for name, text in {**TABLES, "budgets": f"purchaser,year,amount\np,2015,{budget}\n"}.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("budget", "clause", "index", "price", "unit"),
    [
        (100, "existing_budget", "purchases_within_line p", -4.0, "livelihood_shortfall/yuan"),
        (150, "own_capacity", "work_within_own_capacity u", -40.0, "livelihood_shortfall/unit"),
    ],
)
def test_the_scarce_thing_has_the_price(
    tmp_path: Path, budget: int, clause: str, index: str, price: float, unit: str
) -> None:
    plan = gpsopt.solve(model(tmp_path / "m", budget))
    [row] = plan.prices.to_dict("records")
    assert (row["clause"], row["index"], row["year"], row["unit"]) == (clause, index, 2015, unit)
    assert float(row["price"]) == pytest.approx(price)
    assert plan.certified


def test_a_yuan_less_is_priced_within_the_range_however_narrow_it_is(tmp_path: Path) -> None:
    """n1 counts twice. Half a tenth of a yuan more than n1 takes goes to n2: so little less is n2's loss, 4 yuan a
    yuan, though a step of a thousandth of the budget would reach n1, where a yuan less costs 8."""
    folder = model(tmp_path / "m", 100)
    weighted = TABLES["needs"].replace("target\n", "target,weight\n").replace("10,1\nn2", "10,1,2\nn2")
    (folder / "tables" / "needs.csv").write_text(weighted[:-1] + ",1\n", encoding="utf-8")
    (folder / "tables" / "budgets.csv").write_text("purchaser,year,amount\np,2015,100.05\n", encoding="utf-8")
    plan = gpsopt.solve(folder)
    [row] = explain_prices(plan).prices.to_dict("records")
    assert row["price"] == pytest.approx(-4.0)
    assert (row["less"], row["more"]) == (pytest.approx(4.0), pytest.approx(-4.0))
    assert row["down_to"] == pytest.approx(100.0, abs=0.01)
