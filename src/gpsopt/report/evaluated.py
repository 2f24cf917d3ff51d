"""Papers of performance: the targets of a project before the year, and its self-evaluation after it.

Forms 6 and 7 of the design: a row an indicator, its project named on each. Section 3(6) names quantity, quality and
satisfaction and no weights: the points shown are assumed until an office sets its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from gpsopt.report.paper import ZERO, Cell, Material, Paper, Row, columns, records, total
from gpsopt.text import say, term

#: level 1, level 2, indicator, points (national form: 50 outputs, 30 effects, 10 satisfaction, and 10 for execution)
_INDICATORS: Final = (
    ("outputs", "quantity", "units", 10), ("outputs", "quantity", "covered", 10), ("outputs", "quality", "quality", 10),
    ("outputs", "time", "on_time", 10), ("outputs", "cost", "unit_cost", 10), ("effects", "economic", "saving", 10),
    ("effects", "social", "worst_area", 10), ("effects", "environment", "environment", 0),
    ("effects", "lasting", "stranded_end", 10), ("satisfaction", "clients", "satisfaction", 10),
)  # fmt: skip
_POINTS_OF_EXECUTION: Final = 10


class Target(NamedTuple):
    """One indicator of one project."""

    first: str
    second: str
    indicator: str
    value: str  # empty: by hand
    points: int


class Project(NamedTuple):
    """A need that is bought in the year, with what it costs and what is asked of it."""

    need: str
    awards: list[Row]
    amount: Decimal
    targets: tuple[Target, ...]


def projects(of: Material) -> Iterator[Project]:
    """Every need that is bought."""
    goals = _goals(of)
    for need, awards in of.bought().items():
        values = {**_outputs(of, need, awards), **goals}
        targets = tuple(
            Target(say(f"paper.level_{first}", of.lang), say(f"paper.level_{second}", of.lang),
                   say(f"paper.i_{indicator}", of.lang), values.get(indicator, ""), points)
            for first, second, indicator, points in _INDICATORS
        )  # fmt: skip
        yield Project(need, awards, total(awards, "amount"), targets)


def _outputs(of: Material, need: str, awards: list[Row]) -> dict[str, str]:
    """The targets that are the project's own."""
    item, state, units = awards[0]["item"], of.cover[need], total(awards, "quantity")
    demand = Decimal(state["demand"])
    said = {"units": f"≥ {units.normalize():f} {of.names.unit(item)}"}
    if demand:
        said["covered"] = f"≥ {100 * Decimal(state['served']) / demand:.1f}%"
    standard = of.names.item(item, "cost_standard")
    if standard:
        said["unit_cost"] = say("paper.at_most_yuan", of.lang, amount=standard, unit=of.names.unit(item))
    for mark in ("quality", "satisfaction"):
        share = _mark(of, awards, mark)
        if share is not None:
            said[mark] = f"≥ {100 * share:.1f}%"
    saved = _saving(of, need, awards)
    if saved is not None:
        said["saving"] = say("paper.amount_wan", of.lang, amount=f"{saved / 10_000:,.2f}")
    return said


def _mark(of: Material, awards: list[Row], mark: str) -> Decimal | None:
    """The mark of what is bought, weighted by quantity; None where an offer has none: then the floor, if any."""
    marks = [of.offers[row["offer"]][mark] for row in awards]
    if all(value is not None for value in marks):
        weighed = sum((Decimal(v) * Decimal(r["quantity"]) for v, r in zip(marks, awards, strict=True)), ZERO)
        return weighed / total(awards, "quantity")
    clauses = of.run.scenario.settings.clauses
    floor = clauses.quality_floor if clauses.on("quality_floor") else None
    least = getattr(floor, f"min_{mark}", None)
    return None if least is None else Decimal(str(least))


