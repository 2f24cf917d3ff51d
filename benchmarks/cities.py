"""Draws a model of a town, a district, a city or a nation by seed, and writes it as a model folder.

    python benchmarks/cities.py FOLDER [--size town|district|city|nation] [--years 4] [--seed 0] [--tightness 0.85]
                                [--needs N] [--purchasers N] [--undertakers N]

Every item is needed in every area; a purchaser is a bureau of one area (or of the whole place) and looks after a group
of items; an offer serves one item in a few neighbouring areas and covers 40 to 150 % of a need there, with a cost of
setting up and a least quantity. About six needs in ten have a direct line, whose cost stops in part at once and in part
over some years. Budgets pay for `tightness` of what reaching every target would cost at today's standards, and
undertakers can do about six tenths of what they offer: both bind. Keeping all that is direct is always a plan, so the
model is feasible by construction. All figures are drawn: nothing here is a real place, purchaser or undertaker.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

BASE_YEAR: Final = 2013
ITEMS_OF_A_BUREAU: Final = 12


@dataclass(frozen=True)
class City:
    """What is drawn: how many of each thing, and how hard it is."""

    needs: int
    areas: int
    purchasers: int
    undertakers: int
    offers: int
    reach: int = 4  # needs that an offer may serve
    years: int = 4
    tightness: float = 0.85  # part of the cost of every target that the budgets pay for
    slack: float = 0.6  # part of what an undertaker offers that it can do
    seed: int = 0


SIZES: Final[dict[str, City]] = {
    "town": City(needs=55, areas=5, purchasers=5, undertakers=24, offers=130),
    "district": City(needs=530, areas=16, purchasers=20, undertakers=120, offers=1_250),
    "city": City(needs=4_000, areas=16, purchasers=76, undertakers=900, offers=9_440),
    "nation": City(needs=16_000, areas=31, purchasers=310, undertakers=3_600, offers=37_760),
}


@dataclass(frozen=True)
class _Drawn:
    """The figures by position, before they are written as tables."""

    item: Ints  # of each need
    area: Ints
    purchaser: Ints
    demand: Floats  # (needs, years)
    target: Floats
    standard: Floats  # per item, yuan a unit
    lined: npt.NDArray[np.bool_]
    quantity: Floats
    expenditure: Floats
    budget: Floats  # (purchasers, years)
    undertaker: Ints  # of each offer
    offered: Ints  # item of each offer
    served: tuple[Ints, ...]  # areas of each offer
    price: Floats
    setup: Floats
    least: Floats
    most: Floats
    use: Floats
    capacity: Floats


def _draw(city: City, rng: np.random.Generator) -> _Drawn:
    items = -(-city.needs // city.areas)
    item, area = np.divmod(np.arange(city.needs), city.areas)
    purchaser = _purchasers(city, item, area, items)
    standard = np.round(np.exp(rng.uniform(np.log(30), np.log(3_000), items)), 2)
    level = np.exp(rng.uniform(np.log(200), np.log(5_000), items)) * 300 / standard**0.7
    years = np.arange(city.years)
    demand = level[item][:, None] * rng.uniform(0.7, 1.3, city.needs)[:, None]
    demand = np.round(demand * (1 + rng.uniform(-0.01, 0.05, city.needs)[:, None]) ** years, 2)
    target = rng.choice([0.8, 0.9, 0.95, 1.0], city.needs)
    lined = rng.random(city.needs) < 0.6
    quantity = np.round(np.where(lined, rng.uniform(0.3, 0.75, city.needs) * demand.min(axis=1), 0), 2)
    expenditure = np.round(quantity * standard[item] * rng.uniform(0.95, 1.3, city.needs), 2)
    full = (target[:, None] * demand - quantity[:, None]).clip(0) * standard[item][:, None] * 0.9
    wanted, today = np.zeros((city.purchasers, city.years)), np.zeros(city.purchasers)
    np.add.at(wanted, purchaser, full)
    np.add.at(today, purchaser, expenditure)
    loose = rng.uniform(-0.12, 0.12, city.purchasers)[:, None]  # some purchasers are poorer than others
    budget = np.round(today[:, None] + 1.0 + wanted * (city.tightness * (1 + loose)), 2)
    offered = np.sort(rng.integers(0, items, city.offers))
    served = tuple(_neighbours(rng, city, int(i)) for i in offered)
    size = np.array([demand[i * city.areas : (i + 1) * city.areas, 0].mean() for i in range(items)])[offered]
    price = np.round(standard[offered] * rng.uniform(0.72, 0.97, city.offers), 2)
    most = np.round(size * rng.uniform(0.4, 1.5, city.offers), 2)
    room = (standard[offered] - price) * most  # what setting up may cost within the standard
    setup = np.round(rng.uniform(0.1, 0.8, city.offers) * room, 2)
    undertaker = rng.integers(0, city.undertakers, city.offers)
    use = np.round(rng.uniform(0.5, 2.0, city.offers), 3)
    asked = np.zeros(city.undertakers)
    np.add.at(asked, undertaker, np.array([len(s) for s in served]) * most * use)
    capacity = np.round(asked * city.slack * rng.uniform(0.4, 1.2, city.undertakers) / 2, 2)
    return _Drawn(
        item, area, purchaser, demand, target, standard, lined, quantity, expenditure, budget, undertaker, offered,
        served, price, setup, np.round(0.1 * most, 2), most, use, capacity,
    )  # fmt: skip


def _purchasers(city: City, item: Ints, area: Ints, items: int) -> Ints:
    """Bureaus of an area look after groups of items there; those that remain look after a group everywhere."""
    own = city.purchasers // city.areas  # bureaus of each area
    common = city.purchasers - own * city.areas
    group = item // ITEMS_OF_A_BUREAU
    groups = -(-items // ITEMS_OF_A_BUREAU)
    whole = round(groups * common / max(1, city.purchasers))  # groups that belong to the whole place
    if own == 0:
        return group % common
    everywhere = own * city.areas + group % max(1, common)
    return np.where((group < whole) & (common > 0), everywhere, area * own + group % own)


def _neighbours(rng: np.random.Generator, city: City, item: int) -> Ints:
    there = min(city.areas, city.needs - item * city.areas)  # the last item may not be needed everywhere
    first = int(rng.integers(0, there))
    return np.sort((first + np.arange(min(city.reach, there))) % there)


def write_city(folder: Path, city: City) -> None:
    """Write the model folder; the same `city` gives the same bytes."""
    rng = np.random.default_rng(city.seed)
    d = _draw(city, rng)
    years = [BASE_YEAR + 1 + t for t in range(city.years)]
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    (folder / "model.toml").write_text(_settings(city, years), encoding="utf-8")
    _places(tables, city, d, years)
    _needs(tables, d, years, rng)
    _market(tables, d, rng)


def _settings(city: City, years: list[int]) -> str:
    return (
        f'title = "A drawn place: {city.needs} needs, {city.offers} offers, seed {city.seed}"\n'
        f'title_zh = "抽样生成的模型：{city.needs} 项需求，{city.offers} 项报价，种子 {city.seed}"\n'
        f"years = {years}\nbase_year = {BASE_YEAR}\n"
    )


def _places(tables: Path, city: City, d: _Drawn, years: list[int]) -> None:
    own = city.purchasers // city.areas * city.areas
    per_area = max(1, city.purchasers // city.areas)
    _write(tables, "areas", "area", [(_name("a", a),) for a in range(city.areas)])
    _write(tables, "purchasers", "purchaser level kind area", [
        (_name("p", p), "district" if p < own else "municipal", "administrative_organ",
         _name("a", p // per_area) if p < own else "") for p in range(city.purchasers)
    ])  # fmt: skip
    _write(tables, "items", "item kind livelihood basic scope cost_standard", [
        (_name("i", i), "public", "yes" if i % 3 == 0 else "no", "yes" if i % 2 == 0 else "no", "purchasable",
         f"{standard:.2f}") for i, standard in enumerate(d.standard)
    ])  # fmt: skip
    _write(tables, "budgets", "purchaser year amount", [
        (_name("p", p), year, f"{d.budget[p, t]:.2f}") for p in range(city.purchasers) for t, year in enumerate(years)
    ])  # fmt: skip


def _needs(tables: Path, d: _Drawn, years: list[int], rng: np.random.Generator) -> None:
    weight = np.round(rng.uniform(0.6, 1.8, len(d.item)), 3)
    floor = np.floor(np.where(d.lined, 0.8 * d.quantity / d.demand.max(axis=1), 0) * 100) / 100
    _write(tables, "needs", "need purchaser item area year demand target floor weight", [
        (_name("n", n), _name("p", d.purchaser[n]), _name("i", d.item[n]), _name("a", d.area[n]), year,
         f"{d.demand[n, t]:.2f}", f"{d.target[n]:.2f}", f"{floor[n]:.2f}", f"{weight[n]:.3f}")
        for n in range(len(d.item)) for t, year in enumerate(years)
    ])  # fmt: skip
    avoidable, runoff = rng.uniform(0.4, 0.95, len(d.item)), rng.integers(1, 6, len(d.item))
    quality = rng.uniform(0.6, 0.9, len(d.item))
    _write(tables, "direct_lines", "need quantity expenditure avoidable runoff_years posts quality satisfaction", [
        (_name("n", n), f"{d.quantity[n]:.2f}", f"{d.expenditure[n]:.2f}", f"{avoidable[n]:.2f}",
         runoff[n] if runoff[n] < 5 else "", f"{d.expenditure[n] / 90_000:.1f}", f"{quality[n]:.3f}",
         f"{quality[n]:.3f}") for n in np.flatnonzero(d.lined)
    ])  # fmt: skip


def _market(tables: Path, d: _Drawn, rng: np.random.Generator) -> None:
    kinds = ("social_organisation", "enterprise", "public_institution")
    _write(tables, "undertakers", "undertaker kind credit capacity", [
        (_name("u", u), kinds[u % 3], int(rng.integers(60, 100)), f"{capacity:.2f}")
        for u, capacity in enumerate(d.capacity)
    ])  # fmt: skip
    quality, people = rng.uniform(0.5, 1, len(d.price)), rng.uniform(0.5, 1, len(d.price))
    header = "offer undertaker item areas price setup min_quantity max_quantity capacity_use quality satisfaction"
    _write(tables, "offers", header, [
        (_name("o", o), _name("u", d.undertaker[o]), _name("i", d.offered[o]),
         ";".join(_name("a", a) for a in d.served[o]), f"{d.price[o]:.2f}", f"{d.setup[o]:.2f}", f"{d.least[o]:.2f}",
         f"{d.most[o]:.2f}", f"{d.use[o]:.3f}", f"{quality[o]:.3f}", f"{people[o]:.3f}")
        for o in range(len(d.price))
    ])  # fmt: skip


def _name(letter: str, place: Any) -> str:
    return f"{letter}{int(place):05d}"


def _write(folder: Path, name: str, header: str, rows: list[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


def sized(size: str, **changes: Any) -> City:
    """One of the sizes, with some figures changed; offers follow the number of needs."""
    city = SIZES[size]
    changes = {name: value for name, value in changes.items() if value is not None}
    if "needs" in changes:
        changes.setdefault("offers", round(city.offers * changes["needs"] / city.needs))
    return replace(city, **changes)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path)
    words.add_argument("--size", choices=list(SIZES), default="district")
    for name in ("needs", "purchasers", "undertakers", "offers", "years", "seed"):
        words.add_argument(f"--{name}", type=int)
    words.add_argument("--tightness", type=float)
    asked = vars(words.parse_args())
    folder, size = asked.pop("folder"), asked.pop("size")
    city = sized(size, **asked)
    write_city(folder, city)
    print(f"{folder}: {city.needs} needs, {city.offers} offers, {city.years} years, seed {city.seed}")


if __name__ == "__main__":
    main()
