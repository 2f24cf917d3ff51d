"""What a scenario does to its model: changes, drops, additions, bases, locks and settings, in their order."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gpsopt.checks import check
from gpsopt.errors import ScenarioError
from gpsopt.scenario import Scenario, read_scenario

from .small import Small

BASE = 'model = "small"\n'


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def _read(small: Small, text: str, base: str = BASE) -> Scenario:
    scenario = small.read(small.scenario(base + text))
    assert not [finding for finding in scenario.findings if finding.severity == "error"], scenario.findings
    return scenario


def _column(scenario: Scenario, table: str, column: str) -> list[object]:
    return scenario.tables[table][column].tolist()


def test_a_change_rounds_half_up_to_the_columns_precision(small: Small) -> None:
    small.path("controls").unlink()
    small.cell("budgets", 2, "amount", "0.05")
    text = '[[change]]\ntable = "{0}"\nwhere = {{ {1} }}\ncolumn = "{2}"\nscale = {3}\n'
    scenario = _read(small, text.format("budgets", "year = 2015", "amount", 0.9))
    # 0.045 -> 0.05 (half up), 2000 -> 1800; the rows of 2016 stay
    assert _column(scenario, "budgets", "amount") == [Decimal(v) for v in ("0.05", "9500", "1800", "2100.5")]
    counted = _read(small, text.format("needs", 'need = "n1"', "max_awards", 1.25))
    assert _column(counted, "needs", "max_awards") == [3, 3, None, None]
    priced = _read(small, text.format("offers", 'offer = "o1"', "price", 0.3333333))
    assert _column(priced, "offers", "price")[0] == Decimal("26.833331")  # 26.83333065 in six decimals


def test_where_takes_lists_every_condition_and_defaults(small: Small) -> None:
    text = '[[change]]\ntable = "{0}"\nwhere = {{ {1} }}\ncolumn = "{2}"\nset = {3}\n'
    both = _read(small, text.format("needs", 'need = ["n1", "n2"], year = 2016', "weight", 7))
    assert _column(both, "needs", "weight") == [1, 7, 2, 7]
    default = _read(small, text.format("needs", "all_or_nothing = false", "weight", 7))
    assert _column(default, "needs", "weight") == [7] * 4
    empty = _read(small, text.format("needs", 'max_awards = ""', "weight", 7))
    assert _column(empty, "needs", "weight") == [1, 1, 7, 7]
    listed = _read(small, text.format("offers", 'areas = "a2"', "quality", 1))
    assert _column(listed, "offers", "quality") == [1, Decimal("0.7"), 1]


def test_set_empties_an_optional_cell_and_writes_lists(small: Small) -> None:
    text = '[[change]]\ntable = "offers"\nwhere = {{ offer = "o1" }}\ncolumn = "{0}"\nset = {1}\n'
    assert _column(_read(small, text.format("max_quantity", '""')), "offers", "max_quantity")[0] is None
    assert _column(_read(small, text.format("areas", '["a2", "a1"]')), "offers", "areas")[0] == ("a2", "a1")


def test_changes_come_before_drops_and_drops_before_additions(small: Small) -> None:
    """So an addition is not scaled by its own file, and an identifier that is dropped can be added anew."""
    scenario = _read(
        small,
        """
