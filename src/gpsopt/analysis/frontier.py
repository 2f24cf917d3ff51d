"""The efficient frontier between two or three aims: points at which none gets better without another getting worse.

Epsilon-constraint: the first aim is sought while the others keep a limit, then the others in turn while it is held.
Between two aims limits are spread evenly; one that an answer has shown to give an old point is not asked again, and
what is left to try goes where nothing is known yet, until the points are enough or nothing lies between them.
Aims that stand before them in the scenario's order may be sought first (`keep_earlier`). Every point is a scenario of
its own: the base, an order of aims and `[aims.limit]`. Models with few award decisions are solved to
proof; larger ones with awards as fractions, a bound that no plan beats, unless proven points are asked for.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gpsopt.analysis.values import Reached, binaries, proven, relaxed
from gpsopt.cells import nearest
from gpsopt.errors import InfeasibleError, UsageError
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import AIMS
from gpsopt.whatif import Session

#: up to so many award decisions the points are proven plans unless the caller says otherwise
FEW: Final = 300
_PLACES: Final = {"worst_area": 6}
_SAME: Final = 1e-7  # relative: two values that are one


@dataclass(frozen=True)
class Point:
    """One point: values and bounds by aim (yuan, shares), and what its scenario says."""

    number: int
    values: dict[str, float]
    bounds: dict[str, float]
    order: tuple[str, ...]
    limits: dict[str, Decimal]
    reached: Reached


@dataclass(frozen=True)
class Frontier:
    """The points in order of the first aim, best first. `are_plans`: proven plans, or awards as fractions.
    `complete`: the points, all proven, are all that there are, as far as a tenth of a yuan tells them apart."""

    scenario: Scenario
    aims: tuple[str, ...]
    points: tuple[Point, ...]
    are_plans: bool
    seconds: float
    tried: int
    source: Path | None = None
    complete: bool = False

    def frame(self) -> pd.DataFrame:
        """Columns point, then for each aim its value and `<aim>_bound`, in yuan or shares."""
        rows = [
            {"point": p.number, **{k: v for a in self.aims for k, v in ((a, p.values[a]), (f"{a}_bound", p.bounds[a]))}}
            for p in self.points
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def scenario_text(self, point: Point, folder: Path) -> str:
        """The point as a scenario file in `folder`, following the file or model folder that was read."""
        assert self.source is not None, "the frontier of a scenario in memory has no file to follow"
        place = Path(os.path.relpath(self.source.resolve(), folder.resolve())).as_posix()
        key = "model" if self.source.is_dir() else "base"
        place = place if "/" in place else f"./{place}"
        title = self.scenario.settings.title or self.scenario.name
        title_zh = self.scenario.settings.title_zh or title
        lines = [
            f"title = {_quoted(f'{title}: point {point.number}')}",
            f"title_zh = {_quoted(f'{title_zh}：前沿点 {point.number}')}",
            f"{key} = {_quoted(place)}", "", "[aims]",
            f"order = [{', '.join(_quoted(name) for name in point.order)}]",
        ]  # fmt: skip
        if point.limits:
            lines += ["", "[aims.limit]", *(f"{name} = {limit}" for name, limit in point.limits.items())]
        if self.are_plans:
            lines += ["", "[aims.tolerance]", *(f"{name} = 0" for name in self.aims)]
        return "\n".join(lines) + "\n"

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write every point as a scenario file `<scenario>-point<k>.toml`; returns the files."""
        target = Path(folder)
        paths = []
        try:
            target.mkdir(parents=True, exist_ok=True)
            for point in self.points:
                path = target / f"{self.scenario.name}-point{point.number}.toml"
                path.write_text(self.scenario_text(point, target), encoding="utf-8")
                paths.append(path)
        except OSError as error:
            raise UsageError("folder_not_writable", path=str(target), why=error.strerror or str(error)) from None
        return tuple(paths)

    def page(self, lang: str = "zh") -> str:
        """The points as a printed table, with what a step costs."""
        from gpsopt.analysis.tradeoffpages import frontier_page

        return frontier_page(self, lang)

    def __repr__(self) -> str:
        return self.page()


