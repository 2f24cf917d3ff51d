"""Who may provide it: undertakers, the places they serve, and their offers with prices, lots and marks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from draw import Draw, Row, plain, rank_even, read, round_amount, round_price
from duties import ASSUMED, districts, item_terms

MOST_CANDIDATES = {"core": 6, "expansion": 7, "new_development": 6, "ecological": 5}
FEWEST_CANDIDATES = {"core": 3, "expansion": 4, "new_development": 3, "ecological": 2}
INSTITUTION_OF = {
    "culture": "culture", "clinic": "health", "lab": "agriculture", "employment": "human_resources",
    "education": "education", "carehome": "civil_affairs", "disability": "disabled_federation", "vet": "agriculture",
    "sanitation": "city_management", "sports": "sports",
}  # fmt: skip


@dataclass
class Candidate:
    """An undertaker in the making: its field, home district and the (item, district) places it serves."""

    number: int
    terms: Row
    home: str
    serves: dict[str, list[str]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return f"u{self.number:03d}"

    def load(self) -> int:
        return sum(len(areas) for areas in self.serves.values())


def candidates(need_rows: list[Row]) -> list[Candidate]:
    """All undertakers with the districts in which each offers each item."""
    pool, number = [], 0
    for place, terms in enumerate(read("assumed/fields.csv")):
        draw = Draw(5000 + place)
        names = [d["area"] for d in districts()]
        weights = [float(d["pop_2015_10k"]) + 25 for d in districts()]
        for _ in range(int(terms["count"])):
            number += 1
            pool.append(Candidate(number, terms, draw.weighted(names, weights, 1)[0]))
    for place, (code, area) in enumerate(sorted({(n["item"], n["area"]) for n in need_rows})):
        _choose(pool, code, area, Draw(6000 + place))
    _employ_the_idle(pool, need_rows)
    return pool


def _choose(pool: list[Candidate], code: str, area: str, draw: Draw) -> None:
    """Draw the undertakers that offer an item in a district: near ones and those that offer it already first."""
    terms = item_terms()[code]
    fields = terms["fields"].split(";")
    fit = [c for c in pool if c.terms["field"] in fields]
    zone = next(d["zone"] for d in districts() if d["area"] == area)
    low, high = FEWEST_CANDIDATES[zone], MOST_CANDIDATES[zone]
    if zone == "ecological" and terms["procedure"] == "procurement":
        low, high = 1, 4  # remote districts have thin markets
    weights = [
        (3.0 if code in c.serves else 1.0) / (1 + _distance(c.home, area)) ** 2 / (1 + c.load() / 5) for c in fit
    ]
    for chosen in draw.weighted(fit, weights, min(draw.whole(low, high), max(2, len(fit) * 2 // 3))):
        chosen.serves.setdefault(code, []).append(area)


def _employ_the_idle(pool: list[Candidate], need_rows: list[Row]) -> None:
    """Whoever serves nothing yet offers its field's item nearest to its home."""
    places = sorted({(n["item"], n["area"]) for n in need_rows})
    for c in pool:
        if not c.serves:
            fit = [p for p in places if c.terms["field"] in item_terms()[p[0]]["fields"].split(";")]
            code, area = min(fit, key=lambda p: (_distance(c.home, p[1]), p))
            c.serves[code] = [area]


def _distance(one: str, other: str) -> int:
    """Steps on the tile map."""
    (a, b), (c, d) = _tile(one), _tile(other)
    return abs(a - c) + abs(b - d)


def _tile(area: str) -> tuple[int, int]:
    column, row = next(d["tile"] for d in districts() if d["area"] == area).split(",")
    return int(column), int(row)


def offers(pool: list[Candidate], need_rows: list[Row], lines: list[Row]) -> list[Row]:
    """One offer an undertaker and item; helper columns starting with "_" are not written."""
    book = _Book(need_rows, lines, pool)
    rows: list[Row] = []
    for c in pool:
        for code in sorted(c.serves):
            rows.append(_offer(len(rows) + 1, c, code, book))
    _groups(rows, {r["undertaker"]: c for c in pool for r in rows if r["undertaker"] == c.code})
    return rows


class _Book:
    """What the offers are sized by: demand, what is bought at most, and how many share it."""

    def __init__(self, need_rows: list[Row], lines: list[Row], pool: list[Candidate]) -> None:
        kept = {line["need"]: int(line["quantity"]) for line in lines}
        self.matters: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.demand: dict[str, list[int]] = defaultdict(list)
        self.bought: dict[str, float] = {}
        for n in need_rows:
            if n["need"] not in self.demand:
                self.matters[n["item"], n["area"]].append(n["need"])
            self.demand[n["need"]].append(int(n["demand"]))
            wanted = int(n["demand"]) * float(n["target"])
            self.bought[n["need"]] = max(wanted - kept.get(n["need"], 0) * 0.6, 0.1 * wanted)
        self.rivals = {place: sum(place[1] in c.serves.get(place[0], ()) for c in pool) for place in self.matters}

    def load(self, code: str, needs: list[str], area_of: dict[str, str]) -> float:
        """An even share of what the needs may buy, in units a year."""
        return sum(self.bought[n] / self.rivals[code, area_of[n]] for n in needs)


