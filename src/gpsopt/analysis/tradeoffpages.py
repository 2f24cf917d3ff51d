"""Frontiers and alternatives as printed tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table

from gpsopt.analysis.compare.wording import Names
from gpsopt.figures import aim_figure, wan
from gpsopt.runread import as_run
from gpsopt.sheet import Sheet
from gpsopt.text import say, term

if TYPE_CHECKING:
    from gpsopt.analysis.alternatives import Alternatives
    from gpsopt.analysis.frontier import Frontier, Point

_WIDTH: Final = 110
_NAMED: Final = 4  # awards and providers that are named


def frontier_page(found: Frontier, lang: str) -> str:
    """The points with bounds, and in words what a step along the first two aims costs."""
    out = Sheet(_WIDTH)
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
    whole = "complete" if found.complete else "part" if len(found.aims) == 2 else "part_of_three"
    out.print(say(f"tradeoff.{whole}", lang), soft_wrap=True)
    kept, tried = len(found.points), found.tried
    out.print(say("tradeoff.counted", lang, kept=kept, tried=tried, seconds=f"{found.seconds:.1f}"), soft_wrap=True)
    return out.text()


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


def alternatives_page(found: Alternatives, lang: str) -> str:
    """The plans with their aims, what each shares with the best, the differences in words, safe and open awards."""
    out = Sheet(_WIDTH)
    title = found.best.scenario.title(lang)
    out.print(say("alternatives.title", lang, title=title, within=f"{100 * found.within:g}"), soft_wrap=True)
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(say("alternatives.plan", lang))
    aims = [a["name"] for a in found.best.summary["aims"]]
    for aim in aims:
        table.add_column(term(aim, lang, within="aims"), justify="right", overflow="fold")
    for name in ("awards", "shared"):
        table.add_column(say(f"alternatives.{name}", lang), justify="right")
    for number, plan in enumerate(found.plans):
        label = say("alternatives.best", lang) if number == 0 else say("alternatives.number", lang, number=number)
        values = {a["name"]: a["plan_value"] for a in plan.summary["aims"]}
        shared = "–" if number == 0 else f"{100 * found.others[number - 1].shared:.0f} %"
        state = "" if plan.certified else f" {say('alternatives.not_certified', lang)}"
        table.add_row(label + state, *(aim_figure(a, values[a]) for a in aims), str(len(plan.allocation)), shared)
    out.print(table, end="")
    names = Names((as_run(found.best),), lang)
    for number in range(1, len(found.plans)):
        for line in _in_words(found, number, names, lang):
            out.print(line, soft_wrap=True)
    if not found.others:
        out.print(say("alternatives.none", lang), soft_wrap=True)
    for line in _states(found, names, lang):
        out.print(line, soft_wrap=True)
    out.print(say("alternatives.seconds", lang, seconds=f"{found.seconds:.1f}"), soft_wrap=True)
    return out.text()


def _in_words(found: Alternatives, number: int, names: Names, lang: str) -> Iterator[str]:
    """What alternative `number` does otherwise: how many awards, whom it buys from instead."""
    contrast = found.contrast(number)
    awards = contrast.awards
    counts = {kind: int((awards["kind"] == kind).sum()) for kind in ("won", "lost", "more", "less")}
    changed = sum(awards.loc[awards["change"] > 0, "change"], Decimal(0))
    whole = sum(found.plans[number].allocation["amount"], Decimal(0))
    part = f"{100 * float(changed / whole):.0f}" if whole else "0"
    kinds = [say(f"alternatives.{kind}", lang, count=n) for kind, n in counts.items() if n]
    said = say("compare.list", lang).join(kinds) or say("alternatives.none_changed", lang)
    yield say("alternatives.differs", lang, number=number, part=part, changes=said)
    movers = contrast.movers
    rows = movers[movers["measure"] == "purchased"]
    for gains in (True, False):
        shown = [f"{names.of('undertaker', r['key'])} {wan(r['change'], sign=True)}"
                 for r in rows[rows["gains"] == gains].head(_NAMED).to_dict("records")]  # fmt: skip
        if shown:
            key = "purchased_more" if gains else "purchased_less"
            by, all_shown = say("compare.by_undertaker", lang), say("compare.list", lang).join(shown)
            yield f"    {say(f'compare.{key}', lang, by=by, shown=all_shown)}"


def _states(found: Alternatives, names: Names, lang: str) -> Iterator[str]:
    """How many awards every plan takes, how many only some, and the largest of each."""
    plans = len(found.plans)
    for state in ("safe", "open"):
        rows = found.awards[found.awards["state"] == state]
        yield say(f"alternatives.{state}", lang, count=len(rows), plans=plans)
        for row in rows.head(_NAMED).to_dict("records"):
            yield "    " + say(
                "alternatives.award", lang, year=row["year"], item=names.of("item", row["item"]),
                area=names.of("area", row["area"]), undertaker=names.of("undertaker", row["undertaker"]),
                offer=row["offer"], taken=row["plans"], plans=plans,
            )  # fmt: skip
        if len(rows) > _NAMED:
            yield f"    {say('compare.more', lang, count=len(rows) - _NAMED)}"


__all__ = ["alternatives_page", "frontier_page"]
