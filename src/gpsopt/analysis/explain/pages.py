"""The answers of `gpsopt explain` as printed pages and as JSON documents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from gpsopt.analysis.explain.needs import NeedAnswer
from gpsopt.analysis.explain.offers import OfferAnswer
from gpsopt.analysis.explain.rules import RuleAnswer
from gpsopt.analysis.explain.winning import Win
from gpsopt.text import messages, say

_SHOWN = 12


def offer_page(answer: OfferAnswer, lang: str) -> str:
    """Why, or why not; rivals; the aims the other way round; the price to win."""
    about = {"offer": answer.offer, "need": answer.need or say("explain.all_needs", lang)}
    lines = [say("explain.offer_in" if answer.is_in else "explain.offer_out", lang, **about)]
    for row in answer.awards.head(_SHOWN).to_dict("records"):
        lines.append(say("explain.award", lang, **{k: row[k] for k in ("year", "need", "quantity", "price", "amount")}))
    for row in answer.excluded.head(_SHOWN).to_dict("records"):
        year = say("explain.every_year", lang) if pd.isna(row["year"]) else row["year"]
        lines.append(say("explain.excluded", lang, need=row["need"], year=year, clause=row["clause"],
                         reason=row["reason"]))  # fmt: skip
    lines += _rival_lines(answer, lang)
    lines.append(say("explain.without" if answer.is_in else "explain.with", lang))
    lines += _aim_lines(answer.aims, lang)
    if answer.beaten is not None and answer.beaten.aim:
        shown = _figure(answer.beaten.aim, answer.beaten.amount)
        lines.append(say("explain.first_worse", lang, aim=_aim(answer.beaten.aim, lang), amount=shown))
    elif answer.beaten is not None:
        lines.append(say("explain.nothing_fits", lang))
    else:
        lines.append(say("explain.as_good", lang))
    if answer.win is not None:
        lines.append(win_line(answer.win, lang))
    for row in answer.rules.head(_SHOWN).to_dict("records"):
        lines.append(say("explain.binds", lang, **{k: row[k] for k in ("clause", "index", "price", "unit")}))
    return "\n".join([*lines, _how(answer.is_proven, lang)])


def win_line(win: Win, lang: str) -> str:
    """The price to win in one sentence."""
    return say(f"explain.win_{win.ends}", lang, price=win.price, above=win.above)


def _rival_lines(answer: OfferAnswer, lang: str) -> list[str]:
    lines = []
    for row in answer.rivals.head(_SHOWN).to_dict("records"):
        key = "explain.rival_bought" if row["quantity"] > 0 else "explain.rival"
        lines.append(say(key, lang, **{k: row[k] for k in ("year", "need", "offer", "undertaker")},
                         price=f"{row['price']:,.2f}", setup=f"{row['setup']:,.2f}",
                         quantity=f"{row['quantity']:,.2f}"))  # fmt: skip
    return [say("explain.rivals", lang), *lines] if lines else [say("explain.no_rivals", lang)]


def need_page(answer: NeedAnswer, lang: str) -> str:
    """The need's shortfall, what stands in the way, what would close it."""
    lines = [say("explain.need", lang, need=answer.need, candidates=answer.candidates)]
    for row in answer.coverage.to_dict("records"):
        lines.append(say("explain.need_year", lang, **{k: row[k] for k in ("year", "target", "served", "shortfall")}))
    if not answer.cause:
        return "\n".join([*lines, say("explain.no_shortfall", lang)])
    lines.append(say(f"explain.cause_{answer.cause}", lang))
    for row in answer.trials.to_dict("records"):
        if math.isnan(row["left"]):
            continue
        money = None if row["money"] is None or pd.isna(row["money"]) else f"{row['money']:,.2f}"
        lines.append(say(f"explain.trial_{row['way']}", lang, what=row["what"], left=f"{row['left']:,.2f}",
                         closes=f"{row['closes']:,.2f}", money=money or "-"))  # fmt: skip
    return "\n".join([*lines, _how(False, lang)])


def rule_page(clause: str, aims: pd.DataFrame, lang: str) -> str:
    """What striking a clause changes, aim by aim."""
    return "\n".join([say("explain.struck", lang, clause=clause), *_aim_lines(aims, lang), _how(False, lang)])


