"""Plan: what is bought and what stays, where the money goes, district by district, and which limits bind."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from gpsopt.money import yuan
from gpsopt.report.charts import aim_title, coverage_map, coverage_rows, fees_flow, flow_rows, ramp, ramp_rows
from gpsopt.runread import Run, floats
from gpsopt.screens.asking import told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.figures import balance, under_way, years_of
from gpsopt.screens.limits import binding_rows
from gpsopt.screens.shown import (
    aim_cell,
    amounts,
    bare,
    chart,
    drawn,
    exact,
    fitted,
    grid,
    lines,
    money_column,
    named,
    names,
    percent,
    tall,
    units,
)
from gpsopt.screens.visit import Visit, visit

_NAMED = ("area", "purchaser", "undertaker", "unit", "need")
_BOUND = {"clause": 142, "limit": 390, "words": 348, "price": 96}


def plan() -> None:
    """The page."""
    here = visit()
    told()
    if here.record is None:
        nothing_yet(here)
        return
    run = here.open(here.record)
    year = st.session_state["year"]
    verdict(here, run)
    tabs = st.tabs([here.say(f"plan.tab_{name}") for name in _TABS], key=f"plan_tabs_{here.lang}", on_change="rerun")
    for tab, draw in zip(tabs, _TABS.values(), strict=True):
        if tab.open:  # the others are drawn when they are looked at
            with tab:
                draw(here, run, year)


def verdict(here: Visit, run: Run) -> None:
    """Certified or not, and whether the totals tie to the budgets, to the fen."""
    sums = balance(run)
    ties = all(difference == 0 for _year, _sums, difference in sums)
    with st.container(border=True):
        with st.container(horizontal=True, gap="large"):
            sign = "✓" if run.certified else "✗"
            st.markdown(f"**{sign} {here.say('page.certified' if run.certified else 'page.not_certified')}**")
            st.markdown(f"{'✓' if ties else '✗'} {here.say('plan.ties' if ties else 'plan.ties_not')}")
        if under_way(run):
            st.markdown(here.say("plan.under_way", year=years_of(run)[0]))


def totals(here: Visit, run: Run, _year: int) -> None:
    """The identity of every year, and the aims that the plan was sought for."""
    table = pd.DataFrame([
        {"year": str(year), **{name: here.money(value) for name, value in said.items()},
         "difference": here.money(difference)}
        for year, said, difference in balance(run)
    ])  # fmt: skip
    st.markdown(f"**{here.say('plan.balance', unit=here.money_unit)}**")
    grid(here, table, "balance", **{name: here.say(f"plan.sum_{name}") for name in table.columns})
    st.caption(here.say("plan.identity"))
    aims(here, run)


def aims(here: Visit, run: Run) -> None:
    """The aims in order, each with its bound and gap."""
    rows, look = [], here.look()
    for aim in run.summary["aims"]:
        rows.append({
            "aim": aim_title(aim["name"], look),
            **{k: aim_cell(here, aim["name"], aim[k]) for k in ("plan_value", "bound", "given_up")},
            "gap": f"{100 * aim['gap']:.3f}%",
        })  # fmt: skip
    st.markdown(f"**{here.say('plan.aims')}**")
    grid(here, pd.DataFrame(rows), "aims", aim=here.term("aim"), plan_value=here.term("plan_value"),
         bound=here.term("bound"), gap=here.term("gap"), given_up=here.say("page.given_up"))  # fmt: skip


def awards(here: Visit, run: Run, year: int) -> None:
    """Assumed awards of the year; one purchaser or district at a time if wanted."""
    st.caption(here.say("page.assumed"))
    rows = run.frame("allocation")
    rows = rows[rows["year"] == year]
    with st.container(horizontal=True):
        rows = _only(here, run, rows, "purchaser", "purchasers")
        rows = _only(here, run, rows, "area", "areas")
        rows = _only(here, run, rows, "item", "items")
    table = pd.DataFrame({
        "item": named(run, here.lang, "items", rows["item"]), "area": named(run, here.lang, "areas", rows["area"]),
        "purchaser": named(run, here.lang, "purchasers", rows["purchaser"]),
        "undertaker": named(run, here.lang, "undertakers", rows["undertaker"]),
        "quantity": [float(q) for q in rows["quantity"]], "price": [float(p) for p in rows["price"]],
        "amount": amounts(here, rows["amount"]), "unit": units(run, here.lang, rows["item"]),
        "need": list(rows["need"]),
    })  # fmt: skip
    total = sum(rows["amount"], start=_ZERO)
    st.markdown(here.say("plan.awards_total", count=len(table), amount=exact(here, total),
                         undertakers=rows["undertaker"].nunique()))  # fmt: skip
    titles = {"item": here.say("plan.service"), **{name: here.term(name) for name in _NAMED}}
    figures = {"quantity": here.term("quantity"), "price": here.say("plan.price"), "amount": here.term("amount")}
    wide = fitted(table, {**titles, **figures})
    if bare(here, table):
        return
    st.dataframe(table, hide_index=True, key="awards", placeholder="—", height=tall(table, 13), column_config={
        **{name: st.column_config.Column(title, width=wide[name]) for name, title in titles.items()},
        **{name: st.column_config.NumberColumn(
            title, format="%,.2f", width=wide[name], help=here.money_unit if name == "amount" else None,
        ) for name, title in figures.items()},
    })  # fmt: skip


def _only(here: Visit, run: Run, rows: pd.DataFrame, column: str, table: str) -> pd.DataFrame:
    known = names(run, here.lang, table)
    codes = sorted({str(code) for code in rows[column]})
    chosen = st.selectbox(
        here.term(column) if column != "item" else here.say("plan.service"), ["", *codes], key=f"only_{column}",
        format_func=lambda code: known.get(code, code) if code else here.say("plan.all"),
    )  # fmt: skip
    return rows[rows[column] == chosen] if chosen else rows


def direct(here: Visit, run: Run, year: int) -> None:
    """What the government itself goes on delivering, and why."""
    rows = run.frame("direct")
    rows = rows[rows["year"] == year]
    place = {n: (i, a) for n, i, a in zip(*(run.frame("coverage")[c] for c in ("need", "item", "area")), strict=True)}
    items, areas = names(run, here.lang, "items"), names(run, here.lang, "areas")
    where = [place.get(need, (need, "")) for need in rows["need"]]
    known = {row["item"]: row["scope"] or _MAY_MOVE for _line, row in run.scenario.tables.rows("items")}
    scopes = [known.get(item, _MAY_MOVE) for item, _area in where]
    table = pd.DataFrame({
        "item": [items.get(i, i) for i, _a in where], "area": [areas.get(a, a) for _i, a in where],
        "unit": units(run, here.lang, [i for i, _a in where]),
        "quantity": [float(v) for v in rows["quantity"]], "moved": [float(v) for v in rows["moved"]],
        "expenditure": amounts(here, rows["expenditure"]), "released": amounts(here, rows["released"]),
        "stranded": amounts(here, rows["stranded"]),
        "why": [
            here.say(f"reason.{why}") if why is not None else here.term(scope) if kept and scope != _MAY_MOVE else None
            for why, kept, scope in zip(rows["kept_because"], rows["quantity"], scopes, strict=True)
        ],
        "need": list(rows["need"]),
    })  # fmt: skip
    words = {"item": here.say("plan.service"), "area": here.term("area"), "unit": here.term("unit"),
             "why": here.say("plan.why_kept"), "need": here.term("need")}  # fmt: skip
    figures = {"quantity": here.say("plan.kept"), "moved": here.term("moved"),
               "expenditure": here.term("expenditure"), "released": here.term("released"),
               "stranded": here.term("stranded")}  # fmt: skip
    wide = fitted(table, {**words, **figures})
    if bare(here, table):
        return
    st.dataframe(table, hide_index=True, key="direct", placeholder="—", height=tall(table, 13), column_config={
        **{name: st.column_config.Column(title, width=wide[name]) for name, title in words.items()},
        **{name: st.column_config.NumberColumn(
            title, format="%,.2f", width=wide[name], help=None if name in ("quantity", "moved") else here.money_unit,
        ) for name, title in figures.items()},
    })  # fmt: skip


def districts(here: Visit, run: Run, year: int) -> None:
    """Districts across, services down: the share of demand that is served."""
    rows = coverage_rows(run, year)
    table = pd.DataFrame({
        "item": named(run, here.lang, "items", rows["item"]), "area": named(run, here.lang, "areas", rows["area"]),
        "demand": rows["demand"], "served": rows["served"], "missing": rows["missing"],
        "covered": [percent(v) for v in rows["covered"]],
    })  # fmt: skip
    chart(here, coverage_map(run, here.look(820), year=year), table, "map", item=here.say("plan.service"),
          area=here.term("area"), demand=here.term("demand"), served=here.term("served"),
          missing=here.term("shortfall"), covered=here.say("home.coverage"))  # fmt: skip


def fees(here: Visit, run: Run, year: int) -> None:
    """Where today's lines go in the year, the years beside each other, and the ledger."""
    left, right = st.columns(2, gap="medium")
    with left:
        drawn(here, fees_flow(run, here.look(500), year=year), "flow")
    with right:
        drawn(here, ramp(run, here.look(440)), "ramp")
    left, right = st.columns(2, gap="medium")  # side by side, whatever height the charts have
    with left, st.expander(here.say("app.as_table")):
        rows = flow_rows(run, year)
        table = pd.DataFrame({
            "source": [here.say(f"chart.flow_{n}") for n in rows["source"]],
            "sink": [here.say(f"chart.flow_{n}") for n in rows["sink"]],
            "amount": [here.money(yuan(int(f))) for f in rows["fen"]],
        })  # fmt: skip
        grid(here, table, "flow", source=here.term("from_line"), sink=here.term("to_line"),
             amount=f"{here.term('amount')} ({here.money_unit})")  # fmt: skip
    with right, st.expander(here.say("app.as_table")):
        rows = ramp_rows(run)
        table = pd.DataFrame({
            "year": rows["year"].astype(str), "part": [here.say(f"chart.part_{p}") for p in rows["part"]],
            "amount": [here.money(yuan(int(f))) for f in rows["fen"]],
        })  # fmt: skip
        grid(here, table, "ramp", year=here.term("year"), part=here.say("plan.part"),
             amount=f"{here.term('amount')} ({here.money_unit})")  # fmt: skip
    ledger(here, run, year)


