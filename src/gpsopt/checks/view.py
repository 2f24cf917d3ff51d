"""What the checks look at: a scenario's tables as plain columns, indexed once, and the way to a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from gpsopt.errors import Finding, Severity
from gpsopt.money import fen, half_up
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from gpsopt.tables import SCHEMA, Tables

ONE = Decimal(1)


class Need(NamedTuple):
    """What is the same in every year of a need, from its first row."""

    purchaser: str
    item: str
    area: str
    line: int


class NeedYear(NamedTuple):
    """One row of `needs`, empty cells filled with their defaults."""

    line: int
    need: str
    year: int
    demand: Decimal
    target: Decimal
    floor: Decimal
    weight: Decimal


class Line(NamedTuple):
    """Today's direct delivery of a need: quantity in units, expenditure of a model year in fen."""

    line: int
    quantity: Decimal
    expenditure: dict[int, int]


class Offer(NamedTuple):
    """One row of `offers`, empty cells filled with their defaults."""

    line: int
    offer: str
    undertaker: str
    item: str
    areas: tuple[str, ...]
    needs: tuple[str, ...]
    price: Decimal | None
    growth: Decimal
    setup: Decimal
    min_quantity: Decimal
    max_quantity: Decimal | None
    capacity: Decimal | None
    capacity_use: Decimal
    first_year: int | None
    last_year: int | None
    excludes: str | None
    package: str | None

    def stands_in(self, year: int) -> bool:
        return (self.first_year or year) <= year <= (self.last_year or year)


