"""Divides fixed public budgets between direct delivery and purchase, clause by clause, exact to the fen.

The main path: `read_scenario(path) -> Scenario`, `solve(scenario) -> Plan`, `write_run(plan, folder) -> Path`,
`read_run(folder) -> Run`, `verify_run(path) -> Verdict`,
`compare(baseline=plan, cut=other) -> Comparison`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpsopt.analysis.compare import Comparison, compare
    from gpsopt.errors import (
        GpsoptError,
        InfeasibleError,
        InputError,
        LimitError,
        ScenarioError,
        SolverError,
        UsageError,
    )
    from gpsopt.nofit import NoFit, explain_nofit
    from gpsopt.plan.plan import Plan, Result
    from gpsopt.planning import plan_or_end, solve
    from gpsopt.runfolder import write_run
    from gpsopt.runread import Run, read_run
    from gpsopt.scenario import Scenario, read_scenario
    from gpsopt.verify import Verdict, verify_run

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "GpsoptError",
    "InfeasibleError",
    "InputError",
    "LimitError",
    "NoFit",
    "Plan",
    "Result",
    "Run",
    "Scenario",
    "ScenarioError",
    "SolverError",
    "UsageError",
    "Verdict",
    "__version__",
    "compare",
    "explain_nofit",
    "plan_or_end",
    "read_run",
    "read_scenario",
    "solve",
    "verify_run",
    "write_run",
]

#: where each name stands; imported at first use, so that a command that solves nothing starts at once
_HOMES = {
    "gpsopt.analysis.compare": ("Comparison", "compare"),
    "gpsopt.errors": (
        "GpsoptError", "InfeasibleError", "InputError", "LimitError", "ScenarioError", "SolverError", "UsageError",
    ),
    "gpsopt.nofit": ("NoFit", "explain_nofit"),
    "gpsopt.plan.plan": ("Plan", "Result"),
    "gpsopt.planning": ("plan_or_end", "solve"),
    "gpsopt.runfolder": ("write_run",),
    "gpsopt.runread": ("Run", "read_run"),
    "gpsopt.scenario": ("Scenario", "read_scenario"),
    "gpsopt.verify": ("Verdict", "verify_run"),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gpsopt' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
