"""How the things of the tables are called when people read of them: names, money, quantities, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from gpsopt.cells import grouped
from gpsopt.money import format_money
from gpsopt.scenario import Scenario
from gpsopt.text import say, term, unit_of

_WAN: Final = 10_000 * 100  # fen
_MILLION: Final = 1_000_000 * 100
_LISTED: Final = 5


@dataclass(frozen=True)
class Named:
    """A row of a table that has a name: purchasers, undertakers, items, areas."""

    table: str
    key: str


@dataclass(frozen=True)
class Need:
    """A need, said with its service and district."""

    key: str


@dataclass(frozen=True)
class Offer:
    """An offer, said with its undertaker."""

    key: str


@dataclass(frozen=True)
class Fen:
    """An amount of money; `at_least`: it may be more."""

    amount: int
    at_least: bool = False


@dataclass(frozen=True)
class Units:
    """A quantity of what a need asks for (or of an item)."""

    amount: Decimal
    item: str


@dataclass(frozen=True)
class Word:
    """A key that the terms name."""

    key: str
    within: str = ""


@dataclass(frozen=True)
class Names:
    """The names of one scenario."""

    scenario: Scenario

    def said(self, message: str, lang: str, words: Mapping[str, object]) -> str:
        """A message with its values in words."""
        return say(message, lang, **{key: self.shown(value, lang) for key, value in words.items()})

    def shown(self, value: object, lang: str) -> object:
        """One value in words."""
        match value:
            case Named(table, key):
                return self._named(table, key, lang)
            case Need(key):
                return self._need(key, lang)
            case Offer(key):
                offer = self._offers.get(key, "")
                return say("nofit.offer", lang, offer=key, undertaker=self._named("undertakers", offer, lang))
            case Fen(amount, at_least):
                shown = money(amount, lang)
                return say("nofit.at_least", lang, amount=shown) if at_least else shown
            case Units(amount, item):
                unit = unit_of(self._units.get(item) or "", lang)
                return say("nofit.units", lang, number=grouped(amount), unit=unit) if unit else grouped(amount)
            case Word(key, within):
                word = term(key, lang, within=within)
                return key if word == key else f"{word} ({key})"
            case Decimal():
                return grouped(value)
            case list() | tuple():
                return self._listed([str(self.shown(v, lang)) for v in value], lang)
            case _:
                return value

    def _listed(self, words: list[str], lang: str) -> str:
        """A list that people read: the first few where it is long, and how many it has beside (in Chinese: in all)."""
        if len(words) <= _LISTED + 1:
            return say("nofit.comma", lang).join(words)
        text = say("nofit.comma", lang).join(words[:_LISTED])
        return say("nofit.and_others", lang, text=text, count=len(words) - (0 if lang == "zh" else _LISTED))

    def unit(self, need: str, lang: str) -> str:
        """The unit of what a need asks for, in words."""
        item, _area = self._needs.get(need, ("", ""))
        return unit_of(self._units.get(item) or "", lang)

    def _named(self, table: str, key: str, lang: str) -> str:
        row = self._rows(table).get(key, (None, None))
        name = row[0] or row[1] if lang == "zh" else row[1] or row[0]
        return f"{name} ({key})" if name else key

    def _need(self, key: str, lang: str) -> str:
        if key not in self._needs:
            return key
        item, area = self._needs[key]
        items, areas = self._rows("items"), self._rows("areas")
        place = 0 if lang == "zh" else 1
        names = [(rows.get(k, (None, None))[place] or rows.get(k, (None, None))[1 - place] or k)
                 for rows, k in ((items, item), (areas, area))]  # fmt: skip
        return say("nofit.need", lang, need=key, item=names[0], area=names[1])

    def _rows(self, table: str) -> dict[str, tuple[str | None, str | None]]:
        return self._tables[table]

    @cached_property
    def _tables(self) -> dict[str, dict[str, tuple[str | None, str | None]]]:
        keys = {"purchasers": "purchaser", "undertakers": "undertaker", "items": "item", "areas": "area"}
        return {
            table: {row[key]: (row["name_zh"], row["name_en"]) for _line, row in self.scenario.tables.rows(table)}
            for table, key in keys.items()
        }

    @cached_property
    def _needs(self) -> dict[str, tuple[str, str]]:
        return {row["need"]: (row["item"], row["area"]) for _line, row in self.scenario.tables.rows("needs")}

    @cached_property
    def _offers(self) -> dict[str, str]:
        return {row["offer"]: row["undertaker"] for _line, row in self.scenario.tables.rows("offers")}

    @cached_property
    def _units(self) -> dict[str, str | None]:
        return {row["item"]: row["unit"] for _line, row in self.scenario.tables.rows("items")}


def money(amount: int, lang: str) -> str:
    """Whole ten thousands of yuan in the large unit, else yuan to the fen: a sentence rarely mixes both."""
    unit, size = ("wan", _WAN) if lang == "zh" else ("million", _MILLION)
    if abs(amount) >= size and amount % _WAN == 0:
        shown = format_money(amount, "wan") if lang == "zh" else f"{Decimal(amount) / size:,.2f}"
        return say(f"nofit.in_{unit}", lang, amount=shown)
    return say("nofit.in_yuan", lang, amount=format_money(amount))
