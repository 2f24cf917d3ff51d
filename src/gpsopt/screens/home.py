"""Home: the year at a glance: key figures against the baseline, options, what needs attention, what moves most."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pandas as pd
import streamlit as st

from gpsopt.report.charts import area_coverage, movers, tile_map
from gpsopt.runread import Run
from gpsopt.runs import Record
from gpsopt.screens.asking import solve_button, solve_now, told
from gpsopt.screens.attention import attention
from gpsopt.screens.figures import Figures, direct_by_item, figures_of, outlay_by_item, under_way, years_of
from gpsopt.screens.pages import go
from gpsopt.screens.shown import MOST_BESIDE, amounts, chart, lines, named, names, percent, points, tall
from gpsopt.screens.visit import Visit, visit

_WIDE = {"title": 180, "coverage": 76, "worst": 106, "spent": 88, "status": 118}  # pixels of the options' columns


def home() -> None:
    """The page."""
    here = visit()
    told()
    if not here.model:
        start(here)
        return
    if here.record is None:
        first_solve(here)
        return
    run = here.open(here.record)
    year = st.session_state.get("year") or years_of(run)[-1]
    key_figures(here, run, year)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        options(here, year)
    with right:
        attention(here)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        biggest_movers(here, run, year)
    with right:
        rows = area_coverage(run, year)
        table = pd.DataFrame({"area": named(run, here.lang, "areas", rows["area"]),
                              "value": [percent(v) for v in rows["value"]]})  # fmt: skip
        chart(here, tile_map(run, here.look(344), year=year, tall=56), table, "tiles", area=here.term("area"),
              value=here.say("home.coverage"))  # fmt: skip


def start(here: Visit) -> None:
    """A desk without a model: the demo in one click, or one's own data."""
    st.subheader(here.say("home.welcome"), anchor=False)
    st.markdown(here.say("home.what_it_is"))
    offered = here.desk.offered()
    for column, model in zip(st.columns(max(3, len(offered) + 1)), [*offered, None], strict=False):
        with column, st.container(border=True, height=210):
            if model is None:
                st.markdown(f"**{here.say('home.own')}**")
                st.caption(here.say("home.own_says"))
                if st.button(here.say("home.own_button"), key="own"):
                    go("data", here.lang)
                continue
            st.markdown(f"**{model.title(here.lang)}**")
            st.caption(here.say("home.demo_says" if model is offered[0] else "home.model_says"))
            first = model is offered[0]
            if st.button(
                here.say("home.demo_button"), key=f"demo_{model.name}", type="primary" if first else "secondary"
            ):
                open_and_solve(here, model.name)


def open_and_solve(here: Visit, name: str) -> None:
    """Put a model of the library on the desk and solve its baseline."""
    model = next(m for m in here.desk.offered() if m.name == name)
    st.session_state["model"] = here.desk.open_model(model)
    fresh = visit()
    solve_now(fresh, fresh.baseline)


def first_solve(here: Visit) -> None:
    """A model without a finished plan."""
    left, right = st.columns([5, 3], gap="medium")
    with left, st.container(border=True):
        st.markdown(f"**{here.say('home.not_solved')}**")
        st.caption(here.say("home.not_solved_says"))
        if here.baseline:
            solve_button(here, here.baseline, "first")
    with right:
        attention(here)


def key_figures(here: Visit, run: Run, year: int) -> None:
    """One row of figures, each against the pinned baseline with sign and arrow."""
    now = figures_of(run, year)
    pinned = here.baseline_record
    then = None
    if pinned is not None and here.record is not None and pinned.seq != here.record.seq:
        base = here.open(pinned)
        then = figures_of(base, year) if year in years_of(base) else None
    cells: list[tuple[str, str, str | None, Literal["normal", "inverse", "off"]]] = [
        ("budget", _short(here, now.budget), _money(here, now, then, "budget"), "off"),
        ("purchased", _short(here, now.purchased), _money(here, now, then, "purchased"), "off"),
        ("coverage", percent(now.coverage), _points(here, now.coverage, then.coverage if then else None), "normal"),
        ("worst", percent(now.worst_area), _points(here, now.worst_area, then.worst_area if then else None), "normal"),
        ("stranded", _short(here, now.stranded), _money(here, now, then, "stranded"), "inverse"),
        ("goals", f"{now.met} / {now.aimed}" if now.aimed else "—", _count(now, then), "normal"),
    ]
    for column, (name, value, delta, colour) in zip(st.columns(len(cells)), cells, strict=True):
        exact = {"budget": now.budget, "purchased": now.purchased, "stranded": now.stranded}.get(name)
        more = "" if exact is None else f" {here.amount(exact)}"
        moves = bool(delta) and any(digit in "123456789" for digit in delta or "")
        column.metric(
            here.say(f"home.kpi_{name}"), value, delta.replace("−", "-") if delta else None,
            delta_color=colour if moves else "off", delta_arrow="auto" if moves else "off", border=True,
            help=here.say(f"home.kpi_{name}_help") + more,
        )  # fmt: skip


