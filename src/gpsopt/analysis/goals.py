"""The indicators of the 2017 goals: formulas, units and sources stand with `gpsopt.plan.goals`.

They are a table of every plan, so they are worked out where a plan is made; this is their name for analyses.
"""

from gpsopt.plan.goals import INDICATORS, Indicator, goals_frame

__all__ = ["INDICATORS", "Indicator", "goals_frame"]
