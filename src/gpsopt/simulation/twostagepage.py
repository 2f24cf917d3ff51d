"""Two stages on one printed page, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.table import Table

from gpsopt.figures import aim_figure
from gpsopt.model.soft import BREACH
from gpsopt.sheet import Sheet
from gpsopt.text import say, term

if TYPE_CHECKING:
    from gpsopt.simulation.twostage import TwoStage

_WIDTH: Final = 100
_SHOWN: Final = 8


def page_of(found: TwoStage, lang: str) -> str:
    """The page as text, at most 100 columns wide."""
    out = Sheet(_WIDTH)
    summary, decided = found.summary, found.frames["decided"]
    title = str(summary["title_zh"] if lang == "zh" else summary["title"])
    out.print(_words("title", lang, title=title, run=summary["run"]))
    sought = _words("sought_mean" if summary["averse"] == 0 else "sought_both", lang,
                    tail=f"{100 * summary['tail']:g}", averse=f"{100 * summary['averse']:g}")  # fmt: skip
    out.print(_words("asked", lang, futures=summary["futures"], seed=summary["seed"], sought=sought))
    out.print(_values(found, lang))
    awarded = int((decided["decided"] == "yes").sum())
    out.print(_words("decided", lang, awarded=awarded, all=summary["decisions"],
                     open=int((decided["decided"] == "open").sum())))  # fmt: skip
    for line in _unlike_the_mean(found, lang):
        out.print(line)
    if summary["mean_without_plan"]:
        out.print(_words("mean_fails", lang, futures=summary["mean_without_plan"], all=summary["futures"]))
    out.print(_words("on_base" if found.is_plan else "not_on_base", lang))
    out.print(_words("reading", lang))
    return out.text()


def _words(key: str, lang: str, **values: object) -> str:
    return say(f"twostage.{key}", lang, **values)


def aim_name(aim: str, lang: str) -> str:
    """What people call an aim, or the violations of a soft clause."""
    if not aim.startswith(BREACH):
        return term(aim, lang, within="aims")
    clause, _unit = aim.removeprefix(BREACH).rsplit("_", 1)
    return _words("missed", lang, clause=term(clause, lang, within="clauses"))


def written_as(aim: str) -> str:
    """The aim whose way of writing figures this one shares: violations in yuan are money, others plain numbers."""
    if not aim.startswith(BREACH):
        return aim
    return "outlay" if aim.endswith("_yuan") else "benefit"


def _figure(aim: str, value: Any) -> str:
    return aim_figure(written_as(aim), value)


def _between(aim: str, low: Any, high: Any) -> str:
    """An interval, or the one value that both ends show."""
    ends = _figure(aim, low), _figure(aim, high)
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)


def _values(found: TwoStage, lang: str) -> Table:
    table = Table(title=_words("values", lang), box=box.SIMPLE, title_justify="left", pad_edge=False)
    table.add_column(_words("aim", lang))
    for name in ("two_stage", "worst", "mean", "perfect", "vss", "evpi"):
        table.add_column(_words(name, lang), justify="right")
    for row in found.frames["values"].itertuples():
        aim = str(row.aim)
        table.add_row(
            aim_name(aim, lang), *(_figure(aim, v) for v in (row.two_stage, row.worst, row.mean, row.perfect)),
            _between(aim, row.vss_low, row.vss_high), _between(aim, row.evpi_low, row.evpi_high),
        )  # fmt: skip
    return table


def _unlike_the_mean(found: TwoStage, lang: str) -> list[str]:
    """The awards that planning for the mean decides otherwise."""
    unlike = found.frames["unlike"]
    if not len(unlike):
        return [_words("as_the_mean", lang)]
    lines = [_words("unlike", lang, count=len(unlike))]
    for row in unlike.head(_SHOWN).itertuples():
        key = "unlike_awarded" if row.decided == "yes" else "unlike_left"
        lines.append(_words(key, lang, year=row.year, need=row.need, offer=row.offer, undertaker=row.undertaker))
    return lines
