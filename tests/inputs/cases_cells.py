"""One cell wrong: the catalogue's numbers 1 to 20 and what else a cell can be."""

from __future__ import annotations

from .small import Case, Small

OFFERS, BUDGETS, NEEDS, LINES = (f"tables/{name}.csv" for name in ("offers", "budgets", "needs", "direct_lines"))


def price(value: str):
    return lambda small: small.cell("offers", 2, "price", value)


def amount(value: str):
    return lambda small: small.cell("budgets", 2, "amount", value)


def share(value: str):
    return lambda small: small.cell("needs", 2, "target", value)


def _three_digits_too_many(small: Small) -> None:
    small.cell("budgets", 2, "amount", "10000000000001")


def _far_apart(small: Small) -> None:
    """One of a purchaser's four budgets in ten thousand yuan."""
    small.more("")
    for year in (2017, 2018):
        small.add("budgets", f"civil,{year},9100.00")
    small.cell("budgets", 3, "amount", "0.95")


CASES = (
    Case("case_01_negative_cost", "below_bound", price("-80"), OFFERS, 2, "price", "-80"),
    Case("case_02_blank_cost", "cell_missing", price(""), OFFERS, 2, "price"),
    Case("case_02_blank_cost_of_spaces", "cell_missing", price(" \u3000 "), OFFERS, 2, "price"),
    Case("case_03_thousands_separator", "thousands_separator", amount("9,000.00"), BUDGETS, 2, "amount", "9,000.00"),
    Case("case_04_full_width_digits", "full_width", amount("９０００"), BUDGETS, 2, "amount", "９０００"),
    Case("case_05_scientific", "exponent", amount("9e3"), BUDGETS, 2, "amount", "9e3"),
    Case("case_05_scientific_of_a_number", "exponent", lambda s: s.cell("undertakers", 3, "capacity", "5E+02"),
         "tables/undertakers.csv", 3, "capacity", "5E+02"),
    Case("case_06_nan", "not_a_value", amount("NaN"), BUDGETS, 2, "amount", "NaN"),
    Case("case_07_infinity", "infinite", amount("inf"), BUDGETS, 2, "amount", "inf"),
    Case("case_09_three_decimals_of_money", "too_many_decimals", amount("9000.005"), BUDGETS, 2, "amount", "9000.005"),
    Case("case_09_seven_decimals_of_price", "too_many_decimals", price("80.1234567"), OFFERS, 2, "price", "80.1234567"),
    Case("case_10_above_1e15_fen", "unit_error", _three_digits_too_many, BUDGETS, 2, "amount", "10000000000001",),
    Case("case_11_yuan_and_wan_mixed", "unit_mixed", _far_apart, BUDGETS, 3, "amount", "0.95", "warning",
         also=("year_outside", "deficit", "floors_above_budget")),
    Case("case_11_price_in_wan", "unit_mixed", price("0.00805"), OFFERS, 2, "price", "0.00805", "warning",
         also=("contract_amount",)),
    Case("case_11_standard_in_wan", "unit_mixed", lambda s: s.cell("items", 2, "cost_standard", "0.01"),
         "tables/items.csv", 2, "cost_standard", "0.01", "warning"),
    Case("case_12_five_as_a_share", "share_above_one", share("5"), NEEDS, 2, "target", "5"),
    Case("case_12_percent_sign", "percent_sign", share("5%"), NEEDS, 2, "target", "5%"),
    Case("case_12_growth_in_percent", "growth_large", lambda s: s.cell("direct_lines", 2, "growth", "3"),
         LINES, 2, "growth", "3", "warning", also=("deficit",)),
    Case("case_14_score_off_its_scale", "above_bound", lambda s: s.cell("undertakers", 3, "credit", "101"),
         "tables/undertakers.csv", 3, "credit", "101"),
    Case("case_14_quality_in_points", "share_above_one", lambda s: s.cell("offers", 3, "quality", "85"),
         OFFERS, 3, "quality", "85", also=("scores_missing",)),
    Case("case_15_negative_budget", "below_bound", amount("-9000"), BUDGETS, 2, "amount", "-9000"),
    Case("case_16_zero_budget", "budget_zero", lambda s: s.cell("budgets", 5, "amount", "0"),
         BUDGETS, 5, "amount", "0", "warning"),
    Case("case_17_yen_sign", "currency_sign", amount("¥9000.00"), BUDGETS, 2, "amount", "¥9000.00"),
    Case("case_17_unit_after_the_number", "currency_sign", amount("0.9万元"), BUDGETS, 2, "amount", "0.9万元"),
    Case("case_18_date_in_money", "date_as_number", amount("2015-09-01"), BUDGETS, 2, "amount", "2015-09-01"),
    Case("case_19_dash_for_empty", "dash_for_empty", amount("—"), BUDGETS, 2, "amount", "—"),
    Case("case_20_undecided", "undecided", amount("待定"), BUDGETS, 2, "amount", "待定"),
    Case("case_58_formula_as_text", "formula_text", amount("=SUM(C3:C9)"), BUDGETS, 2, "amount", "=SUM(C3:C9)"),
    Case("case_59_ref_in_a_number", "formula_error", amount("#REF!"), BUDGETS, 2, "amount", "#REF!"),
    Case("case_59_ref_in_a_code", "formula_error", lambda s: s.cell("offers", 4, "undertaker", "#REF!"),
         OFFERS, 4, "undertaker", "#REF!"),
    Case("word_for_a_number", "not_a_number", amount("nine thousand"), BUDGETS, 2, "amount", "nine thousand"),
    Case("foreign_digits", "not_a_number", amount("٩٠٠٠"), BUDGETS, 2, "amount", "٩٠٠٠"),
    Case("not_a_whole_number", "not_integer", lambda s: s.cell("needs", 2, "max_awards", "2.5"),
         NEEDS, 2, "max_awards", "2.5"),
    Case("a_5000_digit_number", "too_many_digits", lambda s: s.cell("relations", 2, "coefficient", "0." + "1" * 5000),
         "tables/relations.csv", 2, "coefficient", "0." + "1" * 5000),
    Case("a_quantity_beyond_all", "number_too_large", lambda s: s.cell("offers", 2, "capacity", "9" * 40),
         OFFERS, 2, "capacity", "9" * 40),
    Case("a_choice_that_is_none", "not_a_choice", lambda s: s.cell("items", 2, "scope", "buyable"),
         "tables/items.csv", 2, "scope", "buyable"),
    Case("neither_yes_nor_no", "not_yes_no", lambda s: s.cell("items", 2, "livelihood", "是"),
         "tables/items.csv", 2, "livelihood", "是"),
    Case("year_below_bound", "below_bound", lambda s: s.cell("offers", 2, "first_year", "14"),
         OFFERS, 2, "first_year", "14"),
)  # fmt: skip
