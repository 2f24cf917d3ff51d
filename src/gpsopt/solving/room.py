"""Room on the lines of purchases, for what whole steps and fen take beside a point in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine, Left
from gpsopt.solving.stages import Aim, Answer, hold_aim

LINES: Final = "existing_budget.purchases_within_line"
DEFICITS: Final = "existing_budget.deficit_is_met_first"
_SHARES: Final = ("plural_supply.", "social_organisations.", "affiliated_share.")
_PART: Final = 1e-5  # of every amount in a limit on parts
_MOST: Final = 5e-2  # 万元 on a line: rounding all that a purchaser of Beijing buys took up to 3.2e-2
_NOISE: Final = 1e-7  # 万元 that the solver's tolerance may be worth


def with_room(rows: Any, spans: Mapping[str, Any], room: float) -> Any:
    """The same rows with so many 万元 less on every line of purchases, and more to be met of every deficit.

    Limits on parts of what is spent keep a hundred-thousandth of each amount: two undertakers who may have a half each
    have it to the fen by chance only. `rows`: a compiled model or a problem that begins with the rows of one, whose
    `spans` say which they are.
    """
    lower, upper = rows.row_lower.copy(), rows.row_upper.copy()
    upper[spans[LINES].slice] -= room
    if DEFICITS in spans:  # a deficit's row has one limit, the other is without end
        lower[spans[DEFICITS].slice] += room
        upper[spans[DEFICITS].slice] -= room
    shares = [span.slice for name, span in spans.items() if room and name.startswith(_SHARES)]
    return replace(rows, row_lower=lower, row_upper=upper, matrix=_narrowed(rows.matrix, lower, upper, shares))


def _narrowed(matrix: Any, lower: Array, upper: Array, shares: Sequence[slice]) -> Any:
    """The rows of `shares` (a sum of amounts at most, or at least, nothing) with every amount counted against them."""
    side = np.zeros(matrix.shape[0])
    for rows in shares:
        side[rows] = np.where(upper[rows] == 0.0, _PART, 0.0) - np.where(lower[rows] == 0.0, _PART, 0.0)
    if not side.any():
        return matrix
    narrowed = sparse.csr_array(matrix, copy=True)
    narrowed.data += np.repeat(side, np.diff(narrowed.indptr)) * np.abs(narrowed.data)
    return narrowed


def settled_with_room(
    world: World, compiled: Any, answer: Answer, aims: tuple[Aim, ...], *, keep: bool, left: Left | None = None
) -> Array | None:  # fmt: skip
    """The decisions of a point with quantities that leave as much room on every line as there is, up to `_MOST`.

    Within it each aim in turn is as good as can be, or with `keep` as it was where it can be: a better first aim would
    be paid for by the later ones. None where the solver finds nothing in the seconds that are `left`.
    """
    assert answer.point is not None
    room = _room_left(compiled, answer.point, left)
    if room is None:
        return None
    upper = compiled.row_upper.copy()
    upper[compiled.rows[LINES].slice] -= room
    engine, point = Engine(replace(compiled, row_upper=upper)), answer.point
    by_part = world.facts.settings.aims.hold == "purchaser"
    for aim, stage in zip(aims, answer.stages, strict=False):
        engine.set_cost(aim.costs)
        found = engine.with_integers_of(answer.point, left)
        if found is None:
            return None
        point = found
        worse = aim.sign * (aim.parts @ (point - answer.point))
        as_it_was = keep and bool(((worse if by_part else worse.sum()) <= 0.0).all())
        hold_aim(engine, world, aim, replace(stage, tolerance=0.0), answer.point if as_it_was else point)
    return point


def _room_left(compiled: Any, point: Array, left: Left | None) -> Array | None:
    """万元 that each line can leave with the decisions of `point`, as much in all as there is."""
    lines, (rows, columns) = compiled.rows[LINES].slice, compiled.matrix.shape
    places = np.arange(rows)[lines]
    ones = sparse.csr_array((np.ones(len(places)), (places, np.arange(len(places)))), shape=(rows, len(places)))
    wide = replace(
        compiled, matrix=sparse.hstack([compiled.matrix, ones], format="csr"),
        column_lower=np.append(compiled.column_lower, np.zeros(len(places))),
        column_upper=np.append(compiled.column_upper, np.full(len(places), _MOST)),
        integer=np.append(compiled.integer, np.zeros(len(places), dtype=bool)),
    )  # fmt: skip
    engine = Engine(wide)
    engine.set_cost(np.append(np.zeros(columns), -np.ones(len(places))))
    found = engine.with_integers_of(np.append(point, np.zeros(len(places))), left)
    return None if found is None else np.asarray(np.maximum(0.0, found[columns:] - _NOISE))
