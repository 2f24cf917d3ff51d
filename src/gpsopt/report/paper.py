"""What a paper is: its columns, its rows in exact yuan, who may see it, and how sure its form is.

A column is found in an office's own form, proposed by us, or filled by hand; a hand column is printed empty and
counted, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from gpsopt.runread import Run
from gpsopt.text import messages, say, term, unit_of

Cell = str | int | Decimal | None
ZERO: Final = Decimal(0)
WAN: Final = Decimal(10_000)
_PRICED: Final = re.compile(r"价|元|¥|￥|price|yuan", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column: its word is `paper.c_<name>`; kind: text, wan (yuan, shown in 万元), yuan, number or share."""

    name: str
    kind: str = "text"
    hand: bool = False
    summed: bool = False


def columns(spec: str) -> tuple[Column, ...]:
    """Columns from words such as "amount:wan+": a kind after the colon, + where it is summed, ! by hand."""
    made = []
    for word in spec.split():
        name, _, rest = word.rstrip("+!").partition(":")
        marks = word[len(word.rstrip("+!")) :]
        made.append(Column(name, rest or "text", "!" in marks, "+" in marks))
    return tuple(made)


@dataclass(frozen=True)
class Paper:
    """A paper of one year.

    form: published, title, software or proposed (papers.md); columns and rows in the paper's order; group: the column
    that has a subtotal for each of its values (rows stand in its order); controls: sentences under the table.
    """

    key: str
    year: int
    form: str
    public: bool
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    group: str = ""
    controls: tuple[str, ...] = ()

    def title(self, lang: str) -> str:
        return say(f"paper.{self.key}", lang)

    def head(self, lang: str) -> list[str]:
        units = {"wan": "paper.in_wan", "yuan": "paper.in_yuan"}
        words = [self._word(column.name, lang) for column in self.columns]
        return [say(units[c.kind], lang, word=word) if c.kind in units else word
                for c, word in zip(self.columns, words, strict=True)]  # fmt: skip

    def _word(self, column: str, lang: str) -> str:
        """A column's word as this paper's form has it, else as every paper does."""
        form = self.key.removesuffix("_drafting").removesuffix("_inside")
        return messages(lang).get(f"paper.of_{form}_{column}") or say(f"paper.c_{column}", lang)

    def place(self, column: str) -> int:
        """Where a column stands."""
        return [c.name for c in self.columns].index(column)

    def total(self, column: str, rows: Iterable[Sequence[Cell]] | None = None) -> Decimal:
        """The exact sum of a column over all rows or over `rows`."""
        place = self.place(column)
        cells = [row[place] for row in (self.rows if rows is None else rows)]
        return sum((Decimal(cell) for cell in cells if isinstance(cell, Decimal | int)), ZERO)

    @cached_property
    def to_fill(self) -> int:
        """How many cells a person has still to fill."""
        hand = [place for place, column in enumerate(self.columns) if column.hand]
        return sum(row[place] in (None, "") for row in self.rows for place in hand)


@dataclass(frozen=True)
class Names:
    """The words for the keys of a run's tables in one language."""

    lang: str
    tables: dict[str, dict[str, dict[str, Any]]]
    offers: frozenset[str] = frozenset()

    def of(self, table: str, key: str | None) -> str:
        if key is None:
            return ""
        row = self.tables[table].get(key, {})
        first, second = ("name_zh", "name_en") if self.lang == "zh" else ("name_en", "name_zh")
        return str(row.get(first) or row.get(second) or key)

    def item(self, item: str, column: str) -> str:
        value = self.tables["items"].get(item, {}).get(column)
        return "" if value is None else str(value)

    def word(self, item: str, column: str) -> str:
        """The word for an item's cell that holds a key: kind, scope, procedure, yes or no."""
        value = self.tables["items"].get(item, {}).get(column)
        value = ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
        return term(value, self.lang) if value else ""

    def unit(self, item: str) -> str:
        return unit_of(self.item(item, "unit"), self.lang)

    def domain(self, item: str) -> str:
        """The catalogue's second level."""
        domain = self.item(item, "domain")
        return messages(self.lang).get(f"paper.domain_{domain}", domain)

    def catalogued(self, item: str) -> str:
        """Code and name."""
        return f"{item} {self.of('items', item)}"

    def project(self, area: str, item: str) -> str:
        """Area and item: what a project is called until the office gives it a name."""
        gap = "" if self.lang == "zh" else ": "
        return f"{self.of('areas', area)}{gap}{self.of('items', item)}"

    def joined(self, words: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(words)

    @cached_property
    def _secret(self) -> re.Pattern[str]:
        """What no public paper may say: an undertaker's key and names, an offer's key."""
        rows = self.tables["undertakers"]
        names = {str(row[c]) for row in rows.values() for c in ("name_zh", "name_en") if row.get(c)}
        keys = {*rows, *self.offers}
        parts = [re.escape(name) for name in sorted(names)]
        parts += [rf"(?<!\w){re.escape(key)}(?!\w)" for key in sorted(keys)]
        return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)

    def open_text(self, text: object) -> str:
        """A remark of the model as the public may read it: empty where it names an undertaker, an offer or a price."""
        said = str(text or "")
        return "" if _PRICED.search(said) or self._secret.search(said) else said


