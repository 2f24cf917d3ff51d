"""The papers a plan turns into: columns, rows in fen, and who may see them.

A public paper names no undertaker, no offer and no unit price: competition (2(2)3) comes after it. A column that
the model does not hold is printed empty and counted; it is never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from gpsopt.runread import Run
from gpsopt.text import say, term

Cell = str | int | Decimal | None
ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Paper:
    """A paper: key, title, column keys (words under `paper.`), rows, and the columns that are summed in fen."""

    key: str
    public: bool
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    summed: tuple[str, ...] = ()

    def title(self, lang: str) -> str:
        return say(f"paper.{self.key}", lang)

    def head(self, lang: str) -> list[str]:
        return [say(f"paper.c_{name}", lang) for name in self.columns]

    def total(self, column: str) -> Decimal:
        """The exact sum of a money column."""
        place = self.columns.index(column)
        return sum((Decimal(row[place]) for row in self.rows if row[place] is not None), ZERO)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Names:
    """The words for the keys of a run's tables in one language."""

    lang: str
    tables: dict[str, dict[str, dict[str, Any]]]

    def of(self, table: str, key: str | None) -> str:
        if key is None:
            return ""
        row = self.tables[table].get(key, {})
        first, second = ("name_zh", "name_en") if self.lang == "zh" else ("name_en", "name_zh")
        return str(row.get(first) or row.get(second) or key)

    def item(self, item: str, column: str) -> str:
        value = self.tables["items"].get(item, {}).get(column)
        return "" if value is None else str(value)

    def project(self, area: str, item: str) -> str:
        """Area and item: what a project is called until the office gives it a name."""
        gap = "" if self.lang == "zh" else " "
        return f"{self.of('areas', area)}{gap}{self.of('items', item)}"


def names_in(run: Run, lang: str) -> Names:
    """The names of areas, purchasers, items and undertakers as they stand in the run's inputs."""
    keys = {"areas": "area", "purchasers": "purchaser", "items": "item", "undertakers": "undertaker"}
    tables = run.scenario.tables
    return Names(lang, {t: {row[key]: row for _line, row in tables.rows(t)} for t, key in keys.items()})


def records(run: Run, table: str) -> list[dict[str, Any]]:
    """The rows of a table of the run."""
    return [{str(k): v for k, v in row.items()} for row in run.frame(table).to_dict("records")]


def papers_of(run: Run, lang: str) -> tuple[Paper, ...]:
    """Every paper of a run."""
    names = names_in(run, lang)
    return (annual_plan(run, names), adjustments(run, names), awards(run, names), thin_markets(run, names),
            targets(run, names), ledger(run, names), posts(run, names), balance(run, names),
            eligibility(run, names))  # fmt: skip


def annual_plan(run: Run, names: Names) -> Paper:
    """3(4): the plan of the year for the public. Nothing in it says who offers or at what price."""
    bought: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for row in records(run, "allocation"):
        bought[int(row["year"]), row["need"]].append(row)
    cover = {(int(row["year"]), row["need"]): row for row in records(run, "coverage")}
    needs = {(int(row["year"]), row["need"]): row for _line, row in run.scenario.tables.rows("needs")}
    rows = []
    for number, ((year, need), awards_of) in enumerate(sorted(bought.items()), 1):
        first, state = awards_of[0], cover[year, need]
        item = str(first["item"])
        procedure = names.item(item, "procedure") or "contract"
        asked = needs.get((year, need), {})
        rows.append((
            number, year, names.of("purchasers", first["purchaser"]), names.project(first["area"], item), item,
            names.of("items", item), term(names.item(item, "kind"), names.lang), asked.get("note") or "",
            names.of("areas", first["area"]), sum((Decimal(a["quantity"]) for a in awards_of), ZERO),
            names.item(item, "unit"), sum((Decimal(a["amount"]) for a in awards_of), ZERO),
            term(procedure, names.lang), int(state["candidates"]), asked.get("month"), asked.get("target"),
            say("paper.thin", names.lang) if state["thin"] else "",
        ))  # fmt: skip
    columns = ("number", "year", "purchaser", "project", "item", "item_name", "kind", "content", "area", "quantity",
               "unit", "amount", "procedure", "candidates", "month", "target", "note")  # fmt: skip
    return Paper("annual_plan", True, columns, tuple(rows), ("amount",))


def adjustments(run: Run, names: Names) -> Paper:
    """What is booked: every change of a movement against the year before, and the kind of change that it is."""
    drafting = run.scenario.settings.stage == "drafting"
    items = {row["need"]: row for _line, row in run.scenario.tables.rows("needs")}
    lines = {row["need"]: row for _line, row in run.scenario.tables.rows("direct_lines")}
    rows = []
    for number, row in enumerate((r for r in records(run, "transfers") if Decimal(r["change"]) != 0), 1):
        need = items.get(row["need"], {})
        project = names.project(need["area"], need["item"]) if need else ""
        kind = _kind_of_change(row, drafting)
        spent = lines.get(row["need"], {}).get("expenditure") if row["from_line"] == "direct" else None
        rows.append((
            number, int(row["year"]), names.of("purchasers", row["from_purchaser"]), _line(row["from_line"], names),
            project, need.get("functional_class") or "", spent, Decimal(row["amount"]), Decimal(row["change"]),
            names.of("purchasers", row["to_purchaser"]), _line(row["to_line"], names),
            term("yes" if row["to_line"] == "purchase" else "no", names.lang), say(f"paper.{kind}", names.lang),
            term(str(row["clause"]), names.lang, within="clauses"),
        ))  # fmt: skip
    columns = ("number", "year", "from_purchaser", "from_line", "project", "functional_class", "original", "amount",
               "change", "to_purchaser", "to_line", "is_purchase", "kind_of_change", "clause")  # fmt: skip
    return Paper("adjustments", False, columns, tuple(rows), ("amount", "change"))


