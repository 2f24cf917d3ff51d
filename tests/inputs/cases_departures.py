"""Scenario files: a key not known, a where that matches nothing, arithmetic on nothing, bases that loop."""

from __future__ import annotations

from .small import MODEL, Case, Small

S = "scenarios/s.toml"
BASE = 'model = "small"\n'


def says(text: str):
    return lambda small: small.scenario(BASE + text)


def change(table: str, column: str, way: str, where: str = ""):
    head = f"where = {{ {where} }}\n" if where else ""
    return says(f'[[change]]\ntable = "{table}"\n{head}column = "{column}"\n{way}\n')


def _loop(small: Small):
    small.scenario('base = "s"\n', "t")
    return small.scenario('title = "x"\nbase = "t"\n')


def _other_model(small: Small):
    (small.folder / "models/other").mkdir()
    (small.folder / "models/other/model.toml").write_text(MODEL)
    return small.scenario('title = "x"\nmodel = "smal"\n')


def _empty_price_limit(small: Small):
    return change("offers", "max_quantity", "scale = 2", 'offer = "o2"')(small)


CASES = (
    Case("departure_without_a_base", "base_or_model", lambda s: s.scenario('title = "x"\n'), S),
    Case("departure_with_two_bases", "base_or_model", lambda s: s.scenario(BASE + 'base = "t"\n'), S, 1),
    Case("departure_from_a_model_that_is_not", "base_missing", _other_model, S, 2, "model", "smal"),
    Case("departure_from_itself", "base_loops", _loop, "scenarios/t.toml", 1, "base", "s"),
    Case("departure_from_a_path_that_is_not", "base_missing", lambda s: s.scenario('base = "../../etc/passwd"\n'),
         S, 1, "base", "../../etc/passwd"),
    Case("departure_from_a_name_no_system_takes", "base_missing", lambda s: s.scenario(f'base = "{"x" * 5000}"\n'),
         S, 1, "base", "x" * 5000),
    Case("departure_key_unknown", "key_unknown", says("stages = 1\n"), S, 2, "stages", "stages"),
    Case("departure_key_unknown_in_a_change", "key_unknown",
         says('[[change]]\ntable = "budgets"\ncolumn = "amount"\nscale = 1\n[[change]]\ntable = "budgets"\n'
              'colunm = "amount"\ncolumn = "amount"\nscale = 0.9\n'), S, 8, "change.1.colunm", "colunm"),
    Case("departure_change_without_a_way", "change_one_way", says('[[change]]\ntable = "budgets"\ncolumn = "amount"\n'),
         S, 2, "change.0"),
    Case("departure_change_in_two_ways", "change_one_way", change("budgets", "amount", "scale = 1\nadd = 1"),
         S, 2, "change.0"),
    Case("departure_changes_that_are_no_list", "setting_not_list", says("change = 5\n"), S, 2, "change", "5"),
    Case("departure_where_that_is_no_group", "setting_not_group",
         says('[[drop]]\ntable = "offers"\nwhere = 5\n'), S, 4, "drop.0.where", "5"),
    Case("departure_table_unknown", "table_unknown", change("budget", "amount", "scale = 2"),
         S, 3, "change.table", "budget"),
    Case("departure_column_unknown", "column_not_in_table", change("budgets", "amuont", "scale = 2"),
         S, 4, "change.column", "amuont"),
    Case("departure_where_on_no_column", "column_not_in_table",
         change("budgets", "amount", "scale = 2", 'purchasr = "civil"'), S, 4, "change.where.purchasr", "purchasr"),
    Case("departure_where_that_matches_nothing", "matches_nothing",
         change("budgets", "amount", "scale = 2", 'purchaser = "civl"'), S, 4, "change.where", "purchaser = civl"),
    Case("departure_drop_that_matches_nothing", "matches_nothing",
         says('[[drop]]\ntable = "undertakers"\nwhere = { undertaker = ["u7"] }\n'),
         S, 4, "drop.where", "undertaker = u7"),
    Case("departure_scale_on_an_empty_cell", "change_of_empty", _empty_price_limit,
         S, 6, "change.scale", "max_quantity"),
    Case("departure_add_on_an_empty_cell", "change_of_empty", change("needs", "max_awards", "add = 1"),
         S, 5, "change.add", "max_awards"),
    Case("departure_scale_of_a_text", "not_numeric", change("areas", "name_zh", "scale = 2"),
         S, 5, "change.scale", "name_zh"),
    Case("departure_set_of_a_wrong_type", "not_a_number", change("budgets", "amount", 'set = "much"'),
         S, 5, "change.set", "much"),
    Case("departure_set_of_a_group", "not_a_number", change("budgets", "amount", "set = { a = 1 }"),
         S, 5, "change.set", "a = 1"),
    Case("departure_set_of_a_date", "date_as_number", change("budgets", "amount", "set = 2015-01-01"),
         S, 5, "change.set", "2015-01-01"),
    Case("departure_set_of_nan", "not_a_value", change("budgets", "amount", "set = nan"), S, 5, "change.set", "NaN"),
    Case("departure_set_of_a_required_cell_to_nothing", "cell_required", change("budgets", "amount", 'set = ""'),
         S, 5, "change.set", "amount"),
    Case("departure_scale_below_zero", "change_out_of_bounds", change("budgets", "amount", "scale = -1"),
         S, 5, "change.scale", "-9000"),
    Case("departure_scale_beyond_all", "number_too_large", change("budgets", "amount", "scale = 1e12"),
         S, 5, "change.scale", "9000000000000000"),
    Case("departure_share_above_one", "change_out_of_bounds", change("needs", "target", "scale = 2"),
         S, 5, "change.scale", "1.8"),
    Case("departure_that_makes_twins", "change_makes_twins", change("budgets", "year", "set = 2015"),
         S, 4, "change.column", "civil, 2015"),
    Case("departure_that_cuts_below_a_reference", "reference_unknown",
         change("offers", "undertaker", 'set = "u7"', 'offer = "o1"'), S, 2, "undertaker", "u7"),
    Case("departure_add_of_a_row_that_is_there", "row_exists",
         says('[[add]]\ntable = "budgets"\nrow = { purchaser = "civil", year = 2015, amount = 1 }\n'),
         S, 4, "add.row", "civil, 2015"),
    Case("departure_add_without_a_required_cell", "cell_missing_in_row",
         says('[[add]]\ntable = "budgets"\nrow = { purchaser = "civil", year = 2017 }\n'), S, 4, "add.row", "amount"),
    Case("departure_add_of_an_unknown_column", "column_not_in_table",
         says('[[add]]\ntable = "budgets"\nrow = { purchaser = "civil", yaer = 2017, amount = 1 }\n'),
         S, 4, "add.row.yaer", "yaer"),
    Case("departure_added_row_with_a_wrong_name", "reference_unknown",
         says('[[add]]\ntable = "budgets"\nrow = { purchaser = "cvil", year = 2015, amount = 1 }\n'),
         S, 2, "purchaser", "cvil"),
    Case("departure_drop_takes_along", "drop_took_along",
         says('[[drop]]\ntable = "undertakers"\nwhere = { undertaker = "u2" }\n'), S, 2, severity="note"),
    Case("departure_from_a_control_total", "control_departed", change("budgets", "amount", "scale = 0.99"),
         "tables/controls.csv", 2, "amount", "9,000.00", "note"),
)  # fmt: skip