def prices_page(answer: RuleAnswer, lang: str) -> str:
    """Prices in sentences, the dearest first, with the answers for larger steps."""
    if answer.prices.empty:
        return say("explain.no_prices", lang)
    lines = [say("explain.prices", lang, count=len(answer.prices))]
    keys = ["clause", "rule", "index", "year", "aim"]
    for row in answer.prices.head(max(_SHOWN, answer.finite[keys].drop_duplicates().shape[0])).to_dict("records"):
        lines.append(price_line(row, lang))
        if row["down_to"] is None or pd.isna(row["down_to"]):
            continue
        mine = answer.finite
        for name in keys:
            mine = mine[mine[name].isna() if pd.isna(row[name]) else mine[name] == row[name]]
        steps = [say("explain.step", lang, step=f"{f['step']:+.0%}", held=_change(row["aim"], f["held"], lang),
                     free=_change(row["aim"], f["free"], lang)) for f in mine.to_dict("records")]  # fmt: skip
        lines.append(say("explain.holds", lang, low=f"{row['down_to']:,.2f}", high=f"{row['up_to']:,.2f}"))
        lines += steps
    return "\n".join([*lines, say("explain.how_prices", lang)])


def price_line(row: Mapping[Any, Any], lang: str) -> str:
    """One price in words: what one more yuan, or one more unit, does at the margin."""
    money = row["unit"] == "yuan"
    worth = row["price"]
    amount = f"{abs(worth):,.6f}" if money else _figure(row["aim"], abs(worth))
    better = (worth < 0) == (row["aim"] in ("livelihood_shortfall", "shortfall", "outlay"))
    year = "" if row["year"] is None or pd.isna(row["year"]) else str(int(row["year"]))
    key = ("explain.one_yuan_" if money else "explain.one_unit_") + ("better" if better else "worse")
    return say(key, lang, clause=row["clause"], rule=row["rule"], index=row["index"], year=year,
               aim=_aim(row["aim"], lang), amount=amount, limit=f"{row['limit']:,.2f}",
               awards=say(f"explain.awards_{row['awards']}", lang))  # fmt: skip


def _aim_lines(aims: pd.DataFrame, lang: str) -> list[str]:
    lines = []
    for row in aims.to_dict("records"):
        after = None if row["after"] is None or pd.isna(row["after"]) else row["after"]
        if after is None:
            return [say("explain.nothing_fits", lang)]
        name = str(row["aim"])
        lines.append(say("explain.aim_line", lang, aim=_aim(name, lang), before=_figure(name, row["before"]),
                         after=_figure(name, after), difference=_change(name, row["difference"], lang),
                         open=_figure(name, row["open"])))  # fmt: skip
    return lines


def _how(is_proven: bool, lang: str) -> str:
    return say("explain.how_proven" if is_proven else "explain.how_relaxed", lang)


def _aim(name: str, lang: str) -> str:
    known = messages(lang).get(f"aim.{name}")
    return name if known is None else f"{known} ({name})"


def _figure(aim: str, value: float) -> str:
    return f"{value:,.6f}" if aim == "worst_area" else f"{value:,.2f}"


def _change(aim: str, value: float | None, lang: str) -> str:
    if value is None or pd.isna(value):
        return say("explain.none", lang)
    small = 5e-7 if aim == "worst_area" else 0.005
    return "0" if abs(value) < small else f"{value:+,.6f}" if aim == "worst_area" else f"{value:+,.2f}"


def offer_document(answer: OfferAnswer, lang: str) -> dict[str, Any]:
    """The offer's answer as JSON values."""
    win, beaten = answer.win, answer.beaten
    return {
        "offer": answer.offer, "need": answer.need, "in_plan": answer.is_in, "proven": answer.is_proven,
        "awards": _records(answer.awards), "excluded": _records(answer.excluded), "rivals": _records(answer.rivals),
        "rules": _records(answer.rules), "aims": _records(answer.aims),
        "first_worse": None if beaten is None else {"aim": beaten.aim, "amount": _plain(beaten.amount)},
        "price_to_win": None if win is None else {
            "price": _plain(win.price), "above": _plain(win.above), "ends": win.ends, "proven": win.is_proven,
            "text": win_line(win, lang),
        },
        "text": offer_page(answer, lang),
    }  # fmt: skip


def need_document(answer: NeedAnswer, lang: str) -> dict[str, Any]:
    """The need's answer as JSON values."""
    return {"need": answer.need, "cause": answer.cause, "candidates": answer.candidates,
            "coverage": _records(answer.coverage), "trials": _records(answer.trials),
            "text": need_page(answer, lang)}  # fmt: skip


def rule_document(clause: str, aims: pd.DataFrame, lang: str) -> dict[str, Any]:
    """A struck clause as JSON values."""
    return {"clause": clause, "proven": False, "aims": _records(aims), "text": rule_page(clause, aims, lang)}


def prices_document(answer: RuleAnswer, lang: str) -> dict[str, Any]:
    """The prices as JSON values, each with its sentence."""
    prices = [{**r, "text": price_line(raw, lang)} for r, raw in zip(
        _records(answer.prices), answer.prices.to_dict("records"), strict=True)]  # fmt: skip
    return {"prices": prices, "finite": _records(answer.finite)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    """Numbers and text as JSON knows them; what is empty or without end is null."""
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, str | bool):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if value is pd.NA else value