def ledger(here: Visit, run: Run, year: int) -> None:
    """Every movement of money of the year."""
    rows = run.frame("transfers")
    rows = rows[rows["year"] == year]
    buyers = names(run, here.lang, "purchasers")
    table = pd.DataFrame({
        "need": list(rows["need"]), "from": [buyers.get(p, p) for p in rows["from_purchaser"]],
        "from_line": [here.term(f"line.{v}") for v in rows["from_line"]],
        "to": [buyers.get(p, p) for p in rows["to_purchaser"]],
        "to_line": [here.term(f"line.{v}") for v in rows["to_line"]], "amount": amounts(here, rows["amount"]),
        "use": [here.term(str(v)) for v in rows["use"]], "change": amounts(here, rows["change"]),
    })  # fmt: skip
    with st.expander(here.say("plan.ledger", count=len(table))):
        if bare(here, table):
            return
        st.dataframe(table, hide_index=True, key="ledger", placeholder="—", column_config={
            "need": here.term("need"), "from": here.term("from_purchaser"), "from_line": here.term("from_line"),
            "to": here.term("to_purchaser"), "to_line": here.term("to_line"), "use": here.say("plan.use"),
            "amount": money_column(here, here.term("transfers.amount")),
            "change": money_column(here, here.say("plan.change")),
        })  # fmt: skip


