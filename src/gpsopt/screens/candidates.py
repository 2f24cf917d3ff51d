"""Who offers a service in a district in a year, and what became of each offer in a plan; read from the run alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gpsopt.runread import Run

WON: Final = "won"
OUT: Final = "out"
OPEN: Final = "open"
_RANK: Final = {WON: 0, OPEN: 1, OUT: 2}


@dataclass(frozen=True)
class Candidate:
    """`price`: yuan a unit, of the award where there is one, else as offered today. `clause`: what left it out."""

    offer: str
    undertaker: str
    price: Decimal
    quantity: Decimal | None
    state: str
    clause: str


def candidates_of(run: Run, need: str, year: int) -> list[Candidate]:
    """Offers of the need's item that reach its district in the year: assumed awards first, then by price."""
    coverage = run.frame("coverage")
    [(item, area)] = coverage.loc[coverage["need"] == need, ["item", "area"]].drop_duplicates().itertuples(index=False)
    won = run.frame("allocation")
    won = won[(won["need"] == need) & (won["year"] == year)]
    awards = {offer: (price, q) for offer, price, q in zip(won["offer"], won["price"], won["quantity"], strict=True)}
    left = run.frame("excluded")
    left = left[(left["need"] == need) & (left["year"].isna() | (left["year"] == year))]
    out = dict(zip(left["offer"], left["clause"], strict=True))
    found = []
    for _line, row in run.scenario.tables.rows("offers"):
        offer = row["offer"]
        if row["item"] != item or (row["needs"] and need not in row["needs"]) or (
            row["areas"] and area not in row["areas"]
        ) or not (row["first_year"] or year) <= year <= (row["last_year"] or year):  # fmt: skip
            continue
        price, quantity = awards.get(offer, (row["price"], None))
        state = WON if quantity is not None else OUT if offer in out else OPEN
        found.append(Candidate(offer, row["undertaker"], price, quantity, state, str(out.get(offer, ""))))
    return sorted(found, key=lambda c: (_RANK[c.state], c.price, c.offer))
