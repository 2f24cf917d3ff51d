"""What each table holds. Code, checks, template, docs and data package all read this one list.

Source: the published contract of tables. Money is yuan with at most 2 decimals, unit prices with
at most 6; shares are 0 to 1; quantities are in the item's own unit. In a frame an empty cell is
None, numbers are exact decimals, years are integers, list cells are tuples, and the index is the
row's line in its file (header = 1; rows added by a scenario count down from -1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd

from gpsopt.text import term

Kind = Literal[
    "key", "code", "text", "choice", "yesno", "money", "price", "quantity", "share", "number", "count",
    "year", "codes", "numbers",
]  # fmt: skip
Cell = str | Decimal | int | bool | tuple[str, ...] | None

#: decimals a numeric kind may carry; None = any
DECIMALS: Final[dict[str, int | None]] = {
    "money": 2, "price": 6, "quantity": None, "share": None, "number": None, "numbers": None,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its kind, bounds, default and what it points to."""

    name: str
    kind: Kind = "text"
    required: bool = False
    default: Cell = None
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    ref: str = ""  # the table whose key the cell names
    unit: str = ""

    def title(self, table: str, lang: str) -> str:
        """The heading people read."""
        return term(self.name, lang, within=table)


@dataclass(frozen=True)
class Table:
    """One table: its columns and the columns that identify a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False

    def column(self, name: str) -> Column:
        """The column called `name` (KeyError if there is none)."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        return name in self._by_name

    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


def _key(name: str) -> Column:
    return Column(name, "key", required=True)


def _ref(name: str, table: str, required: bool = True) -> Column:
    return Column(name, "code", required, ref=table)


def _choice(name: str, *choices: str, required: bool = True, default: str | None = None) -> Column:
    return Column(name, "choice", required, default=default, choices=choices)


def _yes(name: str, default: bool | None = None, required: bool = False) -> Column:
    return Column(name, "yesno", required, default=default)


def _money(name: str, required: bool = False, default: Decimal | None = None, low: int | None = 0) -> Column:
    return Column(name, "money", required, default=default, low=low, unit="yuan")


def _share(name: str, required: bool = False, default: Decimal | None = None) -> Column:
    return Column(name, "share", required, default=default, low=0, high=1)


def _quantity(name: str, required: bool = False, default: Decimal | None = None) -> Column:
    return Column(name, "quantity", required, default=default, low=0, unit="item")


def _year(name: str, required: bool = False) -> Column:
    return Column(name, "year", required, low=1949, high=2100)


_REMARKS: Final = (
    Column("note"),
    Column("source"),
    Column("status", "choice", choices=("published", "derived", "assumed")),
)
_NAMES: Final = (Column("name_zh"), Column("name_en"))
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)


def _table(name: str, key: str, *columns: Column, optional: bool = False) -> Table:
    return Table(name, tuple(key.split()), (*columns, *_REMARKS), optional)