def providers(here: Visit, run: Run, year: int) -> None:
    """Every provider of the year: assumed awards, money, capacity."""
    rows = floats(run.frame("undertakers"))
    rows = rows[rows["year"] == year].sort_values("amount", ascending=False)
    parts = zip(rows["capacity_used"], rows["capacity"], strict=True)
    used = [None if not whole or pd.isna(whole) else 100 * part / whole for part, whole in parts]
    table = pd.DataFrame({
        "undertaker": named(run, here.lang, "undertakers", rows["undertaker"]), "awards": list(rows["awards"]),
        "amount": amounts(here, rows["amount"]), "used": used,
        "score": list(rows["score"]),
    })  # fmt: skip
    st.caption(here.say("page.assumed"))
    if bare(here, table):
        return
    st.dataframe(table, hide_index=True, key="providers", placeholder="—", height=tall(table, 13), column_config={
        "undertaker": here.term("undertaker"), "awards": here.say("plan.awards"),
        "amount": money_column(here, here.term("amount")),
        "used": st.column_config.ProgressColumn(here.term("capacity_used"), min_value=0, max_value=100,
                                                 format="%.1f%%"),
        "score": st.column_config.NumberColumn(here.say("plan.score"), format="%.3f"),
    })  # fmt: skip


def binding(here: Visit, run: Run, year: int) -> None:
    """Which limits bind, dearest first, with what one unit more is worth; and what was left out, with the clause."""
    st.caption(here.say("plan.binding_says"))
    bound = binding_rows(run, year, here.lang)
    if bound.empty:
        st.caption(here.say("explain.no_prices"))
    else:
        limits(here, bound)
    out = run.frame("excluded")
    counted = out.groupby("clause", as_index=False).size().sort_values("size", ascending=False)
    counted["clause"] = [here.term(str(c), "clauses") for c in counted["clause"]]
    st.markdown(here.say("plan.excluded", count=len(out)))
    grid(here, counted, "excluded", clause=here.term("clause"), size=here.say("plan.pairs"))


def limits(here: Visit, bound: pd.DataFrame) -> None:
    """The limits that have a price, for one aim."""
    aim = st.selectbox(here.term("aim"), list(dict.fromkeys(bound["aim"])), key="binding_aim", width=260,
                       format_func=lambda a: here.term(a, "aims"))  # fmt: skip
    table = bound[bound["aim"] == aim]
    titles = {"clause": here.term("clause"), "limit": here.say("plan.limit"), "words": here.say("plan.one_more")}
    high = lines(table, **{name: _BOUND[name] for name in titles})
    st.dataframe(
        table, hide_index=True, key="binding", placeholder="—", row_height=high,
        height=tall(table, 9) if high is None else tall(table, 6, high),
        column_config={
            "aim": None,
            **{name: st.column_config.Column(title, width=_BOUND[name]) for name, title in titles.items()},
            "price": st.column_config.NumberColumn(here.term("prices.price"), format="%,.4f", width=_BOUND["price"]),
        },
    )  # fmt: skip


_ZERO = Decimal(0)
_MAY_MOVE = "purchasable"  # the scope of items that may be bought
_TABS = {
    "awards": awards, "direct": direct, "districts": districts, "fees": fees, "providers": providers,
    "binding": binding, "totals": totals,
}  # fmt: skip

plan()
