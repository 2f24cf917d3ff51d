"""How slow this machine is at this moment, so that a limit in processor seconds means the same everywhere.

A processor shared with other work, or an older one, takes two to three times the seconds of a quiet one for the same
instructions. A fixed piece of work of the kind the program does (text taken apart, tables joined, arrays sorted) is
timed beside what is being measured, and the limit grows with it; on a fast machine the limit stays what it says.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

#: CPU seconds of the fixed work on the machine on which the limits were set: `python -m tests.pace`
REFERENCE = 0.12


def fixed_work() -> float:
    """CPU seconds of the fixed work, the least of two: a first run also warms what it uses."""
    return min(_once(), _once())


def _once() -> float:
    begun = time.process_time()
    words = [f"o{i % 37_000},u{i % 350},C{i % 60},{i}.25".split(",") for i in range(60_000)]
    table = pd.DataFrame(words, columns=["offer", "undertaker", "item", "price"])
    table["price"] = table["price"].astype(float)
    totals = table.groupby("undertaker", sort=True)["price"].sum().rename("total")
    joined = table.merge(totals, left_on="undertaker", right_index=True)
    np.sort(np.outer(joined["price"].to_numpy()[:1_500], np.linspace(0.0, 1.0, 1_500)), axis=None)
    return time.process_time() - begun


def limit(seconds: float) -> float:
    """`seconds` of the reference machine in seconds of this one, now; never fewer than `seconds`."""
    return seconds * max(1.0, fixed_work() / REFERENCE)


if __name__ == "__main__":
    print(f"{fixed_work():.3f}")
