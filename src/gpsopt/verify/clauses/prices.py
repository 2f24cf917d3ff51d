"""The table `prices`: what stands there can be a price of this model. The amounts are the solver's and not proven.

A price is the change of an aim for one more unit of a limit, the awards held. Without a solver it cannot be worked out
again; but its clause must be in force, its aim sought, its year the model's, and its sign that of the limit: more
money, capacity or contract makes no aim worse, a higher level to be kept makes none better. A solver's price may be
off by a little: the wrong sign counts where it is more than a thousandth of the largest price in the same unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from gpsopt.settings import AIMS
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome

#: units of a limit
_UNITS: Final = ("yuan", "unit")
#: limits that loosen (+1) or bind harder (-1) the higher they are: clause, and the limit's name where not all of it
_SENSES: Final = {
    ("existing_budget", "purchases_within_line"): 1, ("own_capacity", ""): 1, ("continuity", ""): -1,
    ("coverage", "floor_is_reached"): -1,
}  # fmt: skip
_NOISE: Final = Decimal("0.001")


def check_prices(evidence: Evidence) -> list[Outcome]:
    """Where the table stands: every row is of a clause in force and an aim that is sought."""
    rows = evidence.written.prices
    if rows is None:
        return []
    largest: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows.values():
        largest[row["unit"]] = max(largest[row["unit"]], abs(row["price"]))
    faults = tuple(
        fault for key, row in rows.items()
        for fault in _row_faults(evidence, key_text(key), row, _NOISE * largest[row["unit"]])
    )  # fmt: skip
    return [Outcome("prices", len(rows), faults)]


def _row_faults(evidence: Evidence, key: str, row: Row, noise: Decimal) -> Iterator[Fault]:
    settings = evidence.world.settings
    aim, _slash, unit = row["unit"].partition("/")
    if aim not in settings.aims.order or unit not in _UNITS:
        expected = ", ".join(f"{name}/…" for name in settings.aims.order)
        yield Fault("prices", "differs", "prices.csv", row.line, "unit", key,
                    {"found": row["unit"], "expected": expected})  # fmt: skip
        return
    if row["clause"] != "existing_budget" and not _in_force(evidence, row["clause"]):
        yield Fault("prices", "row_surplus", "prices.csv", row.line, "clause", key)
        return
    limit = row["index"].split(" ")[0]
    if not limit:
        yield Fault("cells", "cell_empty", "prices.csv", row.line, "index", key)
    sense = _SENSES.get((row["clause"], limit), _SENSES.get((row["clause"], ""), 0))
    wanted = sense * (-1 if AIMS[aim] == "min" else 1)
    if row["price"] == 0 or row["price"] * wanted < -noise:
        yield Fault("prices", "price_sign", "prices.csv", row.line, "price", key, {"found": str(row["price"])})


def _in_force(evidence: Evidence, clause: str) -> bool:
    clauses = evidence.world.settings.clauses
    return clause in type(clauses).model_fields and clauses.on(clause)
