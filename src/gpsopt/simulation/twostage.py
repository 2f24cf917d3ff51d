"""Two stages: awards are decided now, quantities, direct lines and money once the future is known.

Four searches over the same drawn futures, each with the aims in order:

| what | awards | is worth |
|---|---|---|
| two stages | one set for all futures, chosen with all of them in sight | what can be reached |
| mean | those of the plan for the one future in which every number is its mean | what planning for the mean reaches |
| perfect | each future has its own, as if it were known | what no decision of now can beat |

value of the stochastic solution = mean - two stages; value of perfect information = two stages - perfect (for what
is maximised the other way round). Where a gap is left both are intervals. Aims stand in order, so the sign is certain
only for the first aim in which they differ: a later one may lose what an earlier one gains. Source: Birge and
Louveaux (2011), chapter 4.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.errors import LimitError, NoPlanError, UsageError
from gpsopt.model.build import build_world
from gpsopt.model.facts import Floats
from gpsopt.model.world import world_of
from gpsopt.plan.plan import Result
from gpsopt.plan.summary import request_of
from gpsopt.planning import Seconds, options_of, plan_at, planned, refuse_errors
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.simulation.draws import described, uncertainties
from gpsopt.simulation.futures import drawn, future_of
from gpsopt.simulation.twostagepage import page_of
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.engine import Array
from gpsopt.solving.extensive import Extensive, Future, Measure, decided_now, extensive, with_decisions
from gpsopt.solving.stages import Answer, Options, Stage, seek, seek_aims
from gpsopt.solving.startpoint import Start, moved_over

_NOTHING: Final = 1e-6  # units: less than any step of the grid
Told = Callable[[int, int], None]  # pieces done, pieces in all


@dataclass(frozen=True)
class TwoStage:
    """`plan`: the awards of now on the tables as they stand, as a run; `frames` values, futures, decided; `summary`."""

    plan: Result
    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]

    @property
    def is_plan(self) -> bool:
        """Are the awards of now a certified plan on the tables as they stand?"""
        return bool(self.summary["plan_on_base"])

    def page(self, lang: str = "zh") -> str:
        """The answer on one printed page."""
        return page_of(self, lang)

    def __repr__(self) -> str:
        return self.page()

    def files(self) -> dict[str, bytes]:
        """Name -> content of what stands in the run folder beside the plan."""
        found = {
            f"futures/{name}.csv": b"\xef\xbb\xbf" + frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
            for name, frame in self.frames.items()
        }
        found["futures/summary.json"] = json.dumps(self.summary, ensure_ascii=False, indent=1).encode("utf-8")
        return found


def two_stage(
    scenario: Scenario | str | Path,
    futures: int = 20,
    *,
    seed: int | None = None,
    averse: float = 0.0,
    tail: float = 0.1,
    gap: float | None = None,
    time_limit: float | None = None,
    progress: Told | None = None,
) -> TwoStage:
    """The best awards of now over `futures` drawn from the table `uncertainty`, and what it is worth to think of them.

    `averse` 0 seeks the mean over futures, 1 the mean of their worst `tail`; `gap` and `time_limit` (seconds) hold
    for each search. Raises InputError, UsageError where nothing is uncertain, NoPlanError where a future has no plan
    (or all of them no common one), LimitError.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    refuse_errors(check(scenario))
    rows = uncertainties(scenario)
    if not rows:
        raise UsageError("nothing_uncertain", path=scenario.chain[0] if scenario.chain else scenario.name)
    options = options_of(scenario, gap, time_limit, None, seed)
    study = _Study(scenario, options, Measure(averse, tail), futures, progress)
    found = study.run()
    asked = {"futures": futures, "seed": options.seed, "averse": averse, "tail": tail}
    return _answered(study, found, {**asked, "uncertainty": described(rows)})


@dataclass(frozen=True)
class _Found:
    """What the four searches ended with; stages of each future, decisions by future where they differ."""

    together: Answer
    decisions: Array
    two_stage: list[tuple[Stage, ...]]
    of_mean: Array
    mean: list[tuple[Stage, ...] | None]
    perfect: list[tuple[Stage, ...]]
    perfect_decisions: Floats  # (futures, decisions)
    quantities: Floats  # (futures, pairs) units