def names_in(run: Run, lang: str) -> Names:
    """The names of areas, purchasers, items and undertakers as they stand in the run's inputs."""
    keys = {"areas": "area", "purchasers": "purchaser", "items": "item", "undertakers": "undertaker"}
    tables = run.scenario.tables
    offers = frozenset(str(row["offer"]) for _line, row in tables.rows("offers"))
    return Names(lang, {t: {row[key]: row for _line, row in tables.rows(t)} for t, key in keys.items()}, offers)


def records(run: Run, table: str) -> list[dict[str, Any]]:
    """The rows of a table of the run."""
    return [{str(k): v for k, v in row.items()} for row in run.frame(table).to_dict("records")]


Row = Mapping[str, Any]


@dataclass(frozen=True)
class Material:
    """What the papers of one year are made from: the run's rows of the year and the model's rows behind them."""

    run: Run
    names: Names
    year: int
    awards: tuple[Row, ...]  # by purchaser, item, area, need
    cover: Mapping[str, Row]  # by need
    direct: Mapping[str, Row]  # by need
    transfers: tuple[Row, ...]
    budgets: Mapping[str, Row]  # by purchaser
    needs: Mapping[str, Row]  # the model's, of the year
    lines: Mapping[str, Row]  # the model's direct lines
    offers: Mapping[str, Row]  # the model's
    evaluated: Mapping[tuple[str, str], Row]  # the model's `performance` of the year, by undertaker and item
    bought_before: frozenset[str]  # needs bought in the year before, by the plan or by today's contracts

    @property
    def lang(self) -> str:
        return self.names.lang

    def purchaser(self, key: str | None) -> str:
        return self.names.of("purchasers", key)

    def matter(self, need: str) -> str:
        """What a need's project is called."""
        row = self.needs.get(need) or self.cover.get(need)
        return self.names.project(row["area"], row["item"]) if row else need

    def bought(self) -> dict[str, list[Row]]:
        """The awards of each need, in the order of the awards."""
        found: dict[str, list[Row]] = {}
        for row in self.awards:
            found.setdefault(row["need"], []).append(row)
        return found

    def term_years(self) -> int:
        """How long an award lasts."""
        clauses = self.run.scenario.settings.clauses
        term = clauses.contract_term
        return int(term.years) if term is not None and clauses.on("contract_term") else 1


def material_of(run: Run, names: Names, year: int) -> Material:
    """The rows of one year of a run with a plan."""

    def of_year(table: str) -> list[Row]:
        return [row for row in records(run, table) if int(row["year"]) == year]

    tables = run.scenario.tables
    order = sorted(of_year("allocation"), key=lambda r: (r["purchaser"], r["item"], r["area"], r["need"], r["offer"]))
    return Material(
        run, names, year, tuple(order), {r["need"]: r for r in of_year("coverage")},
        {r["need"]: r for r in of_year("direct")}, tuple(of_year("transfers")),
        {r["purchaser"]: r for r in of_year("budgets")},
        {row["need"]: row for _line, row in tables.rows("needs") if row["year"] == year},
        {row["need"]: row for _line, row in tables.rows("direct_lines")},
        {row["offer"]: row for _line, row in tables.rows("offers")},
        {(r["undertaker"], r["item"]): r for _line, r in tables.rows("performance") if r["year"] == year},
        frozenset(r["need"] for r in (*records(run, "allocation"), *(r for _line, r in tables.rows("contracts")))
                  if int(r["year"]) == year - 1),
    )  # fmt: skip


def total(rows: Iterable[Row], column: str) -> Decimal:
    """The exact sum of a money or quantity column."""
    return sum((Decimal(row[column]) for row in rows if row[column] is not None), ZERO)
