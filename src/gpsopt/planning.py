"""The main job: a scenario -> a certified plan. Read, check, build, seek, put on the grid, verify.

`solve` returns a Plan or raises; `plan_or_end` returns how it ended either way, ready for a run folder.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.checks import PROOFS, check
from gpsopt.cluster.connection import Cluster
from gpsopt.compiler import compile_model
from gpsopt.errors import Finding, InfeasibleError, InputError, LimitError
from gpsopt.model.build import build_world
from gpsopt.model.clauses.plural_supply import plural_spared
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.soft import soft_stages
from gpsopt.model.today import today_of
from gpsopt.model.world import World, world_of
from gpsopt.money import yuan
from gpsopt.plan.frames import Draft, excluded_frame, frame_of, frames_of
from gpsopt.plan.goals import goals_frame
from gpsopt.plan.plan import Plan, Result
from gpsopt.plan.values import limits_passed, plan_values, totals_of
from gpsopt.runfolder import text_rows
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import AIMS
from gpsopt.solving.alternatives import near_points, tolerant
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Array, Engine, Stop
from gpsopt.solving.grid import to_grid
from gpsopt.solving.measured import measured
from gpsopt.solving.ongrid import beside, seek_on_grid
from gpsopt.solving.prices import prices_of
from gpsopt.solving.stages import Answer, Options, aims_of
from gpsopt.verify import verify_frames
from gpsopt.verify.frames import violations_of
from gpsopt.verify.softrules import amount_text, total_text, totals
from gpsopt.verify.verdict import Breach

Listener = Callable[[Progress], None]


def solve(
    scenario: Scenario | str | Path,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int | None = None,
    progress: Listener | None = None,
    years: str | None = None,
) -> Plan:
    """The best plan of a scenario (or of the file or model folder that holds it).

    `gap` is a share of each aim's scale (empty: small models to proof, larger ones to 0.001); `time_limit`
    in seconds. Raises InputError where the tables are wrong, InfeasibleError where no plan fits the rules,
    LimitError where a limit came before any plan, SolverError where the solver's answer does not stand.
    """
    result = plan_or_end(
        scenario, gap=gap, time_limit=time_limit, node_limit=node_limit, seed=seed, progress=progress, years=years
    )  # fmt: skip
    if isinstance(result, Plan):
        return result
    if result.status == "infeasible":
        from gpsopt.nofit import explain_nofit

        why = explain_nofit(result.scenario, repairs=False)
        raise InfeasibleError(why.findings, why.conflict, title=result.scenario.title("en"))
    raise LimitError("limit_without_plan")


def plan_or_end(
    scenario: Scenario | str | Path,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int | None = None,
    progress: Listener | None = None,
    stop: Stop | None = None,
    years: str | None = None,
    cluster: Cluster | None = None,
) -> Result:
    """As `solve`, but an end without a plan is returned as a Result with its status.

    `stop` is asked while the search runs; once it says yes, the best plan so far is the answer. `cluster`: whose
    workers solve the purchasers' problems of a large model; the plan is the same as without.
    """
    clock = Seconds()
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    refuse_errors(check(scenario))
    clock.mark("read")
    options = options_of(scenario, gap, time_limit, node_limit, seed, years)
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    clock.mark("build")
    return planned(world, compiled, options, clock, progress, stop, cluster=cluster)[0]


def planned(
    world: World,
    compiled: Any,
    options: Options,
    clock: Seconds,
    progress: Listener | None = None,
    stop: Stop | None = None,
    start: tuple[Array, ...] = (),
    cluster: Cluster | None = None,
) -> tuple[Result, tuple[Array, ...]]:
    """The result of a model that is already a matrix, and its plan before the grid as each stage left it.

    `start`: the same of a model like this one, tried first.
    """
    counts = _counts(world, compiled)
    try:
        passed = limits_passed(world, compiled)
        answer, engine, aims, found = seek_on_grid(world, compiled, options, passed, progress, stop, start, cluster)
    except LimitError:
        return _without_plan(world, options, counts, clock), ()
    if answer.point is None or found is None:
        clock.mark("solve")
        return _ending(world, options, answer, counts, clock), ()
    quantities, money, on_grid = found
    prices = frame_of("prices", prices_of(world, compiled, engine, aims, answer.point, options.time_limit))
    clock.mark("solve")
    plan = _plan(Draft(world, quantities, money), prices, options, answer, counts, clock, on_grid)
    return plan, answer.points


def plan_at(
    world: World, compiled: Any, point: Array, options: Options, found: tuple[Quantities, Money, bool] | None = None,
    sought: str = "",
) -> Plan:  # fmt: skip
    """The plan at a point that another search than that of the aims found; `found`: its quantities on the grid.

    Each aim is shown with its value there and the relaxation's bound; the plan passes the same check as any other.
    `sought`: how that search ended (optimal, within_gap, limit), which is then the run's status.
    """
    clock = Seconds()
    clock.seconds |= {"read": 0.0, "build": 0.0}
    aims = aims_of(world, compiled)
    quantities, money, on_grid = found or to_grid(world, compiled, point, aims, limits_passed(world, compiled))
    answer = measured(world, compiled, point, options)
    prices = frame_of("prices", prices_of(world, compiled, Engine(compiled, options.seed), aims, point))
    counts = _counts(world, compiled)
    clock.mark("solve")
    plan = _plan(Draft(world, quantities, money), prices, options, answer, counts, clock, on_grid)
    request = request_of(world.facts.scenario, options) + hashlib.sha256(point.tobytes()).hexdigest()
    run = f"{world.facts.scenario.name}-{hashlib.sha256(request.encode()).hexdigest()[:8]}"
    named = {**plan.summary, "run": run}  # not the run of the same scenario's best plan
    return replace(plan, summary={**named, "status": sought, "besides": True} if sought else named)


@dataclass(frozen=True)
class NearPlan:
    """A plan that shares as little as can be with those before it: `shared` of their awards (0 none, 1 all), and the
    least that any plan within the limits could share."""

    plan: Plan
    shared: float
    least: float


def near_plans(
    scenario: Scenario, within: float, count: int, *, gap: float | None = None, time_limit: float | None = None
) -> Iterator[NearPlan]:
    """The best plan (its `shared` is 1), then up to `count` others, every aim within `within` of its scale.

    `time_limit` in seconds for each search. Every plan is put on the grid and verified as any other; its summary
    says what it may give up. Raises as `solve` does.
    """
    clock = Seconds()
    refuse_errors(check(scenario))
    options = options_of(scenario, gap, time_limit)
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    counts = _counts(world, compiled)
    answer, _engine, aims = seek_years(world, compiled, options)
    if answer.point is None:
        raise InfeasibleError(title=scenario.title("en"))
    passed, none = limits_passed(world, compiled), frame_of("prices", [])

    def planned(point: Any, said: Answer) -> Plan:
        quantities, money, on_grid = beside(world, compiled, replace(said, point=point), aims, passed)[0]
        clock.mark("solve")
        return _plan(Draft(world, quantities, money), none, options, said, counts, clock, on_grid)

    yield NearPlan(planned(answer.point, answer), 1.0, 1.0)
    loose = replace(answer, stages=tolerant(answer.stages, within))
    near = near_points(world, compiled, aims, answer.stages, answer.point, options, within, count, time_limit)
    for number, found in enumerate(near, 1):
        plan = planned(found.point, loose)
        named = {**plan.summary, "run": f"{plan.run}-alt{number}"}
        yield NearPlan(replace(plan, summary=named), found.shared, found.least)


def refuse_errors(findings: tuple[Finding, ...]) -> None:
    """Raise InputError with every error among the findings; proofs that no plan exists are left to the search."""
    errors = tuple(f for f in findings if f.severity == "error" and f.code not in PROOFS)
    if errors:
        raise InputError(errors)


def options_of(
    scenario: Scenario,
    gap: float | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int | None = None,
    years: str | None = None,
) -> Options:
    """How the search goes: the caller's word before the scenario's [solver]."""
    given = scenario.settings.solver
    return Options(
        gap=gap if gap is not None else None if given.gap is None else float(given.gap),
        time_limit=time_limit
        if time_limit is not None
        else None
        if given.time_limit is None
        else float(given.time_limit),
        node_limit=node_limit if node_limit is not None else given.node_limit,
        seed=seed if seed is not None else given.seed,
        years=years or given.years or "joint",
    )


def _counts(world: World, compiled: Any) -> dict[str, int]:
    rows, columns = compiled.matrix.shape
    return {"rows": int(rows), "columns": int(columns), "binaries": int(world.binary.sum())}


def _without_plan(world: World, options: Options, counts: dict[str, int], clock: Seconds) -> Result:
    """A limit came before any plan."""
    clock.mark("solve")
    return _ending(world, options, Answer("limit", (), None, 0), counts, clock)


def _plan(
    draft: Draft, prices: pd.DataFrame, options: Options, answer: Answer, counts: dict[str, int], clock: Seconds,
    on_grid: bool,
) -> Plan:  # fmt: skip
    scenario = draft.world.facts.scenario
    frames = {**frames_of(draft), "goals": goals_frame(draft), "prices": prices}
    summary = _summary(draft.world, options, answer, counts)
    if scenario.settings.clauses.softened():
        found = violations_of(scenario, {name: text_rows(frame) for name, frame in frames.items()})
        frames["violations"] = _violations(found)
        sums = totals(found)
        for stage in summary.get("soft", ()):
            stage["plan_value"] = total_text(sums.get((stage["clause"], stage["unit"]), Fraction(0)))
    values = plan_values(draft)
    for entry in summary["aims"]:
        exact = values[entry["name"]]
        entry["plan_value"] = float(exact)
        worse = float(exact) - entry["value"]
        entry["given_up"] = max(0.0, worse if AIMS[entry["name"]] == "min" else -worse)
    summary["totals"] = totals_of(draft)
    verdict = verify_frames(scenario, {name: text_rows(frame) for name, frame in frames.items()}, summary)
    summary["certified"] = verdict.ok and on_grid
    summary["faults"] = [fault.line("en") for fault in verdict.faults[:20]]
    clock.mark("write")
    summary["seconds"] = clock.seconds
    return Plan(scenario, frames, summary, _manifest(scenario, options, answer))


def _violations(found: Mapping[tuple[str, str, int], Breach]) -> pd.DataFrame:
    """The broken limits of soft clauses, as `verify` finds them in the plan as written."""
    return frame_of("violations", [
        (clause, index, year, amount_text(breach.amount), breach.unit)
        for (clause, index, year), breach in found.items()
    ])  # fmt: skip


def _ending(world: World, options: Options, answer: Answer, counts: dict[str, int], clock: Seconds) -> Result:
    scenario = world.facts.scenario
    summary = _summary(world, options, answer, counts)
    summary["seconds"] = clock.seconds
    return Result(scenario, {"excluded": excluded_frame(world)}, summary, _manifest(scenario, options, answer))


def _summary(world: World, options: Options, answer: Answer, counts: dict[str, int]) -> dict[str, Any]:
    scenario = world.facts.scenario
    aims = [
        {
            "name": s.name, "sense": s.sense, "value": s.value, "bound": s.bound, "gap": s.gap,
            "gap_amount": s.gap_amount, "scale": s.scale, "given_up": 0.0, "tolerance": s.tolerance,
        }
        for s in answer.stages
    ]  # fmt: skip
    stages = soft_stages(scenario.settings.clauses)
    place = {stage.name: {"clause": stage.clause, "unit": stage.unit} for stage in stages}
    soft = [{**place[str(aim["name"])], **aim} for aim in aims if aim["name"] in place]
    aims = aims[len(soft) :]
    return {
        "run": run_name(scenario, options),
        "title": scenario.settings.title,
        "title_zh": scenario.settings.title_zh,
        "status": answer.status,
        **({"ended_by": _ended_by(answer, options)} if answer.status == "limit" else {}),
        "certified": False,
        **({"soft": soft} if soft else {}),
        "aims": aims,
        "unit_values": dict(sorted(scenario.unit_values.items())),
        "totals": {},
        **({"tightening": asdict(answer.tightening)} if answer.tightening is not None else {}),
        **_today(world),
        **_spared(world),
        "counts": {**counts, "nodes": answer.nodes},
        "seconds": {},
    }


def _ended_by(answer: Answer, options: Options) -> str:
    """What ended a search before the gap asked for: hand, time, nodes, or effort: where no limit was set, a large
    model's search ends each aim after a number of nodes of its own."""
    given = (("hand", answer.stopped), ("time", options.time_limit is not None), ("nodes", bool(options.node_limit)))
    return next((name for name, is_so in given if is_so), "effort")