def _kind_of_change(row: dict[str, Any], drafting: bool) -> str:
    """Drafting books nothing; else 调剂 within a unit or across units (Budget Law 72). Totals never rise."""
    if drafting:
        return "kind_drafting"
    if row["from_purchaser"] != row["to_purchaser"]:
        return "kind_across"
    return "kind_within" if row["from_line"] != row["to_line"] else "kind_line"


def _line(line: str, names: Names) -> str:
    return term(line, names.lang, within="line")


def awards(run: Run, names: Names) -> Paper:
    """Inside: the assumed awards, with undertaker, offer and price."""
    rows = tuple(
        (n, int(r["year"]), names.of("purchasers", r["purchaser"]), names.project(r["area"], r["item"]), r["need"],
         names.of("undertakers", r["undertaker"]), r["offer"], Decimal(r["quantity"]), names.item(r["item"], "unit"),
         Decimal(r["price"]), Decimal(r["amount"]))
        for n, r in enumerate(records(run, "allocation"), 1)
    )  # fmt: skip
    columns = ("number", "year", "purchaser", "project", "need", "undertaker", "offer", "quantity", "unit", "price",
               "amount")  # fmt: skip
    return Paper("awards", False, columns, rows, ("amount",))


def thin_markets(run: Run, names: Names) -> Paper:
    """Needs with fewer candidates than the law asks."""
    rows = tuple(
        (n, int(r["year"]), names.of("purchasers", r["purchaser"]), names.project(r["area"], r["item"]),
         int(r["candidates"]), Decimal(r["purchased"]))
        for n, r in enumerate((r for r in records(run, "coverage") if r["thin"]), 1)
    )  # fmt: skip
    return Paper("thin_markets", False, ("number", "year", "purchaser", "project", "candidates", "quantity"), rows)


def targets(run: Run, names: Names) -> Paper:
    """Performance targets of each need that is bought: quantity, coverage, unit cost against its standard."""
    spent: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for row in records(run, "allocation"):
        spent[int(row["year"]), row["need"]] += Decimal(row["amount"])
    rows: list[tuple[Cell, ...]] = []
    for row in records(run, "coverage"):
        units, demand = Decimal(row["purchased"]), Decimal(row["demand"])
        if units > 0:
            amount = spent[int(row["year"]), row["need"]]
            served = (Decimal(row["served"]) / demand).quantize(Decimal("0.0001")) if demand else None
            cost = (amount / units).quantize(Decimal("0.01"))
            standard = names.item(row["item"], "cost_standard")
            rows.append((len(rows) + 1, int(row["year"]), names.of("purchasers", row["purchaser"]),
                         names.project(row["area"], row["item"]), units, names.item(row["item"], "unit"), served,
                         cost, Decimal(standard) if standard else None, amount))  # fmt: skip
    columns = ("number", "year", "purchaser", "project", "quantity", "unit", "covered", "unit_cost", "cost_standard",
               "amount")  # fmt: skip
    return Paper("targets", False, columns, tuple(rows), ("amount",))


def ledger(run: Run, names: Names) -> Paper:
    """The whole ledger of fees that follow the matter."""
    rows = tuple(
        (int(r["year"]), r["need"] or "", names.of("purchasers", r["from_purchaser"]), _line(r["from_line"], names),
         names.of("purchasers", r["to_purchaser"]), _line(r["to_line"], names), Decimal(r["amount"]),
         Decimal(r["change"]), term(str(r["use"]), names.lang))
        for r in records(run, "transfers")
    )  # fmt: skip
    columns = ("year", "need", "from_purchaser", "from_line", "to_purchaser", "to_line", "amount", "change", "use")
    return Paper("ledger", False, columns, rows, ("amount",))


def posts(run: Run, names: Names) -> Paper:
    """Posts needed and still paid: it shows what is no longer needed and decides nothing about persons."""
    rows = tuple(
        (int(r["year"]), names.of("purchasers", r["purchaser"]), r["need"], Decimal(r["posts"]),
         Decimal(r["posts_paid"]), Decimal(r["stranded"]))
        for r in records(run, "direct") if r["posts"] is not None and r["posts_paid"] is not None
    )  # fmt: skip
    return Paper("posts", False, ("year", "purchaser", "need", "posts", "posts_paid", "stranded"), rows, ("stranded",))


def balance(run: Run, names: Names) -> Paper:
    """Every purchaser's year: amount + received = direct + stranded + purchased + unspent + given."""
    money = ("amount", "received", "given", "direct", "stranded", "purchased", "unspent")
    rows: list[tuple[Cell, ...]] = []
    for r in records(run, "budgets"):
        m = {name: Decimal(r[name]) for name in money}
        difference = m["amount"] + m["received"] - sum((m[k] for k in money[2:]), ZERO)
        rows.append((int(r["year"]), names.of("purchasers", r["purchaser"]), *m.values(), difference))
    columns = ("year", "purchaser", "budget", *money[1:], "difference")
    return Paper("balance", False, columns, tuple(rows), columns[2:])


def eligibility(run: Run, names: Names) -> Paper:
    """Pairs that are out, each with clause and reason."""
    rows = tuple(
        (r["need"] or "", r["offer"], names.of("undertakers", r["undertaker"]),
         None if pd.isna(r["year"]) else str(r["year"]),
         term(str(r["clause"]), names.lang, within="clauses"), term(str(r["reason"]), names.lang))
        for r in records(run, "excluded")
    )  # fmt: skip
    return Paper("eligibility", False, ("need", "offer", "undertaker", "year", "clause", "reason"), rows)
