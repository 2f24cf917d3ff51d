"""Divides fixed public budgets between direct delivery and purchase, clause by clause, exact to the fen.

The main path: `read_scenario(path) -> Scenario`, `solve(scenario) -> Plan`, `write_run(plan, folder) -> Path`,
`verify_run(path) -> Verdict`.
"""

from gpsopt.errors import (
    GpsoptError,
    InfeasibleError,
    InputError,
    LimitError,
    ScenarioError,
    SolverError,
    UsageError,
)
from gpsopt.plan.plan import Plan, Result
from gpsopt.planning import plan_or_end, solve
from gpsopt.runfolder import write_run
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.verify import Verdict, verify_run

__version__ = "0.1.0"
__all__ = [
    "GpsoptError",
    "InfeasibleError",
    "InputError",
    "LimitError",
    "Plan",
    "Result",
    "Scenario",
    "ScenarioError",
    "SolverError",
    "UsageError",
    "Verdict",
    "__version__",
    "plan_or_end",
    "read_scenario",
    "solve",
    "verify_run",
    "write_run",
]