_LIST: Final = (
    _table(
        "areas", "area",
        _key("area"), *_NAMES,
        Column("population", "number", low=0, unit="persons"),
        Column("tile"),
    ),
    _table(
        "purchasers", "purchaser",
        _key("purchaser"), *_NAMES,
        _choice("level", "municipal", "district"),
        _choice("kind", "administrative_organ", "administrative_institution", "mass_organisation", "other"),
        _ref("area", "areas", required=False),
    ),
    _table(
        "items", "item",
        _key("item"), *_NAMES,
        _choice("kind", "public", "transactional", "auxiliary"),
        Column("domain"),
        _yes("livelihood", required=True),
        _yes("basic", required=True),
        _choice("scope", "purchasable", "government_only", "outside_duties"),
        _choice("procedure", "procurement", "contract", "entrustment", required=False, default="contract"),
        Column("unit"),
        Column("cost_standard", "price", low=0, unit="yuan/unit"),
        _yes("divisible", True),
    ),
    _table(
        "budgets", "purchaser year",
        _ref("purchaser", "purchasers"), _year("year", True), _money("amount", True),
    ),
    _table(
        "needs", "need year",
        _key("need"), _ref("purchaser", "purchasers"), _ref("item", "items"), _ref("area", "areas"),
        _year("year", True), _quantity("demand", True), _share("target", True),
        _share("floor", default=ZERO),
        Column("weight", "number", default=ONE),
        Column("weight_source"),
        Column("min_awards", "count", default=0, low=0),
        Column("max_awards", "count", low=0),
        _yes("all_or_nothing", False), _yes("key", False),
        Column("project"), Column("functional_class"), Column("economic_class"), Column("fund"),
        Column("month", "count", low=1, high=12),
    ),
    _table(
        "direct_lines", "need",
        _ref("need", "needs"), _quantity("quantity", True), _money("expenditure", True),
        _share("avoidable"),
        Column("runoff_years", "count", low=0, unit="years"),
        Column("posts", "number", low=0, unit="posts"),
        _share("quality"), _share("satisfaction"),
        Column("growth", "number", default=ZERO, low=-1),
        Column("functional_class"), Column("economic_class"),
        _choice("spending_kind", "personnel", "running", "project", required=False),
        optional=True,  # a world in which the government delivers nothing itself
    ),
    _table(
        "undertakers", "undertaker",
        _key("undertaker"), *_NAMES,
        _choice("kind", "social_organisation", "enterprise", "public_institution", "other"),
        _ref("affiliated_to", "purchasers", required=False),
        Column("group"),
        _choice("registered", "yes", "no", "exempted", required=False, default="yes"),
        *(_yes(name, True) for name in ("civil_liability", "facilities", "governance", "accounts", "record")),
        Column("licences", "codes"),
        Column("credit", "number", low=0, high=100, unit="points"),
        Column("capacity", "number", low=0, unit="resource units"),
        _money("contract_limit"), _money("engagement_cost", default=ZERO),
    ),
    _table(
        "offers", "offer",
        _key("offer"), _ref("undertaker", "undertakers"), _ref("item", "items"),
        Column("areas", "codes", ref="areas"), Column("needs", "codes", ref="needs"),
        Column("price", "price", True, low=0, unit="yuan/unit"),
        _money("setup", default=ZERO), _quantity("min_quantity", default=ZERO), _quantity("max_quantity"),
        _quantity("capacity"),
        Column("capacity_use", "number", default=ONE, low=0, unit="resource units/unit"),
        Column("subsidy", "price", default=ZERO, low=0, unit="yuan/unit"),
        _share("quality"), _share("satisfaction"),
        _year("first_year"), _year("last_year"),
        Column("growth", "number", default=ZERO, low=-1),
        Column("excludes"), Column("package"),
    ),
    _table(
        "capacities", "undertaker resource year",
        _ref("undertaker", "undertakers"), Column("resource", "code", True),
        Column("capacity", "number", True, low=0), _year("year"), optional=True,
    ),
    _table(
        "uses", "offer resource",
        _ref("offer", "offers"), Column("resource", "code", True), Column("use", "number", True, low=0),
        optional=True,
    ),
    _table(
        "relations", "relation need year",
        Column("relation", "code", True), _ref("need", "needs"), Column("coefficient", "number", True),
        Column("at_least", "number"), Column("at_most", "number"), _year("year"), optional=True,
    ),
    _table(
        "catalogue", "item area first_year",
        _ref("item", "items"), _ref("area", "areas", required=False),
        _choice("scope", "purchasable", "government_only", "outside_duties"),
        _year("first_year"), _year("last_year"), Column("filed"), optional=True,
    ),
    _table(
        "conditions", "item licence purchaser",
        _ref("item", "items"), Column("licence", "code", True), _ref("purchaser", "purchasers", False),
        Column("relation", required=True), Column("set_by"), Column("agreed_with"), optional=True,
    ),
    _table(
        "contracts", "need offer year",
        _ref("need", "needs"), _ref("offer", "offers"), _year("year", True),
        _quantity("quantity"), _money("amount"), _year("until_year"), _yes("fixed", False), optional=True,
    ),
    _table(
        "performance", "undertaker item year",
        _ref("undertaker", "undertakers"), _ref("item", "items"), _year("year", True),
        _quantity("quantity"), _share("quality"), _share("satisfaction"), optional=True,
    ),
    _table(
        "uncertainty", "uncertainty",
        _key("uncertainty"),
        _choice("factor", "demand", "price", "delivered", "quality", "satisfaction", "direct_cost",
                "late_transfer", "failure"),
        _choice("per", "all", "purchaser", "area", "item", "need", "undertaker", "offer"),
        _ref("purchaser", "purchasers", False), _ref("area", "areas", False), _ref("item", "items", False),
        _ref("need", "needs", False), _ref("undertaker", "undertakers", False), _ref("offer", "offers", False),
        _choice("distribution", "normal", "lognormal", "uniform", "triangular", "discrete", "chance"),
        Column("mean", "number", low=0), Column("sd", "number", low=0),
        Column("low", "number", low=0), Column("mode", "number", low=0), Column("high", "number", low=0),
        Column("values", "numbers", low=0), Column("probabilities", "numbers", low=0, high=1),
        Column("probability", "number"),
        Column("group"), _share("correlation"), _share("persistence"), optional=True,
    ),
    _table(
        "controls", "table column purchaser year",
        Column("table", "code", True), Column("column", "code", True),
        _ref("purchaser", "purchasers", False), _year("year"), _money("amount", True, low=None), optional=True,
    ),
)  # fmt: skip

