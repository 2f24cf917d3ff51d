"""A large model with a legal plan by construction: every figure follows from its row's number, no solver runs.

`size` needs of item i1 in ten districts, three years, no direct lines; each need is bought in four equal awards of
10 units from its own four undertakers of `offers` that could serve it. Prices are 10 + k/1000 yuan.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from .handmade import Frames, write_model

YEARS = (2015, 2016, 2017)
AWARDS = 4

MODEL = """
years = [2015, 2016, 2017]
base_year = 2014
quantity_step = 0.01
[aims]
order = ["outlay"]
[unit_values]
i1 = 20
"""


def write_city(folder: Path, size: int, offers: int) -> Path:
    """`size` needs, `offers` offers in each of ten districts (each serves every need there)."""
    needs = [f"n{n:05d},p{n % 10},i1,a{n % 10},{t},40,1" for n in range(size) for t in YEARS]
    tables = {
        "areas": ["area", *(f"a{a}" for a in range(10))],
        "purchasers": ["purchaser,level,kind,area", *(f"p{a},district,other,a{a}" for a in range(10))],
        "items": ["item,kind,livelihood,basic,scope,cost_standard", "i1,public,yes,yes,purchasable,1000"],
        "budgets": ["purchaser,year,amount", *(f"p{a},{t},9000000" for a in range(10) for t in YEARS)],
        "needs": ["need,purchaser,item,area,year,demand,target", *needs],
        "undertakers": ["undertaker,kind,capacity", *(f"u{k:05d},enterprise,999999" for k in range(offers))],
        "offers": [
            "offer,undertaker,item,areas,price,quality,satisfaction",
            *(f"o{a}_{k:05d},u{k:05d},i1,a{a},{price(k)},0.5,0.5" for a in range(10) for k in range(offers)),
        ],
    }
    return write_model(folder, MODEL, {name: "\n".join(lines) + "\n" for name, lines in tables.items()})


def price(k: int) -> Decimal:
    return 10 + Decimal(k) / 1000


def city_plan(size: int, offers: int) -> tuple[Frames, dict[str, object]]:
    """The frames and summary of the plan that buys 10 units from offers n, n+1, n+2, n+3 for need number n."""
    frames: Frames = {name: [] for name in ("allocation", "direct", "transfers", "coverage", "budgets", "undertakers")}
    spent: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    won: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
    for n in range(size):
        place = n % 10
        names = {"need": f"n{n:05d}", "purchaser": f"p{place}", "item": "i1", "area": f"a{place}"}
        for year in YEARS:
            for k in sorted({(n + j) % offers for j in range(AWARDS)}):
                amount = 10 * price(k)
                spent[f"p{place}", year] += amount
                won[f"u{k:05d}", year].append(amount)
                frames["allocation"].append({
                    "year": str(year), **names, "undertaker": f"u{k:05d}", "offer": f"o{place}_{k:05d}",
                    "quantity": "10", "price": str(price(k)), "setup": "0.00", "amount": f"{amount:.2f}",
                })  # fmt: skip
            frames["coverage"].append({
                "year": str(year), **names, "demand": "40", "target": "40", "direct": "0", "purchased": "40",
                "served": "40", "shortfall": "0", "candidates": str(offers), "thin": "no",
            })  # fmt: skip
    last: dict[str, Decimal] = defaultdict(Decimal)
    for year in YEARS:
        for place in range(10):
            paid = spent[f"p{place}", year]
            left = 9_000_000 - paid
            frames["budgets"].append({
                "year": str(year), "purchaser": f"p{place}", "amount": "9000000.00", "received": "0.00",
                "given": "0.00", "direct": "0.00", "stranded": "0.00", "purchased": f"{paid:.2f}",
                "engagement": "0.00", "unspent": f"{left:.2f}",
            })  # fmt: skip
            frames["transfers"].append({
                "year": str(year), "need": "", "from_purchaser": f"p{place}", "from_line": "purchase",
                "to_purchaser": f"p{place}", "to_line": "unspent", "amount": f"{left:.2f}", "use": "unspent",
                "change": f"{left - last[f'p{place}']:.2f}", "clause": "existing_budget",
            })  # fmt: skip
            last[f"p{place}"] = left
        for k in range(offers):
            amounts = won[f"u{k:05d}", year]
            frames["undertakers"].append({
                "year": str(year), "undertaker": f"u{k:05d}", "awards": str(len(amounts)),
                "amount": f"{sum(amounts, Decimal(0)):.2f}", "capacity_used": str(10 * len(amounts)),
                "capacity": "999999", "score": "0.5" if amounts else "",
            })  # fmt: skip
    outlay = str(sum(spent.values(), Decimal(0)))
    return frames, {"status": "optimal", "aims": [{"name": "outlay", "sense": "min", "plan_value": outlay}]}