class _Study:
    def __init__(
        self, scenario: Scenario, options: Options, measure: Measure, count: int, progress: Told | None
    ) -> None:
        self.options, self.measure, self.count, self._progress = options, measure, count, progress
        self.world = world_of(scenario)
        self.compiled = compile_model(build_world(self.world))
        self.now = decided_now(self.compiled)
        bounds = self.compiled.column_lower[self.now], self.compiled.column_upper[self.now]
        every = drawn(self.world, count, options.seed)
        self.futures = [future_of(self.world, every.only(k), bounds) for k in range(count)]
        self.mean = future_of(self.world, every.mean(), bounds)
        self._done = 0

    def run(self) -> _Found:
        of_mean = self._alone(self.mean)
        near = None if of_mean is None else _point(of_mean)
        perfect = [self._alone(future, near=near) for future in self.futures]
        without = sum(answer is None for answer in perfect)
        if without:
            raise NoPlanError("future_without_plan", without=without, all=self.count)
        whole = [answer for answer in perfect if answer is not None]
        held = None if of_mean is None else self._held(_decided(self.mean, of_mean))
        together, decisions = self._together(held)
        two_stage = self._held(decisions)
        if any(answer is None for answer in two_stage):
            raise LimitError("limit_without_plan")
        ends = [answer for answer in two_stage if answer is not None]
        span = self.compiled.columns["purchased"]
        return _Found(
            together, decisions, [a.stages for a in ends],
            np.zeros(0) if of_mean is None else _decided(self.mean, of_mean),
            [None] * self.count if held is None else [None if a is None else a.stages for a in held],
            [a.stages for a in whole],
            np.array([_decided(f, a) for f, a in zip(self.futures, whole, strict=True)]),
            np.array([_point(a)[span.start : span.stop] for a in ends]),
        )  # fmt: skip

    def award_columns(self) -> dict[int, int]:
        """Pair -> the place of its award among the decisions of now."""
        span = self.compiled.columns.get("award")
        first = 0 if span is None else int(np.flatnonzero(self.now == span.start)[0]) if len(span) else 0
        return {int(pair): first + i for i, pair in enumerate(np.flatnonzero(self.world.binary))}

    def _alone(self, future: Future, compiled: Any = None, near: Array | None = None) -> Answer | None:
        """A future's best plan, aims in order; None where it has none. `near`: the mean future's plan, tried first."""
        rows = future.compiled if compiled is None else compiled
        start = Start(() if near is None else (moved_over(near, self.mean.compiled, rows),))
        answer = seek(future.world, rows, self.options, start=start)[0]
        self._tell()
        return None if answer.point is None else answer

    def _held(self, decisions: Array) -> list[Answer | None]:
        """Every future with the same decisions of now."""
        return [self._alone(f, with_decisions(f.compiled, decisions)) for f in self.futures]

    def _together(self, held: list[Answer | None] | None) -> tuple[Answer, Array]:
        """The extensive form, from the decisions of the mean where they hold in every future."""
        form: Extensive = extensive(self.futures, self.measure)
        known = [answer for answer in held or () if answer is not None]
        start = Start((form.together([_point(a) for a in known]),) if len(known) == self.count else ())
        answer, _engine = seek_aims(self.world, form, form.aims, form.groups, self.options, start=start)
        self._tell()
        if answer.point is None:
            raise NoPlanError("futures_without_common_plan", all=self.count)
        return answer, np.round(answer.point[: form.shared])

    def _tell(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, 3 * self.count + 2)


def _point(answer: Answer) -> Array:
    assert answer.point is not None
    return answer.point


def _decided(future: Future, answer: Answer) -> Array:
    return np.round(_point(answer)[decided_now(future.compiled)])


def _answered(study: _Study, found: _Found, asked: Mapping[str, Any]) -> TwoStage:
    plan = _on_base(study, found.decisions, asked)
    values = _values(study, found)
    frames = {
        "values": values, "futures": _futures(found), "decided": _decided_frame(study, found),
        "unlike": _unlike_frame(study, found),
    }  # fmt: skip
    summary = {
        **asked, "run": plan.run, "status": found.together.status, "plan_on_base": bool(plan.summary["certified"]),
        "title": study.world.facts.scenario.title("en"), "title_zh": study.world.facts.scenario.title("zh"),
        "decisions": int(study.world.binary.sum()),
        "mean_without_plan": sum(stages is None for stages in found.mean),
        "aims": [
            {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in row.items()}
            for row in values.to_dict("records")
        ],
    }  # fmt: skip
    return TwoStage(plan, frames, summary)


def _on_base(study: _Study, decisions: Array, asked: Mapping[str, Any]) -> Result:
    """The awards of now as a plan on the tables as they stand; how it ended where they are none."""
    world, options = study.world, study.options
    held = with_decisions(study.compiled, decisions)
    answer = seek_years(world, held, options)[0]
    if answer.point is None:
        clock = Seconds()
        clock.seconds |= {"read": 0.0, "build": 0.0}
        plan: Result = planned(world, held, options, clock)[0]
    else:
        plan = plan_at(world, study.compiled, answer.point, options)
    request = json.dumps([request_of(world.facts.scenario, options), asked["futures"], asked["averse"], asked["tail"]])
    name = f"{world.facts.scenario.name}-{hashlib.sha256(request.encode()).hexdigest()[:8]}"
    manifest = {**plan.manifest, "futures": {k: v for k, v in asked.items() if k != "uncertainty"}}
    return replace(plan, summary={**plan.summary, "run": name}, manifest=manifest)


