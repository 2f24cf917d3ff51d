"""A model of a large city's size, written as CSV by seed: 37,000 offers, 16,000 need-years."""

from __future__ import annotations

import csv
import random
from pathlib import Path

YEARS = (2014, 2015, 2016, 2017)


def write_city(folder: Path, offers: int = 37_000, needs: int = 4_000, seed: int = 1) -> None:
    """A good model with `needs` needs in four years and `offers` offers, in `folder`."""
    draw = random.Random(seed)
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (folder / "model.toml").write_text(f"years = {list(YEARS)}\nbase_year = 2013\n", encoding="utf-8")
    items = [f"C{i:05d}" for i in range(300)]
    areas = [f"a{i}" for i in range(16)]
    units = [f"p{i}" for i in range(60)]
    firms = [f"u{i:04d}" for i in range(2_000)]
    rows = [
        (f"n{i:05d}", draw.choice(units), draw.choice(items), draw.choice(areas)) for i in range(needs)
    ]  # fmt: skip
    _write(tables, "areas", "area name_zh population", [(a, f"第{a}区", draw.randrange(10**6)) for a in areas])
    _write(tables, "purchasers", "purchaser level kind area",
           [(p, "district", "administrative_organ", draw.choice(areas)) for p in units])  # fmt: skip
    _write(tables, "items", "item kind livelihood basic scope cost_standard divisible",
           [(i, "public", draw.choice(("yes", "no")), "yes", "purchasable", 900, "yes") for i in items])  # fmt: skip
    _write(tables, "budgets", "purchaser year amount", [(p, y, "90000000.50") for p in units for y in YEARS])
    _write(tables, "needs", "need purchaser item area year demand target floor weight", [
        (*row, year, f"{draw.uniform(50, 900):.2f}", "0.9", "0.2", f"{draw.uniform(0.5, 2):.3f}")
        for row in rows for year in YEARS
    ])  # fmt: skip
    _write(tables, "direct_lines", "need quantity expenditure avoidable runoff_years posts", [
        (need, f"{draw.uniform(5, 40):.2f}", f"{draw.uniform(900, 9000):.2f}", "0.6", 3, 1)
        for need, *_rest in rows[::3]
    ])  # fmt: skip
    _write(tables, "undertakers", "undertaker name_zh kind capacity credit", [
        (u, f"承接主体{u}", draw.choice(("social_organisation", "enterprise")), 50_000, 80) for u in firms
    ])  # fmt: skip
    _write(tables, "offers", "offer undertaker item areas price setup min_quantity max_quantity quality satisfaction", [
        (f"o{i:06d}", draw.choice(firms), draw.choice(items), ";".join(draw.sample(areas, draw.randrange(3))),
         f"{draw.uniform(80, 700):.2f}", f"{draw.uniform(0, 900):.2f}", f"{draw.uniform(0, 20):.2f}",
         f"{draw.uniform(40, 400):.2f}", f"{draw.uniform(0.5, 1):.3f}", f"{draw.uniform(0.5, 1):.3f}")
        for i in range(offers)
    ])  # fmt: skip


def _write(folder: Path, name: str, header: str, rows: list[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split())
        writer.writerows(rows)