@dataclass(frozen=True)
class View:
    """A scenario with its indexes; rows whose key could not be read are left out of them."""

    scenario: Scenario

    @property
    def settings(self) -> Settings:
        return self.scenario.settings

    @property
    def tables(self) -> Tables:
        return self.scenario.tables

    @property
    def years(self) -> tuple[int, ...]:
        return self.settings.years

    def cells(self, table: str, *names: str) -> Iterator[tuple[Any, ...]]:
        """(line, cell, ...) of every row, empty cells filled with their defaults."""
        frame = self.tables[table]
        columns: list[list[Any]] = []
        for name in names:
            default = SCHEMA[table].column(name).default
            values = frame[name].tolist()
            columns.append(values if default is None else [default if v is None else v for v in values])
        return zip(frame.index.tolist(), *columns, strict=True)

    def find(
        self, severity: Severity, code: str, table: str, line: int | None = None, column: str = "",
        value: object = "", /, **details: object,
    ) -> Finding:  # fmt: skip
        """A finding at a row or cell: in the table's file, or in the scenario file that wrote it last."""
        file, sheet, row = self.tables.place(table, line, column)
        return Finding(severity, code, file, sheet, row, column, "" if value is None else str(value), details)

    def said(self, severity: Severity, code: str, column: str, value: object = "", **details: object) -> Finding:
        """A finding about a setting: at the file and line that say it last, else in the outermost file."""
        row, file = None, self.scenario.chain[-1] if self.scenario.chain else ""
        parts = column.split(".")
        for end in range(len(parts), 0, -1):
            if (place := self.scenario.places.get(".".join(parts[:end]))) is not None:
                file, row = place
                break
        return Finding(severity, code, file, row=row, column=column, value=str(value), details=details)

    def usable(self, table: str) -> bool:
        """Could the table be read at all? Where not, what refers to it is not blamed."""
        if len(self.tables[table]):
            return True
        return not any(f.severity == "error" and self._of(f, table) for f in self.scenario.findings)

    def whole(self, table: str) -> bool:
        """Was every cell of the table read? Where not, what seems to be missing may stand in a refused row."""
        return self.usable(table) and self._place(table) not in {place for place, _row, _column in self._refused_cells}

    def was_read(self, table: str, line: int, column: str) -> bool:
        """Was this cell read? An empty one that was refused has its finding already."""
        return (self._place(table), line, column) not in self._refused_cells

    def _place(self, table: str) -> tuple[str, str]:
        """File and sheet of a table: those of a workbook have one file."""
        return self.tables.files.get(table, ""), self.tables.sheets.get(table, "")

    def _of(self, finding: Finding, table: str) -> bool:
        return (finding.file, finding.sheet) == self._place(table)

    @cached_property
    def _refused_cells(self) -> frozenset[tuple[tuple[str, str], int | None, str]]:
        found = self.scenario.findings
        return frozenset(((f.file, f.sheet), f.row, f.column) for f in found if f.severity == "error")

    def refused(self, table: str) -> frozenset[str]:
        """The identifiers of a table that could not be accepted: what names them is not blamed too."""
        key, findings = SCHEMA[table].key[0], self.scenario.findings
        refused = (f for f in findings if f.severity == "error" and f.column == key and self._of(f, table))
        return frozenset(f.value for f in refused)

    def hard(self, clause: str) -> bool:
        """Is a clause in force, and not softened?"""
        return clause in self._hard

    @cached_property
    def _hard(self) -> frozenset[str]:
        clauses = self.settings.clauses
        names = type(clauses).model_fields
        return frozenset(n for n in names if clauses.on(n) and not getattr(getattr(clauses, n), "soft", False))

    @property
    def oversupply(self) -> bool:
        """May more be served than is demanded? A struck clause says nothing."""
        return self.settings.clauses.on("coverage") and self.settings.clauses.coverage.oversupply

    @cached_property
    def needs(self) -> dict[str, Need]:
        found: dict[str, Need] = {}
        for line, need, purchaser, item, area in self.cells("needs", "need", "purchaser", "item", "area"):
            if need is not None:
                found.setdefault(need, Need(purchaser, item, area, line))
        return found

    @cached_property
    def need_years(self) -> tuple[NeedYear, ...]:
        """The rows of `needs` in model years whose quantities could be read."""
        rows = (
            NeedYear(*row) for row in self.cells("needs", "need", "year", "demand", "target", "floor", "weight")
        )  # fmt: skip
        years = set(self.years)
        return tuple(r for r in rows if r.year in years and None not in r)

    @cached_property
    def items(self) -> dict[str, dict[str, Any]]:
        frame = self.tables["items"]
        names = ("scope", "divisible", "cost_standard", "livelihood")
        rows = self.cells("items", "item", *names)
        return {key: {"line": line, **dict(zip(names, values, strict=True))}
                for line, key, *values in rows if key is not None} if len(frame) else {}  # fmt: skip

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        rows = self.cells(
            "offers", "offer", "undertaker", "item", "areas", "needs", "price", "growth", "setup", "min_quantity",
            "max_quantity", "capacity", "capacity_use", "first_year", "last_year", "excludes", "package",
        )  # fmt: skip
        return tuple(
            Offer(line, offer, undertaker, item, areas or (), needs or (), *rest)
            for line, offer, undertaker, item, areas, needs, *rest in rows
            if offer is not None
        )

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Need -> its direct line, where quantity and expenditure could be read."""
        found = {}
        for line, need, quantity, yearly, growth in self.cells(
            "direct_lines", "need", "quantity", "expenditure", "growth"
        ):
            if need is not None and quantity is not None and yearly is not None:
                found[need] = Line(
                    line, quantity, {t: half_up(fen(yearly) * self._grown(growth, t)) for t in self.years}
                )
        return found

    @cached_property
    def budgets(self) -> dict[tuple[str, int], tuple[int, int]]:
        """(purchaser, year) -> (line, amount in fen), model years only."""
        return {
            (purchaser, year): (line, fen(amount))
            for line, purchaser, year, amount in self.cells("budgets", "purchaser", "year", "amount")
            if year in self.years and purchaser is not None and amount is not None
        }

    def _grown(self, growth: Decimal, year: int) -> Fraction:
        return Fraction(1) if not growth else (1 + Fraction(growth)) ** (year - self.settings.base_year)

    def price(self, offer: Offer, year: int) -> Decimal | None:
        """Yuan a unit in a year, 6 decimals, half up."""
        if offer.price is None or not offer.growth:
            return offer.price
        return Decimal(half_up(Fraction(offer.price) * self._grown(offer.growth, year) * 10**6)).scaleb(-6)

    def step(self, item: str | None) -> Decimal:
        """The grid of an item's quantities."""
        known = self.items.get(item or "")
        return ONE if known is not None and known["divisible"] is False else self.settings.quantity_step

    def on_grid(self, quantity: Decimal, item: str | None) -> Decimal:
        """A quantity taken down to the grid."""
        step = self.step(item)
        with localcontext() as context:
            context.prec = 80
            return (quantity // step) * step

    @cached_property
    def barred(self) -> dict[str, str]:
        """Offer -> the clause that keeps it out everywhere, as far as its own rows tell."""
        unfit = self._unfit
        found = {}
        for offer in self.offers:
            item = self.items.get(offer.item)
            if item is None or offer.price is None:
                continue
            standard = item["cost_standard"]
            if self._closed(offer.item, item["scope"]):
                found[offer.offer] = "catalogue_scope"
            elif offer.undertaker in unfit:
                found[offer.offer] = "qualification"
            elif self._fee_hard and standard is not None and not offer.growth and offer.price > standard:
                found[offer.offer] = "fee_standard"
        return found

    def _closed(self, item: str, scope: str | None) -> bool:
        dated = item in self.dated
        return self.hard("catalogue_scope") and not dated and scope not in (None, "purchasable")

    @cached_property
    def dated(self) -> frozenset[str]:
        """Items whose scope depends on year and district."""
        return frozenset(self.tables["catalogue"]["item"])

    @cached_property
    def _fee_hard(self) -> bool:
        clause = self.settings.clauses.fee_standard
        return self.hard("fee_standard") and clause.mode == "exclude"

    @cached_property
    def _unfit(self) -> frozenset[str]:
        """Undertakers that lack one of the six conditions, or the credit asked."""
        if not self.hard("qualification"):
            return frozenset()
        least = self.settings.clauses.qualification.min_credit
        rows = self.cells(
            "undertakers", "undertaker", "credit", "registered",
            "civil_liability", "facilities", "governance", "accounts", "record",
        )  # fmt: skip
        return frozenset(
            undertaker for _line, undertaker, credit, registered, *five in rows
            if registered == "no" or False in five or (least is not None and (credit is None or credit < least))
        )  # fmt: skip


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """A quantity or ratio for showing."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


Check = Callable[[View], Iterator[Finding]]
