"""Prices in words and units: what more of a limit serves, between which limits that is true, what larger steps do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from gpsopt.analysis.explain.prices import RuleAnswer
from gpsopt.analysis.explain.wording import Subjects, aim_noun, change, is_seen, moves, records, yuan
from gpsopt.model.aims import MONEY_AIMS
from gpsopt.text import messages, say, term, unit_of

_SHOWN: Final = 12
_STILL: Final = 1e-6
_KEYS: Final = ["clause", "rule", "index", "year", "aim"]
_ITEMS: Final = 3  # services that are named


def prices_page(answer: RuleAnswer, lang: str) -> str:
    """Prices in sentences, the dearest first; of those looked into the range and the answers for larger steps."""
    if answer.prices.empty:
        return say("explain.no_prices", lang)
    lines = [say("explain.prices", lang, count=len(answer.prices))]
    subjects = Subjects(answer.scenario)
    looked_into = len(answer.finite[_KEYS].drop_duplicates())
    for place, row in enumerate(answer.prices.head(max(_SHOWN, looked_into)).to_dict("records"), 1):
        lines.append(f"{place:>3}. {price_line(row, lang, subjects)}")
        if place <= looked_into:
            lines += [f"     {line}" for line in _looked_into(answer, row, lang, subjects)]
    return "\n".join([*lines, say("explain.how_prices", lang)])


def price_line(row: Mapping[Any, Any], lang: str, subjects: Subjects) -> str:
    """One price in words: what one yuan or unit more does, and what one less does, as solved again; where it was not,
    what the dual says."""
    limit = limit_of(row, lang, subjects)
    said = {
        "limit": limit[:1].upper() + limit[1:] if lang == "en" else limit,
        "rule": say("explain.rule_name", lang, name=term(row["clause"], lang, within="clauses"),
                    code=f"{row['clause']}.{row['rule']}"),
        "now": _limit(row["limit"], row["unit"], lang),
        "per": say("explain.a_yuan" if row["unit"] == "yuan" else "explain.a_unit", lang),
        "awards": say(f"explain.awards_{row['awards']}", lang),
    }  # fmt: skip
    if row["more"] is None or pd.isna(row["more"]):
        return say("explain.price_dual", lang, **said, more=_rate(row, row["price"], lang))
    if row["less"] is None or pd.isna(row["less"]):
        return say("explain.price_more", lang, **said, more=_rate(row, row["more"], lang))
    rates = {name: _rate(row, row[name], lang) for name in ("more", "less")}
    return say("explain.price", lang, **said, **rates)


def _rate(row: Mapping[Any, Any], rate: float, lang: str) -> str:
    """What a yuan or a unit does to the aim."""
    if math.isinf(rate):
        return say("explain.none_then", lang)
    if abs(rate) <= _STILL * max(1.0, abs(row["price"])):
        return say("explain.stays", lang, aim=aim_noun(row["aim"], lang))
    return rate_line(row["aim"], rate, lang) if row["unit"] == "yuan" else moves(row["aim"], rate, lang)


def rate_line(aim: str, rate: float, lang: str) -> str:
    """What a yuan does to an aim: yuan to the hundredth of a fen."""
    if aim not in MONEY_AIMS:
        return moves(aim, rate, lang)
    worth = say("nofit.in_yuan", lang, amount=f"{abs(rate):,.4f}")
    return say("explain.falls" if rate < 0 else "explain.rises", lang, aim=aim_noun(aim, lang), amount=worth)


def limit_of(row: Mapping[Any, Any], lang: str, subjects: Subjects) -> str:
    """What a row limits, in words: the money for purchases of a purchaser in a year."""
    key = f"explain.limit_{row['rule']}"
    year = "" if row["year"] is None or pd.isna(row["year"]) else str(int(row["year"]))
    who = subjects.of(row["index"], lang)
    return say(key if key in messages(lang) else "explain.limit_other", lang, who=who, year=year, rule=row["rule"])


def service_line(answer: RuleAnswer, row: Mapping[Any, Any], lang: str, subjects: Subjects) -> str:
    """`With 1.00 million yuan more in ..., 412 more hours of home care are served; ...`; empty where there is no
    such step."""
    mine = _of(answer.services, row)
    if mine.empty:
        return ""
    first = mine.iloc[0]
    more = abs(float(first["more"]))
    size = yuan(more, lang) if row["unit"] == "yuan" else _units(more, lang)
    units = {r["item"]: float(r["units"]) for r in mine.to_dict("records") if r["item"] is not None}
    shown = sorted(units, key=lambda item: -abs(units[item]))[:_ITEMS]
    words = [_served(answer, item, units[item], lang, subjects) for item in shown]
    if len(units) > len(shown):
        words.append(say("explain.and_others", lang, count=len(units) - len(shown)))
    served = say("explain.comma", lang).join(words)
    key = "explain.with_more" if first["more"] > 0 else "explain.with_less"
    parts = {"size": size, "limit": limit_of(row, lang, subjects), "moves": moves(row["aim"], first["change"], lang)}
    return say(f"{key}_served" if served else key, lang, **parts, served=served)


def _served(answer: RuleAnswer, item: str, units: float, lang: str, subjects: Subjects) -> str:
    unit = next((r["unit"] for _line, r in answer.scenario.tables.rows("items") if r["item"] == item), None)
    key = "explain.more_of" if units > 0 else "explain.fewer_of"
    number = f"{abs(units):,.0f}" if abs(units) >= 100 else f"{abs(units):,.2f}"
    return say(key, lang, number=number, unit=unit_of(unit or "", lang), item=subjects.item(item, lang))


def _looked_into(answer: RuleAnswer, row: Mapping[Any, Any], lang: str, subjects: Subjects) -> Iterator[str]:
    sentence = service_line(answer, row, lang, subjects)
    if sentence:
        yield sentence
    low, high, now = (float(row[name]) for name in ("down_to", "up_to", "limit"))
    shown = {name: _limit(value, row["unit"], lang) for name, value in
             (("low", low), ("high", high), ("less", now - low), ("more", high - now))}  # fmt: skip
    yield say("explain.holds", lang, **shown)
    for step in _of(answer.finite, row).to_dict("records"):
        yield _step_line(row, step, lang)


def _step_line(row: Mapping[Any, Any], step: Mapping[Any, Any], lang: str) -> str:
    """The finite answers at one step: of a purchaser's money a share of its whole budget, else of the limit."""
    size = f"{step['step']:+.0%}"
    size = say("explain.step_whole", lang, step=size) if row["rule"] == "purchases_within_line" else size
    changes = {name: change(row["aim"], step[name], lang) for name in ("held", "free", "plan")}
    said = {"step": size, "limit": _limit(step["limit"], row["unit"], lang), "aim": aim_noun(row["aim"], lang)}
    line = say("explain.step", lang, **said, held=changes["held"], free=changes["free"])
    if step["seconds"] is None or pd.isna(step["seconds"]):
        return line
    open_ = step["plan_open"]
    if open_ is not None and not pd.isna(open_) and is_seen(row["aim"], open_):
        changes["plan"] += say("explain.step_open", lang, open=change(row["aim"], open_, lang).lstrip("+"))
    return line + say("explain.step_plan", lang, plan=changes["plan"], seconds=f"{step['seconds']:.1f}")


def _units(number: float, lang: str) -> str:
    return say("explain.one_unit", lang) if number == 1 else say("explain.units", lang, number=f"{number:,.10g}")


def _limit(value: float, unit: str, lang: str) -> str:
    return yuan(value, lang) if unit == "yuan" else f"{value:,.2f}"


def _of(frame: pd.DataFrame, row: Mapping[Any, Any]) -> pd.DataFrame:
    """The rows of one price."""
    for name in _KEYS:
        frame = frame[frame[name].isna() if pd.isna(row[name]) else frame[name] == row[name]]
    return frame


def prices_document(answer: RuleAnswer, lang: str) -> dict[str, Any]:
    """The prices as JSON values, each with its sentences."""
    subjects = Subjects(answer.scenario)
    prices = []
    for said, row in zip(records(answer.prices), answer.prices.to_dict("records"), strict=True):
        words = {"text": price_line(row, lang, subjects)}
        if row["down_to"] is not None and not pd.isna(row["down_to"]):
            words["serves"] = service_line(answer, row, lang, subjects)
        prices.append({**said, **words})
    return {"prices": prices, "finite": records(answer.finite), "services": records(answer.services)}


__all__ = ["limit_of", "price_line", "prices_document", "prices_page", "rate_line", "service_line"]
