"""What must be done: districts, purchasers, catalogue items, needs and what the government delivers today."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import sqrt

from draw import Draw, Row, facts, plain, read, round_amount

YEARS = (2014, 2015, 2016, 2017)
BASE_YEAR = 2013
ASSUMED = "assumed"
ITEM_SOURCE = "published/catalogue.csv (code, name); assumed/items.csv (scope, procedure, standard)"
MEAN_ELDERLY = 296.7 / 16  # 10,000 registered residents of 60 and over, mean of the districts
MEAN_RESIDENTS = 2170.5 / 16


@cache
def districts() -> list[Row]:
    """The 16 districts: published and derived figures joined with the assumed columns, by code."""
    assumed = {row["code"]: row for row in read("assumed/districts.csv")}
    return [{**row, **assumed[row["code"]]} for row in read("published/districts.csv")]


def areas() -> list[Row]:
    return [
        {
            "area": row["area"], "name_zh": row["name_zh"], "name_en": row["name_en"],
            "population": str(round(float(row["pop_2015_10k"]) * 10_000)), "tile": row["tile"],
            "status": ASSUMED,
            "source": "published/districts.csv, residents of 2015; the city total of 21.705 million is published",
        }
        for row in districts()
    ]  # fmt: skip


def purchasers() -> list[Row]:
    """Municipal departments, then the 16 district governments."""
    municipal = [
        {
            "purchaser": row["purchaser"], "name_zh": row["name_zh"], "name_en": row["name_en"],
            "level": "municipal", "kind": row["kind"], "area": "",
            "status": ASSUMED, "source": "assumed/purchasers.csv; kinds of purchaser: document 3(2)",
        }
        for row in read("assumed/purchasers.csv")
    ]  # fmt: skip
    return municipal + [
        {
            "purchaser": f"district_{row['area']}", "name_zh": f"{row['name_zh']}（区级）",
            "name_en": f"{row['name_en']} district", "level": "district", "kind": "administrative_organ",
            "area": row["area"], "status": "published", "source": "published/districts.csv (name)",
        }
        for row in districts()
    ]  # fmt: skip


@cache
def item_terms() -> dict[str, Row]:
    """The assumed terms of every item, by code, with the catalogue's name, kind and unit."""
    catalogue = {row["item"]: row for row in read("published/catalogue.csv")}
    found = {}
    for terms in read("assumed/items.csv"):
        entry = catalogue[terms["item"].removesuffix("-bed")]
        found[terms["item"]] = {**entry, **terms}
    bed = found["C05010400-bed"]
    bed["name_zh"], bed["name_en"] = "养老服务（公办养老床位运营）", "Elderly care (public care beds)"
    bed["unit"] = "place-month"
    return found


def items() -> list[Row]:
    rows = []
    for code, terms in sorted(item_terms().items()):
        standard = plain(float(terms["price"]) * 1.25) if terms["standard"] == "yes" else ""
        rows.append({
            "item": code, "name_zh": terms["name_zh"], "name_en": terms["name_en"], "kind": terms["kind"],
            "domain": terms["domain"], "livelihood": "yes" if terms["livelihood"] == "1" else "no",
            "basic": "yes" if terms["basic"] == "basic" else "no", "scope": terms["scope"],
            "procedure": terms["procedure"], "unit": terms["unit"], "cost_standard": standard,
            "divisible": terms["divisible"], "status": ASSUMED, "source": ITEM_SOURCE,
            "note": _item_note(terms),
        })  # fmt: skip
    return rows


def _item_note(terms: Row) -> str:
    price = f"usual price {terms['price']} yuan: {terms['price_status']}"
    if terms["price_source"]:
        price += f" ({terms['price_source']})"
    if terms["item"].endswith("-bed"):
        price += "; a part of C05010400, set apart because a bed and an hour at home cannot share a cost standard"
    return price


def needs() -> list[Row]:
    """One row a need and year, in the order of purchasers; carries helper columns that are not written."""
    rows: list[Row] = []
    for number, (purchaser, code, area) in enumerate(_matters(), 1):
        rows += _need_years(f"n{number:03d}", purchaser, code, area, number)
    return rows


def _matters() -> Iterator[tuple[str, str, str]]:
    """(purchaser, item, area) of every need: departments over some districts, then each district's own."""
    terms = item_terms()
    for place, row in enumerate(read("assumed/purchasers.csv")):
        yield from _municipal(row, terms, Draw(100 + place))
    for place, row in enumerate(districts()):
        yield from _district(row, terms, Draw(200 + place))


def _municipal(row: Row, terms: dict[str, Row], draw: Draw) -> Iterator[tuple[str, str, str]]:
    """A department's items, spread over districts drawn by the square root of their residents."""
    codes = [code for code, t in sorted(terms.items()) if row["purchaser"] in t["departments"].split(";")]
    names = [d["area"] for d in districts()]
    weights = [sqrt(float(d["pop_2015_10k"])) for d in districts()]
    count = int(row["needs"])
    for place, code in enumerate(codes):
        share = count // len(codes) + (place < count % len(codes))
        for area in sorted(draw.weighted(names, weights, max(1, share))):
            yield row["purchaser"], code, area


def _district(row: Row, terms: dict[str, Row], draw: Draw) -> Iterator[tuple[str, str, str]]:
    """A district's items: those that all districts buy, then a draw by how usual the others are."""
    usual = {code: float(t["district"]) for code, t in sorted(terms.items()) if float(t["district"]) > 0}
    always = [code for code, share in usual.items() if share >= 0.9]
    others = [code for code in usual if code not in always]
    drawn = draw.weighted(others, [usual[code] for code in others], int(row["needs"]) - len(always))
    for code in sorted(always + drawn):
        yield f"district_{row['area']}", code, row["area"]