def _saving(of: Material, need: str, awards: list[Row]) -> Decimal | None:
    """Against direct delivery, stranded cost counted: what is set free less what is paid for it; None where nothing."""
    state = of.direct.get(need)
    if state is None or not Decimal(state["released"]):
        return None
    return Decimal(state["released"]) - total(awards, "amount")


def _goals(of: Material) -> dict[str, str]:
    """The plan's own indicators that every project serves."""
    said = {}
    for row in records(of.run, "goals"):
        if int(row["year"]) != of.year or row["value"] is None:
            continue
        if row["goal"] == "worst_area":
            said["worst_area"] = f"≥ {100 * Decimal(row['value']):.1f}%"
        if row["goal"] == "stranded_end":
            said["stranded_end"] = f"{int(row['value'])}"
    return said


def targets(of: Material) -> Paper:
    """6: performance targets; the money stands on the first row of a project, so that it adds up."""
    rows: list[tuple[Cell, ...]] = []
    for number, project in enumerate(projects(of), 1):
        lead = project.awards[0]
        span = str(of.year) if of.term_years() == 1 else f"{of.year}–{of.year + of.term_years() - 1}"
        head = (number, of.purchaser(lead["purchaser"]), of.matter(project.need), _new_or_not(of, project.need), span)
        for place, target in enumerate(project.targets):
            first = place == 0
            rows.append((*head, project.amount if first else None, say("paper.basis", of.lang) if first else "",
                         target.first, target.second, target.indicator, target.value))  # fmt: skip
    spec = ("number filed_by project new_or_continued span amount:wan+ basis index_1 index_2 index_3 "
            "target_value!")  # fmt: skip
    notes = (say("paper.hand_heads", of.lang), say("paper.weights_assumed", of.lang))
    return Paper("targets", of.year, "published", False, columns(spec), tuple(rows), "filed_by", notes)


def _new_or_not(of: Material, need: str) -> str:
    """New where nothing of the need was bought in the year before, by the plan or by today's contracts."""
    return say("paper.continued" if need in of.bought_before else "paper.is_new", of.lang)


def self_evaluation(of: Material) -> Paper:
    """7: targets beside what was reached; what was reached comes from `performance` where it stands, else by hand."""
    rows: list[tuple[Cell, ...]] = []
    for number, project in enumerate(projects(of), 1):
        head = (number, of.purchaser(project.awards[0]["purchaser"]), of.matter(project.need))
        rows.append((*head, say("paper.level_execution", of.lang), "", say("paper.i_execution", of.lang), "100%", None,
                     project.amount, project.amount, None, _POINTS_OF_EXECUTION, None, None))  # fmt: skip
        for target, (_first, _second, key, _points) in zip(project.targets, _INDICATORS, strict=True):
            rows.append((*head, target.first, target.second, target.indicator, target.value, _reached(of, project, key),
                         None, None, "", target.points, None, None))  # fmt: skip
    spec = ("number purchaser project index_1 index_2 index_3 target_value actual_value! initial:wan+ revised:wan+ "
            "executed:wan! points:number score:number! deviation!")  # fmt: skip
    notes = (say("paper.weights_assumed", of.lang), say("paper.read_back", of.lang, table=term("performance", of.lang)))
    return Paper("self_evaluation", of.year, "published", False, columns(spec), tuple(rows), "purchaser", notes)


def _reached(of: Material, project: Project, key: str) -> str | None:
    """The year's evaluation of the undertakers that serve the project, weighted by quantity; None: not evaluated."""
    if key not in ("quality", "satisfaction"):
        return None
    rows = [(of.evaluated.get((a["undertaker"], a["item"])), Decimal(a["quantity"])) for a in project.awards]
    if any(row is None or row[key] is None for row, _quantity in rows):
        return None
    weight = sum((quantity for _row, quantity in rows), ZERO)
    reached = sum((Decimal(row[key]) * quantity for row, quantity in rows if row is not None), ZERO)
    return f"{100 * reached / weight:.1f}%"
