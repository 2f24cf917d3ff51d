"""What a need lacks, and the cheapest way to close it, in words and as JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from gpsopt.analysis.explain.needs import NeedAnswer
from gpsopt.analysis.explain.pricepages import limit_of
from gpsopt.analysis.explain.wording import Subjects, clause_name, records, yuan
from gpsopt.text import say

_MONEY_LIMIT: Final = "contracts_within_limit"
_NOTHING: Final = 0.005  # units: less closes nothing
_NAMED: Final = 4  # limits of capacity that are named


def need_page(answer: NeedAnswer, lang: str) -> str:
    """The need's shortfall, what stands in the way, what was tried, and the cheapest way to close it."""
    subjects = Subjects(answer.scenario)
    unit = subjects.unit(answer.need, lang)
    lines = [say("explain.need", lang, need=subjects.of(answer.need, lang), candidates=answer.candidates)]
    for row in answer.coverage.to_dict("records"):
        said = {k: f"{row[k]:,.10g}" for k in ("target", "served", "shortfall")}
        lines.append(say("explain.need_year", lang, year=row["year"], unit=unit, **said))
    if not answer.cause:
        return "\n".join([*lines, say("explain.no_shortfall", lang)])
    lines.append(say(f"explain.cause_{answer.cause}", lang))
    idle = []
    for place, row in enumerate(answer.trials.to_dict("records")):
        if place and not row["closes"] > _NOTHING:
            way = say(f"explain.way_{row['way']}", lang, what=_what(row, lang, subjects))
            idle.append(way)
        elif not math.isnan(row["left"]):
            lines.append(f"  {trial_line(row, lang, subjects, unit)}")
    if idle:
        lines.append("  " + say("explain.trials_idle", lang, ways=say("explain.then", lang).join(idle)))
    cheapest = cheapest_line(answer, lang, subjects)
    return "\n".join([*lines, *([cheapest] if cheapest else []),
                      say("explain.how_need_proven" if answer.is_proven else "explain.how_need", lang)])  # fmt: skip


def trial_line(row: Mapping[Any, Any], lang: str, subjects: Subjects, unit: str) -> str:
    """One trial: what was given, what is left, what it takes."""
    said = {"left": f"{row['left']:,.2f}", "closes": f"{row['closes']:,.2f}", "money": yuan(row["money"], lang),
            "unit": unit}  # fmt: skip
    return say(f"explain.trial_{row['way']}", lang, what=_what(row, lang, subjects), **said) + _capacity(
        row, lang, subjects
    )


def cheapest_line(answer: NeedAnswer, lang: str, subjects: Subjects) -> str:
    """The cheapest way in one sentence; empty where nothing helps, or nothing is needed but whole awards."""
    if answer.cheapest is None:
        return ""
    row = answer.trials.iloc[answer.cheapest].to_dict()
    way = say(f"explain.way_{row['way']}", lang, what=_what(row, lang, subjects))
    said = {"closes": f"{row['closes']:,.2f}", "left": f"{row['left']:,.2f}", "money": yuan(row["money"], lang),
            "unit": subjects.unit(answer.need, lang)}  # fmt: skip
    return say("explain.cheapest", lang, way=way, **said) + _capacity(row, lang, subjects)


def _what(row: Mapping[Any, Any], lang: str, subjects: Subjects) -> str:
    return clause_name(row["what"], lang) if row["way"] == "rule" else subjects.of(row["what"], lang)


def _capacity(row: Mapping[Any, Any], lang: str, subjects: Subjects) -> str:
    """What it takes of whose capacity beyond the limits there are."""
    words = []
    for rule, index, year, units in row["capacity"][:_NAMED]:
        limit = limit_of({"rule": rule, "index": index, "year": year}, lang, subjects)
        more = yuan(units, lang) if rule == _MONEY_LIMIT else f"{units:,.2f}"
        words.append(say("explain.beyond", lang, limit=limit, more=more))
    if len(row["capacity"]) > _NAMED:
        words.append(say("explain.beyond_others", lang, count=len(row["capacity"]) - _NAMED))
    return say("explain.takes", lang, limits=say("explain.comma", lang).join(words)) if words else ""


def need_document(answer: NeedAnswer, lang: str) -> dict[str, Any]:
    """The need's answer as JSON values."""
    subjects = Subjects(answer.scenario)
    unit = subjects.unit(answer.need, lang)
    trials = records(answer.trials.drop(columns="capacity"))
    for trial, row in zip(trials, answer.trials.to_dict("records"), strict=True):
        names = ("rule", "index", "year", "more")
        trial["capacity"] = [dict(zip(names, limit, strict=True)) for limit in row["capacity"]]
        trial["text"] = "" if math.isnan(row["left"]) else trial_line(row, lang, subjects, unit)
    cheapest = None if answer.cheapest is None else trials[answer.cheapest]
    return {
        "need": answer.need, "cause": answer.cause, "candidates": answer.candidates, "proven": answer.is_proven,
        "coverage": records(answer.coverage), "trials": trials,
        "cheapest": cheapest and {**cheapest, "text": cheapest_line(answer, lang, subjects)},
        "text": need_page(answer, lang),
    }  # fmt: skip


__all__ = ["cheapest_line", "need_document", "need_page", "trial_line"]
