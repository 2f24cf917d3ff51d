"""What the checks find in a scenario, kept while its files stay as they are."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gpsopt.checks import check
from gpsopt.desk import Desk
from gpsopt.desk.files import digest_now, read_here
from gpsopt.errors import Finding, InputError, UsageError
from gpsopt.screens.visit import Visit


def findings_of(here: Visit, scenario: str) -> tuple[Finding, ...]:
    """Every finding of a scenario of this desk; the faults of its files where it cannot be read."""
    return tuple(replace(f, file=here.placed(f.file)) for f in _found(here, scenario))


def _found(here: Visit, scenario: str) -> tuple[Finding, ...]:
    digest = digest_now(here.desk, scenario)
    if digest is not None:
        return _findings(str(here.desk.folder), scenario, digest, _Held(here.desk))
    try:
        return check(read_here(here.desk, scenario))
    except InputError as error:
        return error.findings
    except UsageError:
        return ()


class _Held:
    """A desk that plays no part in what the answer is kept under: its folder does."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _findings(folder: str, scenario: str, digest: str, held: _Held) -> tuple[Finding, ...]:
    return check(read_here(held.desk, scenario))
