"""A simulation's folder read back: the few figures that a brief needs of it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gpsopt.errors import UsageError
from gpsopt.money import fen


@dataclass(frozen=True)
class Lived:
    """Of `draws` futures: budgets and floors that are at risk; the undertaker whose failure loses most (fen).

    Of `awards` those that are `safe`, where the simulation planned `planned_anew` futures anew; else 0.
    """

    run: str
    draws: int
    budgets_at_risk: int
    budgets: int
    floors_at_risk: int
    floors: int
    fragile: str
    extra_cost: int
    lost: int
    awards: int = 0
    safe: int = 0
    planned_anew: int = 0


def read_lived(folder: Path) -> Lived:
    """Read `summary.json` and `drill.csv` of a simulation; raises UsageError where it is none."""
    try:
        said = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        with (folder / "drill.csv").open(encoding="utf-8-sig", newline="") as stream:
            drill = list(csv.DictReader(stream))
        worst = max(drill, key=lambda r: Decimal(r["lost"]) + Decimal(r["extra_cost"]), default=None)
        return Lived(
            said["run"], said["draws"], said["budgets_at_risk"], said["budgets"], said["floors_at_risk"],
            said["floors"], worst["undertaker"] if worst else "",
            fen(Decimal(worst["extra_cost"])) if worst else 0, fen(Decimal(worst["lost"])) if worst else 0,
            sum(said.get("awards", {}).values()), said.get("awards", {}).get("safe", 0), said.get("planned_anew", 0),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, ArithmeticError) as error:
        raise UsageError("simulation_missing", path=str(folder), why=f"{type(error).__name__}: {error}") from None