def _names(found: _Found) -> tuple[str, ...]:
    return tuple(stage.name for stage in found.together.stages)


def _of(stages: Sequence[tuple[Stage, ...] | None], name: str, field: str) -> Floats:
    """One figure of an aim in each future; 0 where nothing of it can be broken, nan where there is no plan."""
    return np.array([
        np.nan if s is None else next((float(getattr(t, field)) for t in s if t.name == name), 0.0) for s in stages
    ])  # fmt: skip


def _values(study: _Study, found: _Found) -> pd.DataFrame:
    """One row an aim: what each search reaches over the futures, and the two values with their intervals."""
    rows = []
    for place, stage in enumerate(found.together.stages):
        sign = 1.0 if stage.sense == "min" else -1.0

        def both(stages: Sequence[tuple[Stage, ...] | None], of: Stage = stage) -> tuple[float, float]:
            value, bound = (study.measure.of(_of(stages, of.name, field), of.sense) for field in ("value", "bound"))
            return value, bound

        two, _own = both(found.two_stage)
        mean, mean_bound = both(found.mean)
        perfect, perfect_bound = both(found.perfect)
        bound = sign * min(sign * stage.bound, sign * two)
        low, high = sign * (mean_bound - two), sign * (mean - bound)
        known, most = sign * (bound - perfect), sign * (two - perfect_bound)
        if place == 0:  # neither can be below nothing here: what is proven goes before rounding
            low, high, known, most = (max(0.0, v) if np.isfinite(v) else v for v in (low, high, known, most))
        worst = study.measure.worst(_of(found.two_stage, stage.name, "value"), stage.sense)
        rows.append((stage.name, stage.sense, two, bound, worst, mean, perfect, low, high, known, most))
    columns = ["aim", "sense", "two_stage", "bound", "worst", "mean", "perfect", "vss_low", "vss_high", "evpi_low",
               "evpi_high"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _futures(found: _Found) -> pd.DataFrame:
    """One row a future and aim: what it reaches under the awards of now, of the mean, and of its own."""
    sides = (found.two_stage, found.mean, found.perfect)
    rows = [
        (k + 1, name, *(_of([side[k]], name, "value")[0] for side in sides))
        for k in range(len(found.two_stage)) for name in _names(found)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["future", "aim", "two_stage", "mean", "perfect"])


def _decided_frame(study: _Study, found: _Found) -> pd.DataFrame:
    """One row a pair that is awarded now or bought from in some future, with its quantities over the futures.

    `decided`: yes, or open where nothing makes its award a decision of its own; `mean`: as planning for the mean has
    it; `perfect`: in what part of the futures it is awarded where the future is known.
    """
    world, facts = study.world, study.world.facts
    column_of = study.award_columns()
    rows = []
    for i, (o, n, t) in enumerate(world.pair_keys):
        column, bought = column_of.get(i), found.quantities[:, i]
        if (column is None or found.decisions[column] < 0.5) and not (bought > _NOTHING).any():
            continue
        mean = "" if column is None or not len(found.of_mean) else _yes(found.of_mean[column])
        part = float("nan") if column is None else float((found.perfect_decisions[:, column] > 0.5).mean())
        need = int(world.pairs.need[i])
        rows.append((
            t, n, facts.needs.purchaser[need], facts.needs.item[need], facts.needs.area[need], o,
            world.undertaker_of_pair[i], "open" if column is None else "yes", mean, part,
            *(round(float(v), 6) + 0.0 for v in (bought.min(), bought.mean(), bought.max())),
        ))  # fmt: skip
    columns = ["year", "need", "purchaser", "item", "area", "offer", "undertaker", "decided", "mean", "perfect",
               "least", "average", "most"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _unlike_frame(study: _Study, found: _Found) -> pd.DataFrame:
    """The awards that planning for the mean future decides otherwise."""
    rows = []
    for i, column in study.award_columns().items() if len(found.of_mean) else ():
        if found.decisions[column] != found.of_mean[column]:
            o, n, t = study.world.pair_keys[i]
            both = (_yes(found.decisions[column]), _yes(found.of_mean[column]))
            rows.append((t, n, o, study.world.undertaker_of_pair[i], *both))
    return pd.DataFrame(rows, columns=["year", "need", "offer", "undertaker", "decided", "mean"])


def _yes(decision: float) -> str:
    return "yes" if decision > 0.5 else "no"
