"""The answers of `gpsopt explain` as printed pages and as JSON documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from gpsopt.analysis.explain.needpages import need_document, need_page
from gpsopt.analysis.explain.offers import OfferAnswer
from gpsopt.analysis.explain.pricepages import prices_document, prices_page
from gpsopt.analysis.explain.winning import Win
from gpsopt.analysis.explain.wording import aim_noun, change, clause_name, figure, plain, records
from gpsopt.text import say

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
        shown = figure(answer.beaten.aim, answer.beaten.amount)
        lines.append(say("explain.first_worse", lang, aim=aim_noun(answer.beaten.aim, lang), amount=shown))
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


def rule_page(clause: str, aims: pd.DataFrame, lang: str) -> str:
    """What striking a clause changes, aim by aim."""
    head = say("explain.struck", lang, clause=clause_name(clause, lang))
    took = say("explain.took", lang, seconds=f"{aims['seconds'].iloc[0]:.1f}")
    return "\n".join([head, *_aim_lines(aims, lang), _how_searched([aims], lang), took])


def rules_page(rules: Mapping[str, pd.DataFrame], lang: str) -> str:
    """What striking each clause alone changes: only the aims that move."""
    lines = [say("explain.rules", lang, count=len(rules))]
    still = []
    for clause, aims in rules.items():
        small = [5e-7 if name == "worst_area" else 0.005 for name in aims["aim"]]
        moved = aims[aims["after"].isna() | (aims["difference"].abs() > pd.Series(small, index=aims.index))]
        if moved.empty:
            still.append(clause_name(clause, lang))
            continue
        lines += [f"  {clause_name(clause, lang)}", *(f"  {line}" for line in _aim_lines(moved, lang))]
    if still:
        lines.append(say("explain.rules_free", lang, clauses=say("explain.comma", lang).join(still)))
    seconds = sum(float(aims["seconds"].iloc[0]) for aims in rules.values())
    return "\n".join([*lines, _how_searched(rules.values(), lang), say("explain.took", lang, seconds=f"{seconds:.1f}")])


def _how_searched(frames: Collection[pd.DataFrame], lang: str) -> str:
    """From proven plans, from plans with gaps, or from the relaxed model."""
    if not all(_is_proven(aims) for aims in frames):
        return _how(False, lang)
    open_ = max((float(aims["open"].max()) for aims in frames if aims["open"].notna().any()), default=0.0)
    return say("explain.how_searched", lang) if open_ > 0.005 else _how(True, lang)


def _is_proven(aims: pd.DataFrame) -> bool:
    return bool(aims["proven"].all())


def _aim_lines(aims: pd.DataFrame, lang: str) -> list[str]:
    lines = []
    for row in aims.to_dict("records"):
        after = None if row["after"] is None or pd.isna(row["after"]) else row["after"]
        if after is None:
            return [say("explain.nothing_fits", lang)]
        name = str(row["aim"])
        lines.append(say("explain.aim_line", lang, aim=aim_noun(name, lang), before=figure(name, row["before"]),
                         after=figure(name, after), difference=change(name, row["difference"], lang),
                         open=figure(name, row["open"])))  # fmt: skip
    return lines


def _how(is_proven: bool, lang: str) -> str:
    return say("explain.how_proven" if is_proven else "explain.how_relaxed", lang)


def offer_document(answer: OfferAnswer, lang: str) -> dict[str, Any]:
    """The offer's answer as JSON values."""
    win, beaten = answer.win, answer.beaten
    return {
        "offer": answer.offer, "need": answer.need, "in_plan": answer.is_in, "proven": answer.is_proven,
        "awards": records(answer.awards), "excluded": records(answer.excluded), "rivals": records(answer.rivals),
        "rules": records(answer.rules), "aims": records(answer.aims),
        "first_worse": None if beaten is None else {"aim": beaten.aim, "amount": plain(beaten.amount)},
        "price_to_win": None if win is None else {
            "price": plain(win.price), "above": plain(win.above), "ends": win.ends, "proven": win.is_proven,
            "text": win_line(win, lang),
        },
        "text": offer_page(answer, lang),
    }  # fmt: skip


def rule_document(clause: str, aims: pd.DataFrame, lang: str) -> dict[str, Any]:
    """A struck clause as JSON values."""
    return {"clause": clause, "proven": _is_proven(aims), "seconds": float(aims["seconds"].iloc[0]),
            "aims": records(aims.drop(columns=["proven", "seconds"])),
            "text": rule_page(clause, aims, lang)}  # fmt: skip


def rules_document(rules: Mapping[str, pd.DataFrame], lang: str) -> dict[str, Any]:
    """Every clause struck alone, as JSON values."""
    return {"clauses": {clause: rule_document(clause, aims, lang) for clause, aims in rules.items()},
            "text": rules_page(rules, lang)}  # fmt: skip


__all__ = [
    "need_document", "need_page", "offer_document", "offer_page", "prices_document", "prices_page", "rule_document",
    "rule_page", "rules_document", "rules_page", "win_line",
]  # fmt: skip
