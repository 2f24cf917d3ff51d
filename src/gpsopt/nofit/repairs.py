"""Up to five repairs of different kinds, each the least of its kind, each proven by the very file that it writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from gpsopt.nofit.conflict import Conflict
from gpsopt.nofit.edits import Edits
from gpsopt.nofit.kinds import KINDS
from gpsopt.nofit.loosen import Least, Loosening, Step, least
from gpsopt.nofit.names import Names
from gpsopt.nofit.others import clauses, parameter, regime, undertaker
from gpsopt.nofit.proof import Bench
from gpsopt.nofit.system import System
from gpsopt.text import say

MOST: Final = 5
_TOLD: Final = 4
#: what is added until the file has a plan, as the solver counts in fractions and the plan in steps and fen: least
#: units of the table on every step, and 万元 that every purchase line must leave
_WIDER: Final = ((0, 0.0), (1, 0.0), (4, 0.0), (25, 0.0), (0, 1e-3), (0, 1e-2))
_WIDER_LARGE: Final = ((0, 0.0), (1, 1e-3), (1, 1e-2))
_SMALL: Final = 6_000  # columns
_GROWN: Final = (1.25, 2.0, 4.0)
_CLOSE: Final = 0.01


@dataclass(frozen=True)
class Repair:
    """One way to a plan: `amount` of `unit` is what it gives, `toml` the scenario file that makes it."""

    kind: str
    amount: Decimal
    unit: str
    text_zh: str
    text_en: str
    toml: str
    proven: bool
    least: bool  # nothing less of this kind would do (to the solver's proof)

    def text(self, lang: str) -> str:
        return self.text_zh if lang == "zh" else self.text_en


def repairs_of(system: System, conflicts: Sequence[Conflict], seconds: float = 90.0) -> tuple[Repair, ...]:
    """The menu of a scenario without a plan: distinct kinds, proven ones only."""
    end = time.process_time() + seconds
    found: list[Repair] = []
    with Bench(system.scenario) as bench:
        for make in _ways(system, conflicts, bench):
            if len(found) == MOST or time.process_time() > end:
                break
            repair = make()
            if repair is not None and all(repair.kind != other.kind for other in found):
                found.append(repair)
        if not found or (len(conflicts) > 1 and len(found) < MOST and time.process_time() < end):
            several = _several(system, bench)
            found += [] if several is None or several.text_en in {other.text_en for other in found} else [several]
    return tuple(found)


def _ways(system: System, conflicts: Sequence[Conflict], bench: Bench) -> Iterator[Callable[[], Repair | None]]:
    """Every kind that touches all conflicts; rows that give way first, then what is tried as a whole."""
    touched = [{f"{e.clause}.{e.rule}" for e in c.elements} | {e.clause for e in c.elements} for c in conflicts]
    shared = set.intersection(*touched) if touched else set()
    elements = [e for c in conflicts for e in c.elements]
    first = [k for k in KINDS if k != "later_year"]
    for place, kind in enumerate([*first, "later_year"]):
        if touched and all(set(KINDS[kind].rules) & t for t in touched):
            yield lambda kind=kind: _loosened(system, kind, bench)  # type: ignore[misc]
        if place == len(first) - 1:
            yield lambda: _whole(system, "undertaker", undertaker(system, conflicts, bench), bench)
    yield lambda: _moved(system, shared, bench)
    for step in regime(system, shared):
        yield lambda step=step: _whole(system, "regime", [step], bench)  # type: ignore[misc]
    for step in clauses(elements, shared, system.scenario.settings.clauses):
        yield lambda step=step: _whole(system, "clause", [step], bench)  # type: ignore[misc]


def _loosened(system: System, kind: str, bench: Bench) -> Repair | None:
    return _proven(system, kind, KINDS[kind].make(system), bench)


def _proven(system: System, kind: str, loosening: Loosening, bench: Bench) -> Repair | None:
    """The least steps, a little wider where the grid or the fen asks for it, whose file has a plan."""
    found: dict[float, Least | None] = {}
    for wider, spare in _WIDER if system.problem.matrix.shape[1] <= _SMALL else _WIDER_LARGE:
        if spare not in found:
            found[spare] = least(system, loosening, spare)
        given = found[spare]
        steps = [] if given is None else loosening.steps(given.values, wider)
        if given is None or not steps:
            return None
        if bench.works(_file(system, steps), spare):
            return _repair(system, kind, steps, given.proven)
    plain = found[0.0]
    return None if plain is None else _grown(system, kind, loosening, plain, bench)


def _grown(system: System, kind: str, loosening: Loosening, given: Least, bench: Bench) -> Repair | None:
    """Where a coarse grid asks for far more than fractions do: the same steps larger, to a hundredth of what works."""
    if system.problem.matrix.shape[1] > _SMALL:
        return None

    def larger(factor: float) -> list[Step]:
        return loosening.steps({what: value * factor for what, value in given.values.items()}, 0)

    low = 1.0
    for factor in _GROWN:
        if bench.works(_file(system, larger(factor))):
            break
        low = factor
    else:
        return None
    while factor - low > _CLOSE:
        middle = (low + factor) / 2
        low, factor = (low, middle) if bench.works(_file(system, larger(middle))) else (middle, factor)
    return _repair(system, kind, larger(factor), False)


def _whole(system: System, kind: str, steps: list[Step], bench: Bench) -> Repair | None:
    """A repair that is made or not."""
    return _repair(system, kind, steps, True) if steps and bench.works(_file(system, steps)) else None


def _moved(system: System, shared: set[str], bench: Bench) -> Repair | None:
    step = parameter(system, shared, lambda edits: bench.works(edits.toml("", "", "")))
    return None if step is None else _repair(system, "parameter", [step], True)


def _several(system: System, bench: Bench) -> Repair | None:
    """Where no kind suffices alone: whatever gives at the least price, all kinds together."""
    both: Loosening | None = None
    for kind in KINDS:
        if kind != "later_year" and system.of(*KINDS[kind].rules):
            loosening = KINDS[kind].make(system)
            both = loosening if both is None else both.joined(loosening, "several")
    return None if both is None else _proven(system, "several", both, bench)


def _file(system: System, steps: Sequence[Step]) -> str:
    edits = Edits()
    for step in steps:
        edits = edits.with_(step.edits)
    settings = system.scenario.settings
    texts = {lang: _text(system, steps, lang) for lang in ("zh", "en")}
    name = system.scenario.name
    return edits.toml(
        say("nofit.title", "en", title=settings.title or name, repair=texts["en"]),
        say("nofit.title", "zh", title=settings.title_zh or name, repair=texts["zh"]),
        say("nofit.question", "en", repair=texts["en"]),
        say("nofit.question", "zh", repair=texts["zh"]),
    )


def _text(system: System, steps: Sequence[Step], lang: str) -> str:
    names = Names(system.scenario)
    told = [names.said(step.message, lang, step.words) for step in steps[:_TOLD]]
    text = say("nofit.then", lang).join(told)
    more = len(steps) - _TOLD
    return text if more <= 0 else say("nofit.and_more", lang, text=text, count=more)


def _repair(system: System, kind: str, steps: Sequence[Step], proven: bool) -> Repair:
    units = {step.unit for step in steps}
    amount = sum((step.value for step in steps), Decimal(0)) if len(units) == 1 else Decimal(len(steps))
    if "yuan" in units:
        amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Repair(
        kind, amount, units.pop() if len(units) == 1 else "changes", _text(system, steps, "zh"),
        _text(system, steps, "en"), _file(system, steps), True, proven,
    )  # fmt: skip
