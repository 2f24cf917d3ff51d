"""What `verify` answers: the faults it found, each naming rule, file, row and amounts, and what it checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from gpsopt.errors import Finding, GpsoptError
from gpsopt.text import messages, say, term

#: faults of one rule and kind that are listed one by one; the rest are counted
LISTED: Final = 200


@dataclass(frozen=True)
class Breach:
    """By how much a clause is broken, and where: what a soft clause's violation must be listed as.

    `index`: the limit and what it binds (need, undertaker, ...), `amount` above 0 in `unit`; `worth`: yuan that one
    of it counts for where violations of unlike units are added up (unit value of the item), else 1.
    """

    index: str
    year: int
    amount: Fraction
    unit: str
    worth: Fraction = Fraction(1)

    @property
    def counted_in(self) -> str:
        """What violations of this kind are added up in."""
        return "yuan" if self.unit in ("item", "mark", "share") else self.unit


@dataclass(frozen=True)
class Fault:
    """One broken rule. `code` names the message, `row` is the line of the file (header = 1), `key` says
    which row is meant in the plan's own words (year, need, offer), `details` fill the message."""

    rule: str
    code: str
    file: str = ""
    row: int | None = None
    column: str = ""
    key: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    breach: Breach | None = None  # where the rule is a clause that may be soft

    def text(self, lang: str) -> str:
        """What is wrong, in one language."""
        values = {name: _in_words(value, lang) for name, value in self.details.items()}
        return say(f"verify.{self.code}", lang, **values)

    def where(self, lang: str) -> str:
        """File, row, column and key, as far as they are known."""
        parts = [self.file]
        if self.row is not None:
            parts.append(say("verify.at_row", lang, row=self.row))
        if self.column:
            parts.append(say("verify.at_column", lang, column=_named(self.column, lang, self.file.split(".")[0])))
        parts.append(self.key)
        return " · ".join(part for part in parts if part)

    def line(self, lang: str) -> str:
        """Place, rule and fault in one printed line."""
        place = self.where(lang)
        head = f"{place}: " if place else ""
        return f"{head}{say('verify.rule', lang, rule=rule_name(self.rule, lang))} {self.text(lang)}"


@dataclass(frozen=True)
class Outcome:
    """What one rule's check saw: how many rows it checked, and the faults."""

    rule: str
    rows: int
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer for a plan: `ok` exactly when no rule is broken; `checked` counts rows by rule."""

    ok: bool
    faults: tuple[Fault, ...]
    checked: dict[str, int]

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> Verdict:
        """The verdict over all checks, in their order."""
        faults: list[Fault] = []
        checked: dict[str, int] = {}
        for outcome in outcomes:
            checked[outcome.rule] = checked.get(outcome.rule, 0) + outcome.rows
            faults += outcome.faults
        return Verdict(not faults, _listed(faults), checked)

    def lines(self, lang: str) -> list[str]:
        """The verdict as people read it: what was checked, then fault by fault."""
        rows = sum(self.checked.values())
        head = say("verify.holds" if self.ok else "verify.broken", lang, rules=len(self.checked), rows=rows,
                   faults=len(self.faults))  # fmt: skip
        return [head, *(fault.line(lang) for fault in self.faults)]


def rule_name(rule: str, lang: str) -> str:
    """The words for a rule with its key: a clause's own term, or the name of a check that is no clause."""
    own = messages(lang).get(f"verify_rule.{rule}")
    return f"{own} ({rule})" if own else _named(rule, lang, "clauses")


def _in_words(value: object, lang: str) -> object:
    """A detail as shown: findings and refusals of reading speak both languages."""
    if isinstance(value, Finding):
        return value.line(lang)
    return value.text(lang) if isinstance(value, GpsoptError) else value


def _named(key: str, lang: str, within: str) -> str:
    word = term(key, lang, within=within)
    return key if word == key else f"{word} ({key})"


def _listed(faults: list[Fault]) -> tuple[Fault, ...]:
    """The first faults of each kind, and a count of the others."""
    kept: list[Fault] = []
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    for fault in faults:
        kind = (fault.rule, fault.code, fault.file)
        seen[kind] += 1
        if seen[kind] <= LISTED:
            kept.append(fault)
    more = [
        Fault(rule, "and_more", file, details={"count": count - LISTED})
        for (rule, _code, file), count in seen.items() if count > LISTED
    ]  # fmt: skip
    return (*kept, *more)
