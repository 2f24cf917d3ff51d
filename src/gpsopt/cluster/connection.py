"""The way to a Dask cluster: an address, certificates as Dask's own configuration has them, versions that agree.

Nothing is trusted to stay: a worker that is killed has its calls given to the others, and where the scheduler or
every worker is gone the caller hears of it at once and goes on at home. What came back until then is kept.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import platform
import queue
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, TypeVar

from gpsopt.cluster.crew import Function, Stopped
from gpsopt.errors import ClusterLostError, UsageError

_ADDRESS: Final = re.compile(r"(tls|tcp)://[^\s/]+:\d+")
#: what must be the same on both sides: the rules, the model, the solver
PACKAGES: Final = ("gpsopt", "pyomo", "highspy")
#: seconds: for the first word of the scheduler, for the first worker, without any worker in the midst of
#: the work, for an answer to be fetched
_FIRST_WORD, _FIRST_WORKER, _NOBODY, _FETCHED = 15.0, 30.0, 60.0, 60.0

Answer = TypeVar("Answer")
Lost = Callable[[ClusterLostError], None]


class Cluster:
    """A connection that gives calls away; `connected` makes it."""

    def __init__(self, client: Any, address: str, lost: Lost | None = None) -> None:
        self._client, self.address, self._lost = client, address, lost

    def workers(self) -> int:
        """How many workers there are now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def give(self, function: Function, shared: Any, calls: Sequence[Any], keep: Callable[[int, Any], None]) -> None:
        """As `answers`, each handed to `keep(place, answer)`; where the cluster is lost it is said, and that is all.

        The caller keeps what comes and does the rest at home.
        """
        try:
            for place, answer in self.answers(function, shared, calls):
                keep(place, answer)
        except ClusterLostError as error:
            self.say_lost(error)

    def say_lost(self, error: ClusterLostError) -> None:
        """Tell whoever listens that the cluster is gone, once."""
        lost, self._lost = self._lost, None
        if lost is not None:
            lost(error)

    def answers(
        self, function: Function, shared: Any, calls: Sequence[Any], stopped: Stopped = lambda: False
    ) -> Iterator[tuple[int, Any]]:
        """(place of the call, function(shared, call)) as they come, each call once, until `stopped` says so.

        `function` stands in a module of gpsopt. What it raises is raised here. Raises ClusterLostError, with what
        came until then already given, where the scheduler is gone, no worker was left for a minute, or a call
        brought down one worker after another.
        """
        news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # The shared part is an answer itself: a worker that goes takes no other's with it, it is made again.
        parcel = self._client.submit(_itself, shared, pure=False)
        here = versions_here()
        waiting: dict[Any, int] = {}
        for place, call in enumerate(calls):
            waiting[self._client.submit(_answer, function, here, parcel, call, pure=False)] = place
        for future in waiting:
            future.add_done_callback(news.put)
        killed = 0
        try:
            for future in self._ended(news, lambda: 0 if stopped() else len(waiting)):
                try:
                    answer = future.result(timeout=_FETCHED)
                except Exception as error:
                    if future.status == "error" and type(error).__name__ != "KilledWorker":
                        raise
                    if future.status == "error":
                        del waiting[future]
                        killed += 1
                    else:  # its worker went before it was fetched: it is made again
                        self._still_there(len(waiting), future)
                        future.add_done_callback(news.put)
                    continue
                yield waiting.pop(future), answer
        finally:
            if waiting and self._client.status == "running":
                self._client.cancel(list(waiting))
        if killed:
            raise ClusterLostError("cluster_kills_workers", address=self.address, left=killed)

    def _ended(self, news: queue.SimpleQueue[Any], left: Callable[[], int]) -> Iterator[Any]:
        """Futures that ended, until none is left; raises ClusterLostError where no more will end."""
        seen = time.monotonic()
        while left():
            try:
                future = news.get(timeout=1.0)
            except queue.Empty:
                future = None
            self._still_there(left(), future)
            if future is not None:
                seen = time.monotonic()
                yield future
            elif self.workers():
                seen = time.monotonic()
            elif time.monotonic() - seen > _NOBODY:
                raise ClusterLostError("cluster_empty_midway", address=self.address, left=left())

    def _still_there(self, left: int, future: Any) -> None:
        # One that was cancelled was not by us: the scheduler forgot it, and may already be another.
        if self._client.status != "running" or (future is not None and future.cancelled()):
            raise ClusterLostError("cluster_lost", address=self.address, left=left)


@contextlib.contextmanager
def connected(address: str, lost: Lost | None = None) -> Iterator[Cluster]:
    """A connection to the scheduler at tls://host:port or tcp://host:port whose workers have our versions.

    `lost` hears where it goes away in the midst of the work. Certificates are Dask's own configuration
    (distributed.comm.tls). Raises UsageError where the address is none, nobody answers, no worker comes, or a worker
    has other versions.
    """
    if _ADDRESS.fullmatch(address) is None:
        raise UsageError("cluster_address", address=address)
    distributed = _dask(address)
    try:
        client = distributed.Client(address, timeout=_FIRST_WORD, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, ssl.SSLError) as error:
        why = " ".join(f"{error}".split())[:200] or type(error).__name__
        raise UsageError("cluster_unreachable", address=address, why=why) from None
    try:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except (OSError, TimeoutError):
            raise UsageError("cluster_empty", address=address) from None
        found = client.get_versions(packages=list(PACKAGES))["workers"]
        others = {worker: different(said) for worker, said in sorted(found.items())}
        refuse_others({worker: said for worker, said in others.items() if said})
        yield Cluster(client, address, lost)
    finally:
        with contextlib.suppress(OSError, TimeoutError):
            client.close(timeout=5)


def at_cluster(address: str | None, lost: Lost, job: Callable[[Cluster | None], Answer]) -> Answer:
    """What `job` makes of the cluster at an address; None as address: of none, here."""
    if address is None:
        return job(None)
    with connected(address, lost) as cluster:
        return job(cluster)


def _dask(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise UsageError("cluster_not_installed", address=address) from None
    # what it writes about lost connections is said in our own words
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed


@cache
def versions_here() -> Mapping[str, str]:
    """What must agree, as this process has it: Python without its last part."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def different(said: Mapping[str, Any]) -> str:
    """What a worker has otherwise than we, from Dask's answer about it; empty: all agrees."""
    packages = said.get("packages") or {}
    there = {"python": ".".join(str(packages.get("python") or "-").split(".")[:2])}
    there |= {name: str(packages.get(name) or "-") for name in PACKAGES}
    return _apart(versions_here(), there)


def _apart(wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {there[name]} ≠ {wanted[name]}" for name in wanted if there[name] != wanted[name])


def refuse_others(others: Mapping[str, str]) -> None:
    """Raise UsageError where a worker (address -> what differs) has other versions."""
    if others:
        what = "; ".join(f"{worker}: {said}" for worker, said in list(others.items())[:5])
        raise UsageError("cluster_versions", count=len(others), what=what)


def _itself(shared: Any) -> Any:
    return shared


def _answer(function: Function, wanted: Mapping[str, str], shared: Any, call: Any) -> Any:
    """At the worker: one that came later than the check is asked for its versions here."""
    if said := _apart(wanted, versions_here()):
        refuse_others({platform.node(): said})
    return function(shared, call)
