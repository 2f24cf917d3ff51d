"""Which rules contradict each other: sets of elements none of which can be spared.

Without whole decisions first: the least total breach names what hangs together, the solver's irreducible set narrows
it. Where fractions fit and whole awards do not, a year is looked for whose own rows have no plan; where there is none,
the place is found by the least breach with whole decisions and its surroundings are widened until they alone have no
plan. Then whole clauses, their purchasers and years, and single rows are left out as long as there still is none
(QuickXplain: halves first, so that few questions are asked).
Several conflicts that do not share a cause are found one after another.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np

from gpsopt.model.facts import Ints
from gpsopt.nofit.system import NO_YEAR, Element, System
from gpsopt.solving.feasibility import Problem, breaches, contradiction, irreducible, possible

T = TypeVar("T")
#: conflicts that are told apart; what is beyond them is left to the repairs, which answer for all
MOST: Final = 4
#: entries of all questions with whole decisions that narrow one conflict; beyond, its groups are told as they are
_ENTRIES: Final = 900_000
_FOR_MORE: Final = 0.25  # of the time: after it no further conflict is looked for
_FEW: Final = 400  # elements that are asked about without a search for the place first
_CLOSE: Final = 1e-6
#: what people ask for and what they have: named in the first place
_ASKING: Final = ("existing_budget", "hand_decisions", "coverage", "continuity", "related_needs", "commitments")


@dataclass(frozen=True)
class Conflict:
    """Elements that cannot all be kept. `rows`: the rows that prove it, these elements' among them."""

    elements: tuple[Element, ...]
    rows: Ints
    whole: bool  # the conflict is there only because awards are whole
    irreducible: bool = True  # none can be spared; else the search for fewer came to its end


def conflicts_of(system: System, seconds: float = 60.0) -> tuple[Conflict, ...]:
    """The conflicts of a scenario that has no plan; none where a plan exists (or none is found to be missing)."""
    start = time.process_time()
    found: list[Conflict] = []
    late = {e.row for e in system.of("own_capacity.most_by_capacity")}  # limits on the grid that others imply
    dropped = set(late)
    while len(found) < MOST and (not found or time.process_time() < start + seconds * _FOR_MORE):
        kept = np.array([e.row for e in system.elements if e.row not in dropped], dtype=np.int64)
        rows, parts = _in_fractions(system, kept)
        fresh = [_support(system, rows[part]) for part in parts[: MOST - len(found)]]
        if not fresh and (not found or (len(kept) <= _FEW and time.process_time() < start + seconds)):
            whole = _whole(system, rows, kept)
            fresh = [] if whole is None else [whole]
        fresh = [c for c in fresh if c.elements]
        fresh = [_fewest_clauses(system, c, dropped | _rows_of(o for o in fresh if o is not c), rows) for c in fresh]
        fresh = [c if c.whole else _by_fractions(system, c.rows) for c in fresh]
        if not fresh and late:
            dropped, late = dropped - late, set()
            continue
        if not fresh:
            break
        found += fresh
        dropped |= _rows_of(fresh)
    return tuple(found[:MOST])


def _in_fractions(system: System, kept: Ints) -> tuple[Ints, tuple[Ints, ...]]:
    """All rows looked at, and the sets among them that no fractions can keep.

    Of a large model the first year that has none by itself is looked at alone: far quicker, and easier to tell.
    """
    rows = np.sort(np.concatenate([system.fixed, kept]))
    if len(kept) > _FEW and len(system.world.facts.years) > 1:
        alone = (own for own in _years(system, rows) if possible(system.problem.of_rows(own), whole=False) is False)
        rows = next(alone, rows)
    return rows, contradiction(system.problem.of_rows(rows), np.flatnonzero(np.isin(rows, kept)))


def _rows_of(conflicts: Iterable[Conflict]) -> set[int]:
    return {e.row for c in conflicts for e in c.elements}


def _fewest_clauses(system: System, conflict: Conflict, dropped: set[int], among: Ints) -> Conflict:
    """The conflict without clauses that change nothing when they are struck as a whole.

    None of its rows can be spared, but where rows of the remaining clauses elsewhere (`among` these rows) forbid the
    same, a clause can: nobody is helped by striking it, so it is not named.
    """
    near = set(among.tolist())
    for name in sorted({e.clause for e in conflict.elements}, key=lambda c: (c in _ASKING, c)):
        others = {e.clause for e in conflict.elements} - {name}
        kept = np.array(
            [e.row for e in system.elements if e.clause in others and e.row in near and e.row not in dropped],
            dtype=np.int64,
        )
        rows = np.sort(np.concatenate([system.fixed[np.isin(system.fixed, among)], kept]))
        smaller = _smaller(system, rows, kept, conflict) if others else None
        if smaller is not None and {e.row for e in smaller.elements} & {e.row for e in conflict.elements}:
            return _fewest_clauses(system, smaller, dropped, among)
    return conflict


def _smaller(system: System, rows: Ints, kept: Ints, conflict: Conflict) -> Conflict | None:
    """A conflict among these rows; None where they can be kept together."""
    problem = system.problem.of_rows(rows)
    if conflict.whole:
        if len(kept) > _FEW or possible(problem, whole=True) is not False:
            return None
        return _filtered(system, rows, whole=True)
    if possible(problem, whole=False) is not False:
        return None
    near = {e.row for e in conflict.elements}
    for part in contradiction(problem, np.flatnonzero(np.isin(rows, kept))):
        if near & set(rows[part].tolist()):
            return _support(system, rows[part])
    return None


