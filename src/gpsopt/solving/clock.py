"""The time of a search: a limit shared over the aims, and news of where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpsopt.solving.engine import Stop

if TYPE_CHECKING:
    from gpsopt.solving.stages import Aim


@dataclass(frozen=True)
class Progress:
    """Where the search stands: the aim, the best value so far, its bound and gap (in the aim's unit)."""

    stage: int
    stages: int
    aim: str
    value: float
    bound: float
    gap: float
    seconds: float


class Clock:
    """Shares the time limit over the stages and passes progress on."""

    def __init__(
        self, limit: float | None, stages: int, listener: Callable[[Progress], None] | None, stop: Stop | None
    ) -> None:
        self._start, self._limit, self._stop = time.monotonic(), limit, stop
        self._stages, self._done, self._listener = stages, 0, listener

    def share(self) -> float | None:
        """Seconds this stage may take: an equal part of what is left and half as much again.

        Many stages end early; what a hard one lacks, later ones cannot make good.
        """
        if self._limit is None:
            return None
        left = self._limit - (time.monotonic() - self._start)
        return max(0.01, min(left, 1.5 * left / (self._stages - self._done)))

    def left(self, part: float = 1.0) -> float | None:
        """So large a part of the seconds for all stages together; None without a limit."""
        return None if self._limit is None else max(0.01, part * (self._limit - (time.monotonic() - self._start)))

    def left_for_stage(self) -> Callable[[], float | None]:
        """A clock of this stage's own share."""
        share, start = self.share(), time.monotonic()

        def left() -> float | None:
            if self.stopped():
                return 0.01
            return None if share is None else max(0.01, share - (time.monotonic() - start))

        return left

    def stopped(self) -> bool:
        """Did somebody ask for the search to end?"""
        return self._stop is not None and self._stop()

    def over(self) -> bool:
        return self.stopped() or (self._limit is not None and time.monotonic() - self._start > self._limit)

    def report(self, aim: Aim, value: float, bound: float) -> None:
        if self._listener is not None:
            scale = aim.scale(value) if np.isfinite(value) else 0.0
            gap = abs(value - bound) / scale if scale > 0 and np.isfinite(bound) else float("nan")
            self._tell(aim, value, bound, gap)

    def stage_done(self, aim: Aim, value: float, bound: float, gap: float) -> None:
        if self._listener is not None:
            self._tell(aim, value, bound, gap)
        self._done += 1

    def _tell(self, aim: Aim, value: float, bound: float, gap: float) -> None:
        assert self._listener is not None
        seconds = time.monotonic() - self._start
        self._listener(
            Progress(self._done + 1, self._stages, aim.name, value * aim.unit, bound * aim.unit, gap, seconds)
        )  # fmt: skip
