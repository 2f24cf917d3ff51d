"""Real runs of the town under as many names as a test needs, and a process that goes on recording them."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from gpsopt import plan_or_end
from gpsopt.plan.plan import Result
from gpsopt.runfolder import write_run
from gpsopt.runs import open_store

ROOT = Path(__file__).resolve().parents[2]


@cache
def town() -> Result:
    """The town's plan, solved once."""
    return plan_or_end(ROOT / "models" / "town")


def named(number: int, found: Result | None = None) -> Result:
    """The same plan as another run."""
    found = found or town()
    return replace(found, summary={**found.summary, "run": f"town-{number:08x}"})


def go_on(store: Path, first: int, solved: Path) -> None:
    """Record run after run; each one is acknowledged on standard output once it is recorded."""
    number, found = first, pickle.loads(solved.read_bytes())
    while True:
        folder = write_run(named(number, found), store)
        record = open_store(store).record("", folder, f"request-{number}")
        sys.stdout.write(f"{record.seq} {record.run} {record.hash}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    go_on(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