def _support(system: System, rows: Ints) -> Conflict:
    """Rows that fractions cannot keep; some of them may still be spared."""
    return Conflict(_elements(system, rows), rows, whole=False)


def _by_fractions(system: System, support: Ints) -> Conflict:
    """An irreducible part of rows that even fractions cannot keep."""
    narrow = irreducible(system.problem.of_rows(support))
    if narrow is None:
        return _filtered(system, support, whole=False)
    rows = support[narrow]
    return Conflict(_elements(system, rows), rows, whole=False)


def _whole(system: System, rows: Ints, kept: Ints) -> Conflict | None:
    """A conflict that only whole decisions have; None where there is a plan, or no proof in time."""
    near = None if len(kept) <= _FEW else _one_year(system, rows)
    if near is None:
        if possible(system.problem.of_rows(rows), whole=True) is not False:
            return None
        near = rows if len(kept) <= _FEW else _surroundings(system, rows, kept)
    return _filtered(system, near, whole=True)


def _one_year(system: System, rows: Ints) -> Ints | None:
    """The rows of the first year that has no plan even where the other years ask for nothing; None where all have."""
    for own in _years(system, rows):
        if possible(system.problem.of_rows(own), whole=True) is False:
            return own
    return None


def _years(system: System, rows: Ints) -> Iterator[Ints]:
    """Of these rows each year's own, and those that have no year."""
    years = system.year_of_row[rows]
    for year in range(len(system.world.facts.years)):
        yield rows[(years == year) | (years == NO_YEAR)]


def _surroundings(system: System, rows: Ints, kept: Ints) -> Ints:
    """Rows around the places that give way, widened until they have no plan by themselves."""
    problem = system.problem.of_rows(rows)
    elastic = np.flatnonzero(np.isin(rows, kept))
    given = breaches(problem, elastic, whole=True)
    if given is None:
        return rows
    matrix = abs(problem.matrix)
    near = np.zeros(len(rows), dtype=bool)
    near[elastic[given > _CLOSE]] = True
    size = 0
    while size < near.sum() < len(rows):
        size = int(near.sum())
        columns = np.asarray(matrix[near].sum(axis=0)).ravel() > 0
        near |= np.asarray(matrix @ columns).ravel() > 0
        if near.sum() > size and possible(system.problem.of_rows(rows[near]), whole=True) is False:
            return rows[near]
    return rows


def _filtered(system: System, rows: Ints, whole: bool) -> Conflict:
    """The conflict without the elements that can be spared: by clause, by owner and year, one by one."""
    fixed = rows[~np.isin(rows, [e.row for e in system.elements])]
    kept = list(_elements(system, rows))
    asked, open_ = 0, False

    def consistent(groups: Sequence[Sequence[Element]]) -> bool:
        nonlocal asked, open_
        own = np.array([e.row for group in groups for e in group], dtype=np.int64)
        problem = system.problem.of_rows(np.sort(np.concatenate([fixed, own])))
        if whole and asked > _ENTRIES:
            open_ = True
            return True  # what is not asked about stays
        asked += problem.matrix.nnz
        answer = possible(problem, whole=whole)
        open_ = open_ or answer is None
        return answer is not False

    for level in (lambda e: (e.clause,), lambda e: (e.clause, *owner_of(system, e)), lambda e: (e.row,)):
        grouped: dict[Any, list[Element]] = defaultdict(list)
        for element in kept:
            grouped[level(element)].append(element)
        if len(grouped) > 1 or level is not None:
            kept = [e for group in minimal(list(grouped.values()), consistent) for e in group]
    rows = np.sort(np.concatenate([fixed, np.array([e.row for e in kept], dtype=np.int64)]))
    rows = _without_idle(system.problem, rows, {e.row for e in kept})
    return Conflict(_elements(system, rows), rows, whole, not open_)


def minimal(candidates: Sequence[T], consistent: Callable[[Sequence[T]], bool]) -> list[T]:
    """Candidates that are inconsistent together and none of which can be spared (QuickXplain, Junker 2004).

    All candidates together are taken to be inconsistent, and nothing without them.
    """

    def search(background: list[T], changed: bool, rest: Sequence[T]) -> list[T]:
        if changed and not consistent(background):
            return []
        if len(rest) == 1:
            return list(rest)
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        late = search([*background, *first], bool(first), second)
        early = search([*background, *late], bool(late), first)
        return [*early, *late]

    return search([], False, candidates) if candidates else []


def _without_idle(problem: Problem, rows: Ints, needed: set[int]) -> Ints:
    """Without fixed rows that hang together with none of the elements."""
    matrix = abs(problem.matrix)
    near = np.isin(rows, list(needed))
    size = -1
    while size < near.sum():
        size = int(near.sum())
        columns = np.asarray(matrix[rows[near]].sum(axis=0)).ravel() > 0
        near |= np.asarray(matrix[rows] @ columns).ravel() > 0
    return rows[near]


def _elements(system: System, rows: Ints) -> tuple[Element, ...]:
    return tuple(system.by_row[int(row)] for row in rows if int(row) in system.by_row)


def owner_of(system: System, element: Element) -> tuple[str, int | None]:
    """The purchaser (or undertaker, or relation) and the year that an element belongs to."""
    facts = system.world.facts
    year = next((part for part in reversed(element.key) if isinstance(part, int) and part in facts.years), None)
    buyer = facts.purchaser_of
    for part in element.key:
        if part in buyer:
            return buyer[part], year
    return (str(element.key[0]) if element.key and isinstance(element.key[0], str) else ""), year