#: every table of a model, in reading order
SCHEMA: Final[dict[str, Table]] = {table.name: table for table in _LIST}


@dataclass(frozen=True)
class Mark:
    """Rows of a table that a scenario file wrote: a whole row where `column` is empty, else one cell of each."""

    table: str
    column: str
    lines: frozenset[int]
    file: str
    row: int | None


@dataclass(frozen=True)
class Tables:
    """The tables of one model: typed frames in key order, and where each was read from.

    `sheets` names the sheet of a table that came from a workbook; `marks` say which scenario file
    wrote which rows and cells, in order, so that a finding points at the last word on them.
    """

    frames: Mapping[str, pd.DataFrame]
    files: Mapping[str, str]
    sheets: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.frames[table]

    def filled(self, table: str) -> pd.DataFrame:
        """The table with every empty cell of a column that has a default filled."""
        frame = self.frames[table].copy()
        for column in SCHEMA[table].columns:
            if column.default is not None:
                values = frame[column.name].to_numpy()
                frame[column.name] = pd.Series(
                    [column.default if value is None else value for value in values],
                    index=frame.index, dtype=object,
                )  # fmt: skip
        return frame

    def rows(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """(line, cells) of every row, as read."""
        frame = self.frames[table]
        names = list(frame.columns)
        for line, values in zip(frame.index, zip(*(frame[n] for n in names), strict=True), strict=True):
            yield int(line), dict(zip(names, values, strict=True))

    def with_frame(self, table: str, frame: pd.DataFrame) -> Tables:
        """A copy in which one table is another frame."""
        return replace(self, frames={**self.frames, table: frame})

    def marked(self, mark: Mark) -> Tables:
        """A copy that knows which scenario file wrote these rows or cells."""
        return replace(self, marks=(*self.marks, mark))

    def place(self, table: str, line: int | None, column: str = "") -> tuple[str, str, int | None]:
        """(file, sheet, row) of a row or cell: the scenario file that wrote it last, else the table's own."""
        for mark in reversed(self.marks):
            if mark.table == table and line in mark.lines and mark.column in ("", column):
                return mark.file, "", mark.row
        return self.files.get(table, ""), self.sheets.get(table, ""), line


def empty_frame(table: Table) -> pd.DataFrame:
    """A frame of the table's columns without rows."""
    return pd.DataFrame({name: pd.Series([], dtype=object) for name in table.names()})


def sorted_by_key(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows in key order, empty key cells first: the order of rows in a file never matters."""
    if frame.empty:
        return frame
    columns = [frame[name].to_numpy() for name in table.key]
    order = sorted(
        range(len(frame)), key=lambda i: tuple((c[i] is not None, c[i] if c[i] is not None else "") for c in columns)
    )
    return frame.iloc[order]