def _short(here: Visit, yuan: Decimal) -> str:
    """An amount that fits its card: exact where there is room, else without decimals (the help says all of it)."""
    text = here.money(yuan)
    return text if len(text) < 10 else text.rpartition(".")[0]


def _money(here: Visit, now: Figures, then: Figures | None, name: str) -> str | None:
    return None if then is None else here.money(getattr(now, name) - getattr(then, name), sign=True)


def _points(here: Visit, now: Decimal | None, then: Decimal | None) -> str | None:
    if now is None or then is None:
        return None
    return points(here, now - then)


def _count(now: Figures, then: Figures | None) -> str | None:
    if then is None or not now.aimed:
        return None
    return f"{now.met - then.met:+d}".replace("-", "−") if now.met != then.met else "0"


def options(here: Visit, year: int) -> None:
    """One row a scenario: the figures of its newest run, and how it stands."""
    st.subheader(here.say("home.options"), anchor=False)
    rows, shown = [], []
    for file in here.scenarios:
        record = next((r for r in here.options if r.scenario == file.name), None) or here.newest(file.name)
        figures, stage = None, ""
        if record is not None and record.planned:
            run = here.open(record)
            figures = figures_of(run, year) if year in years_of(run) else None
            stage = f" · {here.say('bar.under_way')}" if here.once(record, "under_way", under_way) else ""
        elif record is None and file.name != here.baseline:
            continue
        shown.append((file.name, record))
        pin = "★ " if file.name == here.baseline else ""
        rows.append({
            "title": f"{pin}{file.title(here.lang)}{stage}",
            "coverage": percent(figures and figures.coverage), "worst": percent(figures and figures.worst_area),
            "spent": None if figures is None else figures.spent,
            "status": here.status(record) if record is not None else here.say("status.not_solved"),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    table["spent"] = amounts(here, table["spent"])
    broken = lines(table, title=_WIDE["title"], status=_WIDE["status"])
    picked = st.dataframe(
        table, hide_index=True, key="options", on_select="rerun", selection_mode="multi-row", placeholder="—",
        height=tall(table, 6) if broken is None else tall(table, 4, broken), row_height=broken,
        column_config={
            "title": st.column_config.Column(here.term("scenario"), width=_WIDE["title"]),
            **{name: st.column_config.Column(here.say(f"home.{name}"), alignment="right", width=_WIDE[name])
               for name in ("coverage", "worst")},
            "spent": st.column_config.NumberColumn(here.say("home.spent"), format="%,.2f", width=_WIDE["spent"]),
            "status": st.column_config.Column(here.say("home.status"), width=_WIDE["status"]),
        },
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = [shown[place][1] for place in picked["selection"]["rows"] if place < len(shown)]
        beside = [r.seq for r in chosen if r is not None and r.planned and r.scenario != here.baseline]
        if st.button(here.say("home.look"), disabled=len(chosen) != 1, key="look"):
            _look(here, chosen[0])
        if st.button(here.say("home.compare"), disabled=not beside, key="compare"):
            st.session_state["to_compare"] = beside[:MOST_BESIDE]
            go("compare", here.lang)
        if st.button(here.say("home.new_scenario"), key="new"):
            go("scenarios", here.lang)
        if st.button(here.say("home.papers"), key="papers"):
            go("reports", here.lang)
        if not chosen:
            st.caption(here.say("home.pick"))


def _look(here: Visit, record: Record | None) -> None:
    if record is not None and record.planned:
        st.session_state["run"] = record.seq
        go("plan", here.lang)
    go("runs", here.lang)


def biggest_movers(here: Visit, run: Run, year: int) -> None:
    """Against the baseline: where most is bought more or less. For the baseline itself: what leaves direct delivery."""
    pinned = here.baseline_record
    is_it = pinned is None or here.record is None or pinned.seq == here.record.seq
    if is_it:
        now, then = outlay_by_item(run, year), dict[str, Decimal]()
        title, sub = here.say("home.movers_today"), here.say("home.movers_today_sub", year=year)
    else:
        assert pinned is not None
        base = here.open(pinned)
        now, then = outlay_by_item(run, year), outlay_by_item(base, year)
        for item, amount in direct_by_item(run, year).items():
            now[item] = now.get(item, Decimal(0)) + amount
        for item, amount in direct_by_item(base, year).items():
            then[item] = then.get(item, Decimal(0)) + amount
        title, sub = here.say("home.movers"), here.say("home.movers_sub", year=year)
    known = names(run, here.lang, "items")
    change = {item: now.get(item, Decimal(0)) - then.get(item, Decimal(0)) for item in {*now, *then}}
    most = sorted((item for item in change if change[item]), key=lambda item: -abs(change[item]))[:5]
    rows = pd.DataFrame({"name": [known.get(i, i) for i in most], "change": [float(change[i]) for i in most]})
    if rows.empty:
        st.caption(here.say("home.no_movers"))
        return
    table = rows.assign(change=[here.money(change[i], sign=not is_it) for i in most])
    drawing = movers(rows, here.look(640), title=title, subtitle=sub, signed=not is_it)
    chart(here, drawing, table, "movers", name=here.term("item"),
          change=f"{here.term('amount') if is_it else here.say('home.change')} ({here.money_unit})")  # fmt: skip


home()
