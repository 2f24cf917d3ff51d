"""The planner's locks hold in the plan."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.settings import Lock
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_hand_decisions(evidence: Evidence) -> list[Outcome]:
    """o,n,t: an award held, forbidden or held at a quantity; n,t: d held. Locks of other years bind nothing."""
    world = evidence.world
    if not world.on("hand_decisions"):
        return []
    locks = [lock for lock in world.settings.lock if lock.year in world.years]
    faults = [fault for lock in locks if (fault := _fault(evidence, lock))]
    return [Outcome("hand_decisions", len(locks), tuple(faults))]


def _fault(evidence: Evidence, lock: Lock) -> Fault | None:
    if lock.direct is not None:
        row = evidence.written.direct.get((lock.year, lock.need))
        found = evidence.units(lock.need, evidence.facts.of[lock.need, lock.year].kept)
        held: Fraction | None = Fraction(lock.direct)
        file, column = "direct.csv", "quantity"
    else:
        row = evidence.written.allocation.get((lock.year, lock.need, lock.offer))
        found = evidence.units(lock.need, row["quantity"]) if row else Fraction(0)
        held = None if lock.quantity is None else Fraction(lock.quantity)
        file, column = "allocation.csv", "quantity"
    fits = found == held if held is not None else (found > 0) == lock.award
    if fits:
        return None
    wanted = shown(held) if held is not None else "> 0" if lock.award else "0"
    return Fault("hand_decisions", "lock_broken", file, row.line if row else None, column,
                 key_text((lock.year, lock.need, lock.offer)), {"found": shown(found), "expected": wanted})  # fmt: skip
