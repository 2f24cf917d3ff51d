"""What a stage of the search seeks, in the solver's own units."""

from __future__ import annotations

from dataclasses import dataclass

from gpsopt.solving.instance import Array


@dataclass(frozen=True)
class Target:
    """A stage in the solver's own units: costs to minimise, later aims blended in, gap to reach.

    `constant` completes costs . x to the aim's value; `scale` is None where the aim's own value is its scale.
    """

    costs: Array
    blend: Array
    constant: float
    scale: float | None
    gap: float
    warm: bool = False  # the search began from the plan of a model like this one

    def allowed(self, value: float) -> float:
        """The absolute gap that is good enough at this value."""
        return self.gap * (abs(value + self.constant) if self.scale is None else self.scale)
