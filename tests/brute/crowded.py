"""Random tiny models in which many clauses are on at once, some of them soft: one a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from gpsopt.model.soft import LIMITS
from gpsopt.scenario import Scenario

from .drawnrules import Row
from .generate import Maker, scenario_of

#: clauses that are drawn on in every crowded model with this likelihood
LIKELY: Final = 0.4


def draw_crowded(seed: int) -> Scenario:
    """The crowded scenario of a seed; what a unit is worth is whole fen, so that whole numbers stay small."""
    attempt = 0
    while True:
        maker = _Crowded(random.Random(f"crowded/{seed}/{attempt}"))
        made = scenario_of(f"crowded-{seed}", maker, maker.tables())
        if all(value * 100 % 1 == 0 for value in made.unit_values.values()):
            return made
        attempt += 1


class _Crowded(Maker):
    def _further(self) -> Row:
        """Every further clause by its own dice."""
        rng = self.rng
        drawn: dict[str, Row] = {
            "plural_supply": {"max_share": self.share("0.5", "0.6", "0.4"), "scope": rng.choice(("purchaser", "item")),
                              "min_outlay": self.share("0", "0", "150")},
            "social_organisations": {"min_share": self.share("0.3", "0.5", "0.8"),
                                     "by": rng.choice(("total", "purchaser"))},
            "affiliated_share": {"max_share": self.share("0", "0.3", "0.5")},
            "project_limit": {"max_awards": rng.choice((1, 1, 2)), "kinds": rng.choice(((), ("enterprise",)))},
            "gradual_purchase": {"soft": False, "step": rng.choice((None, self.share("0.5", "0.3", "1"))),
                                 "floor": rng.choice((None, self.share("0.25", "0.5"))),
                                 "from": rng.choice((None, self.years[-1]))},
            "balanced_areas": {"ratio": self.share("0.5", "0.8", "1"), "domains": rng.choice(((), ("care",)))},
            "contract_term": {"years": rng.choice((2, 3)), "before_force": self.chance(0.8)},
            "equal_competition": {},
            "fee_standard": {"mode": rng.choice(("cap", "exclude"))},
        }  # fmt: skip
        return {name: said for name, said in drawn.items() if self.chance(LIKELY)}

    def _items(self) -> list[Row]:
        return [{**row, "domain": self.rng.choice(("care", "roads"))} for row in super()._items()]

    def _needs(self, areas: Sequence[str]) -> list[Row]:
        rows = super()._needs(areas)
        for row in rows:
            if self.chance(0.2):
                row["floor"] = row["target"]
        return rows

    def _undertakers(self) -> list[Row]:
        rows = super()._undertakers()
        for row in rows:
            if self.chance(0.2):
                row["affiliated_to"] = self.rng.choice(self.purchasers)
        return rows

    def _second_contract(self, first: Row) -> list[Row]:
        if first["year"] == self.years[-1] or first["until_year"] is None or self.chance(0.3):
            return []
        sized = self.chance(0.5)
        return [{**first, "year": self.years[-1], "fixed": True, "quantity": Decimal(1) if sized else None,
                 "amount": None if sized else Decimal("20.00")}]  # fmt: skip

    def _optional(self, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
        found = super()._optional(rows)
        if "contracts" not in found and self.chance(0.25):
            found["contracts"] = self._contract(rows)
        return found

    def settings(self, rows: dict[str, list[Row]]) -> Row:
        """As drawn, with soft clauses among those that may be broken."""
        said = super().settings(rows)
        starred = {"continuity", "coverage", "own_capacity", "award_size", "related_needs", "commitments",
                   "hand_decisions", "no_new_posts", "qualification", "fee_standard", "competition"}  # fmt: skip
        for name in sorted(LIMITS):
            if (name in said["clauses"] or name in starred) and self.chance(0.45):
                clause = said["clauses"].setdefault(name, {})
                if clause.get("enabled", True):
                    clause |= {"soft": True, "priority": self.rng.randint(0, 3)}
        return said

    def money(self, amount: float) -> Decimal:
        """Round amounts: those of a direct line are drawn a unit, so its cost divides by its units."""
        self.coarse = True
        return super().money(amount)
