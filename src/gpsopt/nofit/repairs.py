"""Up to five repairs of different kinds, each the least of its kind, each proven by the very file that it writes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import combinations
from typing import Final, NamedTuple

from gpsopt.nofit.conflict import Conflict
from gpsopt.nofit.edits import Edits
from gpsopt.nofit.kinds import KINDS, UNIFORM
from gpsopt.nofit.kinds.uniform import GRID
from gpsopt.nofit.loosen import Least, Loosening, Slack, Step, least
from gpsopt.nofit.names import Names, money
from gpsopt.nofit.others import PARAMETERS, clauses, first_that_works, parameter, regime, undertaker
from gpsopt.nofit.proof import Bench, Known
from gpsopt.nofit.spent import Allowance
from gpsopt.nofit.system import System
from gpsopt.text import say

MOST: Final = 5
QUICK: Final = 0
_QUICK: Final = 2
#: of the seconds that are left, how many equal shares of the ways that are left a way may use, and its least share
_SHARES: Final = 3.0
_LEAST_SHARE: Final = 4.0
_QUICK_SHARE: Final = 0.45  # of what is left: most quick ways need little of it
_NEAREST: Final = 0.6  # of a parameter's time for a plan near it
_TOLD: Final = 4
#: what is added until the file has a plan, as the solver counts in fractions and the plan in steps and fen: least
#: units of the table on every step, and 万元 that every purchase line must leave. A large model begins with what lets
#: its own best plan stand on the grid, not only some plan
_WIDER: Final = ((0, 0.0), (1, 0.0), (4, 0.0), (25, 0.0), (0, 1e-3), (0, 1e-2))
_WIDER_LARGE: Final = ((1, 0.1), (1, 1e-3), (0, 0.0))
_SMALL: Final = 6_000  # columns
_FARTHEST: Final = 256  # thousandths from the least in fractions
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
    plan: bytes = b""  # the plan that proves it, as a table

    def text(self, lang: str) -> str:
        return self.text_zh if lang == "zh" else self.text_en


class Way(NamedTuple):
    """One kind of repair. `pace`: in which turn a large model is asked, what changes one thing as a whole first."""

    kind: str
    make: Callable[[], Repair | None]
    pace: int = QUICK


def repairs_of(system: System, conflicts: Sequence[Conflict], seconds: float = 90.0) -> tuple[Repair, ...]:
    """The menu of a scenario without a plan: distinct kinds, proven ones only.

    Each kind has its share of the processor's `seconds`. Of a large model what is quick is tried first, and at least
    two such are offered where there are, so that rows which are slow to loosen do not crowd out the plain ways.
    """
    allowance, large = Allowance.of(seconds), system.problem.matrix.shape[1] > _SMALL
    with Bench(system.scenario, allowance) as bench:
        ways = list(_ways(system, conflicts, bench))
        found: dict[int, Repair] = {}
        order = sorted(range(len(ways)), key=lambda i: ways[i].pace) if large else range(len(ways))
        for tried, place in enumerate(order):
            kinds = [ways[i].kind for i in found]
            quick = sum(ways[i].pace == QUICK for i in found)
            enough = len(found) - max(0, quick - _QUICK) >= MOST if large else len(found) == MOST
            if enough or not allowance.left():
                break
            if ways[place].kind in kinds:
                continue
            shares = max(_QUICK_SHARE if ways[place].pace == QUICK else 0.0, _SHARES / (len(ways) - tried))
            bench.fresh(max(_LEAST_SHARE, min(1.0, shares) * allowance.left()))
            repair = ways[place].make()
            if repair is not None:
                found[place] = repair
        menu = _chosen(ways, found)
        if not menu or (len(conflicts) > 1 and len(menu) < MOST and not large and allowance.left()):
            bench.fresh(max(_LEAST_SHARE, allowance.left()))
            several = _several(system, bench)
            menu += [] if several is None or several.text_en in {other.text_en for other in menu} else [several]
    return tuple(menu)


def _chosen(ways: Sequence[Way], found: Mapping[int, Repair]) -> list[Repair]:
    """At most five in the order in which the kinds are offered; quick ones beyond two only where there is room."""
    rows = [i for i in sorted(found) if ways[i].pace != QUICK]
    quick = [i for i in sorted(found) if ways[i].pace == QUICK]
    rows = rows[: MOST - min(len(quick), _QUICK)] if len(found) > MOST else rows
    return [found[i] for i in sorted([*rows, *quick[: MOST - len(rows)]])]


def _ways(system: System, conflicts: Sequence[Conflict], bench: Bench) -> Iterator[Way]:
    """Every kind that touches all conflicts; rows that give way first, then what is tried as a whole."""
    touched = [{f"{e.clause}.{e.rule}" for e in c.elements} | {e.clause for e in c.elements} for c in conflicts]
    shared = set.intersection(*touched) if touched else set()
    elements = [e for c in conflicts for e in c.elements]
    first = [k for k in KINDS if k != "later_year"]
    for place, kind in enumerate([*first, "later_year"]):
        if touched and all(set(KINDS[kind].rules) & t for t in touched):
            yield Way(kind, partial(_loosened, system, kind, bench), pace=2)
            if kind in UNIFORM:
                yield Way(f"all_{kind}s", partial(_uniform, system, kind, bench), pace=1)
        if place == len(first) - 1:
            yield Way(
                "undertaker",
                lambda: _whole(system, "undertaker", undertaker(system, conflicts, bench), bench),
            )
    for one, other in _pairs(first, touched):
        yield Way(f"{one}_and_{other}", partial(_both, system, one, other, bench), pace=2)
    yield Way("parameter", partial(_moved, system, shared, bench))
    for step in regime(system, shared):
        yield Way("regime", partial(_whole, system, "regime", [step], bench))
    for step in clauses(elements, shared, system.scenario.settings.clauses):
        yield Way("clause", partial(_whole, system, "clause", [step], bench))


def _pairs(kinds: Sequence[str], touched: Sequence[set[str]]) -> list[tuple[str, str]]:
    """Two kinds that touch all conflicts together, where none does alone: unrelated conflicts need a repair each."""
    touches = {kind: [bool(set(KINDS[kind].rules) & t) for t in touched] for kind in kinds}
    if any(all(own) for own in touches.values()):
        return []
    return [
        (one, other) for one, other in combinations(kinds, 2)
        if all(mine or theirs for mine, theirs in zip(touches[one], touches[other], strict=True))
    ]  # fmt: skip


def _both(system: System, one: str, other: str, bench: Bench) -> Repair | None:
    """Either may give, at the least sum of their prices."""
    joined = KINDS[one].make(system).joined(KINDS[other].make(system), f"{one}_and_{other}")
    return _proven(system, joined.kind, joined, bench)


def _loosened(system: System, kind: str, bench: Bench) -> Repair | None:
    return _proven(system, kind, KINDS[kind].make(system), bench)


def _uniform(system: System, kind: str, bench: Bench) -> Repair | None:
    """One change of many rows in the same proportion, where more than a few are concerned."""
    one_by_one = KINDS[kind].make(system)
    given = least(system, one_by_one, fractions=True)
    if given is None:
        return None
    together = UNIFORM[kind](system, given.values)
    if max(len(one_by_one.steps(given.values, 0)), *(len(s.terms) for s in together.slacks), 0) <= _TOLD:
        return None
    possible = least(system, together, fractions=True)
    if possible is None or not together.steps(possible.values, 0):
        return None
    if system.problem.matrix.shape[1] <= _SMALL:
        return _proven(system, f"all_{kind}s", together, bench)

    def by(thousandths: int) -> list[Step]:
        return together.steps({slack: thousandths / GRID for slack in possible.values if slack[0] == f"{kind}s"}, 0)

    near = max(1, math.ceil(possible.values[f"{kind}s",] * GRID - 1e-6))
    last = near + _FARTHEST
    found = first_that_works(near, last, lambda n: bool(by(n)) and bench.works(_file(system, by(n))))
    if found == last:
        return None
    return _repair(system, f"all_{kind}s", by(found), not bench.unsure, bench)


def _proven(system: System, kind: str, loosening: Loosening, bench: Bench) -> Repair | None:
    """The least steps, a little wider where the grid or the fen asks for it, whose file has a plan."""
    found: dict[float, Least | None] = {}
    small = system.problem.matrix.shape[1] <= _SMALL
    for wider, spare in _WIDER if small else _WIDER_LARGE:
        if not bench.allowance.left():
            return None
        if spare not in found:
            found[spare] = least(system, loosening, spare, bench.allowance)
        given = found[spare]
        steps = [] if given is None else loosening.steps(given.values, wider)
        if (given is None or not steps) and spare and not small:
            continue  # this kind makes no room on every line: then less of it
        if given is None or not steps:
            return None
        if bench.works(_file(system, steps), spare, Known(system.compiled, given.point)):
            return _repair(system, kind, steps, given.proven and (small or not spare), bench)
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
    return _repair(system, kind, larger(factor), False, bench)


def _whole(system: System, kind: str, steps: list[Step], bench: Bench) -> Repair | None:
    """A repair that is made or not."""
    return _repair(system, kind, steps, True, bench) if steps and bench.works(_file(system, steps)) else None


def _moved(system: System, shared: set[str], bench: Bench) -> Repair | None:
    large = system.problem.matrix.shape[1] > _SMALL
    if large and shared & PARAMETERS:
        _nearest(system, shared & PARAMETERS, bench)
    step = parameter(
        system, shared, lambda edits: bench.works(edits.toml("", "", "")),
        (lambda edits: bench.fits(edits.toml("", "", ""))) if large else None,
    )  # fmt: skip
    return None if step is None else _repair(system, "parameter", [step], not bench.unsure, bench)


def _nearest(system: System, names: set[str], bench: Bench) -> None:
    """Remember a plan that breaks the clauses' rows as little as can be: its decisions suit a parameter nearby."""
    slacks = tuple(Slack((e.rule, *e.key), ((e.row, system.gives(e.row)),), 1.0) for e in system.of(*names))
    allowance = bench.allowance.part(_NEAREST * bench.allowance.left())
    found = least(system, Loosening("nearest", slacks, lambda _values, _wider: []), 0.0, allowance)
    if found is not None:
        bench.remember(Known(system.compiled, found.point))


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
    heads = {lang: _text(system, steps, lang, 1) for lang in ("zh", "en")}
    name = system.scenario.name
    return edits.toml(
        say("nofit.title", "en", title=settings.title or name, repair=heads["en"]),
        say("nofit.title", "zh", title=settings.title_zh or name, repair=heads["zh"]),
        say("nofit.question", "en", repair=texts["en"]),
        say("nofit.question", "zh", repair=texts["zh"]),
    )


def _text(system: System, steps: Sequence[Step], lang: str, most: int = _TOLD) -> str:
    names = Names(system.scenario)
    told = [names.said(step.message, lang, step.words) for step in steps[:most]]
    text = say("nofit.then", lang).join(told)
    more = len(steps) - most
    if more <= 0:
        return text
    if all(step.unit == "yuan" for step in steps):
        total = sum(int(100 * step.value) for step in steps)
        return say("nofit.and_more_total", lang, text=text, count=more, amount=money(total, lang))
    return say("nofit.and_more", lang, text=text, count=more)


def _repair(system: System, kind: str, steps: Sequence[Step], proven: bool, bench: Bench) -> Repair:
    units = {step.unit for step in steps}
    amount = sum((step.value for step in steps), Decimal(0)) if len(units) == 1 else Decimal(len(steps))
    if "yuan" in units:
        amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    toml = _file(system, steps)
    return Repair(
        kind, amount, units.pop() if len(units) == 1 else "changes", _text(system, steps, "zh"),
        _text(system, steps, "en"), toml, True, proven, bench.proof(toml),
    )  # fmt: skip
