"""A third set of planted conflicts: one purchaser and one service as a rule, so that every number is told by hand.

Each case says exactly which clauses are named, what is said of them, and the least amount of its repairs.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Told:
    """`clauses`: all that are named and no other; `said`: parts of the English page; `repairs`: kind -> amount."""

    name: str
    clauses: set[str]
    said: tuple[str, ...]
    repairs: Mapping[str, str]
    tables: Mapping[str, Rows]
    settings: str = ""
    years: tuple[int, ...] = (2015,)
    clauses_text: str = field(default="")
    whole: bool = False


def need(key: str = "n1", year: int = 2015, **more: Any) -> Row:
    return {"need": key, "purchaser": "p", "item": "m", "area": "east", "year": year, "demand": 1000, "target": 1,
            **more}  # fmt: skip


def offer(key: str = "o1", undertaker: str = "u1", item: str = "m", price: float = 10, **more: Any) -> Row:
    return {"offer": key, "undertaker": undertaker, "item": item, "price": price, **more}


def undertaker(key: str = "u1", **more: Any) -> Row:
    return {"undertaker": key, "name_en": f"Provider {key}", "kind": "social_organisation", **more}


def line(expenditure: int = 100_000, avoidable: float = 1, key: str = "n1") -> Row:
    return {"need": key, "quantity": 1000, "expenditure": expenditure, "avoidable": avoidable}


def item(key: str = "m", **more: Any) -> Row:
    return {"item": key, "name_en": f"Item {key}", "kind": "public", "livelihood": "yes", "basic": "yes",
            "scope": "purchasable", **more}  # fmt: skip


def budget(amount: int, year: int = 2015, purchaser: str = "p") -> Row:
    return {"purchaser": purchaser, "year": year, "amount": amount}


def purchaser(key: str) -> Row:
    return {"purchaser": key, "name_en": f"Office {key}", "level": "municipal", "kind": "administrative_organ"}


ONE = {"undertakers": [undertaker()], "offers": [offer()]}
TWO = {"undertakers": [undertaker(), undertaker("u2")], "offers": [offer(), offer("o2", "u2")]}
RICH = {"budgets": [budget(90_000)]}
POSTS = "no_new_posts"

THIRD = (
    Told(
        "direct cost above the budget", {"existing_budget", "continuity"},
        ("direct cost 100,000.00 yuan stands against a budget of 90,000.00 yuan",
         "of the deficit of 10,000.00 yuan, 10,000.00 yuan cannot be set free"),
        {"budget": "10000.00", "tolerance": "0.1"},
        {"needs": [need()], "budgets": [budget(90_000)], "direct_lines": [line()]},
    ),
    Told(
        "moving frees less than it costs", {"existing_budget", "continuity"}, ("10,000.00 yuan cannot be set free",),
        {"budget": "10000.00", "tolerance": "0.5"},
        {**ONE, "needs": [need()], "budgets": [budget(90_000)], "direct_lines": [line(avoidable=0.2)],
         "offers": [offer(price=30)]},
    ),
    Told(
        "a price that grows", {"existing_budget", "coverage"},
        ("costs 9,922.50 yuan and stands against a budget of 5,000.00 yuan: 4,922.50 yuan is missing",),
        {"budget": "4922.50", "floor": "4464.90"},
        {**ONE, "needs": [need(year=2016, floor=0.9)], "budgets": [budget(5_000, 2016)],
         "offers": [offer(growth=0.05)]},
        years=(2016,),
    ),
    Told(
        "a package whose other half must be bought", {"existing_budget", "coverage", "award_size", POSTS},
        ("costs 8,000.00 yuan and stands against a budget of 6,000.00 yuan",),
        {"budget": "2000.00", "floor": "2000.00", "min_quantity": "200.00", "package": "1"},
        {**ONE, "items": [item(), item("n")], "needs": [need(floor=0.5), need("n2", item="n")],
         "budgets": [budget(6_000)],
         "offers": [offer(package="k"), offer("o2", item="n", package="k", min_quantity=300)]},
    ),
    Told(
        "a pool that gives a twentieth", {"existing_budget", "coverage", "pooled"},
        ("the budget of 8,000.00 yuan is 1,000.00 yuan short", "others may draw at most 0.05 of its budget, 1,000.00"),
        {"budget": "1000.00", "floor": "1000.00", "parameter": "0.05"},
        {**ONE, "purchasers": [purchaser("p"), purchaser("q")], "items": [item(), item("n")],
         "needs": [need(floor=1), need("n2", purchaser="q", item="n")],
         "budgets": [budget(8_000), budget(20_000, purchaser="q")]},
        settings='regime = "pooled"\nshare = 0.05\n',
    ),
    Told(
        "a licence that the provider lacks", {"coverage", "qualification", POSTS}, ("asks for the licence food",),
        {"floor": "5000.00", "undertaker": "500"},
        {**ONE, **RICH, "needs": [need(floor=0.5)],
         "conditions": [{"item": "m", "licence": "food", "relation": "kitchens"}]},
    ),
    Told(
        "credit below what is asked", {"coverage", "qualification", POSTS}, ("credit of 50 is below 60",),
        {"floor": "5000.00", "parameter": "10"},
        {**ONE, **RICH, "needs": [need(floor=0.5)], "undertakers": [undertaker(credit=50)]},
        clauses_text="[clauses.qualification]\nmin_credit = 60\n",
    ),
    Told(
        "half each, and one is small", {"coverage", "plural_supply", "own_capacity", POSTS},
        ("at most 0.5 of what it buys may go to Provider u1 (u1)", "own capacity 200"),
        {"floor": "5000.00", "capacity": "250", "undertaker": "250", "parameter": "0.278"},
        {**TWO, **RICH, "needs": [need(floor=0.9)], "undertakers": [undertaker(), undertaker("u2", capacity=200)]},
        clauses_text="[clauses.plural_supply]\nmax_share = 0.5\n",
    ),
    Told(
        "too much to its own house", {"coverage", "affiliated_share", "own_capacity", POSTS},
        ("at most 0.3 of what it buys may go to its own institutions",),
        {"floor": "4714.30", "capacity": "330", "parameter": "0.367"},
        {**TWO, **RICH, "needs": [need(floor=0.9)],
         "undertakers": [undertaker(affiliated_to="p"), undertaker("u2", capacity=300)]},
        clauses_text="[clauses.affiliated_share]\nmax_share = 0.3\n",
    ),
    Told(
        "half to social organisations", {"coverage", "social_organisations", "own_capacity", POSTS},
        ("at least 0.5 of what is bought goes to social organisations",),
        {"floor": "3000.00", "capacity": "150", "parameter": "0.167"},
        {**TWO, **RICH, "needs": [need(floor=0.9)],
         "undertakers": [undertaker(kind="enterprise"), undertaker("u2", capacity=300)]},
        clauses_text="[clauses.social_organisations]\nmin_share = 0.5\n",
    ),
    Told(
        "a quarter may move, a third has to", {"existing_budget", "continuity", "gradual_purchase"},
        ("at most 250 may move in the year, 0.25 of today's 1,000", "2,500.00 yuan cannot be set free"),
        {"budget": "2500.00", "parameter": "0.084"},
        {**ONE, "needs": [need()], "budgets": [budget(90_000)], "direct_lines": [line()], "offers": [offer(price=70)]},
        clauses_text="[clauses.gradual_purchase]\nsoft = false\nstep = 0.25\n",
    ),
    Told(
        "a district far behind", {"coverage", "balanced_areas", "own_capacity", POSTS},
        ("West (west) 2015: its coverage must be at least 0.9 of the city's",),
        {"floor": "7777.80", "capacity": "636.37", "undertaker": "636.37", "parameter": "0.7"},
        {**TWO, **RICH, "needs": [need(floor=0.9), need("n2", area="west")],
         "undertakers": [undertaker(), undertaker("u2", capacity=100)],
         "offers": [offer(areas="east"), offer("o2", "u2", areas="west")]},
        clauses_text="[clauses.balanced_areas]\nratio = 0.9\n",
    ),
    Told(
        "signed for more than its hands can do", {"commitments", "own_capacity"},
        ("signed contract: n1 (Item m, East) 2015 buys at least 900", "own capacity 500"),
        {"capacity": "400", "contract": "1"},
        {**ONE, **RICH, "needs": [need()], "undertakers": [undertaker(capacity=500)],
         "contracts": [{"need": "n1", "offer": "o1", "year": 2015, "quantity": 900, "fixed": "yes"}]},
    ),
    Told(
        "one provider for two services", {"coverage", "undertaker_count", POSTS}, ("at most 1 providers",),
        {"parameter": "1", "undertaker": "1000"},
        {**TWO, **RICH, "items": [item(), item("n")],
         "needs": [need(floor=0.5), need("n2", item="n", floor=0.5)],
         "offers": [offer(), offer("o2", "u2", item="n")]},
        clauses_text="[clauses.undertaker_count]\nmax = 1\n", whole=True,
    ),
    Told(
        "three projects, two allowed", {"coverage", "project_limit", POSTS},
        ("Provider u1 (u1) 2015: at most 2 awards",),
        {"floor": "5000.00", "undertaker": "500", "parameter": "1"},
        {**ONE, **RICH, "items": [item(), item("n")],
         "needs": [need(floor=0.5), need("n2", area="west", floor=0.5), need("n3", item="n", floor=0.5)],
         "offers": [offer(), offer("o2", item="n")]},
        clauses_text="[clauses.project_limit]\nmax_awards = 2\n", whole=True,
    ),
    Told(
        "an institution at full cost", {"coverage", "equal_competition", POSTS},
        ("price 10 yuan and the subsidy of 4 yuan that it already gets are above the cost standard",),
        {"floor": "6000.00", "cost_standard": "2"},
        {**RICH, "items": [item(cost_standard=12)], "needs": [need(floor=0.5)],
         "undertakers": [undertaker(kind="public_institution")], "offers": [offer(subsidy=4)]},
        clauses_text="[clauses.equal_competition]\n",
    ),
    Told(
        "lots of six where ten are needed", {"coverage", "award_size", POSTS}, ("fractions of awards would fit",),
        {"floor": "20.00", "min_quantity": "2", "max_quantity": "2", "undertaker": "2"},
        {**TWO, **RICH, "items": [item(divisible="no")], "needs": [need(demand=10, floor=1)],
         "offers": [offer(min_quantity=6, max_quantity=8), offer("o2", "u2", min_quantity=6, max_quantity=8)]},
        whole=True,
    ),
    Told(
        "an offer's own capacity over two districts", {"coverage", "own_capacity", POSTS},
        ("capacity 1,000 instead of 800",), {"floor": "2000.00", "capacity": "200.00"},
        {**ONE, **RICH, "needs": [need(floor=0.5), need("n2", area="west", floor=0.5)],
         "offers": [offer(capacity=800)]},
    ),
    Told(
        "thin, and kept direct", {"coverage", "competition", POSTS}, ("1 unrelated candidates, fewer than 3",),
        {"floor": "17000.00", "parameter": "2"},
        {**ONE, **RICH, "items": [item(procedure="procurement")], "needs": [need(demand=300, floor=0.9)],
         "direct_lines": [{**line(10_000), "quantity": 100}]},
        clauses_text='[clauses.competition]\non_thin = "keep_direct"\n',
    ),
    Told(
        "two offices, two conflicts", {"existing_budget", "coverage", "own_capacity", POSTS},
        ("1. Within the existing budget", "2. Own capacity", "2,000.00 yuan is missing", "own capacity 500"),
        {"floor": "6000.00"},
        {**TWO, "purchasers": [purchaser("p"), purchaser("q")], "items": [item(), item("n")],
         "needs": [need(floor=1), need("n2", purchaser="q", item="n", floor=0.9)],
         "budgets": [budget(8_000), budget(90_000, purchaser="q")],
         "undertakers": [undertaker(), undertaker("u2", capacity=500)],
         "offers": [offer(), offer("o2", "u2", item="n")]},
    ),
)  # fmt: skip


def write_told(folder: Path, case: Told) -> Path:
    """The model folder of a case."""
    given: dict[str, Rows] = {
        "areas": [{"area": "east", "name_en": "East"}, {"area": "west", "name_en": "West"}],
        "purchasers": [purchaser("p")], "items": [item()], "direct_lines": [], "undertakers": [], "offers": [],
        **case.tables,
    }  # fmt: skip
    empty = {"direct_lines": list(line()), "undertakers": list(undertaker()), "offers": list(offer())}
    (folder / "tables").mkdir(parents=True)
    for name, rows in given.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or empty[name]
        with (folder / f"tables/{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)
    head = f'title = "Told"\ntitle_zh = "手算"\nyears = {list(case.years)}\nbase_year = 2014\n'
    (folder / "model.toml").write_text(head + case.settings + case.clauses_text, encoding="utf-8")
    return folder
