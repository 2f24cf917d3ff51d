"""What a question names must be there."""

from __future__ import annotations

import difflib

from gpsopt.errors import UsageError
from gpsopt.runread import Run


def check_known(run: Run, *, offer: str | None = None, need: str | None = None) -> None:
    """Raises UsageError where the run has no such offer or need (naming the nearest), or no plan."""
    for kind, key in (("offer", offer), ("need", need)):
        known = list(dict.fromkeys(run.scenario.tables[f"{kind}s"][kind]))
        if key is not None and key not in known:
            nearest = next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.0)), "–")
            raise UsageError(f"explain_unknown_{kind}", name=key, nearest=nearest)
    if not run.has_plan:
        raise UsageError("explain_no_plan", run=run.run)
