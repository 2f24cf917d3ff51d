"""Every page of a finished run opens in both languages; nothing of one visitor is seen by another."""

from __future__ import annotations

import re
import time
import tomllib
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from gpsopt import plan_or_end, read_scenario
from gpsopt.desk import Desk, open_desk
from gpsopt.report.charts import Look, bullets
from gpsopt.runfolder import write_run
from gpsopt.runread import read_run
from gpsopt.screens import entry
from gpsopt.screens.builtin import _pairs
from gpsopt.screens.limits import binding_rows
from gpsopt.screens.shown import fitted, lines, points
from gpsopt.screens.visit import Visit
from gpsopt.text import LANGUAGES, term
from tests.prices.test_prices import model
from tests.screens.conftest import ANOTHER, ME, PAGES, ROOT, Open, go, solved, sound, words


def more_money(desk: Desk) -> str:
    """A second scenario on the desk: a tenth more for everybody."""
    change = '[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 1.1\n'
    desk.write_scenario("more", f'title = "More money"\nbase = "town"\n{change}')
    return "more"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_a_finished_run_opens(desk: Desk, show: Open, lang: str) -> None:
    solved(desk, "town")
    solved(desk, more_money(desk))
    at = sound(show(lang=lang))
    for page in PAGES:
        sound(go(at, page) if page != "home" else at)
        assert at.title[0].value == term(f"page_{page}", lang)
        assert at.session_state["lang"] == lang