def _spared(world: World) -> dict[str, Any]:
    """Where plural_supply is in force and binds nobody: too few undertakers, or too small a budget."""
    spared = plural_spared(world)
    return {"not_binding": {"plural_supply": [list(key) for key in spared]}} if spared else {}


def _today(world: World) -> dict[str, Any]:
    """The base year in yuan, where `contracts` gives its purchases; books and difference where `budgets` has it."""
    today = today_of(world.facts).values()
    if not today:
        return {}
    figures: dict[str, Any] = {
        "year": world.facts.settings.base_year,
        "direct": yuan(sum(t.direct for t in today)),
        "purchased": yuan(sum(t.purchased for t in today)),
    }
    if all(t.books is not None or not t.direct + t.purchased for t in today):
        figures["books"] = yuan(sum(t.books or 0 for t in today))
        figures["difference"] = yuan(sum(abs(t.difference) for t in today))
    return {"today": figures}


def run_name(scenario: Scenario, options: Options) -> str:
    """The scenario's name and eight letters of the hash of its content and the options."""
    return f"{scenario.name}-{request_of(scenario, options)[:8]}"


def request_of(scenario: Scenario, options: Options) -> str:
    """SHA-256 of canonical input and options: equal requests have equal answers."""
    said = {name: value for name, value in asdict(options).items() if (name, value) != ("years", "joint")}
    return hashlib.sha256(json.dumps([scenario.digest(), said]).encode()).hexdigest()


def _manifest(scenario: Scenario, options: Options, answer: Answer) -> dict[str, Any]:
    clock_stopped = answer.status == "limit" and options.time_limit is not None
    why_not = "stopped by hand" if answer.stopped else "stopped by the clock" if clock_stopped else ""
    libraries = ("pyomo", "highspy", "numpy", "pandas", "scipy", "pydantic")
    return {
        "scenario": scenario.name,
        "digest": scenario.digest(),
        "request": request_of(scenario, options),
        "versions": {
            "gpsopt": version("gpsopt"), "python": platform.python_version(), **{n: version(n) for n in libraries},
        },
        "options": asdict(options),
        "seed": options.seed,
        "reproducible": "no" if why_not else "yes",
        "why_not": why_not,
    }  # fmt: skip


class Seconds:
    """Wall seconds of each part of the job."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def mark(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part] = round(now - self._last, 3)
        self._last = now
