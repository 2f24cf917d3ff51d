"""Compare: the pinned baseline and up to three runs beside it: inputs first, then results, who gains and who loses."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pandas as pd
import streamlit as st

from gpsopt.analysis.compare import Contrast
from gpsopt.desk.asking import ask_for_waterfall, waterfall_request
from gpsopt.report.charts import aim_title, area_coverage, movers, tile_map, waterfall
from gpsopt.runs import Record
from gpsopt.screens.asking import told
from gpsopt.screens.empty import nothing_yet
from gpsopt.screens.figures import Figures, figures_of, years_of
from gpsopt.screens.opened import contrast
from gpsopt.screens.pages import go
from gpsopt.screens.shown import (
    MOST_BESIDE,
    ROOM,
    aim_cell,
    amounts,
    bare,
    chart,
    fitted,
    grid,
    lines,
    named,
    names,
    percent,
    points,
    shortened,
    tall,
)
from gpsopt.screens.study import study
from gpsopt.screens.visit import Visit, visit
from gpsopt.tables import SCHEMA
from gpsopt.text import messages

_ROOM = {1: 480, 2: 320, 3: 210}  # pixels of a title, by how many runs stand beside the baseline
_TABLES = {"purchaser": "purchasers", "area": "areas", "item": "items", "undertaker": "undertakers"}


def compare() -> None:
    """The page."""
    here = visit()
    told()
    base = here.baseline_record
    others = [record for record in here.options if base is not None and record.seq != base.seq]
    if base is None:
        nothing_yet(here)
        return
    if not others:
        with st.container(border=True):
            st.markdown(f"**{here.say('beside.needs_two')}**")
            if st.button(here.say("home.new_scenario"), key="empty_scenarios", type="primary"):
                go("scenarios", here.lang)
        return
    chosen = pick(here, base, others)
    if not chosen:
        st.caption(here.say("beside.pick"))
        return
    year = int(st.session_state["year"])
    beside(here, base, chosen, year)
    tabs = st.tabs([_head(here, record, _ROOM[len(chosen)]) for record in chosen])
    for tab, record in zip(tabs, chosen, strict=True):
        with tab:
            one(here, base, record, year)


def pick(here: Visit, base: Record, others: list[Record]) -> list[Record]:
    """Which runs stand beside the baseline."""
    titles = {record.seq: record.title(here.lang) for record in others}
    looked_at = here.record
    first = looked_at.seq if looked_at is not None and looked_at.seq in titles else others[0].seq
    asked = [seq for seq in st.session_state.pop("to_compare", ()) if seq in titles]
    if asked:
        st.session_state["compared"] = asked
    numbers = st.multiselect(
        here.say("beside.which", baseline=base.title(here.lang)), list(titles), default=[first],
        format_func=lambda seq: titles[seq], max_selections=MOST_BESIDE, key="compared",
        placeholder=here.say("app.choose"),
    )  # fmt: skip
    return [record for record in others if record.seq in numbers]


def beside(here: Visit, base: Record, chosen: list[Record], year: int) -> None:
    """Key figures, a column each; beside every figure its difference to the baseline, with sign and arrow."""
    rows: dict[str, dict[str, str]] = {}
    titles = {}
    pinned = figures_of(here.open(base), year)
    for record in (base, *chosen):
        column, then = str(record.seq), None if record.seq == base.seq else pinned
        titles[column] = f"{'★ ' if then is None else ''}{_head(here, record, _ROOM[len(chosen)])}"
        run = here.open(record)
        cells = {here.term("summary.status"): here.status(record)}
        if year in years_of(run):
            cells |= _figures(here, figures_of(run, year), then)
        for name, text in cells.items():
            rows.setdefault(name, {})[column] = text
    table = pd.DataFrame([{"figure": name, **cells} for name, cells in rows.items()]).fillna("—")
    grid(here, table, "beside", figure=here.say("beside.unit", unit=here.money_unit, year=year), **titles)


def _figures(here: Visit, now: Figures, then: Figures | None) -> dict[str, str]:
    """Name -> figure with its change."""
    out = {}
    for name in ("budget", "spent", "purchased", "stranded", "unspent"):
        value = getattr(now, name)
        change = None if then is None else here.money(value - getattr(then, name), sign=True)
        out[here.say(f"beside.{name}")] = _with_change(here.money(value), change)
    for name in ("coverage", "worst_area"):
        value, before = getattr(now, name), None if then is None else getattr(then, name)
        change = None if value is None or before is None else points(here, value - before)
        out[here.say(f"goal.{name}")] = _with_change(percent(value), change)
    out[here.say("home.kpi_goals")] = f"{now.met} / {now.aimed}" if now.aimed else "—"
    return out


def _with_change(value: str, change: str | None) -> str:
    if change is None:
        return value
    if not any(digit in "123456789" for digit in change):
        return f"{value}   ="
    return f"{value}   {'▲' if change.startswith('+') else '▼'} {change}"


def one(here: Visit, base: Record, record: Record, year: int) -> None:
    """One run against the baseline."""
    found = contrast(here.open(base), here.open(record))
    inputs(here, found, record)
    aims(here, found, record)
    who(here, found, record)
    causes(here, base, record)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        districts(here, found, record, year)
    with right:
        awards(here, found, record)


def _head(here: Visit, record: Record, pixels: int = 210) -> str:
    """A run's title as it stands over a column or on a tab; whole where the runs are chosen."""
    return shortened(record.title(here.lang), pixels)


