"""Aims, figures and rows as the answers of `gpsopt explain` say them, and frames as JSON values."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from gpsopt.model.aims import MONEY_AIMS
from gpsopt.nofit.names import Named, Names, Need, Offer
from gpsopt.scenario import Scenario
from gpsopt.text import messages, say, term

_MILLION: Final = 1e6
_WAN: Final = 1e4
_KINDS: Final = (("purchasers", "purchaser"), ("undertakers", "undertaker"), ("areas", "area"), ("items", "item"))


def aim_noun(aim: str, lang: str) -> str:
    """What an aim counts: the livelihood shortfall, spending."""
    key = f"explain.aim_{aim}"
    return say(key, lang) if key in messages(lang) else term(aim, lang, within="aims")


def amount(aim: str, value: float, lang: str) -> str:
    """An amount of an aim with its unit; money in millions (zh: 万) where it is large."""
    if aim == "worst_area":
        return say("explain.points", lang, value=f"{100 * value:,.3f}")
    return yuan(value, lang) if aim in MONEY_AIMS else f"{value:,.2f}"


def yuan(value: float, lang: str) -> str:
    """Yuan in words."""
    size, key = (_WAN, "nofit.in_wan") if lang == "zh" else (_MILLION, "nofit.in_million")
    if abs(value) >= size:
        return say(key, lang, amount=f"{value / size:,.2f}")
    return say("nofit.in_yuan", lang, amount=f"{value:,.2f}")


def figure(aim: str, value: float, lang: str) -> str:
    """A value with its unit: coverage in per cent, money in yuan."""
    if aim == "worst_area":
        return f"{100 * value:,.4f} %"
    shown = f"{value:,.2f}"
    return say("explain.money_words", lang, value=shown) if aim in MONEY_AIMS else shown


def is_seen(aim: str, value: float) -> bool:
    """Is a difference large enough to be written?"""
    return abs(value) >= (5e-7 if aim == "worst_area" else 0.005)


def change(aim: str, value: float | None, lang: str) -> str:
    """A signed difference of an aim with its unit; where there is none, that nothing fits."""
    if value is None or pd.isna(value):
        return say("explain.none", lang)
    if not is_seen(aim, value):
        return say("explain.no_change", lang)
    if aim == "worst_area":
        return say("explain.share_points", lang, value=f"{100 * value:+,.4f}")
    shown = f"{value:+,.2f}"
    return say("explain.money_words", lang, value=shown) if aim in MONEY_AIMS else shown


def moves(aim: str, value: float, lang: str) -> str:
    """`the livelihood shortfall falls by 1.05 million yuan`."""
    key = "explain.falls" if value < 0 else "explain.rises"
    return say(key, lang, aim=aim_noun(aim, lang), amount=amount(aim, abs(value), lang))


def clause_name(clause: str, lang: str) -> str:
    """A clause's word and key."""
    word = term(clause, lang, within="clauses")
    return clause if word == clause else f"{word} ({clause})"


def left_out(reason: str, lang: str) -> str:
    """Why a pair is left out, in words."""
    return messages(lang).get(f"left_out.{reason}") or term(reason, lang)


class Subjects:
    """Whom or what the index of a row names, in words."""

    def __init__(self, scenario: Scenario) -> None:
        self.names = Names(scenario)
        self._kind: dict[str, Any] = {}
        for table, key in (*_KINDS, ("needs", "need"), ("offers", "offer")):
            for code in scenario.tables[table][key]:
                shown = Need(code) if table == "needs" else Offer(code) if table == "offers" else Named(table, code)
                self._kind.setdefault(code, shown)

    def of(self, index: str, lang: str) -> str:
        """The names of the codes of an index; a code of no table stays as it is."""
        shown = [self._kind.get(code, code) for code in index.split()]
        return str(self.names.shown(shown, lang))

    def item(self, key: str, lang: str) -> str:
        return str(self.names.shown(Named("items", key), lang))

    def unit(self, need: str, lang: str) -> str:
        """The unit of what a need asks for."""
        return self.names.unit(need, lang)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as JSON values."""
    return [{str(k): plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """Numbers and text as JSON knows them; what is empty or without end is null."""
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, str | bool):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if value is pd.NA else value


__all__ = [
    "Subjects", "aim_noun", "amount", "change", "clause_name", "figure", "is_seen", "left_out", "moves", "plain",
    "records", "yuan",
]  # fmt: skip
