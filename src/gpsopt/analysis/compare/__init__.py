"""Runs beside a pinned baseline: what differs in the inputs, in what is reached, in what is decided, and why."""

from gpsopt.analysis.compare.attribution import Waterfall, waterfall
from gpsopt.analysis.compare.comparison import FRAMES, Comparison, Contrast, compare

__all__ = ["FRAMES", "Comparison", "Contrast", "Waterfall", "compare", "waterfall"]