def inputs(here: Visit, found: Contrast, record: Record) -> None:
    """What differs before anything is solved."""
    rows = found.inputs
    st.markdown(f"**{here.say('beside.inputs')}** · {here.say('beside.differ', count=len(rows))}")
    if rows.empty:
        return
    known: dict[str, str] = {}
    for named_table in _TABLES.values():
        known |= names(found.other, here.lang, named_table)
    needs = found.other.frame("coverage").drop_duplicates("need")
    for need, item, area in zip(needs["need"], needs["item"], needs["area"], strict=True):
        known[need] = f"{need} {known.get(item, item)} · {known.get(area, area)}"
    table = rows.head(500).assign(
        key=[" ".join(known.get(word) or _word(here, word, str(t)) for word in str(key).split())
             for key, t in zip(rows["key"].head(500), rows["table"], strict=False)],
        table=[_word(here, str(t), "group") for t in rows["table"].head(500)],
        column=[_word(here, str(c), str(t)) for c, t in zip(rows["column"].head(500), rows["table"], strict=False)],
    )  # fmt: skip
    money = [SCHEMA[t].has(c) and SCHEMA[t].column(c).kind == "money" if t in SCHEMA else False
             for t, c in zip(rows["table"].head(500), rows["column"].head(500), strict=True)]  # fmt: skip
    for side in ("before", "after"):
        cells = zip(table[side], money, strict=True)
        table[side] = [_yuan(cell) if is_money else here.term(str(cell)) for cell, is_money in cells]
    grid(
        here, table.rename(columns={"table": "of", "key": "row"}), f"inputs_{record.seq}", of=here.say("beside.table"),
        row=here.say("beside.row"), column=here.say("beside.column"), before=here.say("beside.before"),
        after=here.say("beside.after"),
    )  # fmt: skip


def _word(here: Visit, key: str, within: str) -> str:
    """The word for a table, a column or a setting; of a user's own codes, themselves."""
    own = f"compare.group_{key}" if within == "group" else f"compare.name_{key}"
    return here.say(own) if own in messages(here.lang) else here.term(key, within)


def _yuan(cell: object) -> str:
    """Money of a table as people read it; what is no number stays as it is."""
    try:
        return f"{Decimal(str(cell)):,.2f}"
    except InvalidOperation:
        return str(cell)


def aims(here: Visit, found: Contrast, record: Record) -> None:
    """Every aim of both; where the change is within the gaps, it is said."""
    rows, look = [], here.look()
    for row in found.aims.to_dict("records"):
        sign = "" if row["better"] is None else "▲ " if row["better"] else "▼ "
        said = here.say("beside.better" if row["better"] else "beside.worse") if row["better"] is not None else "="
        open_ = f" · {here.say('beside.within_gaps')}" if row["open"] else ""
        rows.append({
            "aim": aim_title(str(row["aim"]), look), "before": aim_cell(here, str(row["aim"]), row["before"]),
            "after": aim_cell(here, str(row["aim"]), row["after"]),
            "change": aim_cell(here, str(row["aim"]), row["change"], sign=True),
            "said": f"{sign}{said}{open_}",
        })  # fmt: skip
    st.markdown(f"**{here.say('beside.aims')}**")
    grid(here, pd.DataFrame(rows), f"aims_{record.seq}", aim=here.term("aim"), before=here.say("beside.baseline"),
         after=_head(here, record, 300), change=here.say("home.change"), said=here.say("beside.said"))  # fmt: skip


