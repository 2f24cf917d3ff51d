"""model.toml: the catalogue's numbers 13, 42, 48 and 78 to 80, wrong types and settings that do nothing."""

from __future__ import annotations

from .small import MODEL, Case, Small

TOML = "models/small/model.toml"


def more(text: str):
    return lambda small: small.more(text)


def said(old: str, new: str):
    assert old in MODEL
    return lambda small: small.toml(MODEL.replace(old, new))


def _deep(levels: int):
    return more("x = " + "[" * levels + "]" * levels + "\n")


def _sparse_200_mb(small: Small) -> None:
    with (small.model / "model.toml").open("r+b") as stream:
        stream.truncate(200_000_000)


CASES = (
    Case("case_13_weights_that_do_not_add_up", "score_weights", more("[performance]\nquality = 0.6\n"),
         TOML, 5, "performance"),
    Case("case_42_no_years", "setting_empty", said("[2015, 2016]", "[]"), TOML, 3, "years"),
    Case("case_42_years_missing", "setting_missing", said("years = [2015, 2016]\n", ""), TOML, None, "years"),
    Case("case_42_years_twice", "years_order", said("[2015, 2016]", "[2015, 2015]"), TOML, 3, "years"),
    Case("case_42_base_year_in_the_years", "base_year_late", said("= 2014", "= 2015"), TOML, 4, "base_year"),
    Case("case_48_no_aim_in_the_order", "setting_empty", more("[aims]\norder = []\n"), TOML, 6, "aims.order"),
    Case("case_48_aim_twice", "aim_twice", more('[aims]\norder = ["outlay", "outlay"]\n'), TOML, 6, "aims.order"),
    Case("case_48_unknown_aim", "setting_not_a_choice", more('[aims]\norder = ["outlays"]\n'),
         TOML, 6, "aims.order.0", "outlays"),
    Case("case_78_nested_100_deep", "toml_too_deep", _deep(100), TOML),
    Case("case_78_nested_100000_deep", "toml_too_deep", _deep(100_000), TOML),
    Case("case_79_duplicate_key", "toml_key_twice", more("[clauses.coverage]\nenabled = true\nenabled = true\n"),
         TOML, 7),
    Case("case_79_duplicate_table", "toml_key_twice", more("[aims]\n[aims]\n"), TOML, 6),
    Case("case_80_200_mb", "file_too_large", _sparse_200_mb, TOML),
    Case("toml_syntax", "toml_syntax", more("savings = = 1\n"), TOML, 5),
    Case("toml_not_text", "encoding_unknown", lambda s: (s.model / "model.toml").write_bytes(b"title = '\xff'"), TOML),
    Case("toml_integer_of_4000_digits", "toml_integer", more(f"share = 0x{'f' * 300}\n"), TOML),
    Case("toml_integer_of_9000_digits", "toml_integer", more(f"share = {'9' * 9000}\n"), TOML),
    Case("unknown_key", "key_unknown", more('regmie = "pooled"\n'), TOML, 5, "regmie", "regmie"),
    Case("unknown_key_in_a_clause", "key_unknown", more("[clauses.coverage]\noversuply = true\n"),
         TOML, 6, "clauses.coverage.oversuply", "oversuply"),
    Case("unknown_clause", "key_unknown", more("[clauses.continuty]\n"), TOML, 5, "clauses.continuty", "continuty"),
    Case("unknown_goal", "key_unknown", more("[goals.coverge]\ntarget = 0.9\n"), TOML, 5, "goals.coverge", "coverge"),
    Case("unknown_key_in_a_goal", "key_unknown", more("[goals.coverage]\ntarget = 0.9\ntagret = 1\n"),
         TOML, 7, "goals.coverage.tagret", "tagret"),
    Case("unknown_key_in_a_lock", "key_unknown", more('[[lock]]\nneed = "n1"\nyear = 2015\ndirekt = 3\n'),
         TOML, 8, "lock.0.direkt", "direkt"),
    Case("change_in_a_model", "key_unknown", more("[[change]]\n"), TOML, 5, "change", "change"),
    Case("text_for_a_number", "setting_not_integer", said("= 2014", '= "long ago"'), TOML, 4, "base_year", "long ago"),
    Case("fraction_for_a_year", "setting_not_integer", said("= 2014", "= 2014.5"), TOML, 4, "base_year", "2014.5"),
    Case("text_for_a_share", "setting_not_number", more('share = "half"\n'), TOML, 5, "share", "half"),
    Case("nan_for_a_share", "setting_not_number", more("share = nan\n"), TOML, 5, "share", "NaN"),
    Case("number_beyond_all_for_a_share", "setting_not_number", more("share = 1e99999999999\n"),
         TOML, 5, "share", "NaN"),
    Case("number_for_a_list", "setting_not_list", said("[2015, 2016]", "2015"), TOML, 3, "years", "2015"),
    Case("number_for_a_group", "setting_not_group", more("clauses = 5\n"), TOML, 5, "clauses", "5"),
    Case("number_for_a_text", "setting_not_text", said('"Two services, two districts"', "7"), TOML, 1, "title", "7"),
    Case("word_for_true", "setting_not_true_false", more('[clauses.coverage]\noversupply = "maybe"\n'),
         TOML, 6, "clauses.coverage.oversupply", "maybe"),
    Case("share_above_one_in_settings", "setting_above", more("share = 1.5\n"), TOML, 5, "share", "1.5"),
    Case("year_out_of_bounds", "setting_below", said("= 2014", "= 14"), TOML, 4, "base_year", "14"),
    Case("step_of_nothing", "setting_not_above", more("quantity_step = 0\n"), TOML, 5, "quantity_step", "0"),
    Case("tolerance_of_an_unknown_aim", "key_unknown", more("[aims.tolerance]\nshortfal = 0.1\n"),
         TOML, 6, "aims.tolerance.shortfal", "shortfal"),
    Case("goal_in_percent", "goal_not_share", more("[goals.coverage]\ntarget = 95\n"),
         TOML, 6, "goals.coverage.target"),
    Case("a_year_that_no_table_has", "year_without_budgets", said("[2015, 2016]", "[2015, 2030]"),
         TOML, 3, "years", "2030", also=("year_outside",)),
    Case("step_finer_than_numbers", "grid_too_fine", more("quantity_step = 1e-20\n"),
         TOML, 5, "quantity_step", "0.00000000000000000001"),
    Case("locks_that_are_no_list", "setting_not_list", more("lock = 3\n"), TOML, 5, "lock"),
    Case("a_clause_struck", "clause_struck", more("[clauses.continuity]\nenabled = false\n"),
         TOML, 5, "clauses.continuity", "continuity", "note"),
    Case("pooled_without_a_share", "share_zero", more('regime = "pooled"\n'), TOML, None, "share", "0", "warning"),
    Case("share_without_pooling", "share_idle", more("share = 0.1\n"), TOML, 5, "share", "0.1", "warning"),
    Case("tolerance_of_no_aim", "tolerance_idle", more("[aims.tolerance]\nbenefit = 0.1\n"),
         TOML, 6, "aims.tolerance.benefit", "benefit", "warning"),
    Case("clause_without_parameters", "clause_empty", more("[clauses.undertaker_count]\n"),
         TOML, 5, "clauses.undertaker_count", "undertaker_count", "warning"),
    Case("quality_floor_without_parameters", "clause_empty", more("[clauses.quality_floor]\n"),
         TOML, 5, "clauses.quality_floor", "quality_floor", "warning"),
    Case("count_min_above_max", "min_above_max", more("[clauses.undertaker_count]\nmin = 3\nmax = 2\n"),
         TOML, 6, "clauses.undertaker_count.min", "3"),
    Case("unit_value_of_nothing", "unit_value_zero", more("[unit_values]\nC01 = 0\nC02 = 60\n"),
         TOML, 6, "unit_values.C01", "0", "warning"),
    Case("a_term_before_its_law", "term_before_force", more("[clauses.contract_term]\nyears = 2\n"),
         TOML, 5, "clauses.contract_term", "contract_term", "warning"),
    Case("projects_before_their_guide", "limit_before_guide",
         lambda small: small.toml(MODEL.replace("[2015, 2016]", "[2014, 2015, 2016]").replace("= 2014", "= 2013")
                                  + "[clauses.project_limit]\nmax_awards = 2\n"),
         TOML, 5, "clauses.project_limit", "project_limit", "note", also=("year_without_budgets",)),
    Case("a_term_longer_than_its_law", "term_too_long",
         more("[clauses.contract_term]\nyears = 4\nbefore_force = true\n"),
         TOML, 6, "clauses.contract_term.years", "4", "warning"),
    Case("full_cost_without_a_standard", "competition_idle",
         more("[clauses.equal_competition]\n[clauses.fee_standard]\nenabled = false\n"),
         TOML, 5, "clauses.equal_competition", "equal_competition", "warning", also=("clause_struck",)),
    Case("steps_without_parameters", "steps_empty", more("[clauses.gradual_purchase]\n"),
         TOML, 5, "clauses.gradual_purchase", "gradual_purchase", "warning"),
    Case("a_floor_of_purchase_after_the_model", "gradual_late",
         more("[clauses.gradual_purchase]\nfloor = 0.5\nfrom = 2030\n"),
         TOML, 7, "clauses.gradual_purchase.from", "2030", "warning"),
    Case("a_subsidy_that_is_not_counted", "subsidy_other",
         lambda s: (s.more("[clauses.equal_competition]\n"), s.cell("offers", 2, "subsidy", "3.50"))[0],
         "tables/offers.csv", 2, "subsidy", "o1", "note"),
)  # fmt: skip
