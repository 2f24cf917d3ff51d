"""The row that holds an earlier aim while later ones are sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpsopt.solving.engine import Array

if TYPE_CHECKING:
    from gpsopt.solving.stages import Aim


@dataclass(frozen=True)
class HeldRow:
    """lower <= weights . x <= upper, brought to weights of at most 1."""

    weights: Array
    lower: float
    upper: float


def held_row(aim: Aim, weights: Array, constant: float, scale: float, value: float, tolerance: float) -> HeldRow:
    """The row that keeps weights . x (the aim or a part of it, now worth `value`) within tolerance x scale.

    `scale` nan: the part's own value with its constant.
    """
    size = abs(value + constant) if np.isnan(scale) else float(scale)
    norm = max(1e-12, float(np.abs(weights).max()))
    # Held closer than the solver can tell, true plans would be lost: a fifth of a fen, and for the least
    # coverage what its own rows may be passed by.
    least = 2e-6 if aim.name == "worst_area" else max(1e-9 * abs(value), 2e-7 * norm)
    slack = max(tolerance * size, least)
    low, high = (-np.inf, value + slack) if aim.sense == "min" else (value - slack, np.inf)
    return HeldRow(weights / norm, low / norm, high / norm)
