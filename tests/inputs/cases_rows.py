"""Cells and rows that cannot all be meant: the catalogue's numbers 35 to 47, and control totals."""

from __future__ import annotations

from .small import Case, Small

NEEDS, OFFERS, LINES, BUDGETS = (f"tables/{n}.csv" for n in ("needs", "offers", "direct_lines", "budgets"))
RELATIONS, CONTRACTS, CONTROLS = (f"tables/{n}.csv" for n in ("relations", "contracts", "controls"))
MODEL = "models/small/model.toml"


def _package(small: Small) -> None:
    small.cell("offers", 2, "package", "k")
    small.cell("offers", 3, "package", "k")


def _package_with_absent_year(small: Small) -> None:
    _package(small)
    small.cell("offers", 3, "last_year", "2015")


def _package_barred(small: Small) -> None:
    _package(small)
    small.cell("offers", 3, "price", "100.50")
    small.cell("offers", 3, "growth", "")


def _only_years_outside(small: Small) -> None:
    small.lines("needs", lambda lines: [lines[0], *(line.replace("201", "202") for line in lines[1:])])


def _no_capacity(small: Small) -> None:
    """A floor of 54 units; 40 are direct, the two offers give 3 and 5."""
    small.cell("needs", 2, "floor", "0.9")
    small.cell("offers", 2, "capacity", "3")
    small.cell("offers", 3, "max_quantity", "5")


def _signed_without_demand(small: Small) -> None:
    small.cell("contracts", 2, "year", "2015")
    small.cell("contracts", 2, "until_year", "2015")
    small.cell("contracts", 2, "fixed", "yes")
    small.cell("needs", 2, "demand", "x")


def _need_of_nobody(small: Small) -> None:
    """Its contract ran in the base year: the books cannot say whose purchase it was."""
    for row in (2, 3):
        small.cell("needs", row, "purchaser", "" if row == 2 else "civil")


def _pooled(small: Small) -> None:
    small.more('regime = "pooled"\nshare = 0.1\n')
    small.cell("purchasers", 3, "area", "")


