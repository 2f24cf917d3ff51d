"""Random tiny models, one a seed: every clause, regime and feature of the tables comes up sooner or later.

Prices, costs and budgets are drawn either coarse (round numbers, so that plans tie and budgets are met to the
fen) or fine (odd fen, so that rounding matters).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pandas as pd

from gpsopt.checks import check
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import SCHEMA, Tables, sorted_by_key
from gpsopt.unitvalue import unit_values

from .drawnrules import Row, Rules

BASE_YEAR = 2013
MOST_PATHS = 30_000


def draw(seed: int) -> Scenario:
    """The scenario of a seed: 1 to 3 needs, 1 or 2 years, 2 to 5 offers, quantities 0 to 4."""
    attempt = 0
    while True:
        maker = Maker(random.Random(f"{seed}/{attempt}"))
        rows = maker.tables()
        if _paths(maker, rows) <= MOST_PATHS:
            break
        attempt += 1
    return scenario_of(f"tiny-{seed}", maker, rows)


def scenario_of(title: str, maker: Maker, rows: dict[str, list[Row]]) -> Scenario:
    """The scenario of drawn tables, its settings drawn last."""
    tables = tables_of(rows)
    settings = Settings.model_validate(maker.settings(rows))
    made = Scenario(title, settings, tables, (), (), unit_values(tables))
    if rows.get("contracts") and any(f.severity == "error" and f.file == "tables/contracts.csv" for f in check(made)):
        return replace(made, tables=tables_of({**rows, "contracts": []}))  # a contract that is refused as bad input
    return made


def _paths(maker: Maker, rows: dict[str, list[Row]]) -> int:
    """An upper bound of the paths of the need that has most of them, before any rule."""
    most = 1
    for need in {row["need"] for row in rows["needs"]}:
        paths = 1
        for year in (row for row in rows["needs"] if row["need"] == need):
            kept = 1 + int(maker.lines[need]["quantity"]) if need in maker.lines else 1
            paths *= kept
            for offer in rows["offers"]:
                if offer["item"] == year["item"] and (not offer.get("needs") or need in offer["needs"]):
                    paths *= 1 + int(min(year["demand"], offer.get("max_quantity") or 9))
        most = max(most, paths)
    return most


def tables_of(rows: dict[str, list[Row]]) -> Tables:
    """Frames as reading a folder gives them: every column, None where nothing is given, key order."""
    frames = {}
    for table in SCHEMA.values():
        given = rows.get(table.name, [])
        frame = pd.DataFrame(
            {name: pd.Series([row.get(name) for row in given], dtype=object) for name in table.names()}
        )
        frame.index = pd.Index(range(2, len(given) + 2))
        frames[table.name] = sorted_by_key(frame, table)
    return Tables(frames, {name: f"tables/{name}.csv" for name in SCHEMA})


@dataclass
class Maker(Rules):
    """Draws the parts of one model in turn; what is drawn first bounds what follows."""

    purchasers: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    unit_price: dict[str, int] = field(default_factory=dict)

    def tables(self) -> dict[str, list[Row]]:
        rng = self.rng
        self.coarse = self.chance(0.6)
        self.years = rng.choice(((2014,), (2014,), (2014, 2015), (2014, 2015), (2014, 2016)))
        self.oversupply = self.chance(0.1)
        areas = ["a1", "a2"]
        rows: dict[str, list[Row]] = {"areas": [{"area": a} for a in areas]}
        self.purchasers = ["p1", "p2"][: rng.choice((1, 2, 2))]
        level = rng.choice(("municipal", "district"))
        rows["purchasers"] = [
            {"purchaser": p, "level": level if self.chance(0.8) else "municipal",
             "kind": "administrative_organ", "area": rng.choice(areas)}
            for p in self.purchasers
        ]  # fmt: skip
        rows["items"] = self._items()
        rows["needs"] = self._needs(areas)
        rows["undertakers"] = self._undertakers()
        rows["offers"] = self._offers(rows)
        rows["direct_lines"] = list(self.lines.values())
        rows["budgets"] = self._budgets(rows)
        rows |= self._optional(rows)
        return rows

    def _items(self) -> list[Row]:
        rng, rows = self.rng, []
        self.items = ["i1", "i2"][: rng.choice((1, 1, 2))]
        for item in self.items:
            price = rng.randint(3, 12) * 10
            self.unit_price[item] = price
            rows.append({
                "item": item, "kind": "public", "livelihood": self.chance(0.5), "basic": self.chance(0.5),
                "scope": "purchasable" if self.chance(0.88) else rng.choice(("government_only", "outside_duties")),
                "procedure": "procurement" if self.chance(0.3) else "contract", "divisible": False,
                "cost_standard": self.money(price * rng.choice((0.9, 1.1, 1.3, 1.6))) if self.chance(0.4) else None,
            })  # fmt: skip
        return rows

    def _needs(self, areas: Sequence[str]) -> list[Row]:
        rng, rows = self.rng, []
        for name in ["n1", "n2", "n3"][: rng.choice((1, 2, 2, 3))]:
            same = {"need": name, "purchaser": rng.choice(self.purchasers), "item": rng.choice(self.items),
                    "area": rng.choice(areas)}  # fmt: skip
            top = rng.choice((1, 2, 2, 3, 3, 4))
            weight = self.share("1", "1", "1", "2", "0.5", "1.25")
            least_awards = 2 if self.chance(0.08) else None
            most_awards = rng.choice((1, 2)) if self.chance(0.2) else None
            if least_awards and most_awards == 1:
                most_awards = 2
            whole = self.chance(0.1)
            for year in self.years:
                if len(self.years) > 1 and self.chance(0.06):
                    continue
                target = self.share("1", "1", "1", "0.75", "0.5")
                floor = min(target, self.share("0.25", "0.5", "0.5", "0.75", "1")) if self.chance(0.15) else None
                rows.append({
                    **same, "year": year, "demand": Decimal(max(0, top - rng.choice((0, 0, 0, 1)))), "target": target,
                    "floor": floor, "weight": weight, "min_awards": least_awards, "max_awards": most_awards,
                    "all_or_nothing": whole or None,
                })  # fmt: skip
            if not any(row["need"] == name for row in rows):
                rows.append({**same, "year": self.years[0], "demand": Decimal(top), "target": Decimal(1)})
            if self.chance(0.6):
                self.lines[name] = self._line(name, same["item"])
        return rows

    def _line(self, need: str, item: str) -> Row:
        quantity = self.rng.choice((1, 1, 2, 2, 3, 4))
        avoidable = self.share("1", "1", "0.5", "0.6", "0", "0.25")
        runoff = self.rng.choice((None, None, 1, 2, 3))
        if avoidable == 1 and self.chance(0.3):
            runoff = 0
        cost = self.unit_price[item] * self.rng.choice((0.5, 0.9, 1.0, 1.2, 1.5))
        expenditure = self.money(cost) * quantity if self.coarse else self.money(cost * quantity)
        return {
            "need": need, "quantity": Decimal(quantity), "expenditure": expenditure,
            "avoidable": avoidable, "runoff_years": runoff, "growth": self._growth(),
            **(self._marks() if self.chance(0.6) else {}),
        }  # fmt: skip

    def _growth(self) -> Decimal | None:
        return self.share("0.05", "0.1", "-0.1", "0.03") if self.chance(0.2) else None

    def _marks(self) -> Row:
        return {name: self.share("0.6", "0.7", "0.75", "0.8", "0.85", "0.9", "0.95", "1")
                for name in ("quality", "satisfaction")}  # fmt: skip

    def _undertakers(self) -> list[Row]:
        rng, rows = self.rng, []
        for name in ["u1", "u2", "u3", "u4"][: rng.choice((1, 2, 2, 3, 3, 4))]:
            row: Row = {"undertaker": name, "kind": rng.choice(("social_organisation", "enterprise"))}
            if self.chance(0.1):
                row["affiliated_to"] = rng.choice(self.purchasers)
            if self.chance(0.15):
                row["group"] = "g1"
            if self.chance(0.06):
                row["registered"] = rng.choice(("no", "exempted"))
            if self.chance(0.05):
                row[rng.choice(("civil_liability", "facilities", "governance", "accounts", "record"))] = False
            if self.chance(0.7):
                row["licences"] = ("l1",)
            if self.chance(0.7):
                row["credit"] = Decimal(rng.choice((50, 70, 90)))
            if self.chance(0.25):
                row["capacity"] = Decimal(rng.randint(1, 5))
            if self.chance(0.15):
                row["contract_limit"] = self.money(rng.choice((100, 150, 250)))
            if self.chance(0.25):
                row["engagement_cost"] = self.money(rng.choice((10, 30, 60)))
            if "capacity" in row:
                row["kind"] = "public_institution"  # some of them: nothing more is drawn
            rows.append(row)
        return rows

    def _offers(self, rows: dict[str, list[Row]]) -> list[Row]:
        rng, found = self.rng, []
        number = rng.choice((2, 3, 3, 4, 4, 5))
        needs = sorted({row["need"] for row in rows["needs"]})
        grouped = {"excludes": self.chance(0.2), "package": self.chance(0.15)}
        for place in range(1, number + 1):
            undertaker = rng.choice(rows["undertakers"])["undertaker"]
            item = rng.choice(self.items)
            row: Row = {"offer": f"o{place}", "undertaker": undertaker, "item": item, "growth": self._growth()}
            row["price"] = self.money(self.unit_price[item] * rng.choice((0.6, 0.8, 0.9, 1.0, 1.1)))
            if not self.coarse and self.chance(0.3):
                row["price"] += Decimal(rng.randint(1, 9999)).scaleb(-6)
            if self.chance(0.3):
                row["setup"] = self.money(rng.choice((10, 20, 40)))
            if self.chance(0.3):
                row["min_quantity"] = Decimal(rng.choice((1, 2, 2, 3)))
            if self.chance(0.3):
                row["max_quantity"] = Decimal(rng.randint(int(row.get("min_quantity", 1)), 4))
            if self.chance(0.2):
                row["capacity"] = Decimal(rng.randint(1, 4))
            if self.chance(0.2):
                row["subsidy"] = self.money(rng.choice((10, 30)))
            if self.chance(0.2):
                row["capacity_use"] = self.share("0.5", "2", "1.5")
            if self.chance(0.15):
                row["areas"] = (rng.choice(("a1", "a2")),)
            if self.chance(0.15):
                row["needs"] = tuple(sorted(rng.sample(needs, rng.randint(1, len(needs)))))
            if self.chance(0.08):
                row["first_year"] = self.years[-1]
            elif self.chance(0.08):
                row["last_year"] = self.years[0]
            row |= {name: "x1" for name, there in grouped.items() if there and self.chance(0.6)}
            if self.chance(0.75):
                row |= self._marks()
            found.append(row)
        return found

    def _budgets(self, rows: dict[str, list[Row]]) -> list[Row]:
        """Around what direct delivery of today's units and purchase of the rest would cost; at times a deficit."""
        found = []
        for purchaser in self.purchasers:
            for year in self.years:
                there = {row["need"]: row["item"] for row in rows["needs"] if row["purchaser"] == purchaser}
                cost = sum(
                    float(line["expenditure"]) * (1 + float(line["growth"] or 0)) ** (year - BASE_YEAR)
                    for line in (self.lines[n] for n in sorted(there) if n in self.lines)
                )
                asked = sum(
                    max(0, int(row["demand"]) - int(self.lines.get(row["need"], {"quantity": 0})["quantity"]))
                    * self.unit_price[row["item"]]
                    for row in rows["needs"] if row["purchaser"] == purchaser and row["year"] == year
                )  # fmt: skip
                loose = self.rng.choice((0.0, 0.2, 0.5, 0.8, 1.0, 1.5))
                cut = self.rng.choice((0.9, 0.7)) if self.chance(0.12) else 1
                amount = cost * cut + 5 + (asked + 10) * loose
                found.append({"purchaser": purchaser, "year": year, "amount": self.money(amount)})
        return found

    def _optional(self, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """The further tables, each with its own small likelihood."""
        rng = self.rng
        found: dict[str, list[Row]] = {}
        undertakers = [row["undertaker"] for row in rows["undertakers"]]
        if self.chance(0.2):
            found["capacities"] = [
                {"undertaker": u, "resource": "r1", "capacity": Decimal(rng.randint(1, 6)), "year": year}
                for u in undertakers
                for year in ((None, self.years[-1]) if self.chance(0.3) else (None,))
            ]
            found["uses"] = [{"offer": row["offer"], "resource": "r1", "use": self.share("1", "2", "0.5")}
                             for row in rows["offers"] if self.chance(0.7)]  # fmt: skip
        needs = sorted({row["need"] for row in rows["needs"]})
        if self.chance(0.2) and len(needs) > 1:
            found["relations"] = self._relation(needs)
        if self.chance(0.1):
            found["catalogue"] = [
                {"item": item, "area": area, "scope": rng.choice(("purchasable", "purchasable", "government_only")),
                 "first_year": rng.choice((None, self.years[-1]))}
                for item in self.items for area in rng.choice(((None,), ("a1",), (None, "a1")))
            ]  # fmt: skip
        if self.chance(0.1):
            found["contracts"] = self._contract(rows)
        if self.chance(0.15):
            found["conditions"] = [{"item": rng.choice(self.items), "licence": "l1", "relation": "needed",
                                    "purchaser": rng.choice((None, *self.purchasers))}]  # fmt: skip
        if self.chance(0.3):
            found["performance"] = [
                {"undertaker": u, "item": item, "year": year, **self._marks()}
                for u in undertakers for item in self.items for year in (2011, 2012) if self.chance(0.4)
            ]  # fmt: skip
        return found

    def _contract(self, rows: dict[str, list[Row]]) -> list[Row]:
        """A signed contract of a quantity or an amount, where an offer fits a need; some of them run on."""
        offer = self.rng.choice(rows["offers"])
        fitting = [
            row for row in rows["needs"]
            if row["item"] == offer["item"] and row["area"] in (offer.get("areas") or (row["area"],))
            and row["need"] in (offer.get("needs") or (row["need"],))
        ]  # fmt: skip
        if not fitting:
            return []
        need = self.rng.choice(fitting)
        by_quantity = self.chance(0.6)
        rows_of = [{
            "need": need["need"], "offer": offer["offer"], "year": need["year"], "fixed": self.chance(0.8),
            "quantity": Decimal(1) if by_quantity else None, "amount": None if by_quantity else Decimal("35.50"),
            "until_year": self.years[-1] if self.chance(0.4) else None,
        }]  # fmt: skip
        return rows_of + self._second_contract(rows_of[0])

    def _second_contract(self, first: Row) -> list[Row]:
        """At times a later one of the same pair, while the first still runs."""
        return []

    def _relation(self, needs: Sequence[str]) -> list[Row]:
        first, second = self.rng.sample(list(needs), 2)
        year = self.rng.choice((None, self.years[0]))
        bounds = self.rng.choice(({"at_least": Decimal(0)}, {"at_most": Decimal(1)},
                                  {"at_least": Decimal(-1), "at_most": Decimal(1)}))  # fmt: skip
        other = self.share("-1", "-1", "-0.5", "1")
        return [
            {"relation": "r", "need": first, "coefficient": Decimal(1), "year": year, **bounds},
            {"relation": "r", "need": second, "coefficient": other, "year": year},
        ]

    def settings(self, rows: dict[str, list[Row]]) -> Row:
        rng = self.rng
        regime = rng.choice(("fees_follow_the_matter",) * 4 + ("fees_stay", "pooled"))
        savings = rng.choice(("kept", "kept", "returned", "lagged"))
        if regime == "pooled" and savings == "lagged":
            savings = "kept"
        order = self._order()
        return {
            "title": "tiny", "years": self.years, "base_year": BASE_YEAR, "regime": regime, "savings": savings,
            "share": self.share("0.1", "0.3", "1") if regime == "pooled" else Decimal(0),
            "clauses": self._clauses(), "aims": {"order": order, "tolerance": dict.fromkeys(order, Decimal(0))},
            "performance": rng.choice(({}, {"quality": Decimal("0.7"), "satisfaction": Decimal("0.3")})),
            "lock": self._locks(rows), "stage": rng.choice(("drafting", "drafting", "execution")),
        }  # fmt: skip
