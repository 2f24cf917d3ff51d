"""One import in a process of its own, which tells the resources of its own children and of nobody else's.

`python -m tests.workbooks.measured FILE MODEL [CPU]` prints {"codes", "cpu", "memory"}: the findings, processor
seconds and the largest resident size in bytes of the processes that opened the file. CPU is a hard limit that those
processes find set, as on a machine whose owner is stricter than the importer.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """Findings' codes, processor seconds, bytes."""

    codes: tuple[str, ...]
    cpu: float
    memory: int


def measured(path: Path, model: Path, cpu: int = 0) -> Measured:
    """Import in a fresh process; `cpu` > 0 binds its children to so many processor seconds from outside."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.workbooks.measured", str(path), str(model), str(cpu)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return Measured(tuple(answer["codes"]), answer["cpu"], answer["memory"])


def main(path: Path, model: Path, cpu: int) -> None:
    from gpsopt.errors import InputError
    from gpsopt.workbooks.importing import import_book

    if cpu:
        most = math.ceil(time.process_time()) + cpu  # a child counts from nought, this process from its start
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    try:
        findings = import_book(path, model).findings
    except InputError as error:
        findings = error.findings
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"codes": [f.code for f in findings], "cpu": used.ru_utime + used.ru_stime,
                      "memory": used.ru_maxrss * 1024}))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
