"""How long a question may take, in processor time: what else a machine does leaves the answer as it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from gpsopt.solving.engine import Stop


@dataclass(frozen=True)
class Allowance:
    """Processor seconds of this process up to `end`; `began`: the clock and the processor when counting began."""

    end: float
    began: tuple[float, float] = field(default_factory=lambda: (time.monotonic(), time.process_time()))

    @classmethod
    def of(cls, seconds: float) -> Allowance:
        return cls(time.process_time() + seconds)

    def part(self, seconds: float) -> Allowance:
        """So many seconds from now."""
        return Allowance(time.process_time() + seconds, self.began)

    def left(self) -> float:
        """Seconds; 0 where nothing is left."""
        return max(0.0, self.end - time.process_time())

    def stop(self, part: float = 1.0) -> Stop:
        """Asked by a search: has it used this part of what is left now?"""
        end = time.process_time() + part * self.left()
        return lambda: time.process_time() > end

    def clock(self, part: float = 1.0) -> float:
        """Seconds of the clock in which the processor would give this part, as fast as it has given until now.

        The solver's searches within smaller models ask nobody but the clock.
        """
        spent = time.process_time() - self.began[1]
        pace = (time.monotonic() - self.began[0]) / spent if spent > _TELLING else 1.0
        return max(0.1, part * self.left() * max(1.0, pace))


_TELLING = 1.0  # seconds of which a pace can be told

__all__ = ["Allowance"]
