"""Fixed budgets, guaranteed minimums and the totals that the tables must tie to."""

from __future__ import annotations

from collections import defaultdict

from draw import Draw, Row, plain, read, round_amount
from duties import ASSUMED, BASE_YEAR, YEARS, districts, item_terms


def set_floors(need_rows: list[Row], lines: list[Row], offer_rows: list[Row]) -> None:
    """Guaranteed minimums for livelihood needs: mostly within today's delivery, some a little above it."""
    kept = {line["need"]: int(line["quantity"]) for line in lines}
    rivals = _rivals(offer_rows, need_rows)
    least = defaultdict(lambda: 1.0)
    for n in need_rows:
        least[n["need"]] = min(least[n["need"]], kept.get(n["need"], 0) / int(n["demand"]))
    for n in need_rows:
        terms, draw = item_terms()[n["item"]], Draw(15000 + int(n["need"][1:]))
        if terms["livelihood"] != "1" or terms["basic"] != "basic":
            continue
        if n["need"] in kept:
            extra = draw.pick((-0.15, -0.1, -0.05, 0.0, 0.05)) if rivals[n["need"]] >= 3 else -0.1
            n["floor"] = plain(max(0.0, int(min(least[n["need"]] + extra, float(n["target"]) - 0.1) * 20) / 20))
        elif rivals[n["need"]] >= 3:
            n["floor"] = plain(draw.pick((0.0, 0.1, 0.15, 0.2, 0.25)))


def _rivals(offer_rows: list[Row], need_rows: list[Row]) -> dict[str, int]:
    """Need -> offers that stand in every year and under the cost standard."""
    found: dict[str, int] = defaultdict(int)
    places = {(n["need"], n["item"], n["area"]) for n in need_rows}
    steady = defaultdict(list)
    for offer in offer_rows:
        usual = float(item_terms()[offer["item"]]["price"])
        if not offer["first_year"] + offer["last_year"] and float(offer["price"]) < 1.2 * usual:
            steady[offer["item"]].append(offer)
    for need, code, area in places:
        for offer in steady[code]:
            listed = offer["needs"].split(";") if offer["needs"] else [need]
            found[need] += area in offer["areas"].split(";") and need in listed
    return found


def set_counts(need_rows: list[Row], lines: list[Row]) -> None:
    """How many offers may win a need, and the few needs that are served in full or not at all."""
    kept, whole = {line["need"] for line in lines}, []
    for n in need_rows:
        terms, draw = item_terms()[n["item"]], Draw(17000 + int(n["need"][1:]))
        if terms["scope"] != "purchasable":
            continue
        if draw.chance(0.06):
            n["max_awards"] = str(draw.pick((2, 3, 3)))
        large = n["item"] in ("C05010400", "C13050100") and n["area"] in ("chaoyang", "haidian")
        if large and n["purchaser"].startswith("district"):
            n["min_awards"] = "2"
        if n["need"] not in kept and terms["livelihood"] != "1" and n["item"] in ("C23060300", "C23070200"):
            whole.append(n["need"])
            n["all_or_nothing"] = "yes" if n["need"] in sorted(set(whole))[:3] else "no"


def budgets(purchaser_rows: list[Row], need_rows: list[Row], lines: list[Row]) -> list[Row]:
    """What a purchaser may spend: today's direct delivery and a part of what the rest would cost.

    The part is the column `money` of assumed/purchasers.csv and assumed/districts.csv: below 1 the
    purchaser cannot reach all targets, above 1 it has money left.
    """
    part = {row["purchaser"]: float(row["money"]) for row in read("assumed/purchasers.csv")}
    part |= {f"district_{row['area']}": float(row["money"]) for row in districts()}
    line_of = {line["need"]: line for line in lines}
    rows = []
    for place, p in enumerate(purchaser_rows):
        draw = Draw(19000 + place)
        for year in YEARS:
            own = [n for n in need_rows if n["purchaser"] == p["purchaser"] and n["year"] == str(year)]
            direct = sum(_direct(line_of[n["need"]], year) for n in own if n["need"] in line_of)
            rest = sum(_rest(n, line_of.get(n["need"])) for n in own)
            least = sum(_guaranteed(n, line_of.get(n["need"])) for n in own)
            amount = direct + rest * (part[p["purchaser"]] + draw.between(-0.05, 0.05))
            amount = max(amount, direct / 0.82, (direct + 1.5 * least) / 0.88)
            rows.append({
                "purchaser": p["purchaser"], "year": str(year), "amount": str(round(amount / 1000) * 1000),
                "status": ASSUMED,
                "source": "today's direct delivery plus an assumed part of the cost of the rest (SOURCES.md)",
            })  # fmt: skip
    return rows


