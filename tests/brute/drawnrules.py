"""What is drawn of a model's settings: the order of its aims, its clauses and its locks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gpsopt.settings import AIMS

Row = dict[str, Any]


@dataclass
class Rules:
    """The dice and what has been drawn so far that settings hang on."""

    rng: random.Random
    years: tuple[int, ...] = ()
    coarse: bool = True
    oversupply: bool = False
    lines: dict[str, Row] = field(default_factory=dict)

    def chance(self, likely: float) -> bool:
        return self.rng.random() < likely

    def money(self, amount: float) -> Decimal:
        """An amount near the given one: round, or odd to the fen."""
        if self.coarse:
            return Decimal(max(0, round(amount / 10)) * 10)
        return Decimal(max(0, round(amount * 100) + self.rng.randint(-99, 99))).scaleb(-2)

    def share(self, *values: str) -> Decimal:
        return Decimal(self.rng.choice(values))

    def _order(self) -> tuple[str, ...]:
        if self.chance(0.5):
            return ("livelihood_shortfall", "shortfall", "worst_area", "outlay", "quality")
        names = list(AIMS)
        self.rng.shuffle(names)
        return tuple(names[: self.rng.randint(1, 5)])

    def _clauses(self) -> Row:
        rng = self.rng
        found: dict[str, Row] = {}
        if self.oversupply:
            found["coverage"] = {"oversupply": True}
        if self.chance(0.15):
            on_thin = rng.choice(("keep_direct", "keep_direct", "flag", "ignore"))
            found["competition"] = {"min_candidates": rng.choice((2, 3)), "on_thin": on_thin}
        if self.chance(0.15):
            found["continuity"] = {"tolerance": self.share("0.25", "0.5", "0.1")}
        if self.chance(0.15):
            found["qualification"] = {"min_credit": Decimal(60)}
        if self.chance(0.15):
            found["undertaker_count"] = rng.choice(({"min": 1}, {"max": 1}, {"min": 1, "max": 2}, {"max": 2}))
        if self.chance(0.15):
            found["quality_floor"] = {name: self.share("0.7", "0.8", "0.9") for name in
                                      rng.choice((("min_quality",), ("min_satisfaction",),
                                                  ("min_quality", "min_satisfaction")))}  # fmt: skip
        found |= self._further()
        struck = ["catalogue_scope", "qualification", "fee_standard", "no_new_posts", "continuity", "coverage",
                  "own_capacity", "award_size", "related_needs", "competition", "hand_decisions"]  # fmt: skip
        for name in struck:
            # without sizes of awards an oversupply would have no end
            if self.chance(0.05) and not (name == "award_size" and self.oversupply):
                found[name] = {**found.get(name, {}), "enabled": False}
        return found

    def _further(self) -> Row:
        """The clauses that look at a whole plan, one or two of them in every fourth model."""
        rng = self.rng
        if not self.chance(0.25):
            return {}
        drawn: dict[str, Row] = {
            "plural_supply": {"max_share": self.share("0.5", "0.6", "0.4"), "scope": rng.choice(("purchaser", "item"))},
            "social_organisations": {"min_share": self.share("0.3", "0.5", "0.8"),
                                     "by": rng.choice(("total", "purchaser"))},
            "affiliated_share": {"max_share": self.share("0", "0.3", "0.5")},
            "project_limit": {"max_awards": 1, "kinds": rng.choice(((), ("enterprise",)))},
            "gradual_purchase": {"soft": False, "step": self.share("0.5", "0.3", "1"),
                                 "floor": self.share("0.25", "0.5"),
                                 "from": self.years[-1]},
            "balanced_areas": {"ratio": self.share("0.5", "0.8", "1")},
            "contract_term": {"years": 2, "before_force": True},
            "equal_competition": {},
            "fee_standard": {"mode": "cap"},
        }  # fmt: skip
        return {name: drawn[name] for name in rng.sample(sorted(drawn), rng.choice((1, 1, 2)))}

    def _locks(self, rows: dict[str, list[Row]]) -> list[Row]:
        if not self.chance(0.15):
            return []
        rng = self.rng
        need = rng.choice(rows["needs"])
        if need["need"] in self.lines and self.chance(0.4):
            quantity = int(self.lines[need["need"]]["quantity"])
            return [{"need": need["need"], "year": need["year"], "direct": Decimal(rng.randint(0, quantity))}]
        offers = [
            row for row in rows["offers"]
            if need["demand"] > 0 and row["item"] == need["item"]
            and need["area"] in (row.get("areas") or (need["area"],))
            and need["need"] in (row.get("needs") or (need["need"],))
            and row.get("first_year", 0) <= need["year"] <= row.get("last_year", 9999)
        ]  # fmt: skip
        if not offers:
            return []
        offer = rng.choice(offers)
        most = min(need["demand"], offer.get("max_quantity", need["demand"]))
        sizes = [q for q in range(1, int(most) + 1) if q >= offer.get("min_quantity", 0)]
        held = rng.choice(({"award": True}, {"award": False}, {"quantity": Decimal(rng.choice([0, *sizes]))}))
        return [{"need": need["need"], "year": need["year"], "offer": offer["offer"], **held}]
