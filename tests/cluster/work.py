"""What the workers of the tests do: functions that stand in a module, as `Cluster.answers` asks."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from gpsopt.errors import UsageError


def squared(shared: int, call: int) -> int:
    """shared + call * call, slowly enough that a worker can be killed meanwhile."""
    time.sleep(0.05)
    return shared + call * call


def refused(_shared: Any, call: int) -> int:
    """The third call is refused in our own words."""
    if call == 3:
        raise UsageError("path_missing", path="nowhere")
    return call


def deadly(_shared: Any, call: int) -> int:
    """One call kills the process that answers it."""
    if call == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return call


def noted(shared: str, call: int) -> int:
    """Each answer leaves a mark in a folder: whether it was worked out once or twice."""
    with (Path(shared) / f"{call}").open("a") as mark:
        mark.write("x")
    time.sleep(0.1)
    return call
