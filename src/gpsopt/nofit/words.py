"""A conflict in the terms of the tables: each clause with its source, its words, and the numbers in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gpsopt.nofit.conflict import Conflict, owner_of
from gpsopt.nofit.sentences import SENTENCES
from gpsopt.nofit.system import Element, System
from gpsopt.nofit.teller import Teller
from gpsopt.text import quotations, say, term

#: rows of one clause and owner that are told one by one
_TOLD: Final = 4
#: what stands in the document under another clause's name
_SOURCE: Final = {
    "fees_stay": "fees_follow_the_matter", "returned": "fees_follow_the_matter", "lagged": "fees_follow_the_matter",
    "pooled": "fees_follow_the_matter",
}  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """One clause in a conflict. `keys`: the rows of the tables that are meant, their parts apart by spaces."""

    clause: str
    source_zh: str
    source_en: str
    text_zh: str
    text_en: str
    quote_zh: str
    quote_en: str
    keys: tuple[str, ...]
    conflict: int  # which of the conflicts, counted from 1
    whole: bool  # only because awards are whole
    missing: int = 0  # fen that its budgets lack
    irreducible: bool = True  # nothing of its conflict can be spared

    def text(self, lang: str) -> str:
        return self.text_zh if lang == "zh" else self.text_en

    def line(self, lang: str) -> str:
        """Clause, source and numbers in one printed line."""
        name = term(self.clause, lang, within="clauses")
        shown = self.clause if name == self.clause else f"{name} ({self.clause})"
        source = f" [{self.source(lang)}]" if self.source(lang) else ""
        return f"{shown}{source}: {self.text(lang)}"

    def source(self, lang: str) -> str:
        return self.source_zh if lang == "zh" else self.source_en

    def quote(self, lang: str) -> str:
        return self.quote_zh if lang == "zh" else self.quote_en


def clashes_of(system: System, conflicts: Sequence[Conflict]) -> tuple[Clash, ...]:
    """Every clause of every conflict, money first, then what is asked for, then what limits it."""
    return tuple(
        clash for place, c in enumerate(conflicts, 1)
        for clash in _of_one(Teller(system, c, (other for other in conflicts if other is not c)), place)
    )  # fmt: skip


def _of_one(teller: Teller, place: int) -> list[Clash]:
    groups: dict[tuple[Any, ...], list[Element]] = defaultdict(list)
    for e in teller.conflict.elements:
        owner, _year = owner_of(teller.system, e)
        groups[_rank(e), e.clause, e.rule if e.clause == "award_size" else "", owner].append(e)
    return [_clash(teller, elements, place) for _key, elements in sorted(groups.items(), key=lambda g: g[0])]


def _rank(element: Element) -> int:
    order = ("existing_budget", "hand_decisions", "coverage", "continuity", "related_needs", "quality_floor")
    return order.index(element.clause) if element.clause in order else len(order)


def _clash(teller: Teller, elements: list[Element], place: int) -> Clash:
    clause = elements[0].clause
    quoted = quotations().get(_SOURCE.get(clause, clause))
    keys = tuple(dict.fromkeys(" ".join(str(p) for p in e.key if p != "") for e in elements))
    return Clash(
        clause, quoted.section_zh if quoted else "", quoted.section_en if quoted else "",
        _text(teller, elements, "zh"), _text(teller, elements, "en"),
        quoted.quote_zh if quoted else "", quoted.quote_en if quoted else "", keys, place, teller.conflict.whole,
        sum(teller.missing(*e.key).fen for e in elements if e.rule == "purchases_within_line"),
        teller.conflict.irreducible,
    )  # fmt: skip


def _text(teller: Teller, elements: list[Element], lang: str) -> str:
    told = list(dict.fromkeys(_sentence(teller, e, lang) for e in elements))
    more = len(told) - _TOLD
    shown = say("nofit.then", lang).join(told[:_TOLD])
    return shown if more <= 0 else say("nofit.and_more", lang, text=shown, count=more)


def _sentence(teller: Teller, e: Element, lang: str) -> str:
    make = SENTENCES.get(f"{e.clause}.{e.rule}") or SENTENCES[e.clause]  # a test holds that none is missing
    message, words = make(teller, e)
    return teller.names.said(message, lang, words)


__all__ = ["Clash", "clashes_of"]