def _offer(number: int, c: Candidate, code: str, book: _Book) -> Row:
    terms, draw = item_terms()[code], Draw(8000 + number)
    area_of = {n: a for a in c.serves[code] for n in book.matters[code, a]}
    matched = sorted(area_of)
    listed: list[str] = []
    if len(matched) > 2 and draw.chance(0.15):
        listed = sorted(draw.weighted(matched, [1.0] * len(matched), len(matched) - 1))
        matched = listed
    open_parts = [book.bought[n] for n in matched]
    middle, least = rank_even(open_parts, 0.5), min(open_parts)
    price = _price(c, terms, draw)
    lots = _lots(draw, middle, least, price)
    quality = draw.middling(0.63, 0.87) + (0.02 if price > float(terms["price"]) else 0)
    marks = draw.between(0, 1)
    row = {
        "offer": f"o{number:04d}", "undertaker": c.code, "item": code, "areas": ";".join(c.serves[code]),
        "needs": ";".join(listed), "price": round_price(price), **lots,
        "capacity": "", "capacity_use": round_price(float(terms["hours"]) * draw.between(0.88, 1.12)),
        "subsidy": _subsidy(c, price, draw),
        "quality": plain(round(min(0.97, quality), 2)), "satisfaction": plain(round(draw.middling(0.62, 0.88), 2)),
        "first_year": "2015" if draw.chance(0.06) else "", "last_year": "2016" if draw.chance(0.03) else "",
        "growth": plain(draw.pick((0.0, 0.01, 0.01, 0.015, 0.02, 0.02, 0.025, 0.03))),
        "excludes": "", "package": "", "status": ASSUMED, "source": _price_source(terms),
        "_load": plain(book.load(code, matched, area_of)), "_marks": plain(marks),
    }  # fmt: skip
    if draw.chance(0.14):
        floor = max(float(lots["min_quantity"] or 0), 1)
        row["capacity"] = str(round_amount(max(floor, float(row["_load"]) * draw.between(0.6, 1.3))))
    return row


def _price(c: Candidate, terms: Row, draw: Draw) -> float:
    """The item's usual price, spread; social organisations a little below, distant work a little above."""
    if terms["standard"] == "yes" and draw.chance(0.045):
        return float(terms["price"]) * draw.between(1.28, 1.45)  # above the cost standard
    far = any(_distance(c.home, area) > 2 for area in c.serves[terms["item"]])
    spread = draw.middling(0.8, 1.16) + (0.03 if far else 0)
    return float(terms["price"]) * spread


def _lots(draw: Draw, middle: float, least: float, price: float) -> Row:
    """Smallest and largest award and the cost of setting one up; about half of the offers have neither."""
    lot = setup = most = ""
    size = least * draw.between(0.12, 0.4)
    if draw.chance(0.44) and size >= 1.5:
        lot = str(round_amount(size))
    if draw.chance(0.05):
        setup = str(max(300, round(middle * price * draw.between(0.001, 0.006) / 100) * 100))
    if draw.chance(0.4 if lot or setup else 0.15):
        most = str(round_amount(max(float(lot or 1) * 1.5, middle * draw.between(0.7, 1.1))))
    return {"setup": setup, "min_quantity": lot, "max_quantity": most}


def _subsidy(c: Candidate, price: float, draw: Draw) -> str:
    institution = float(c.terms["institution"]) > 0 and draw.chance(0.1)
    return round_price(price * draw.between(0.08, 0.25)) if institution else ""


def _price_source(terms: Row) -> str:
    origin = terms["price_source"] or "assumed usual price"
    return f"usual price ({terms['price_status']}: {origin}) times an assumed spread"


def _groups(rows: list[Row], owner: dict[str, Candidate]) -> None:
    """A few offers come as a package (both or none), a few exclude each other on a need."""
    by_undertaker: dict[str, list[Row]] = defaultdict(list)
    by_item: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_undertaker[row["undertaker"]].append(row)
        by_item[row["item"], owner[row["undertaker"]].home].append(row)
    packages = [
        pair for pair in by_undertaker.values()
        if len(pair) == 2 and all(r["areas"].count(";") == 0 and not r["first_year"] + r["last_year"] for r in pair)
    ]  # fmt: skip
    for place, pair in enumerate(packages[:4], 1):
        for row in pair:
            row["package"], row["min_quantity"], row["setup"] = f"pk{place}", "", ""
    rivals = [same for same in by_item.values() if len(same) >= 2 and not same[0]["package"] + same[1]["package"]]
    for place, same in enumerate(rivals[:5], 1):
        for row in same[:2]:
            row["excludes"] = f"ex{place}"