def frontier(
    scenario: Scenario | str | Path,
    aims: Sequence[str],
    points: int = 10,
    *,
    plans: bool | None = None,
    keep_earlier: bool = False,
    gap: float | None = None,
    time_limit: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """The frontier between `aims` (two or three) with about `points` points.

    `plans`: True for plans with whole awards, False for awards as fractions, None to choose by size. `keep_earlier`:
    aims that stand before all of these in the scenario's order are sought and held first. `gap` and
    `time_limit` (seconds) go to the search of each plan. Raises UsageError for aims that are unknown or too few,
    InfeasibleError where no plan keeps the rules.
    """
    began = time.monotonic()
    names = _checked(aims, points)
    source = None if isinstance(scenario, Scenario) else Path(scenario)
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    are_plans = plans if plans is not None else binaries(base) <= FEW
    search = _Search(base, names, are_plans, keep_earlier, gap, time_limit, progress, _planned(len(names), points))
    ends = search.ends()
    found, closed = search.along(ends, points) if len(names) == 2 else (search.over(ends, points), False)
    kept = _numbered(_undominated([*ends, *found], names), names)
    complete = closed and are_plans and all(_is_exact(point) for point in kept)
    return Frontier(base, names, kept, are_plans, time.monotonic() - began, search.tried, source, complete)


def _is_exact(point: Point) -> bool:
    """Is every value of the plan its bound?"""
    return all(abs(v - point.bounds[name]) <= _step(name) for name, v in point.values.items())


def _checked(aims: Sequence[str], points: int) -> tuple[str, ...]:
    names = tuple(aims)
    for name in names:
        if name not in AIMS:
            raise UsageError("aim_unknown", aim=name, known=", ".join(AIMS), nearest=nearest(name, tuple(AIMS)))
    if len(set(names)) != len(names) or not 2 <= len(names) <= 3:
        raise UsageError("frontier_aims", count=len(set(names)))
    if points < 2:
        raise UsageError("frontier_points", points=points)
    return names


def _planned(aims: int, points: int) -> int:
    return points if aims == 2 else aims + _steps(points) ** 2


def _steps(points: int) -> int:
    """Steps along each of two limited aims that give about so many points."""
    return max(2, math.ceil(math.sqrt(max(1, points - 3))))


class _Search:
    """Points of one base scenario, asked for by an order of aims and limits."""

    def __init__(
        self, base: Scenario, aims: tuple[str, ...], are_plans: bool, keep_earlier: bool, gap: float | None,
        time_limit: float | None, progress: Callable[[int, int], None] | None, planned: int,
    ) -> None:  # fmt: skip
        order = base.settings.aims.order
        first = min((order.index(a) for a in aims if a in order), default=len(order)) if keep_earlier else 0
        self.base, self.aims, self.are_plans = base, aims, are_plans
        self.before = order[:first]
        self.after = tuple(a for a in order[first:] if a not in aims)
        self._gap, self._time_limit, self._progress, self._planned = gap, time_limit, progress, planned
        self._sessions: dict[tuple[Any, ...], Session] = {}
        self.tried = 0

    def ends(self) -> list[Point]:
        """Each aim best in turn, the others as good as it lets them be."""
        found = []
        for place in range(len(self.aims)):
            order = (self.aims[place], *self.aims[:place], *self.aims[place + 1 :])
            point = self.point(order, {})
            if point is None:
                raise InfeasibleError(title=self.base.title("en"))
            found.append(point)
        return found

    def along(self, ends: Sequence[Point], points: int) -> tuple[list[Point], bool]:
        """Points between the ends of two aims, and whether no other lies between them."""
        name, found = self.aims[1], list[Point]()
        sign = 1.0 if AIMS[name] == "min" else -1.0
        best, worst = sorted(sign * end.values[name] for end in ends)
        left = _Unknown(best, worst, _step(name))
        evenly = [best + (worst - best) * k / (points - 1) for k in range(1, points - 1)]
        most = 2 * points
        while self.tried < most and left.pieces and (evenly or len(found) < points - len(ends)):
            at = evenly.pop() if evenly else left.next()
            if not left.holds(at):
                continue
            limit = _limit(name, sign * at)
            point = self.point(self.aims, {name: limit})
            value = best if point is None else sign * point.values[name]
            apart = (abs(sign * other.values[name] - value) > left.step for other in (*ends, *found))
            if point is not None and all(apart):
                found.append(point)
            left.answered(at, value)
        return found, not left.pieces

    def over(self, ends: Sequence[Point], points: int) -> list[Point]:
        """Of three aims: the first best while the others keep limits spread evenly over what the ends span."""
        others = self.aims[1:]
        steps = _steps(points)
        spans = []
        for name in others:
            values = [end.values[name] for end in ends]
            low, high = min(values), max(values)
            inner = [low + (high - low) * k / (steps + 1) for k in range(1, steps + 1)]
            spans.append([_limit(name, v) for v in inner] if high - low > _SAME * max(1.0, abs(high)) else [])
        if not all(spans):
            return []
        found = [self.point(self.aims, dict(zip(others, limits, strict=True))) for limits in itertools.product(*spans)]
        return [point for point in found if point is not None]

    def _relaxed(self, order: tuple[str, ...], scenario: Scenario) -> Reached | None:
        """Points that differ only in their limits are answered by one model, kept warm."""
        kind = (order, frozenset(scenario.settings.aims.limit))
        if kind not in self._sessions:
            self._sessions = {kind: Session(scenario)}
        return relaxed(scenario, self._sessions[kind])

    def point(self, aims: tuple[str, ...], limits: dict[str, Decimal]) -> Point | None:
        """One point; None where the limits cannot be kept together."""
        self.tried += 1
        order = (*self.before, *aims)
        settings = self.base.settings
        tolerance: dict[str, Decimal] = {str(name): given for name, given in settings.aims.tolerance.items()}
        tolerance.update(dict.fromkeys(self.aims, Decimal(0)))
        keep: dict[str, Decimal] = {str(name): limit for name, limit in settings.aims.limit.items()}
        for name, limit in limits.items():
            keep[name] = _tighter(name, keep.get(name), limit)
        update: dict[str, Any] = {"order": order, "tolerance": tolerance, "limit": keep}
        there = settings.model_copy(update={"aims": settings.aims.model_copy(update=update)})
        scenario = replace(self.base, settings=there)
        reached = proven(scenario, self._gap, self._time_limit) if self.are_plans else self._relaxed(order, scenario)
        if self._progress is not None:
            self._progress(self.tried, self._planned)
        if reached is None:
            return None
        values = {name: reached.values[name] for name in self.aims}
        bounds = {name: reached.bounds[name] for name in self.aims}
        return Point(0, values, bounds, (*order, *self.after), dict(limits), reached)


class _Unknown:
    """The stretches of the second aim (less is better) where a point may still lie.

    A point found under a limit shows that none lies between it and the limit. `from_point`: does the stretch begin at
    a point? Then its middle is asked; if not, what lies below is known to be empty, and its end is asked next.
    """

    def __init__(self, low: float, high: float, step: float) -> None:
        self.step = step
        self.pieces: list[tuple[float, float, bool]] = []
        self._keep(low, high, True)

    def _keep(self, low: float, high: float, from_point: bool) -> None:
        if high - low > 2 * self.step:
            self.pieces.append((low, high, from_point))

    def holds(self, at: float) -> bool:
        """May an answer at this limit be a new point?"""
        return any(low < at < high for low, high, _from_point in self.pieces)

    def next(self) -> float:
        """The limit to ask next: in the widest stretch."""
        low, high, from_point = max(self.pieces, key=lambda piece: piece[1] - piece[0])
        return (low + high) / 2 if from_point else high - self.step

    def answered(self, at: float, value: float) -> None:
        """Asked at a limit, the best point is worth `value` there."""
        pieces, self.pieces = self.pieces, []
        for low, high, from_point in pieces:
            if not low < at < high:
                self._keep(low, high, from_point)
                continue
            self._keep(low, min(value, high), from_point)
            if high - at > 2 * self.step:
                self._keep(at, high, value > low + self.step)


def _step(name: str) -> float:
    """Values that are no farther apart than this count as one: a tenth of a yuan, a thousandth of a per cent."""
    return 10.0 * 10.0 ** -_PLACES.get(name, 2)


def _limit(name: str, value: float) -> Decimal:
    """A limit as it is written in a scenario: two decimals of a yuan, six of a share, on the lenient side."""
    places = Decimal(1).scaleb(-_PLACES.get(name, 2))
    return Decimal(repr(value)).quantize(places, ROUND_CEILING if AIMS[name] == "min" else ROUND_FLOOR)


def _tighter(name: str, one: Decimal | None, other: Decimal) -> Decimal:
    if one is None:
        return other
    return min(one, other) if AIMS[name] == "min" else max(one, other)


def _undominated(found: Sequence[Point], aims: tuple[str, ...]) -> list[Point]:
    """The points that no other beats in one aim without losing in another; of equal ones the first."""
    kept: list[Point] = []
    for point in found:
        if any(_as_good(other, point, aims) for other in kept):
            continue
        kept = [other for other in kept if not _as_good(point, other, aims)]
        kept.append(point)
    return kept


def _as_good(one: Point, other: Point, aims: tuple[str, ...]) -> bool:
    for name in aims:
        a, b = one.values[name], other.values[name]
        worse = a - b if AIMS[name] == "min" else b - a
        if worse > _SAME * max(1.0, abs(a), abs(b)):
            return False
    return True


def _numbered(points: Sequence[Point], aims: tuple[str, ...]) -> tuple[Point, ...]:
    first = aims[0]
    sign = 1 if AIMS[first] == "min" else -1
    ordered = sorted(points, key=lambda p: (sign * p.values[first], *(p.values[a] for a in aims[1:])))
    return tuple(replace(point, number=k) for k, point in enumerate(ordered, 1))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


__all__ = ["FEW", "Frontier", "Point", "frontier"]
