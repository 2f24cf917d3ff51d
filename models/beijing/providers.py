"""The undertakers' own rows: conditions, licences, capacity, further resources, evaluations."""

from __future__ import annotations

from collections import defaultdict

from draw import Draw, Row, plain, round_amount
from duties import ASSUMED, item_terms
from market import INSTITUTION_OF, Candidate

CONDITIONS = ("civil_liability", "facilities", "governance", "accounts", "record")
WHY = {
    "care_home_permit": "设立养老机构依法需许可 / running a care home needs a permit by law",
    "medical_institution": "诊疗活动只能由医疗机构开展 / only a medical institution may treat people",
    "school_permit": "举办学校和培训机构依法需许可 / running a school or training centre needs a permit by law",
    "cma": "检测数据须有证明作用 / test results must hold as evidence",
    "road_transport": "经营运输须有道路运输许可 / carrying goods or people needs a road-transport licence",
    "vet_permit": "动物诊疗须有许可 / treating animals needs a permit",
}
RESOURCES = {"homecare": "care_workers", "carehome": "beds", "sanitation": "vehicles", "lab": "instruments"}


def undertakers(pool: list[Candidate], offer_rows: list[Row]) -> list[Row]:
    offers_of = _by_undertaker(offer_rows)
    return [_undertaker(c, offers_of[c.code], Draw(9000 + c.number)) for c in pool]


def _by_undertaker(offer_rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in offer_rows:
        found[row["undertaker"]].append(row)
    return found


def _undertaker(c: Candidate, own: list[Row], draw: Draw) -> Row:
    kind = _kind(c, draw)
    licensed = c.terms["licence"] and not draw.chance(0.05)
    row = {
        "undertaker": c.code, "name_zh": f"{c.terms['name_zh']} {c.number:03d}",
        "name_en": f"{c.terms['name_en']} {c.number:03d}", "kind": kind,
        "affiliated_to": INSTITUTION_OF.get(c.terms["field"], "") if kind == "public_institution" else "",
        "group": "", "registered": "exempted" if kind == "social_organisation" and draw.chance(0.03) else "yes",
        **dict.fromkeys(CONDITIONS, "yes"), "licences": c.terms["licence"] if licensed else "",
        "credit": "" if draw.chance(0.1) else str(draw.whole(58, 98)),
        "capacity": str(_capacity(own, draw)), "contract_limit": "", "engagement_cost": "",
        "status": ASSUMED, "source": "assumed/fields.csv; capacity in hours a year from an even share of the needs",
    }  # fmt: skip
    if draw.chance(0.035):
        row[draw.pick(CONDITIONS)] = "no"
    elif draw.chance(0.006):
        row["registered"] = "no"
    if kind == "social_organisation" and draw.chance(0.18):
        row["contract_limit"] = str(_limit(own, draw))
    if draw.chance(0.04):
        row["engagement_cost"] = str(draw.pick((1000, 1500, 2000, 3000)))
    _join_group(row, c, draw)
    return row


def _kind(c: Candidate, draw: Draw) -> str:
    mark = draw.between(0, 1)
    if mark < float(c.terms["social"]):
        return "social_organisation"
    if mark < float(c.terms["social"]) + float(c.terms["institution"]):
        return "public_institution"
    return "enterprise"


def _capacity(own: list[Row], draw: Draw) -> int:
    """Hours a year: an even share of what the needs buy, from tight to ample; never below the largest lot."""
    load = sum(float(r["_load"]) * float(r["capacity_use"]) for r in own)
    lot = max(float(r["min_quantity"] or 1) * float(r["capacity_use"]) for r in own)
    factor = draw.between(0.4, 0.8) if draw.chance(0.18) else draw.middling(1.2, 4.5)
    return round_amount(max(load * factor, lot * 2.5))


def _limit(own: list[Row], draw: Draw) -> int:
    """About two projects of 150,000 yuan, never below the largest lot."""
    lot = max(float(r["min_quantity"] or 1) * float(r["price"]) + float(r["setup"] or 0) for r in own)
    return round(max(draw.pick((240_000, 300_000, 360_000, 450_000, 600_000)), lot * 1.5) / 10_000) * 10_000


def _join_group(row: Row, c: Candidate, draw: Draw) -> None:
    """Now and then neighbours in the list stand under common control."""
    neighbours = c.number % 16 in (5, 6) and c.terms["field"] not in ("bus", "vet")
    if neighbours or (c.number % 48 == 7 and draw.chance(0.9)):
        row["group"] = f"g{c.number // 16 + 1:02d}"


def further_resources(pool: list[Candidate], offer_rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """(capacities, uses): a second limit for every third undertaker of four fields, rising over the years."""
    offers_of = _by_undertaker(offer_rows)
    capacities, uses = [], []
    for c in pool:
        resource, draw = RESOURCES.get(c.terms["field"]), Draw(11000 + c.number)
        if resource is None or c.number % 3:
            continue
        load = 0.0
        for row in offers_of[c.code]:
            use = round(float(row["capacity_use"]) / 1650, 6)  # one worker, place or vehicle serves 1,650 hours a year
            uses.append({"offer": row["offer"], "resource": resource, "use": f"{use:.6f}", "status": ASSUMED,
                         "source": "hours a unit over 1,650 hours a year"})  # fmt: skip
            load += max(float(row["_load"]), float(row["min_quantity"] or 1) * 1.4) * use
        first = load * draw.between(0.75, 1.3)
        for year, factor in (("", 1.0), ("2016", 1.1), ("2017", 1.2)):
            capacities.append({"undertaker": c.code, "resource": resource, "year": year, "status": ASSUMED,
                               "capacity": plain(max(0.5, round(first * factor, 1))),
                               "source": "an even share of the needs, assumed"})  # fmt: skip
    return capacities, uses


def conditions() -> list[Row]:
    """The licence that an item's content asks for, with its relation to the service (3(3))."""
    return [
        {"item": code, "licence": terms["licence"], "purchaser": "", "relation": WHY[terms["licence"]],
         "set_by": "purchaser", "agreed_with": "finance department", "status": ASSUMED, "source": "assumed/items.csv"}
        for code, terms in sorted(item_terms().items()) if terms["licence"]
    ]  # fmt: skip


def evaluations(offer_rows: list[Row]) -> list[Row]:
    """Results of 2012 and 2013 for some offers; the offers' own marks stand down where these are given."""
    rows = []
    for number, offer in enumerate(offer_rows):
        draw, mark = Draw(13000 + number), float(offer["_marks"])
        if mark > 0.78:  # rated by last year's evaluation, or (above 0.95) by nobody yet
            quality, satisfaction = offer["quality"], offer["satisfaction"]
            offer["quality"] = offer["satisfaction"] = ""
        if 0.78 < mark <= 0.95:
            for year, less in (("2012", 0.03), ("2013", 0.0)):
                if year == "2013" or draw.chance(0.3):
                    rows.append({
                        "undertaker": offer["undertaker"], "item": offer["item"], "year": year,
                        "quantity": str(round_amount(float(offer["_load"]) * draw.between(0.3, 0.8))),
                        "quality": plain(round(float(quality) - less, 2)),
                        "satisfaction": plain(round(float(satisfaction) - less, 2)),
                        "status": ASSUMED, "source": "assumed evaluation",
                    })  # fmt: skip
    return rows
