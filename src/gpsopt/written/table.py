"""A plan as one table of what is bought and what is kept, as people and `[solver] start` write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from gpsopt.runfolder import table_bytes

COLUMNS: Final = ("year", "need", "offer", "quantity", "new", "idle")


def plan_csv(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """The rows of `allocation`, then those of `direct` (without an offer) that keep, add or idle anything, as CSV."""
    bought = frames["allocation"][["year", "need", "offer", "quantity"]].assign(new=None, idle=None)
    direct = frames["direct"].assign(offer=None)[list(COLUMNS)]
    rows = [*bought.itertuples(index=False), *direct.itertuples(index=False)]
    return table_bytes(pd.DataFrame([tuple(row) for row in rows], columns=list(COLUMNS), dtype=object))
