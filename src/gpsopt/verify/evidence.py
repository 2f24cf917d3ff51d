"""What every check is given: the world, its pairs, the plan as written, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gpsopt.verify.facts import Facts
from gpsopt.verify.ledger import Books
from gpsopt.verify.marks import Marks
from gpsopt.verify.pairs import Pairs
from gpsopt.verify.rows import Written
from gpsopt.verify.world import World


@dataclass(frozen=True)
class Evidence:
    """All that is known about a plan under check."""

    world: World
    pairs: Pairs
    marks: Marks
    written: Written
    facts: Facts
    books: Books

    def units(self, need: str, steps: int) -> Fraction:
        """Grid steps of a need as units of its item."""
        return steps * self.world.needs[need].item.step

    def worth(self, need: str, steps: int) -> Fraction:
        """Unit value × quantity in yuan."""
        return self.world.needs[need].item.unit_value * self.units(need, steps)
