"""The key figures of a run in one year, exact: what the home page, the comparison and the reports show first."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal

from gpsopt.runread import Run


@dataclass(frozen=True)
class Figures:
    """Money in yuan, shares 0 to 1 (None: not defined in the year), goals met of those that have a target."""

    year: int
    budget: Decimal
    direct: Decimal
    purchased: Decimal
    stranded: Decimal
    unspent: Decimal
    coverage: Decimal | None
    worst_area: Decimal | None
    met: int
    aimed: int

    @property
    def spent(self) -> Decimal:
        """What is spent: direct, stranded and purchased."""
        return self.direct + self.purchased + self.stranded


def years_of(run: Run) -> list[int]:
    """The years of a plan, in order."""
    return sorted({int(year) for year in run.frame("budgets")["year"]})


def figures_of(run: Run, year: int) -> Figures:
    """The figures of one year."""
    budgets = run.frame("budgets")
    rows = budgets[budgets["year"] == year]
    goals = run.frame("goals")
    here = goals[goals["year"] == year]
    value = dict(zip(here["goal"], here["value"], strict=True))
    met = [bool(met) for met, target in zip(here["met"], here["target"], strict=True) if target is not None]
    sums = {name: sum(rows[name], Decimal(0)) for name in ("amount", "direct", "purchased", "stranded", "unspent")}
    return Figures(
        year, sums["amount"], sums["direct"], sums["purchased"], sums["stranded"], sums["unspent"],
        value.get("coverage"), value.get("worst_area"), sum(met), len(met),
    )  # fmt: skip


def balance(run: Run) -> list[tuple[int, dict[str, Decimal], Decimal]]:
    """(year, sums, difference) of the identity of every year; the difference of a sound plan is 0.

    amount + received = direct + stranded + purchased + unspent + given.
    """
    budgets = run.frame("budgets")
    names = ("amount", "received", "direct", "stranded", "purchased", "unspent", "given")
    out = []
    for year in years_of(run):
        rows = budgets[budgets["year"] == year]
        sums = {name: sum(rows[name], Decimal(0)) for name in names}
        right = sum((sums[name] for name in ("direct", "stranded", "purchased", "unspent", "given")), Decimal(0))
        out.append((year, sums, sums["amount"] + sums["received"] - right))
    return out


def outlay_by_item(run: Run, year: int) -> dict[str, Decimal]:
    """Item -> what is bought of it in a year, in yuan."""
    allocation = run.frame("allocation")
    rows = allocation[allocation["year"] == year]
    total: dict[str, Decimal] = {}
    for item, amount in zip(rows["item"], rows["amount"], strict=True):
        total[item] = total.get(item, Decimal(0)) + amount
    return total


def direct_by_item(run: Run, year: int) -> dict[str, Decimal]:
    """Item -> what the government's own delivery of it costs in a year, in yuan."""
    items = dict(zip(run.frame("coverage")["need"], run.frame("coverage")["item"], strict=True))
    direct = run.frame("direct")
    rows = direct[direct["year"] == year]
    total: dict[str, Decimal] = {}
    for need, amount in zip(rows["need"], rows["expenditure"], strict=True):
        item = items.get(need, need)
        total[item] = total.get(item, Decimal(0)) + amount
    return total


def under_way(run: Run) -> bool:
    """Is the plan one of the execution stage, made in mid-year while contracts run?"""
    if run.folder is None:
        return run.scenario.settings.stage == "execution"
    told = tomllib.loads((run.folder / "inputs" / "model.toml").read_text(encoding="utf-8"))
    return told.get("stage") == "execution"
