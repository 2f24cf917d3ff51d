"""The planner's locks hold in the plan."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.settings import Lock
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


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
    breach = _breach(evidence, lock, found)
    wanted = shown(held) if held is not None else "> 0" if lock.award else "0"
    return Fault("hand_decisions", "lock_broken", file, row.line if row else None, column,
                 key_text((lock.year, lock.need, lock.offer)), {"found": shown(found), "expected": wanted},
                 breach)  # fmt: skip


def _breach(evidence: Evidence, lock: Lock, found: Fraction) -> Breach:
    """How far the plan departs from a lock: awards not made, or units more or less."""
    item = evidence.world.needs[lock.need].item
    if lock.direct is not None:
        return Breach(
            f"direct_is_held {lock.need}", lock.year, abs(found - Fraction(lock.direct)), "item", item.unit_value
        )
    there = lock.offer in evidence.pairs.remaining.get((lock.need, lock.year), ())
    place = f"{lock.offer} {lock.need}"
    if lock.award:
        rule = "award_is_held" if there else "absent_offer_is_held"
        return Breach(f"{rule} {place}", lock.year, Fraction(1), "award")
    rule = "refusal_is_held" if lock.quantity is None else "quantity_is_held" if there else "absent_quantity_is_held"
    amount = abs(found - Fraction(lock.quantity or 0))
    return Breach(f"{rule} {place}", lock.year, amount, "item", item.unit_value)