[[add]]
table = "undertakers"
row = { undertaker = "u1", kind = "other", contract_limit = 100 }
[[add]]
table = "offers"
row = { offer = "o1", undertaker = "u1", item = "C01", price = 10 }
[[drop]]
table = "undertakers"
where = { undertaker = "u1" }
[[change]]
table = "offers"
column = "price"
scale = 2
""",
    )
    assert dict(zip(_column(scenario, "offers", "offer"), _column(scenario, "offers", "price"), strict=True)) == {
        "o1": 10, "o2": 170, "o3": 100,
    }  # fmt: skip
    assert _column(scenario, "performance", "undertaker") == [] and _column(scenario, "uses", "offer") == []


def test_changes_apply_in_order(small: Small) -> None:
    change = '[[change]]\ntable = "budgets"\nwhere = {{ purchaser = "street" }}\ncolumn = "amount"\n{0}\n'
    scenario = _read(small, change.format("add = 100") + change.format("scale = 2"))
    assert _column(scenario, "budgets", "amount")[2:] == [Decimal(4200), Decimal("4401.00")]


def test_a_drop_takes_along_what_names_it_and_nothing_else(small: Small) -> None:
    small.cell("undertakers", 3, "affiliated_to", "street")
    small.add("offers", "o4,u2,C01,a2,n1,90,,,,,1,1,,,,,")
    scenario = _read(small, '[[drop]]\ntable = "purchasers"\nwhere = { purchaser = "street" }\n')
    assert set(_column(scenario, "needs", "need")) == {"n1"}
    assert _column(scenario, "budgets", "purchaser") == ["civil", "civil"]
    assert _column(scenario, "undertakers", "affiliated_to") == [None, None]  # the undertaker itself stays
    assert _column(scenario, "relations", "need") == ["n1"]
    (note,) = [f for f in scenario.findings if f.code == "drop_took_along"]
    assert note.details["rows"] == "budgets 2, needs 2, relations 1"
    assert not [f for f in check(scenario) if f.severity == "error"]


def test_a_drop_shortens_lists_and_ends_what_had_one_entry(small: Small) -> None:
    small.cell("offers", 3, "needs", "")
    small.cell("offers", 3, "areas", "a1")
    scenario = _read(small, '[[drop]]\ntable = "areas"\nwhere = { area = "a1" }\n')
    assert _column(scenario, "offers", "offer") == ["o1", "o3"]
    assert _column(scenario, "offers", "areas") == [("a2",), ("a2",)]


def test_a_drop_of_one_year_leaves_the_need(small: Small) -> None:
    scenario = _read(small, '[[drop]]\ntable = "needs"\nwhere = { need = "n1", year = 2016 }\n')
    assert _column(scenario, "direct_lines", "need") == ["n1"]


def test_a_drop_does_not_hide_a_reference_that_was_wrong_before(small: Small) -> None:
    small.cell("offers", 4, "undertaker", "nobody")
    found = small.findings(small.scenario(BASE + '[[drop]]\ntable = "undertakers"\nwhere = { undertaker = "u2" }\n'))
    assert [(f.value, f.row) for f in found if f.code == "reference_unknown"] == [("nobody", 4)]


def test_a_finding_points_at_the_file_that_wrote_the_cell(small: Small) -> None:
    text = BASE + '[[change]]\ntable = "needs"\nwhere = { need = "n1", year = 2016 }\ncolumn = "floor"\nset = 0.95\n'
    path = small.scenario(text)
    (finding,) = [f for f in small.findings(path) if f.code == "floor_above_target"]
    assert (finding.file, finding.row, finding.value) == (str(path), 2, "0.95")
    small.cell("needs", 2, "floor", "0.93")
    rows = {(f.file, f.row) for f in small.findings(path) if f.code == "floor_above_target"}
    assert rows == {(str(path), 2), ("tables/needs.csv", 2)}


def test_a_chain_of_bases_is_followed_from_the_model_outwards(small: Small) -> None:
    text = 'regime = "fees_stay"\n[clauses.continuity]\ntolerance = 0.1\n[goals.coverage]\ntarget = 0.9\n'
    small.scenario(BASE + text, "one")
    small.scenario('base = "one"\n[clauses.continuity]\nenabled = false\n[goals.posts]\ntarget = 5\n', "two")
    scenario = small.read(small.scenario('title = "Third"\nbase = "two"\nregime = "pooled"\nshare = 0.2\n', "three"))
    settings = scenario.settings
    assert (settings.title, settings.title_zh) == ("Third", "")
    assert (settings.regime, settings.clauses.continuity.tolerance) == ("pooled", Decimal("0.1"))
    assert not settings.clauses.continuity.enabled and set(settings.goals) == {"coverage", "posts"}
    assert [Path(file).stem for file in scenario.chain] == ["model", "one", "two", "three"]


def test_base_and_model_may_be_paths(small: Small) -> None:
    small.scenario(BASE, "one")
    deep = small.folder / "scenarios/set/inner.toml"
    deep.parent.mkdir()
    for line in ('base = "../one.toml"', 'model = "../../models/small"', 'base = "../../models/small/model.toml"'):
        deep.write_text(line + "\n", encoding="utf-8")
        assert read_scenario(deep).digest() == small.read().digest()


def test_a_scenario_is_read_from_inside_its_folder(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.scenario(BASE, "one")
    monkeypatch.chdir(small.folder / "scenarios")
    assert read_scenario("one.toml").digest() == small.read().digest()
    monkeypatch.chdir(small.model)
    assert read_scenario(".").name == "small" and read_scenario("model.toml").name == "small"


def test_a_strangers_scenario_reads_nothing_outside_its_folder(small: Small, tmp_path: Path) -> None:
    other = Small(tmp_path / "other")
    path = small.scenario(f'base = "{other.model}/model.toml"\n')
    assert read_scenario(path).tables["areas"] is not None
    with pytest.raises(ScenarioError) as error:
        read_scenario(path, within=small.folder / "scenarios")
    (finding,) = error.value.findings
    assert (finding.code, finding.row, finding.column) == ("base_outside", 1, "base")
    assert finding.line("zh") and finding.line("en")


def test_a_base_never_quotes_what_stands_in_a_file_that_is_no_toml(small: Small) -> None:
    secret = small.folder / "secret.toml"
    secret.write_text("root:x:0:0:password\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        small.read(small.scenario('base = "../secret.toml"\n'))
    assert "password" not in str(error.value) and "secret.toml" in str(error.value)


def test_the_outermost_lock_on_a_decision_holds(small: Small) -> None:
    lock = '[[lock]]\nneed = "n1"\nyear = {0}\n{1}\n'
    offer = 'offer = "o1"\n'
    small.scenario(BASE + lock.format(2015, offer + "award = true") + lock.format(2016, "direct = 30"), "one")
    text = lock.format(2015, offer + "quantity = 20") + lock.format(2015, "direct = 35")
    scenario = _read(small, text, 'base = "one"\n')
    held = {(k.need, k.year, k.offer): (k.award, k.quantity, k.direct) for k in scenario.settings.lock}
    assert held == {
        ("n1", 2015, None): (None, None, Decimal(35)),
        ("n1", 2015, "o1"): (None, Decimal(20), None),
        ("n1", 2016, None): (None, None, Decimal(30)),
    }
    places = scenario.lock_places
    assert Path(places["n1", 2016, ""][0]).stem == "one" and places["n1", 2015, "o1"] == (str(scenario.chain[-1]), 2)


def test_an_award_and_its_quantity_agree(small: Small) -> None:
    lock = '[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o1"\n{0}\n'
    scenario = _read(small, lock.format("quantity = 20") + lock.format("award = true"))
    (held,) = scenario.settings.lock
    assert held.quantity == 20


def test_unit_values_are_those_of_the_model(small: Small) -> None:
    small.cell("items", 2, "cost_standard", "")
    small.cell("items", 3, "cost_standard", "")
    text = '[[change]]\ntable = "offers"\ncolumn = "price"\nscale = 3\n[[drop]]\ntable = "direct_lines"\n'
    assert _read(small, text).unit_values == small.read().unit_values == {"C01": Decimal(90), "C02": Decimal(50)}


def test_a_model_without_departures_and_its_scenario_are_the_same_input(small: Small) -> None:
    assert _read(small, "").digest() == small.read().digest()
    renamed = _read(small, 'title = "Another name"\n')
    assert renamed.title("en") == "Another name" and renamed.title("zh") == "Another name"


def test_a_thousand_additions_are_quick(small: Small) -> None:
    rows = "".join(
        f'[[add]]\ntable = "offers"\nrow = {{ offer = "x{i}", undertaker = "u1", item = "C01", price = {i + 60} }}\n'
        for i in range(1000)
    )
    scenario = _read(small, rows)
    assert len(scenario.tables["offers"]) == 1003


def test_a_term_given_in_a_scenario_is_its_choice(small: Small) -> None:
    """In model.toml it binds from its law on; what either file says of earlier years goes before that."""
    term = "[clauses.contract_term]\nyears = 2\n"
    assert _read(small, term).settings.clauses.contract_term.before_force
    assert not _read(small, f"{term}before_force = false\n").settings.clauses.contract_term.before_force
    small.more(term)
    assert not _read(small, "").settings.clauses.contract_term.before_force
    assert _read(small, "[clauses.contract_term]\nyears = 3\n").settings.clauses.contract_term.before_force


@pytest.mark.parametrize("said", ['title = "Mine"', 'title_zh = "我的"'])
def test_a_title_of_its_own_does_not_keep_the_translation_of_the_base(said: str, tmp_path: Path) -> None:
    town = Path(__file__).parents[2] / "models/town"
    (tmp_path / "mine.toml").write_text(f'{said}\nquestion_zh = "为什么？"\nmodel = "{town}"\n', encoding="utf-8")
    mine = read_scenario(tmp_path / "mine.toml")
    assert {mine.title("zh"), mine.title("en")} == {said.split('"')[1]}
    assert {mine.question("zh"), mine.question("en")} == {"为什么？"}