def test_the_language_switches_at_once_and_is_kept(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    at = show("plan")
    assert at.title[0].value == "结果" and "已核验" in words(at)
    sound(at.button_group(key="language_choice").set_value("en").run())
    assert at.title[0].value == "Plan" and "certified" in words(at)
    assert desk.remembered()["lang"] == "en"
    assert sound(show("plan")).title[0].value == "Plan", "a new session of the same visitor"


def test_a_language_in_the_address_goes_before_the_remembered_one(desk: Desk, show: Open) -> None:
    desk.remember(lang="zh")
    at = show()
    at.query_params["lang"] = "en"
    assert sound(at.run()).title[0].value == "Home" and desk.remembered()["lang"] == "en"
    sound(at.button_group(key="language_choice").set_value("zh").run())
    assert at.title[0].value == "总览" and "zh" in at.query_params["lang"], "chosen on the page: the address follows"


def test_the_plan_says_certified_and_ties_to_its_budgets(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    text = words(sound(show("plan", lang="zh")))
    assert "已核验：每条规则均已精确到分复核" in text
    assert "预算平衡：每个年度、每一分钱都对得上" in text


def test_key_figures_are_those_of_the_run(desk: Desk, show: Open) -> None:
    record = solved(desk, "town")
    at = sound(show(lang="en", unit="yuan", year=2016))
    shown = {m.label: m.value for m in at.metric}
    budgets = read_run(desk.store.path(record)).frame("budgets")
    amount = sum(budgets[budgets["year"] == 2016]["amount"])
    assert shown["Budget"] == f"{amount:,.2f}".removesuffix(".00")


def test_figures_stand_against_the_pinned_baseline_with_their_sign(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    more = solved(desk, more_money(desk))
    at = sound(show(lang="en", run=more.seq, year=2016))
    budget = next(m for m in at.metric if m.label.startswith("Budget"))
    assert budget.delta == "+11.68"
    assert "against baseline" in words(at)


def test_what_rounds_to_nothing_has_no_sign_and_long_texts_break(desk: Desk, show: Open) -> None:
    """A share that hardly moves is no fall; a grid's rows grow as soon as one text is longer than its column."""
    solved(desk, "town")
    solved(desk, more_money(desk))
    here = Visit(desk, "en", "wan", "light")
    assert points(here, Decimal("-0.0004")) == "0.0 points" and points(here, Decimal("-0.0006")) == "−0.1 points"
    assert lines(pd.DataFrame({"title": ["Short"]}), title=180) is None
    assert lines(pd.DataFrame({"title": ["Short", "Providers of elderly care have half the hands"]}), title=180) == 62
    at = sound(show("home", lang="en"))
    assert not any(re.match(r"[-+−]0(\.0+)?\b", str(metric.delta)) for metric in at.metric), [
        m.delta for m in at.metric
    ]


def test_columns_have_room_for_what_nearly_all_of_their_texts_need() -> None:
    words = [*["Sanitation company 217"] * 19, "Environmental-treatment company of the northern districts 269"]
    table = pd.DataFrame({"name": words, "amount": [1234.5] * 20})
    titles = {"name": "Provider", "amount": "Amount"}
    wide = fitted(table, titles)
    assert wide["name"] == fitted(table.head(19), titles)["name"] > 150 and wide["amount"] < 80
    narrow = fitted(table, titles, 200)
    assert sum(narrow.values()) == 200 and narrow["amount"] == wide["amount"], "the wide one gives way"


def test_an_empty_table_says_so_in_the_visitors_language(desk: Desk, show: Open) -> None:
    desk.write_scenario("alike", 'title = "Alike"\nbase = "town"\n')
    solved(desk, "alike")
    solved(desk, "town")
    for lang, said in (("zh", "没有数据行"), ("en", "There are no rows")):
        at = sound(show("compare", lang=lang))
        assert said in words(at)
        assert all(len(frame.value) for frame in at.dataframe), "an empty grid is drawn in English"


def test_the_words_of_a_lost_server_are_this_programs_own() -> None:
    for lang in LANGUAGES:
        said = dict(_pairs(lang))
        assert said["streamlit run yourscript.py"] == "gpsopt app"
        assert not any("Streamlit" in new for old, new in said.items() if "server" in old)


def test_a_goal_bears_one_name_in_its_chart_and_its_table(desk: Desk, show: Open) -> None:
    record = solved(desk, "town")
    at = sound(show("goals", lang="en"))
    names = list(at.dataframe[0].value["goal"])
    drawn = bullets(read_run(desk.store.path(record)), Look("en")).to_dict()["datasets"]
    assert names and {row["name"] for rows in drawn.values() for row in rows if "name" in row} <= set(names)


def test_an_empty_desk_leads_to_the_demo_in_one_click(workplace: Path, show: Open) -> None:
    at = sound(show())
    sound(at.button(key="demo_town").click().run())
    assert at.title[0].value == "求解"
    until = time.monotonic() + 60
    while at.session_state["busy"]:
        assert time.monotonic() < until
        time.sleep(0.3)
        sound(at.run())
    assert "✓ 已核验" in words(at)
    sound(go(at, "plan"))


def test_a_run_that_ends_while_its_page_is_drawn_is_shown(
    desk: Desk, show: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs end by themselves, also between the bar of a page and the page."""
    ended, drawn = [], entry.bar

    def slowly(here: Visit, title: str) -> None:
        drawn(here, title)
        if title == "Runs" and not ended:
            ended.append(solved(desk, "town"))

    monkeypatch.setattr(entry, "bar", slowly)
    at = sound(show("runs", lang="en"))
    assert f"Run `{ended[0].run}` · ✓ certified" in words(at)


def test_a_page_that_has_nothing_to_show_says_where_to_go(workplace: Path, show: Open) -> None:
    for page in ("scenarios", "runs", "plan", "compare", "tradeoffs", "risk", "goals", "explain", "reports"):
        at = sound(show(page, lang="en"))
        assert "No model is open yet" in words(at), page
    assert sound(at.button(key="empty_home").click().run()).title[0].value == "Home"
    desk = open_desk(workplace / "runs", workplace, ME)
    desk.open_model(desk.offered()[0])
    for page in ("plan", "compare", "goals", "explain", "reports"):
        at = sound(show(page, lang="en"))
        assert at.button(key="solve_empty_town").label == "Solve", page


@pytest.mark.parametrize(
    ("budget", "lang", "limit", "words"),
    [
        (100, "en", "The money for purchases of p in 2015", "One yuan more: the livelihood shortfall falls by 4.0000"),
        (150, "zh", "u 2015 年的承接能力", "每多一个单位，民生缺口减少 40.00 元"),
    ],
)
def test_limits_that_bind_are_said_in_words(tmp_path: Path, budget: int, lang: str, limit: str, words: str) -> None:
    """Whose limit it is, and what one more yuan or unit does: no key of a rule, no unit of the solver."""
    run = read_run(write_run(plan_or_end(read_scenario(model(tmp_path / "m", budget))), tmp_path / "runs"))
    [row] = binding_rows(run, 2015, lang).to_dict("records")
    assert row["aim"] == "livelihood_shortfall" and row["limit"] == limit
    assert row["words"].startswith(words)


def test_nobody_sees_what_is_anothers(desk: Desk, show: Open) -> None:
    record = solved(desk, "town")
    for page in PAGES:
        at = show(page, ANOTHER, run=record.seq, model="town", scenario="town", lang="en")
        assert not at.exception
        assert record.run not in words(at) and not at.metric, page
    at = show("plan", ANOTHER, run=record.seq, lang="en")
    assert "No model is open yet" in words(at)


def test_a_stale_result_is_marked_on_every_page(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    table = desk.model_folder("town") / "tables" / "budgets.csv"
    text = table.read_text(encoding="utf-8")
    first = re.search(r"\d+\.\d\d", text)
    assert first is not None
    at = sound(show(lang="en"))
    assert "Out of date" not in words(at)
    table.write_text(text.replace(first[0], "777777.77", 1), encoding="utf-8")
    for page in PAGES:
        assert "Out of date" in words(sound(go(at, page) if page != "home" else at.run())), page
    assert any(button.label == "Solve again" for button in at.button)


def test_a_run_stopped_by_a_fault_of_ours_says_so_without_a_traceback(desk: Desk, show: Open) -> None:
    record = solved(desk, "town")
    (desk.store.path(record) / "budgets.csv").write_text("not,a\ntable", encoding="utf-8")
    at = show("plan", lang="en")
    assert not at.exception and at.error
    assert "Traceback" not in at.error[0].value


def test_the_entry_is_short_and_the_settings_are_the_same_everywhere() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 60
    ours = (ROOT / "src" / "gpsopt" / "screens" / "config.toml").read_text(encoding="utf-8")
    assert (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8") == ours


def test_nothing_is_asked_of_other_machines() -> None:
    said = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert said["browser"]["gatherUsageStats"] is False and said["server"]["address"] == "127.0.0.1"
    assert "http" not in str(said)
    for path in (ROOT / "src" / "gpsopt" / "screens").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text and "https://" not in text and ":material/" not in text, path.name


def test_a_plan_of_the_execution_stage_says_so(desk: Desk, show: Open) -> None:
    solved(desk, "town")
    desk.write_scenario("midyear", 'title = "Mid-year"\nbase = "town"\nstage = "execution"\n')
    record = solved(desk, "midyear")
    at = sound(show(lang="en", run=record.seq))
    assert "**mid-year, in execution**" in words(at)
    titles = list(at.dataframe[0].value["title"])
    assert titles == ["★ A town to check by hand", "Mid-year · mid-year, in execution"]
    assert "A plan of the execution stage" in words(sound(go(at, "plan")))
    assert "年中执行" not in words(sound(show("plan", lang="zh", run=desk.store.runs(desk.owner)[-1].seq)))
    assert "年中执行阶段的方案" in words(sound(show("plan", lang="zh", run=record.seq)))
