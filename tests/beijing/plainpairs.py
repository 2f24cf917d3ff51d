"""Candidate pairs counted from the CSV files alone, row by row, with nothing of gpsopt."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
CONDITIONS = ("civil_liability", "facilities", "governance", "accounts", "record")
BASE_YEAR = 2013


def read(folder: Path, table: str) -> list[Row]:
    with (folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def count_pairs(folder: Path) -> Counter[str]:
    """Pairs that stand ("candidate") and pairs that are left out, by the first clause that says so."""
    items = {row["item"]: row for row in read(folder, "items")}
    undertakers = {row["undertaker"]: row for row in read(folder, "undertakers")}
    licences = defaultdict(set)
    for row in read(folder, "conditions"):
        licences[row["item"]].add(row["licence"])
    by_item = defaultdict(list)
    for row in read(folder, "needs"):
        by_item[row["item"]].append(row)
    count: Counter[str] = Counter()
    packages = defaultdict(list)
    for offer in read(folder, "offers"):
        item, undertaker = items[offer["item"]], undertakers[offer["undertaker"]]
        asked = licences[offer["item"]]
        for need in by_item[offer["item"]]:
            if _matches(offer, need):
                clause = _clause(offer, need, item, undertaker, asked)
                count[clause] += 1
                if offer["package"]:
                    packages[offer["package"], need["year"]].append(clause)
    for clauses in packages.values():
        if set(clauses) != {"candidate"}:  # one member left out leaves all out
            count["candidate"] -= clauses.count("candidate")
            count["award_size"] += clauses.count("candidate")
    return count


def _matches(offer: Row, need: Row) -> bool:
    year = int(need["year"])
    return (
        need["area"] in offer["areas"].split(";")
        and (not offer["needs"] or need["need"] in offer["needs"].split(";"))
        and int(offer["first_year"] or 0) <= year <= int(offer["last_year"] or 9999)
        and Decimal(need["demand"]) > 0
    )


def _clause(offer: Row, need: Row, item: Row, undertaker: Row, asked: set[str]) -> str:
    if item["scope"] != "purchasable":
        return "catalogue_scope"
    held = set(undertaker["licences"].split(";"))
    if undertaker["registered"] == "no" or any(undertaker[c] == "no" for c in CONDITIONS) or not asked <= held:
        return "qualification"
    demand = Decimal(need["demand"])
    most = Decimal(offer["max_quantity"] or demand)
    age = int(need["year"]) - BASE_YEAR
    price = round(Decimal(offer["price"]) * (1 + Decimal(offer["growth"] or 0)) ** age, 6)
    standard = item["cost_standard"]
    if standard and price + Decimal(offer["setup"] or 0) / most > Decimal(standard):
        return "fee_standard"
    least = Decimal(offer["min_quantity"] or 0)
    return "award_size" if least > demand or min(most, demand) < least else "candidate"
