"""The answers of `gpsopt explain` as printed pages and as JSON documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from gpsopt.analysis.explain.needpages import need_document, need_page
from gpsopt.analysis.explain.offers import OfferAnswer
from gpsopt.analysis.explain.pricepages import price_line, prices_document, prices_page
from gpsopt.analysis.explain.winning import Win
from gpsopt.analysis.explain.wording import (
    Subjects,
    aim_noun,
    amount,
    change,
    clause_name,
    figure,
    is_seen,
    left_out,
    plain,
    records,
)
from gpsopt.text import say

_SHOWN: Final = 12


def offer_page(answer: OfferAnswer, lang: str) -> str:
    """Why, or why not; rivals; the aims the other way round; the price to win."""
    subjects = Subjects(answer.scenario)
    need = say("explain.all_needs", lang) if answer.need is None else subjects.of(answer.need, lang)
    about = {"offer": subjects.of(answer.offer, lang), "need": need}
    lines = [say("explain.offer_in" if answer.is_in else "explain.offer_out", lang, **about)]
    for row in answer.awards.head(_SHOWN).to_dict("records"):
        said = {
            "need": subjects.of(row["need"], lang),
            "price": f"{row['price']:,.2f}",
            "amount": f"{row['amount']:,.2f}",
            "quantity": f"{row['quantity']:,.10g}",
            "unit": subjects.unit(row["need"], lang),
        }
        lines.append(say("explain.award", lang, year=row["year"], **said))
    lines += _more(answer.awards, lang)
    for row in answer.excluded.head(_SHOWN).to_dict("records"):
        year = say("explain.every_year", lang) if pd.isna(row["year"]) else row["year"]
        lines.append(say("explain.excluded", lang, need=subjects.of(row["need"], lang), year=year,
                         clause=clause_name(row["clause"], lang),
                         reason=left_out(row["reason"], lang)))  # fmt: skip
    lines += [*_more(answer.excluded, lang), *_rival_lines(answer, lang, subjects)]
    if answer.is_barred:
        lines.append(say("explain.barred", lang))
    else:
        lines += [_head_of_aims(answer, lang), *_aim_lines(answer.aims, lang), _worse_line(answer, lang)]
    lines += [] if answer.win is None else [win_line(answer.win, lang)]
    if not answer.rules.empty:
        lines.append(say("explain.binds", lang, shown=len(answer.rules), count=answer.binding))
        lines += [f"  {price_line(row, lang, subjects)}" for row in answer.rules.to_dict("records")]
    if not answer.is_barred:
        lines.append(_how_searched([answer.aims], answer.is_proven, lang))
    return "\n".join(lines)


def _head_of_aims(answer: OfferAnswer, lang: str) -> str:
    around = "" if answer.is_proven else "_around"
    if answer.at is not None:
        return say(f"explain.with_at{around}", lang, price=f"{answer.at:,.2f}")
    return say(f"explain.{'without' if answer.is_in else 'with'}{around}", lang)


def _more(frame: pd.DataFrame, lang: str, shown: int = _SHOWN) -> list[str]:
    """How many rows are not shown."""
    return [say("explain.more_rows", lang, count=len(frame) - shown)] if len(frame) > shown else []


def _worse_line(answer: OfferAnswer, lang: str) -> str:
    beaten = answer.beaten
    if beaten is None:
        return say("explain.as_good", lang)
    if not beaten.aim:
        return say("explain.nothing_fits", lang)
    shown = amount(beaten.aim, beaten.amount, lang)
    if answer.is_proven:
        return say("explain.first_worse", lang, aim=aim_noun(beaten.aim, lang), amount=shown)
    bound = float(answer.aims.loc[answer.aims["aim"] == beaten.aim, "bound"].iloc[0])
    least = amount(beaten.aim, abs(bound), lang)
    key = "explain.first_worse_between" if is_seen(beaten.aim, bound) else "explain.first_worse_found"
    return say(key, lang, aim=aim_noun(beaten.aim, lang), amount=shown, least=least)


def win_line(win: Win, lang: str) -> str:
    """The price to win in one sentence."""
    shown = {name: None if value is None else f"{value:,.2f}" for name, value in
             (("price", win.price), ("above", win.above), ("top", win.top))}  # fmt: skip
    if win.ends != "interval":
        return say(f"explain.win_{win.ends}", lang, price=shown["price"], above=shown["above"])
    if win.price is not None and win.price == win.top and win.above is None:
        return say(f"explain.win_top_{win.top_is}" if win.top_is else "explain.win_top", lang, top=shown["top"])
    first = "explain.win_found" if win.price is not None else "explain.win_not_found"
    second = "explain.win_excluded" if win.above is not None else "explain.win_not_excluded"
    return say(first, lang, price=shown["price"]) + say(second, lang, above=shown["above"], top=shown["top"])


def _rival_lines(answer: OfferAnswer, lang: str, subjects: Subjects) -> list[str]:
    lines = []
    for row in answer.rivals.head(_SHOWN).to_dict("records"):
        key = "explain.rival_bought" if row["quantity"] > 0 else "explain.rival"
        lines.append(say(key, lang, year=row["year"], need=subjects.of(row["need"], lang),
                         offer=subjects.of(row["offer"], lang), price=f"{row['price']:,.2f}",
                         setup=f"{row['setup']:,.2f}", quantity=f"{row['quantity']:,.10g}",
                         unit=subjects.unit(row["need"], lang)))  # fmt: skip
    lines += _more(answer.rivals, lang)
    return [say("explain.rivals", lang), *lines] if lines else [say("explain.no_rivals", lang)]


def rule_page(clause: str, aims: pd.DataFrame, lang: str) -> str:
    """What striking a clause changes, aim by aim."""
    head = say("explain.struck", lang, clause=clause_name(clause, lang))
    took = say("explain.took", lang, seconds=f"{aims['seconds'].iloc[0]:.1f}")
    return "\n".join([head, *_aim_lines(aims, lang), _how_searched([aims], _is_proven(aims), lang), took])


def rules_page(rules: Mapping[str, pd.DataFrame], lang: str) -> str:
    """What striking each clause alone changes: only the aims that move."""
    lines = [say("explain.rules", lang, count=len(rules))]
    still = []
    for clause, aims in rules.items():
        seen = [pd.isna(d) or is_seen(name, float(d)) for name, d in zip(aims["aim"], aims["difference"], strict=True)]
        moved = aims[pd.Series(seen, index=aims.index, dtype=bool)]
        if moved.empty:
            still.append(clause_name(clause, lang))
            continue
        lines += [f"  {clause_name(clause, lang)}", *(f"  {line}" for line in _aim_lines(moved, lang))]
    if still:
        lines.append(say("explain.rules_free", lang, clauses=say("explain.comma", lang).join(still)))
    seconds = sum(float(aims["seconds"].iloc[0]) for aims in rules.values())
    how = _how_searched(rules.values(), all(map(_is_proven, rules.values())), lang)
    return "\n".join([*lines, how, say("explain.took", lang, seconds=f"{seconds:.1f}")])


def _how_searched(frames: Collection[pd.DataFrame], is_proven: bool, lang: str) -> str:
    """From proven plans, from plans with gaps; else, of an offer from plans around this one, of a rule from the relaxed
    model."""
    if not is_proven:
        around = any("proven" not in aims for aims in frames)
        return say("explain.how_around" if around else "explain.how_relaxed", lang)
    open_ = max((float(aims["open"].max()) for aims in frames if aims["open"].notna().any()), default=0.0)
    return say("explain.how_searched" if open_ > 0.005 else "explain.how_proven", lang)


def _is_proven(aims: pd.DataFrame) -> bool:
    return bool(aims["proven"].all())


def _aim_lines(aims: pd.DataFrame, lang: str) -> list[str]:
    lines = []
    for row in aims.to_dict("records"):
        after = None if row["after"] is None or pd.isna(row["after"]) else row["after"]
        if after is None:
            return [say("explain.nothing_fits", lang)]
        name = str(row["aim"])
        said = {"aim": aim_noun(name, lang), "before": figure(name, row["before"], lang),
                "after": figure(name, after, lang), "difference": change(name, row["difference"], lang)}  # fmt: skip
        if abs(row["difference"] - row["bound"]) > 1e-9 * max(1.0, abs(after)):
            key = "explain.aim_between" if is_seen(name, row["bound"]) else "explain.aim_found"
            lines.append(say(key, lang, **said, bound=change(name, row["bound"], lang)))
        elif is_seen(name, row["open"]):
            lines.append(say("explain.aim_open", lang, **said, open=figure(name, row["open"], lang)))
        else:
            lines.append(say("explain.aim_line", lang, **said))
    return lines


def offer_document(answer: OfferAnswer, lang: str) -> dict[str, Any]:
    """The offer's answer as JSON values."""
    win, beaten = answer.win, answer.beaten
    return {
        "offer": answer.offer, "need": answer.need, "in_plan": answer.is_in, "barred": answer.is_barred,
        "asked_at": plain(answer.at), "proven": answer.is_proven,
        "awards": records(answer.awards), "excluded": records(answer.excluded), "rivals": records(answer.rivals),
        "rules": records(answer.rules), "binding": answer.binding, "aims": records(answer.aims),
        "first_worse": None if beaten is None else {"aim": beaten.aim, "amount": plain(beaten.amount)},
        "price_to_win": None if win is None else {
            "price": plain(win.price), "above": plain(win.above), "top": plain(win.top), "ends": win.ends,
            "proven": win.is_proven,
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