CASES = (
    Case("case_35_direct_cost_above_the_budget", "deficit", lambda s: s.cell("budgets", 3, "amount", "3599.99"),
         BUDGETS, 3, "amount", "3,599.99", "warning"),
    # what follows from a cell that was refused is not blamed too
    Case("budget_of_a_year_that_was_refused", "below_bound", lambda s: s.cell("budgets", 3, "year", "15"),
         BUDGETS, 3, "year", "15"),
    Case("demand_of_a_contract_that_was_refused", "not_a_number", _signed_without_demand, NEEDS, 2, "demand", "x"),
    Case("avoidable_share_that_was_refused", "share_above_one", lambda s: s.cell("direct_lines", 2, "avoidable", "50"),
         LINES, 2, "avoidable", "50"),
    Case("control_of_a_year_that_was_refused", "below_bound", lambda s: s.cell("controls", 2, "year", "15"),
         CONTROLS, 2, "year", "15"),
    Case("control_of_a_purchaser_nobody_knows", "reference_unknown", lambda s: s.cell("controls", 2, "purchaser", "x"),
         CONTROLS, 2, "purchaser", "x"),
    Case("need_of_nobody_with_contract_and_line", "cell_missing", _need_of_nobody, NEEDS, 2, "purchaser"),
    Case("case_36_floor_above_target", "floor_above_target", lambda s: s.cell("needs", 2, "floor", "0.95"),
         NEEDS, 2, "floor", "0.95"),
    Case("case_37_floors_above_the_budget", "floors_above_budget", lambda s: s.cell("budgets", 3, "amount", "2414.00"),
         BUDGETS, 3, "amount", "2,414.00", also=("deficit",)),
    Case("case_38_floor_above_all_capacity", "floor_above_capacity", _no_capacity, NEEDS, 2, "floor", "0.9"),
    Case("case_39_min_above_max_quantity", "min_above_max", lambda s: s.cell("offers", 4, "min_quantity", "21"),
         OFFERS, 4, "min_quantity", "21"),
    Case("case_39_min_above_capacity", "min_above_capacity", lambda s: s.cell("offers", 4, "capacity", "1"),
         OFFERS, 4, "min_quantity", "2", "warning"),
    Case("case_39_min_awards_above_max", "min_above_max", lambda s: s.cell("needs", 2, "min_awards", "3"),
         NEEDS, 2, "min_awards", "3"),
    Case("case_40_year_outside_the_horizon", "year_outside", lambda s: s.add("budgets", "civil,2019,9000"),
         BUDGETS, 6, "year", "2019", "note"),
    Case("case_40_offer_of_no_model_year", "offer_never", lambda s: s.cell("offers", 2, "last_year", "2014"),
         OFFERS, 2, "first_year", "o1", "warning"),
    Case("case_41_last_before_first_year", "last_before_first", lambda s: s.cell("offers", 2, "last_year", "2013"),
         OFFERS, 2, "last_year", "2013", also=("offer_never",)),
    Case("case_41_contract_ends_before_it_begins", "last_before_first",
         lambda s: s.cell("contracts", 2, "until_year", "2013"), CONTRACTS, 2, "until_year", "2013"),
    Case("case_46_direct_above_demand", "direct_above_demand", lambda s: s.cell("direct_lines", 2, "quantity", "70"),
         LINES, 2, "quantity", "70", "warning"),
    Case("case_47_package_with_absent_year", "package_year_absent", _package_with_absent_year,
         OFFERS, 3, "package", "k", "warning"),
    Case("case_47_package_with_barred_member", "package_barred", _package_barred, OFFERS, 3, "package", "k", "warning"),
    Case("model_without_needs", "no_needs", _only_years_outside, NEEDS, None, "year", "", also=("year_outside",)),
    Case("budget_missing", "budget_missing", lambda s: s.lines("budgets", lambda lines: lines[:-1]),
         BUDGETS, None, "amount", "street"),
    Case("avoidable_missing", "avoidable_missing", lambda s: s.cell("direct_lines", 2, "avoidable", ""),
         LINES, 2, "avoidable"),
    Case("runoff_zero_without_avoidable_one", "runoff_zero", lambda s: s.cell("direct_lines", 2, "runoff_years", "0"),
         LINES, 2, "runoff_years", "0"),
    Case("expenditure_for_nothing", "expenditure_for_nothing", lambda s: s.cell("direct_lines", 2, "quantity", "0"),
         LINES, 2, "quantity", "0"),
    Case("expenditure_for_less_than_a_step", "expenditure_for_nothing",
         lambda s: s.cell("direct_lines", 2, "quantity", "0.009"), LINES, 2, "quantity", "0.009",
         also=("off_grid", "unit_mixed")),
    Case("quantities_off_the_grid", "off_grid", lambda s: s.cell("needs", 4, "demand", "20.5"),
         NEEDS, 4, "demand", "20.5", "note"),
    Case("relation_without_bounds", "relation_unbounded", lambda s: s.column("relations", "at_least", ""),
         RELATIONS, 2, "at_least", "", "warning"),
    Case("relation_with_two_bounds", "relation_bounds_differ", lambda s: s.cell("relations", 3, "at_least", "11"),
         RELATIONS, 3, "at_least", "11"),
    Case("relation_with_crossed_bounds", "min_above_max", lambda s: s.cell("relations", 3, "at_most", "9"),
         RELATIONS, 3, "at_least", "10"),
    Case("relation_crossed_between_rows", "min_above_max",
         lambda s: (s.cell("relations", 3, "at_least", ""), s.cell("relations", 3, "at_most", "9")),
         RELATIONS, 2, "at_least", "10"),
    Case("resource_limited_for_nobody", "resource_unlimited", lambda s: s.cell("uses", 2, "resource", "cooks"),
         "tables/uses.csv", 2, "resource", "cooks", "warning"),
    Case("licence_held_by_nobody", "licence_nobody", lambda s: s.cell("conditions", 2, "licence", "fod"),
         "tables/conditions.csv", 2, "licence", "fod", "warning"),
    Case("pooled_district_unsaid", "district_unsaid", _pooled, "tables/purchasers.csv", 3, "area"),
    Case("contract_of_another_item", "contract_misfit", lambda s: s.cell("contracts", 2, "offer", "o3"),
         CONTRACTS, 2, "offer", "o3"),
    Case("fixed_contract_of_nothing", "contract_empty",
         lambda s: s.write("contracts", "need,offer,year,fixed\nn1,o1,2015,yes\n"), CONTRACTS, 2, "quantity"),
    Case("control_total_differs_by_a_fen", "control_differs", lambda s: s.cell("controls", 2, "amount", "9000.01"),
         CONTROLS, 2, "amount", "9,000.01"),
    Case("control_of_no_table", "control_table", lambda s: s.cell("controls", 2, "table", "budget"),
         CONTROLS, 2, "table", "budget"),
    Case("control_of_no_column", "control_column", lambda s: s.cell("controls", 2, "column", "amonut"),
         CONTROLS, 2, "column", "amonut"),
    Case("control_by_a_year_that_the_table_has_not", "control_scope",
         lambda s: s.write("controls", "table,column,year,amount\ndirect_lines,expenditure,2015,3600\n"),
         CONTROLS, 2, "year", "2015"),
    Case("negative_weight", "weight_negative", lambda s: s.cell("needs", 4, "weight", "-1"),
         NEEDS, 4, "weight", "-1"),
    Case("offer_without_scores", "scores_missing", lambda s: s.cell("offers", 4, "quality", ""),
         OFFERS, 4, "quality", "", "note"),
    Case("offer_with_scores_of_performance", "scores_from_performance", lambda s: s.cell("offers", 2, "quality", ""),
         OFFERS, 2, "quality", "", "note"),
    Case("item_without_unit_value", "unit_value_missing",
         lambda s: (s.cell("items", 3, "cost_standard", ""), s.lines("offers", lambda lines: lines[:-1])),
         "tables/items.csv", 3, "cost_standard", "C02", "warning"),
    Case("item_without_standard", "standard_missing", lambda s: s.cell("items", 3, "cost_standard", ""),
         "tables/items.csv", 3, "cost_standard", "C02", "note"),
    Case("undertaker_without_credit", "credit_missing",
         lambda s: (s.more("[clauses.qualification]\nmin_credit = 60\n"), s.cell("undertakers", 3, "credit", "")),
         "tables/undertakers.csv", 3, "credit", "u2", "warning"),
)  # fmt: skip
