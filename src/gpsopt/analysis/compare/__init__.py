"""Runs beside a pinned baseline: what differs in the inputs, in what is reached, in what is decided, and why."""

from typing import TYPE_CHECKING

from gpsopt.analysis.compare.comparison import FRAMES, Comparison, Contrast, compare

if TYPE_CHECKING:
    from gpsopt.analysis.compare.attribution import Waterfall, waterfall

__all__ = ["FRAMES", "Comparison", "Contrast", "Waterfall", "compare", "waterfall"]


def __getattr__(name: str) -> object:
    if name not in ("Waterfall", "waterfall"):
        raise AttributeError(f"module 'gpsopt.analysis.compare' has no attribute {name!r}")
    from gpsopt.analysis.compare import attribution  # brings model and solver along: a comparison needs neither

    return getattr(attribution, name)
