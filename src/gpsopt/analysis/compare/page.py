"""A comparison as printed pages: at most four columns side by side, the baseline always the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pandas as pd
from rich import box
from rich.table import Table

from gpsopt.analysis.compare.comparison import Comparison, Contrast
from gpsopt.analysis.compare.wording import Names, cause_name, cause_place, difference_line, grouped
from gpsopt.cells import plain
from gpsopt.errors import visible
from gpsopt.figures import aim_figure, goal_figure, wan
from gpsopt.sheet import Sheet
from gpsopt.text import say, term

_WIDTH: Final = 120
_TABLE: Final = 100  # cells: a wider table puts differences under their values
_SIDE_BY_SIDE: Final = 3  # runs beside the baseline
_CELLS: Final = 5  # of a change that are shown
_AWARDS: Final = 6
_MOVERS: Final = 3
_SEEN: Final = Decimal(50)  # yuan: less is 0.00 in 10,000 yuan
_Made = Callable[[Sequence[Contrast], str, str], Table]
_PARTS: Final = ("direct", "stranded", "purchased", "unspent")


def page_of(comparison: Comparison, lang: str) -> str:
    """The pages as text."""
    out = Sheet(_WIDTH)
    names = Names(comparison.runs, lang)
    for line in _head(comparison, lang):
        out.print(line, soft_wrap=True)
    for contrast in comparison.contrasts:
        for line in _inputs(contrast, names, lang):
            out.print(line, soft_wrap=True)
    for start in range(0, len(comparison.contrasts), _SIDE_BY_SIDE):
        beside = comparison.contrasts[start : start + _SIDE_BY_SIDE]
        year = _last_year(beside)
        tables: tuple[tuple[str, _Made], ...] = (
            (_word("aims", lang), _aims), (_word("money", lang), _money),
            (_word("goals", lang, year=year), partial(_goals, year)),
        )  # fmt: skip
        for title, made in tables:
            table = made(beside, lang, " ")
            if out.measure(table).maximum > _TABLE:
                table = made(beside, lang, "\n")
            if table.row_count:
                out.print(f"\n{title}", soft_wrap=True, end="")
                out.print(table, end="")
        if any(contrast.aims["open"].eq(True).any() for contrast in beside):
            out.print(_word("open", lang), soft_wrap=True)
    for contrast in comparison.contrasts:
        for line in (*_decisions(contrast, names, lang), *_movers(contrast, names, lang)):
            out.print(line, soft_wrap=True)
        if contrast.name in comparison.waterfalls:
            for part in comparison.waterfalls[contrast.name].printed(lang):
                out.print(part, soft_wrap=isinstance(part, str), end="\n" if isinstance(part, str) else "")
        elif comparison.has_asked:
            out.print(say("waterfall.without_plan", lang, name=contrast.name), soft_wrap=True)
    out.print(_word("assumed", lang))
    return out.text()


def _word(key: str, lang: str, **values: object) -> str:
    return say(f"compare.{key}", lang, **values)


def _head(comparison: Comparison, lang: str) -> Iterator[str]:
    yield _word("title", lang, count=len(comparison.contrasts))
    for place, (name, run) in enumerate(zip(comparison.names, comparison.runs, strict=True)):
        status = term(run.status, lang)
        verdict = (
            term("certified" if run.certified else "not_certified", lang) if run.has_plan else _word("no_plan", lang)
        )
        said = {"name": name, "title": run.title(lang), "run": run.run, "status": status, "verdict": verdict}
        yield _word("baseline_line" if place == 0 else "run_line", lang, **said)


def _inputs(contrast: Contrast, names: Names, lang: str) -> Iterator[str]:
    yield ""
    yield _word("inputs", lang, name=contrast.name)
    if not len(contrast.inputs):
        yield f"  {_word('same', lang)}"
    if not contrast.same_years:
        years = [", ".join(map(str, run.scenario.settings.years)) for run in (contrast.base, contrast.other)]
        yield f"  {_word('years_differ', lang, before=years[0], after=years[1])}"
    for number, cause in enumerate(contrast.causes, 1):
        place = cause_place(cause, lang)
        count = len(cause.differences)
        line = _word("cause", lang, number=number, name=cause_name(cause, lang), count=count)
        yield f"  {line}{_word('at', lang, place=place) if place else ''}"
        if count > 1 or cause.differences[0].key:
            for difference in cause.differences[:_CELLS]:
                yield f"       {visible(difference_line(difference, names, lang), _WIDTH)}"
        if count > _CELLS:
            yield f"       {_word('more', lang, count=count - _CELLS)}"
    options = contrast.inputs[contrast.inputs["table"] == "options"]
    for row in options.to_dict("records"):
        none = _word("empty", lang)
        yield f"  {_word('option', lang, name=row['column'], before=row['before'] or none, after=row['after'] or none)}"


def _table(first: str, contrasts: Sequence[Contrast], lang: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(first)
    table.add_column(_word("baseline", lang), justify="right", no_wrap=True)
    for contrast in contrasts:
        table.add_column(contrast.name, justify="right", overflow="fold")
    return table


def _pair(after: str, change: str, between: str) -> str:
    """A value and its difference, with what stands between them: a blank, or the end of a line."""
    return after if not change.strip("+-−–0.,") else f"{after}{between}({change})"


def _aims(contrasts: Sequence[Contrast], lang: str, between: str) -> Table:
    table = _table(_word("aim", lang), contrasts, lang)
    names = list(dict.fromkeys(name for c in contrasts for name in c.aims["aim"]))
    for name in names:
        rows = [c.aims[c.aims["aim"] == name].to_dict("records") for c in contrasts]
        before = next((r[0]["before"] for r in rows if r), None)
        table.add_row(term(name, lang, within="aims"), aim_figure(name, _or_none(before)),
                      *(_aim_cell(name, r[0], between) if r else "–" for r in rows))  # fmt: skip
    return table


def _aim_cell(name: str, row: dict[Any, Any], between: str) -> str:
    after, change = _or_none(row["after"]), _or_none(row["change"])
    if after is None or change is None:
        return aim_figure(name, after)
    mark = "" if row["better"] is None or pd.isna(row["better"]) else " ▲" if row["better"] else " ▼"
    unsure = " ~" if row["open"] is True else ""
    return _pair(aim_figure(name, after), aim_figure(name, change, sign=True), between) + mark + unsure


def _or_none(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _money(contrasts: Sequence[Contrast], lang: str, between: str) -> Table:
    table = _table("", contrasts, lang)
    sums = [_sums(c) if c.two_plans else {} for c in contrasts]
    before = next((s for s in sums if s), None)
    for part in _PARTS if before else ():
        cells = [_pair(wan(s[part][1]), wan(s[part][1] - s[part][0], sign=True), between) if s else "–" for s in sums]
        table.add_row(_word(f"part_{part}", lang), wan(before[part][0]) if before else "", *cells)
    return table


def _sums(contrast: Contrast) -> dict[str, tuple[Decimal, Decimal]]:
    """Part -> yuan before and after, over all purchasers and years."""
    whole = contrast.money[contrast.money["by"] == "all"]
    out = {}
    for part in _PARTS:
        rows = whole[whole["part"] == part]
        out[part] = (sum(rows["before"], Decimal(0)), sum(rows["after"], Decimal(0)))
    return out


def _last_year(contrasts: Sequence[Contrast]) -> int:
    return max((int(y) for c in contrasts for y in c.goals["year"]), default=0)


def _goals(year: int, contrasts: Sequence[Contrast], lang: str, between: str) -> Table:
    table = _table(_word("goal", lang), contrasts, lang)
    frames = [c.goals[c.goals["year"] == year] for c in contrasts]
    for goal in dict.fromkeys(g for f in frames for g in f["goal"]):
        rows = [f[f["goal"] == goal].to_dict("records") for f in frames]
        first = next(r[0] for r in rows if r)
        unit = first["unit"]
        cells = [
            _pair(goal_figure(r[0]["after"], unit), goal_figure(r[0]["change"], unit, sign=True), between) + _met(r[0])
            if r else "–" for r in rows
        ]  # fmt: skip
        table.add_row(
            _goal_name(goal, unit, lang), goal_figure(first["before"], unit) + _mark(first["met_before"]), *cells
        )
    return table


def _goal_name(goal: str, unit: str, lang: str) -> str:
    name = say(f"goal.{goal}", lang)
    return _word("in_wan", lang, name=name) if unit == "yuan" else name


def _met(row: dict[Any, Any]) -> str:
    return _mark(row["met_after"])


def _mark(met: Any) -> str:
    return "" if met is None else " ✓" if met else " ×"


def _decisions(contrast: Contrast, names: Names, lang: str) -> Iterator[str]:
    awards = contrast.awards
    yield ""
    yield _word("decisions", lang, name=contrast.name)
    if not contrast.two_plans:
        if not contrast.base.has_plan:
            yield f"  {_word('baseline_without_plan', lang)}"
        if not contrast.other.has_plan:
            yield f"  {_word('no_plan', lang)}"
        return
    parts = []
    for kind in ("won", "lost", "more", "less"):
        rows = awards[awards["kind"] == kind]
        parts.append(
            _word(f"kind_{kind}", lang, count=len(rows), amount=wan(sum(rows["change"], Decimal(0)), sign=True))
        )
    yield f"  {_word('list', lang).join(parts)}"
    for row in awards.head(_AWARDS).to_dict("records"):
        yield "  " + _word(
            f"award_{row['kind']}", lang, year=row["year"], item=names.of("item", row["item"]),
            area=names.of("area", row["area"]), undertaker=names.of("undertaker", row["undertaker"]),
            before=wan(row["amount_before"]), after=wan(row["amount_after"]), offer=row["offer"], need=row["need"],
            less=grouped(plain(row["quantity_before"])), more=grouped(plain(row["quantity_after"])),
        )  # fmt: skip
    if len(awards) > _AWARDS:
        yield f"  {_word('more', lang, count=len(awards) - _AWARDS)}"


def _movers(contrast: Contrast, names: Names, lang: str) -> Iterator[str]:
    if not contrast.two_plans:
        return
    movers = contrast.movers
    movers = movers[pd.Series([abs(change) >= _SEEN for change in movers["change"]], index=movers.index, dtype=bool)]
    yield _word("movers", lang, name=contrast.name)
    if movers.empty:
        yield f"  {_word('nobody', lang)}"
    for measure, by in dict.fromkeys(zip(movers["measure"], movers["by"], strict=True)):
        here = movers[(movers["measure"] == measure) & (movers["by"] == by)]
        for gains in (False, True):
            rows = here[here["gains"] == gains]
            if rows.empty:
                continue
            shown = _word("list", lang).join(
                f"{names.of(by, r['key'])} {wan(r['change'], sign=True)}" for r in rows.head(_MOVERS).to_dict("records")
            )
            more = _word("and_others", lang, count=len(rows) - _MOVERS) if len(rows) > _MOVERS else ""
            said = {"by": _word(f"by_{by}", lang), "shown": shown + more}
            direction = "less" if gains == (measure == "missing") else "more"
            yield f"  {_word(f'{measure}_{direction}', lang, **said)}"


__all__ = ["page_of"]