def _need_years(need: str, purchaser: str, code: str, area: str, number: int) -> list[Row]:
    terms, place = item_terms()[code], next(d for d in districts() if d["area"] == area)
    draw = Draw(1000 + number)
    first = _first_demand(terms, place, draw)
    growth = _growth(terms, place) + draw.between(-0.008, 0.012)
    if draw.chance(0.04):
        growth -= 0.06  # some services are needed less from year to year
    start, rise = draw.between(0.82, 0.93), draw.between(0.01, 0.035)
    if terms["scope"] == "outside_duties":
        growth, start, rise = 0.0, 1.0, 0.0
    key = terms["domain"] == "elderly_care" and area in ("xicheng", "fengtai", "miyun")
    rows = []
    for age, year in enumerate(YEARS):
        demand = round_amount(first * (1 + growth) ** age * draw.between(0.985, 1.015))
        rows.append({
            "need": need, "purchaser": purchaser, "item": code, "area": area, "year": str(year),
            "demand": str(demand), "target": plain(min(1.0, round(start + rise * age, 2))), "floor": "0",
            "weight": plain(float(terms["weight"]) * (1.2 if key else 1)),
            "weight_source": "assumed/items.csv; key areas times 1.2" if key else "assumed/items.csv",
            "min_awards": "", "max_awards": "", "all_or_nothing": "no", "key": "yes" if key else "no",
            "project": terms["domain"], "functional_class": terms["functional_class"], "economic_class": "30227",
            "fund": terms["fund"] or "general_public_budget",
            "month": str(3 + number % 4) if terms["procedure"] == "procurement" else "",
            "status": ASSUMED, "source": _demand_source(terms),
        })  # fmt: skip
    return rows


def _first_demand(terms: Row, place: Row, draw: Draw) -> float:
    """Units in 2014: a usual contract's money over the usual price, scaled to the district."""
    size = float(terms["wan"]) * 10_000 / float(terms["price"]) * draw.between(0.75, 1.3)
    elderly = float(place["registered_60plus_2014_10k"]) / MEAN_ELDERLY
    residents = float(place["pop_2015_10k"]) / MEAN_RESIDENTS
    return {"elderly": size * elderly, "residents": size * residents, "flat": size * sqrt(residents)}[terms["driver"]]


def _growth(terms: Row, place: Row) -> float:
    """Growth of demand a year; services for residents follow the district's own growth."""
    own = float(terms["growth"])
    if terms["driver"] == "residents":
        own += sqrt(float(place["pop_2017_10k"]) / float(place["pop_2015_10k"])) - 1
    return own


def _demand_source(terms: Row) -> str:
    if terms["driver"] == "elderly":
        return "follows registered residents of 60 and over (derived) and their growth (bj_hukou_60plus); level assumed"
    if terms["driver"] == "residents":
        return "follows residents 2015 to 2017 (assumed, tied to the city total); level assumed"
    return "follows the square root of residents; level assumed"


def direct_lines(need_rows: list[Row]) -> list[Row]:
    """Today's direct delivery of about half of the needs."""
    terms_of, lines = item_terms(), []
    by_need = {row["need"]: row for row in reversed(need_rows)}  # the first year's row
    for number, (need, row) in enumerate(sorted(by_need.items()), 1):
        terms, draw = terms_of[row["item"]], Draw(3000 + number)
        if draw.chance(float(terms["direct"])):
            lines.append(_line(need, row, terms, draw))
    return lines


def _line(need: str, row: Row, terms: Row, draw: Draw) -> Row:
    demand = int(row["demand"])
    share = draw.between(0.38, 0.72)
    if terms["scope"] == "government_only":
        share = draw.between(0.75, 0.95)
    if terms["scope"] == "outside_duties" or demand <= 1:
        share = 1.0
    quantity = min(demand, round_amount(demand * share))
    cost = float(terms["price"]) * draw.between(0.88, 1.6)
    if terms["item"].endswith("-bed"):
        cost = float(facts()["direct_cost_public_bed_2004"]["value"]) / 12 * draw.between(0.95, 1.08)
    expenditure = round(quantity * cost / 100) * 100
    kind = draw.pick(("personnel", "personnel", "running", "project"))
    avoidable = round(draw.between(0.3, 0.62 if kind == "personnel" else 0.9) * 20) / 20
    posts = round(expenditure * draw.between(0.45, 0.75) / 96_000)
    marked = draw.chance(0.85)
    return {
        "need": need, "quantity": str(quantity), "expenditure": str(expenditure), "avoidable": plain(avoidable),
        "runoff_years": draw.pick(("", "1", "2", "3", "3", "4", "4")), "posts": str(posts),
        "quality": plain(round(draw.middling(0.8, 0.98), 2)) if marked else "",
        "satisfaction": plain(round(draw.middling(0.76, 0.96), 2)) if marked else "",
        "growth": plain(round(draw.between(0.02, 0.05) * 200) / 200),
        "functional_class": terms["functional_class"], "economic_class": "301" if kind == "personnel" else "302",
        "spending_kind": kind, "status": ASSUMED,
        "source": "direct_cost_public_bed_2004 (published) times an assumed 0.95 to 1.08"
        if terms["item"].endswith("-bed") else "usual price of the item times an assumed 0.88 to 1.60",
    }  # fmt: skip
