"""Explain: why an award or why not, the price to win, what a need lacks, what a rule costs, what money is worth.

The plan's own tables answer at once; what must be solved again is asked for with a button and worked out in a process
of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from gpsopt.analysis.explain.wording import aim_noun, amount, is_seen
from gpsopt.desk.asking import ask_to_explain, explain_request
from gpsopt.report.charts import aim_title
from gpsopt.runread import Run
from gpsopt.runs import Record
from gpsopt.screens.asking import told
from gpsopt.screens.candidates import OUT, WON, candidates_of
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.shown import aim_cell, grid, named, names, tall, units
from gpsopt.screens.study import study
from gpsopt.screens.visit import Visit, visit
from gpsopt.settings import Clauses


def explain() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        nothing_yet(here)
        return
    run = here.open(here.record)
    parts = {"need": services, "rule": rules, "money": money}
    chosen = st.segmented_control(
        here.say("why.part"), list(parts), format_func=lambda part: here.say(f"why.part_{part}"), default="need",
        key="why_part", label_visibility="collapsed", required=True,
    )  # fmt: skip
    st.caption(here.say(f"why.says_{chosen}"))
    parts[chosen or "need"](here, here.record, run)


def services(here: Visit, record: Record, run: Run) -> None:
    """One service of one district: its years, who could do it, and why one of them or none."""
    need = pick_need(here, run)
    if need is None:
        return
    year = int(st.session_state["year"])
    years = run.frame("coverage")
    years = years[years["need"] == need]
    left, right = st.columns([3, 4], gap="medium")
    with left:
        unit = next(iter(units(run, here.lang, years["item"].head(1))), "")
        st.markdown(f"**{here.say('why.years')}** · {unit}")
        table = pd.DataFrame({
            "year": [str(y) for y in years["year"]],
            **{name: [_number(v) for v in years[name]] for name in ("demand", "direct", "purchased", "shortfall")},
            "candidates": [str(c) for c in years["candidates"]],
        })  # fmt: skip
        grid(here, table, "need_years", year=here.term("year"), demand=here.term("demand"),
             direct=here.say("plan.sum_direct"), purchased=here.say("beside.purchased"),
             shortfall=here.term("shortfall"), candidates=here.say("why.candidates"))  # fmt: skip
        kept(here, run, need, year)
        shortfall(here, record, need, missing=any(years["shortfall"]))
    with right:
        offer = candidates(here, run, need, year)
        if offer is not None:
            award(here, record, run, need, offer)


def pick_need(here: Visit, run: Run) -> str | None:
    """District and service first, so that the list stays short."""
    rows = run.frame("coverage").drop_duplicates("need")
    areas, items = names(run, here.lang, "areas"), names(run, here.lang, "items")
    buyers = names(run, here.lang, "purchasers")
    with st.container(horizontal=True):
        codes = sorted({str(area) for area in rows["area"]})
        area = st.selectbox(here.term("area"), codes, format_func=lambda code: areas.get(code, code), key="why_area",
                            width=200)  # fmt: skip
        mine = rows[rows["area"] == area]
        words = {
            need: f"{items.get(item, item)} · {buyers.get(buyer, buyer)} ({need})"
            for need, item, buyer in zip(mine["need"], mine["item"], mine["purchaser"], strict=True)
        }
        need: str | None = st.selectbox(here.say("plan.service"), list(words), format_func=lambda n: words[n],
                                        key=f"why_need_{area}")  # fmt: skip
    return need


def kept(here: Visit, run: Run, need: str, year: int) -> None:
    """Why the government still does part of it."""
    rows = run.frame("direct")
    mine = rows[(rows["need"] == need) & (rows["year"] == year)]
    why = next((str(reason) for reason in mine["kept_because"] if reason is not None), None)
    if why is not None:
        st.markdown(here.say("why.kept", year=year, why=here.say(f"reason.{why}")))


def shortfall(here: Visit, record: Record, need: str, *, missing: bool) -> None:
    """What stands in the way of the target, tried one by one."""
    if not missing:
        st.markdown(f"✓ {here.say('explain.no_shortfall')}")
        return
    about = {"about": "need", "need": need}
    answer = _asked(here, record, about, here.say("why.find_shortfall"), f"why_short_{need}")
    if answer is None:
        return
    cause = answer["cause"] or "none"
    st.markdown(f"**{here.say(f'explain.cause_{cause}')}**")
    if cause == "lots":  # nothing given would help: what there is would do
        return
    table = pd.DataFrame([
        {"way": here.say(f"why.way_{row['way']}", what=_clause(here, row)), "left": _number(row["left"]),
         "closes": _number(row["closes"]),
         "money": "—" if row["money"] is None else here.money(Decimal(f"{row['money']:.2f}"))}
        for row in answer["trials"] if row["left"] is not None
    ])  # fmt: skip
    grid(here, table, "trials", way=here.say("why.way"), left=here.say("why.left"), closes=here.say("why.closes"),
         money=here.say("why.money", unit=here.money_unit))  # fmt: skip
    if answer["cheapest"]:
        st.markdown(str(answer["cheapest"]["text"]))
    st.caption(here.say("explain.how_need_proven" if answer["proven"] else "explain.how_need"))


def _clause(here: Visit, row: dict[str, Any]) -> str:
    return here.term(str(row["what"]), "clauses") if row["way"] == "rule" else ""


def candidates(here: Visit, run: Run, need: str, year: int) -> str | None:
    """Everybody who offers the service there, what became of the offer; the chosen one."""
    rows = candidates_of(run, need, year)
    st.markdown(f"**{here.say('why.offers', year=year, count=len(rows))}**")
    if not rows:
        st.caption(here.say("explain.no_rivals"))
        return None
    states = [
        f"✓ {here.say('why.won')}" if row.state == WON
        else f"✗ {here.say('why.out')} · {here.term(row.clause, 'clauses')}" if row.state == OUT
        else f"– {here.say('why.not_chosen')}" for row in rows
    ]  # fmt: skip
    table = pd.DataFrame({
        "undertaker": named(run, here.lang, "undertakers", [row.undertaker for row in rows]),
        "offer": [row.offer for row in rows], "price": [float(row.price) for row in rows],
        "quantity": [None if row.quantity is None else float(row.quantity) for row in rows], "state": states,
    })  # fmt: skip
    picked = st.dataframe(
        table, hide_index=True, key=f"why_offers_{need}_{year}", on_select="rerun", selection_mode="single-row",
        placeholder="—", height=tall(table, 7), column_config={
            "undertaker": here.term("undertaker"), "offer": here.term("offer"),
            "price": st.column_config.NumberColumn(here.say("plan.price"), format="%,.2f"),
            "quantity": st.column_config.NumberColumn(here.term("quantity"), format="%,.2f"),
            "state": here.say("why.state"),
        },
    )  # fmt: skip
    places = [place for place in picked["selection"]["rows"] if place < len(rows)]
    return rows[places[0] if places else 0].offer


def award(here: Visit, record: Record, run: Run, need: str, offer: str) -> None:
    """Why this offer has an award or none, at what price it would, what it costs to do without it."""
    offers = run.scenario.tables["offers"]
    owner = dict(zip(offers["offer"], offers["undertaker"], strict=True)).get(offer, offer)
    name = names(run, here.lang, "undertakers").get(owner, owner)
    st.markdown(f"**{name}** · {offer}")
    about = {"about": "offer", "offer": offer, "need": need}
    answer = _asked(here, record, about, here.term("btn_why"), f"why_offer_{need}_{offer}", primary=True)
    if answer is None:
        return
    st.markdown(_verdict(here, answer))
    if answer["price_to_win"] is not None:
        st.markdown(str(answer["price_to_win"]["text"]))
    if answer.get("barred"):
        return
    if answer["aims"]:
        st.markdown(f"**{_aims_head(here, answer)}**")
        aims(here, answer["aims"], f"award_{offer}")
    st.caption(here.say("explain.how_proven" if answer["proven"] else "explain.how_around"))


def _aims_head(here: Visit, answer: dict[str, Any]) -> str:
    if answer["in_plan"]:
        return here.say("why.replacing")
    at = answer.get("asked_at")
    return here.say("why.taking") if at is None else here.say("why.taking_at", price=f"{at:,.2f}")


def _verdict(here: Visit, answer: dict[str, Any]) -> str:
    """In or out, and the first aim that would be worse the other way round."""
    head = here.say("why.in_plan" if answer["in_plan"] else "why.not_in_plan")
    for row in answer["excluded"][:1]:
        head += " " + here.say("why.excluded_by", clause=here.term(str(row["clause"]), "clauses"))
    if answer.get("barred"):
        return f"{head} {here.say('explain.barred')}"
    worse = answer["first_worse"]
    if worse is None:
        return f"{head} {here.say('explain.as_good')}"
    if not worse["aim"]:
        return f"{head} {here.say('explain.nothing_fits')}"
    aim, more = str(worse["aim"]), float(worse["amount"])
    said = {"aim": aim_noun(aim, here.lang), "amount": amount(aim, more, here.lang)}
    if answer["proven"]:
        return f"{head} {here.say('why.first_worse', **said)}"
    bound = next(float(row["bound"]) for row in answer["aims"] if row["aim"] == aim)
    if not is_seen(aim, bound):
        return f"{head} {here.say('why.first_worse_found', **said)}"
    return f"{head} {here.say('why.first_worse_between', **said, least=amount(aim, abs(bound), here.lang))}"


def aims(here: Visit, rows: list[dict[str, Any]], key: str) -> None:
    """Aims as they are and the other way round; where that is not proven, the least change that is."""
    is_open = any(row["difference"] is not None and row.get("bound") != row["difference"] for row in rows)
    table = pd.DataFrame([
        {"aim": _aim(here, str(row["aim"])), "before": aim_cell(here, str(row["aim"]), row["before"]),
         "after": here.say("explain.none") if row["after"] is None else aim_cell(here, str(row["aim"]), row["after"]),
         "change": aim_cell(here, str(row["aim"]), row["difference"], sign=True),
         "least": _least(here, str(row["aim"]), row.get("bound"))}
        for row in rows
    ])  # fmt: skip
    least = {"least": here.say("why.least")} if is_open else {}
    change = here.say("why.found" if is_open else "home.change")
    grid(here, table, f"why_{key}", aim=here.term("aim"), before=here.say("why.before"), after=here.say("why.after"),
         change=change, **least)  # fmt: skip


def _aim(here: Visit, aim: str) -> str:
    """An aim's name; money's unit stands above the page, so that the whole table has room."""
    return aim_title(aim, here.look()) if aim == "worst_area" else here.term(aim, "aims")


def _least(here: Visit, aim: str, bound: float | None) -> str:
    """The least change that is proven; a dash where none is."""
    return aim_cell(here, aim, bound if bound is not None and is_seen(aim, bound) else None, sign=True)


def rules(here: Visit, record: Record, run: Run) -> None:
    """What striking one rule would change."""
    clauses = run.scenario.settings.clauses
    known = [name for name in Clauses.model_fields if clauses.on(name)]
    clause = st.selectbox(here.term("clause"), known, format_func=lambda c: here.term(c, "clauses"), key="why_clause",
                          width=420)  # fmt: skip
    if clause is None:
        return
    answer = _asked(here, record, {"about": "rule", "clause": clause}, here.say("why.find_rule"), f"why_rule_{clause}",
                    primary=True)  # fmt: skip
    if answer is None:
        return
    st.markdown(f"**{here.say('why.struck', clause=here.term(clause, 'clauses'))}**")
    aims(here, answer["aims"], f"rule_{clause}")
    st.caption(here.say("explain.how_proven" if answer["proven"] else "explain.how_relaxed"))


def money(here: Visit, record: Record, run: Run) -> None:
    """What one more yuan or unit of a limit is worth, in sentences, the dearest first."""
    answer = _asked(here, record, {"about": "money"}, here.say("why.find_money"), "why_money", primary=True)
    if answer is None:
        return
    if not answer["prices"]:
        st.caption(here.say("explain.no_prices"))
        return
    st.markdown(here.say("why.prices", count=answer["count"], shown=len(answer["prices"])))
    for row in answer["prices"][:12]:
        st.markdown("- " + " ".join(str(row[part]) for part in ("text", "serves") if row.get(part)))
    rest = pd.DataFrame([{"text": row["text"]} for row in answer["prices"][12:]])
    if not rest.empty:
        with st.expander(here.say("why.more_prices", count=len(rest))):
            grid(here, rest, "why_prices", text=here.term("prices.price"))
    st.caption(here.say("why.how_prices"))


def _asked(
    here: Visit, record: Record, about: Mapping[str, str | None], label: str, key: str, *, primary: bool = False
) -> dict[str, Any] | None:  # fmt: skip
    """The answer in the visitor's language, or the way to it."""
    found = study(here, "explain", explain_request(record, about), lambda: ask_to_explain(here.desk, record, about),
                  label, key, primary=primary)  # fmt: skip
    answer: dict[str, Any] | None = None if found is None else found[here.lang]
    return answer


def _number(value: Any) -> str:
    """A quantity without idle zeros."""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


explain()
