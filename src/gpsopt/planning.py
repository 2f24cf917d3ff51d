"""The main job: a scenario -> a certified plan. Read, check, build, seek, put on the grid, verify.

`solve` returns a Plan or raises; `plan_or_end` returns how it ended either way, ready for a run folder.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from gpsopt.checks import PROOFS, check
from gpsopt.cluster.connection import Cluster
from gpsopt.compiler import compile_model
from gpsopt.errors import Finding, InfeasibleError, InputError, LimitError
from gpsopt.model.build import build_world
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import World, world_of
from gpsopt.plan.frames import Draft, excluded_frame, frame_of, frames_of
from gpsopt.plan.goals import goals_frame
from gpsopt.plan.plan import Plan, Result
from gpsopt.plan.summary import manifest_of, request_of, run_name, summary_of
from gpsopt.plan.values import limits_passed, plan_values, totals_of
from gpsopt.runfolder import text_rows
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import AIMS
from gpsopt.solving.alternatives import near_points, tolerant
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Array, Engine, Stop
from gpsopt.solving.grid import to_grid
from gpsopt.solving.gridsteps import quantities_of
from gpsopt.solving.measured import measured
from gpsopt.solving.ongrid import beside, seek_on_grid
from gpsopt.solving.prices import prices_of
from gpsopt.solving.stages import Answer, Options, aims_of
from gpsopt.solving.startpoint import NOWHERE, Start, as_it_is
from gpsopt.verify import verify_frames
from gpsopt.verify.frames import violations_of
from gpsopt.verify.softrules import amount_text, total_text, totals
from gpsopt.verify.verdict import Breach
from gpsopt.written.begin import Begun, begun_from

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
    start: Start = NOWHERE,
    cluster: Cluster | None = None,
) -> tuple[Result, tuple[Array, ...]]:
    """The result of a model that is already a matrix, and its plan before the grid as each stage left it.

    `start`: the same of a model like this one, tried first; without it the plan that the scenario begins from. That
    one is also the answer where the search finds none that stands, or none so good: it is never given away.
    """
    begun = None if start.points else begun_from(world, compiled)
    if begun is None:
        result, points = _searched(world, compiled, options, clock, progress, stop, start, cluster)
        if not start.points and world.facts.settings.solver.start:
            result = replace(result, summary={**result.summary, "start": {"missing": True}})
        return result, points
    first = Start((begun.point,), near=False)
    result, points = _searched(world, compiled, options, clock, progress, stop, first, cluster)
    kept = None
    found = isinstance(result, Plan) and result.certified
    if result.status == "limit" or not found:
        kept = _as_begun(world, compiled, options, begun, result if found else None)
    said = {"left_out": begun.left_out, "answer": kept is not None}
    result = kept or result
    return replace(result, summary={**result.summary, "start": said}), points


def _as_begun(world: World, compiled: Any, options: Options, begun: Begun, found: Result | None) -> Plan | None:
    """The plan that the search began from, where it keeps every rule and is better than what was `found`."""
    point = as_it_is(world, compiled, begun.point)
    if point is None or (found is not None and not _is_better(world, compiled, point, found.summary)):
        return None
    plan = plan_at(world, compiled, point, options)
    run = run_name(world.facts.scenario, options)
    return replace(plan, summary={**plan.summary, "run": run}) if plan.certified else None


def _is_better(world: World, compiled: Any, point: Array, found: Mapping[str, Any]) -> bool:
    """Is a point better in the first aim in which it differs by more than later aims may take?

    What is broken of soft clauses comes first.
    """
    quantities = quantities_of(world, compiled, point)
    draft = Draft(world, quantities, money_of(world, quantities))
    if "soft" in found:
        scenario = world.facts.scenario
        sums = totals(violations_of(scenario, {name: text_rows(frame) for name, frame in frames_of(draft).items()}))
        for stage in found["soft"]:
            broken = Fraction(total_text(sums.get((stage["clause"], stage["unit"]), Fraction(0))))
            if broken != Fraction(stage["plan_value"]):
                return broken < Fraction(stage["plan_value"])
    values = plan_values(draft)
    for aim in found["aims"]:
        gained = (aim["plan_value"] - float(values[aim["name"]])) * (1 if aim["sense"] == "min" else -1)
        if abs(gained) > max(1e-9, aim["tolerance"]) * aim["scale"]:
            return bool(gained > 0)
    return False


def _searched(
    world: World, compiled: Any, options: Options, clock: Seconds, progress: Listener | None, stop: Stop | None,
    start: Start, cluster: Cluster | None,
) -> tuple[Result, tuple[Array, ...]]:  # fmt: skip
    """The search, what stands on the grid beside its end, and how it is told."""
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
    summary = summary_of(draft.world, options, answer, counts)
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
    return Plan(scenario, frames, summary, manifest_of(scenario, options, answer))


def _violations(found: Mapping[tuple[str, str, int], Breach]) -> pd.DataFrame:
    """The broken limits of soft clauses, as `verify` finds them in the plan as written."""
    return frame_of("violations", [
        (clause, index, year, amount_text(breach.amount), breach.unit)
        for (clause, index, year), breach in found.items()
    ])  # fmt: skip


def _ending(world: World, options: Options, answer: Answer, counts: dict[str, int], clock: Seconds) -> Result:
    scenario = world.facts.scenario
    summary = summary_of(world, options, answer, counts)
    summary["seconds"] = clock.seconds
    return Result(scenario, {"excluded": excluded_frame(world)}, summary, manifest_of(scenario, options, answer))


class Seconds:
    """Wall seconds of each part of the job."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def mark(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part] = round(now - self._last, 3)
        self._last = now
