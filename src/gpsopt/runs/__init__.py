"""The run store: finished runs of several owners, kept as folders and listed in an append-only chain.

`open_store(folder)` gives a `Store`; `Store.record` returns only when a run can no longer be lost.
"""

from gpsopt.runs.chain import Record, Trouble
from gpsopt.runs.store import SHARED, Store, open_store

__all__ = ["SHARED", "Record", "Store", "Trouble", "open_store"]
