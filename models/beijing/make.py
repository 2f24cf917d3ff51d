"""Writes the tables of the Beijing model: `python models/beijing/make.py [--to FOLDER]`.

Published figures stand in published/, the assumptions in assumed/; everything else is drawn with a fixed
seed. The same script gives the same bytes. SOURCES.md is written too, with the shares computed here.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import duties
import market
import money
import providers
from draw import HERE, Row, read
from sources import sources_text

COLUMNS = {
    "areas": "area name_zh name_en population tile",
    "purchasers": "purchaser name_zh name_en level kind area",
    "items": "item name_zh name_en kind domain livelihood basic scope procedure unit cost_standard divisible note",
    "budgets": "purchaser year amount",
    "needs": "need purchaser item area year demand target floor weight weight_source min_awards max_awards"
    " all_or_nothing key project functional_class economic_class fund month",
    "direct_lines": "need quantity expenditure avoidable runoff_years posts quality satisfaction growth"
    " functional_class economic_class spending_kind",
    "undertakers": "undertaker name_zh name_en kind affiliated_to group registered civil_liability facilities"
    " governance accounts record licences credit capacity contract_limit engagement_cost",
    "offers": "offer undertaker item areas needs price setup min_quantity max_quantity capacity capacity_use subsidy"
    " quality satisfaction first_year last_year growth excludes package",
    "capacities": "undertaker resource capacity year",
    "uses": "offer resource use",
    "relations": "relation need coefficient at_least",
    "conditions": "item licence purchaser relation set_by agreed_with",
    "performance": "undertaker item year quantity quality satisfaction",
    "controls": "table column purchaser year amount",
    "uncertainty": "uncertainty factor per item undertaker distribution mean sd low mode high probability group"
    " correlation persistence",
}


def make() -> dict[str, list[Row]]:
    """All tables, name -> rows."""
    needs = duties.needs()
    lines = duties.direct_lines(needs)
    pool = market.candidates(needs)
    offers = market.offers(pool, needs, lines)
    performance = providers.evaluations(offers)
    money.set_floors(needs, lines, offers)
    money.set_counts(needs, lines)
    purchasers = duties.purchasers()
    budgets = money.budgets(purchasers, needs, lines)
    capacities, uses = providers.further_resources(pool, offers)
    return {
        "areas": duties.areas(), "purchasers": purchasers, "items": duties.items(), "budgets": budgets,
        "needs": needs, "direct_lines": lines, "undertakers": providers.undertakers(pool, offers), "offers": offers,
        "capacities": capacities, "uses": uses, "relations": money.relations(needs, lines),
        "conditions": providers.conditions(), "performance": performance,
        "controls": money.controls(budgets, lines), "uncertainty": read("assumed/uncertainty.csv"),
    }  # fmt: skip


def write(tables: dict[str, list[Row]], folder: Path) -> None:
    """tables/*.csv and SOURCES.md under `folder`."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = [*COLUMNS[name].split(), "status", "source"]
        with (folder / "tables" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
    (folder / "SOURCES.md").write_text(sources_text(tables), encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=HERE, help="where tables/ and SOURCES.md go (default: this folder)")
    write(make(), parser.parse_args().to)


if __name__ == "__main__":
    main()
