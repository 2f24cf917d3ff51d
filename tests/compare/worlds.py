"""Scenarios that depart from the town, and their plans."""

from __future__ import annotations

from pathlib import Path

import gpsopt
from gpsopt.runread import Run, as_run

TOWN = Path(__file__).parents[2] / "models" / "town"

ONE_BUDGET = """
[[change]]
table = "budgets"
where = { purchaser = "civil", year = 2016 }
column = "amount"
add = -50000
"""
DEARER = """
[[change]]
table = "offers"
where = { item = "T1" }
column = "price"
scale = 1.1
"""
NEW_PROVIDER = """
[[add]]
table = "undertakers"
row = { undertaker = "u99", name_en = "Newcomer", name_zh = "新承接主体", kind = "enterprise" }
[[add]]
table = "offers"
row = { offer = "o99", undertaker = "u99", item = "T2", price = 50000 }
"""
GONE = """
[[drop]]
table = "undertakers"
where = { undertaker = "u1" }
"""
RULES = """
regime = "fees_stay"
[clauses.competition]
on_thin = "keep_direct"
[clauses.undertaker_count]
max = 9
[aims]
order = ["shortfall", "livelihood_shortfall", "outlay"]
[goals.coverage]
target = 0.9
[[lock]]
need = "n3"
year = 2015
direct = 4
"""


def scenario(folder: Path, name: str, text: str, base: str = "") -> Path:
    """A scenario file of the town, or of another file beside it."""
    first = f'base = "{base}"' if base else f'model = "{TOWN.as_posix()}"'
    path = folder / f"{name}.toml"
    path.write_text(f'title = "{name}"\n{first}\n{text}', encoding="utf-8")
    return path


def run_of(path: Path) -> Run:
    """The plan of a scenario file, as a run."""
    return as_run(gpsopt.plan_or_end(path))