def who(here: Visit, found: Contrast, record: Record) -> None:
    """Who gains and who loses, over all years."""
    rows = found.movers
    st.markdown(f"**{here.say('beside.who')}**")
    if rows.empty:
        st.caption(here.say("home.no_movers"))
        return
    run, unit = here.open(record), here.look().word("in_unit", unit=here.money_unit)
    for column, (measure, by) in zip(
        st.columns(2, gap="medium"), (("missing", "purchaser"), ("purchased", "undertaker")), strict=True
    ):  # fmt: skip
        part = rows[(rows["measure"] == measure) & (rows["by"] == by)]
        with column:
            if part.empty:
                st.caption(here.say("home.no_movers"))
                continue
            # a smaller shortfall is a gain: the bar shows what is gained
            sign = -1 if measure == "missing" else 1
            label = named(run, here.lang, _TABLES[by], part["key"])
            data = pd.DataFrame({"name": label, "change": [sign * float(c) for c in part["change"]]})
            table = pd.DataFrame({
                "name": label, "before": [here.money(v) for v in part["before"]],
                "after": [here.money(v) for v in part["after"]],
                "change": [here.money(v, sign=True) for v in part["change"]],
            })  # fmt: skip
            drawing = movers(data, here.look(480), title=here.say(f"beside.movers_{measure}"),
                             subtitle=here.say(f"beside.movers_{measure}_sub"), most=8)  # fmt: skip
            chart(
                here, drawing, table, f"{measure}_{record.seq}", name=here.term(by),
                before=here.say("beside.before") + unit, after=here.say("beside.after") + unit,
                change=here.say("home.change") + unit,
            )  # fmt: skip


def causes(here: Visit, base: Record, record: Record) -> None:
    """Which change caused what: worked out on request, in a process of its own."""
    st.markdown(f"**{here.say('beside.causes')}**")
    answer = study(
        here, "waterfall", waterfall_request(base, record), lambda: ask_for_waterfall(here.desk, base, record),
        here.say("beside.find_causes"), f"causes_{record.seq}",
    )  # fmt: skip
    if answer is None:
        return
    aim = st.selectbox(here.term("aim"), answer["aims"], format_func=lambda a: here.term(a, "aims"),
                       key=f"causes_of_{record.seq}", width=260)  # fmt: skip
    parts = pd.DataFrame(answer["parts"][here.lang][aim])
    if parts.empty:
        st.caption(here.say("home.no_movers"))
        return
    look = here.look(900)
    table = parts.assign(part=[aim_cell(here, aim, v, sign=True) for v in parts["part"]],
                         gap_amount=[aim_cell(here, aim, v) for v in parts["gap_amount"]])  # fmt: skip
    unit = aim_title(aim, look).removeprefix(here.term(aim, "aims"))
    chart(here, waterfall(parts, aim, answer["start"][aim], look), table, f"waterfall_{record.seq}",
          name=here.term("change"), part=f"{here.say('beside.part')}{unit}",
          gap_amount=f"{here.say('beside.open')}{unit}")  # fmt: skip


def districts(here: Visit, found: Contrast, record: Record, year: int) -> None:
    """The change of coverage in each district."""
    if year not in years_of(found.other) or year not in years_of(found.base):
        return
    now, then = (dict(zip(rows["area"], rows["value"], strict=True)) for rows in
                 (area_coverage(found.other, year), area_coverage(found.base, year)))  # fmt: skip
    change = {area: now[area] - then[area] for area in now if area in then}
    known = names(found.other, here.lang, "areas")
    table = pd.DataFrame([
        {"area": known.get(a, a), "before": percent(then[a]), "after": percent(now[a]), "change": percent(change[a])}
        for a in sorted(change, key=lambda a: change[a])
    ])  # fmt: skip
    drawing = tile_map(found.other, here.look(440), year=year, values=change, difference=True,
                       title=here.say("beside.map"), subtitle=str(year))  # fmt: skip
    chart(here, drawing, table, f"map_{record.seq}", area=here.term("area"), before=here.say("beside.baseline"),
          after=_head(here, record), change=here.say("home.change"))  # fmt: skip


def awards(here: Visit, found: Contrast, record: Record) -> None:
    """Assumed awards that differ, the most money first."""
    rows = found.awards
    st.markdown(f"**{here.say('beside.awards', count=len(rows))}**")
    rows = rows.head(300)
    run = found.other
    table = pd.DataFrame({
        "kind": [here.say(f"beside.{k}") for k in rows["kind"]], "year": [str(y) for y in rows["year"]],
        "item": named(run, here.lang, "items", rows["item"]), "area": named(run, here.lang, "areas", rows["area"]),
        "undertaker": named(run, here.lang, "undertakers", rows["undertaker"]),
        "change": amounts(here, rows["change"]),
    })  # fmt: skip
    if bare(here, table):
        return
    titles = {"kind": here.say("beside.kind"), "year": here.term("year"), "item": here.say("plan.service"),
              "area": here.term("area"), "undertaker": here.term("undertaker")}  # fmt: skip
    wide = fitted(table, {**titles, "change": here.say("home.change")}, round(0.58 * ROOM))
    high = lines(table, **{name: wide[name] for name in titles})
    st.dataframe(table, hide_index=True, key=f"awards_{record.seq}", placeholder="—", row_height=high,
                 height=tall(table, 12) if high is None else tall(table, 7, high), column_config={
        **{name: st.column_config.Column(title, width=wide[name]) for name, title in titles.items()},
        "change": st.column_config.NumberColumn(here.say("home.change"), format="%,.2f", width=wide["change"],
                                                help=here.money_unit),
    })  # fmt: skip


compare()
