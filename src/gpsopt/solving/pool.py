"""Who solves small problems: processes of this machine, or the workers of a cluster for as long as they are there.

An answer hangs on its problem alone and answers stand in the order of the problems: how many hands there are, and
where, changes nothing but the time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from gpsopt.cluster.connection import Cluster
from gpsopt.cluster.crew import Crew, Hands, apart
from gpsopt.errors import ClusterLostError
from gpsopt.solving.small import Small, small_problem

Task = tuple[Any, ...]  # the arguments of small_problem
Stopped = Callable[[], bool]


class Pool:
    """Hands for small problems; used as a context, processes that it started end with it."""

    def __init__(self, cluster: Cluster | None = None, count: int | None = None) -> None:
        self._cluster, self._count = cluster, max(1, count or min(8, cores()))
        self._crew: Crew | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._crew is not None:
            self._crew.dismiss()
        self._crew = None

    def solve(self, tasks: Sequence[Task], stopped: Stopped) -> list[Small | None]:
        """The answers in order; None for those that were not there when `stopped` said so."""
        answers: list[Small | None] = [None] * len(tasks)
        # The hardest problems first, so that no core waits long at the end.
        left = sorted(range(len(tasks)), key=lambda i: (-int(sum(tasks[i][5])), i))
        if self._cluster is not None:
            try:
                left = self._asked(self._cluster, _at_a_worker, tasks, left, answers, stopped)
            except ClusterLostError as error:  # the rest is done here
                self._cluster.say_lost(error)
                self._cluster = None
                left = [place for place in left if answers[place] is None]
        if left and not stopped():
            self._crew = self._crew or Crew(min(self._count, len(left)))
            if self._asked(self._crew, _here, tasks, left, answers, stopped):
                self.__exit__()  # what is still at work is of no use to anybody
        return answers

    def _asked(
        self, hands: Hands, function: Callable[[Any, Any], Any], tasks: Sequence[Task], places: list[int],
        answers: list[Small | None], stopped: Stopped,
    ) -> list[int]:  # fmt: skip
        """Keep the answers as they come; the places that were left when `stopped` said so."""
        for place, answer in hands.answers(function, None, [tasks[i] for i in places], stopped):
            answers[places[place]] = answer
        return [place for place in places if answers[place] is None]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _here(_shared: None, task: Task) -> Small:
    return small_problem(*task)


def _at_a_worker(_shared: None, task: Task) -> Any:
    return apart(_here, None, task)
