"""Frontiers and alternatives as printed tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table

from gpsopt.analysis.compare.wording import aim_figure
from gpsopt.text import say, term

if TYPE_CHECKING:
    from gpsopt.analysis.frontier import Frontier, Point

_WIDTH: Final = 110


def frontier_page(found: Frontier, lang: str) -> str:
    """The points with bounds, and in words what a step along the first two aims costs."""
    out = Console(file=io.StringIO(), width=_WIDTH, highlight=False, markup=False, emoji=False)
    names = [term(aim, lang, within="aims") for aim in found.aims]
    out.print(say("tradeoff.title", lang, title=found.scenario.title(lang), aims=" × ".join(names)), soft_wrap=True)
    out.print(say("tradeoff.plans" if found.are_plans else "tradeoff.relaxed", lang), soft_wrap=True)
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(say("tradeoff.point", lang), justify="right")
    for aim, name in zip(found.aims, names, strict=True):
        unit = "" if aim in ("worst_area", "benefit") else say("tradeoff.in_wan", lang)
        table.add_column(f"{name}{unit}", justify="right")
        if found.are_plans:
            table.add_column(say("tradeoff.bound", lang), justify="right")
    for point in found.points:
        cells = [str(point.number)]
        for aim in found.aims:
            cells.append(aim_figure(aim, point.values[aim]))
            if found.are_plans:
                cells.append(aim_figure(aim, point.bounds[aim]))
        table.add_row(*cells)
    out.print(table, end="")
    if len(found.aims) == 2:
        for before, after in zip(found.points, found.points[1:], strict=False):
            out.print(_step(found, before, after, lang), soft_wrap=True)
    kept, tried = len(found.points), found.tried
    out.print(say("tradeoff.counted", lang, kept=kept, tried=tried, seconds=f"{found.seconds:.1f}"), soft_wrap=True)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines())


def _step(found: Frontier, before: Point, after: Point, lang: str) -> str:
    """From one point to the next: what is gained in the second aim, and what it costs in the first."""
    first, second = found.aims
    lost = abs(after.values[first] - before.values[first])
    gained = abs(after.values[second] - before.values[second])
    return say(
        "tradeoff.step", lang, one=before.number, two=after.number,
        gained=_amount(second, gained, lang), gains=term(second, lang, within="aims"),
        lost=_amount(first, lost, lang), loses=term(first, lang, within="aims"),
    )  # fmt: skip


def _amount(aim: str, value: float, lang: str) -> str:
    if aim == "worst_area":
        return say("tradeoff.points_of", lang, value=f"{100 * value:.2f}")
    if aim == "benefit":
        return f"{value:,.2f}"
    return say("tradeoff.wan_of", lang, value=aim_figure(aim, value))


__all__ = ["frontier_page"]