def _direct(line: Row, year: int) -> float:
    return float(line["expenditure"]) * (1 + float(line["growth"])) ** (year - BASE_YEAR)


def _rest(need: Row, line: Row | None) -> float:
    """Cost of what the target asks beyond today's delivery, at the usual price."""
    terms = item_terms()[need["item"]]
    missing = int(need["demand"]) * float(need["target"]) - (int(line["quantity"]) if line else 0)
    return max(0.0, missing) * float(terms["price"])


def _guaranteed(need: Row, line: Row | None) -> float:
    terms = item_terms()[need["item"]]
    missing = int(need["demand"]) * float(need["floor"]) - (int(line["quantity"]) if line else 0)
    return max(0.0, missing) * float(terms["price"]) * 1.2


def controls(budget_rows: list[Row], lines: list[Row]) -> list[Row]:
    """Totals of the budgets by purchaser and year and by year, and of today's direct expenditure."""
    rows = [_control("budgets", "amount", b["purchaser"], b["year"], int(b["amount"])) for b in budget_rows]
    for year in YEARS:
        total = sum(int(b["amount"]) for b in budget_rows if b["year"] == str(year))
        rows.append(_control("budgets", "amount", "", str(year), total))
    rows.append(_control("direct_lines", "expenditure", "", "", sum(int(line["expenditure"]) for line in lines)))
    return rows


def _control(table: str, column: str, purchaser: str, year: str, amount: int) -> Row:
    return {"table": table, "column": column, "purchaser": purchaser, "year": year, "amount": str(amount),
            "status": ASSUMED, "source": "sum of the table as written"}  # fmt: skip


def relations(need_rows: list[Row], lines: list[Row]) -> list[Row]:
    """Those who are trained are advised too, those cared for at home are checked: so much per unit of the other."""
    kept = {line["need"]: int(line["quantity"]) for line in lines}
    first = {n["need"]: n for n in reversed(need_rows)}
    at = {(n["item"], n["area"]): n["need"] for n in reversed(need_rows)}
    rows: list[Row] = []
    for follows, leads, name in (("C03020000", "C02060000", "advice"), ("C20030700", "C05020100", "counsel"),
                                 ("C04070100", "C05010400", "checkup")):  # fmt: skip
        for area in (d["area"] for d in districts()):
            one, two = at.get((follows, area)), at.get((leads, area))
            if one is None or two is None or len(rows) >= 12:
                continue
            ratio = 0.55 * int(first[one]["demand"]) / int(first[two]["demand"])
            if kept.get(two, 0) * ratio > kept.get(one, 0):
                continue  # today's delivery must satisfy the rule
            factor = plain(-max(0.01, int(ratio * 100) / 100) if ratio >= 0.01 else -ratio)
            for need, coefficient in ((one, "1"), (two, factor)):
                rows.append({
                    "relation": f"{name}_{area}", "need": need, "coefficient": coefficient, "at_least": "0",
                    "status": ASSUMED, "source": "assumed part of one service per unit of the other",
                })  # fmt: skip
    return rows


def share_figures(budget_rows: list[Row], lines: list[Row]) -> dict[str, int]:
    """Yearly totals in yuan of the budgets, and today's direct expenditure."""
    totals = {y: sum(int(b["amount"]) for b in budget_rows if b["year"] == str(y)) for y in YEARS}
    return {**{f"budget_{y}": total for y, total in totals.items()},
            "direct": sum(int(line["expenditure"]) for line in lines)}  # fmt: skip


__all__ = ["budgets", "controls", "relations", "round_amount", "set_counts", "set_floors", "share_figures"]
