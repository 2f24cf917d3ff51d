"""Distributions that are not whole, and rows that touch nothing: the catalogue's numbers 43 and 44 among them."""

from __future__ import annotations

from .small import Case, Small

FILE = "tables/uncertainty.csv"
HEAD = (
    "uncertainty,factor,per,undertaker,distribution,mean,sd,low,mode,high,values,probabilities,probability,group,"
    "correlation\n"
)
TOML = "models/small/model.toml"


def row(text: str, item: str = "") -> object:
    """A model whose table holds this one row, limited to an item where one is given."""

    def write(small: Small) -> None:
        small.write("uncertainty", f"item,{HEAD}{item},{text}\n")

    return write


def steps(text: str) -> object:
    def write(small: Small) -> None:
        small.more(f"[simulation]\n{text}\n")

    return write


CASES = (
    Case("case_43_probabilities_that_do_not_add_up", "probabilities_sum",
         row("x,demand,need,,discrete,,,,,,0.9;1.1,0.5;0.4,,,"), FILE, 2, "probabilities", "0.5;0.4"),
    Case("case_44_negative_probability", "below_bound",
         row("x,demand,need,,discrete,,,,,,0.9;1.1,0.8;-0.2,,,"), FILE, 2, "probabilities", "0.8;-0.2"),
    Case("case_44_chance_below_zero", "probability_outside", row("x,failure,undertaker,,chance,,,,,,,,-0.1,,"),
         FILE, 2, "probability", "-0.1"),
    Case("a_probability_too_few", "probabilities_count", row("x,demand,need,,discrete,,,,,,0.9;1.1,1,,,"),
         FILE, 2, "probabilities", "1"),
    Case("a_value_that_is_no_number", "not_a_number", row("x,demand,need,,discrete,,,,,,0.9;viel,0.5;0.5,,,"),
         FILE, 2, "values", "0.9;viel"),
    Case("a_distribution_without_its_numbers", "distribution_incomplete", row("x,demand,need,,normal,1,,,,,,,,,"),
         FILE, 2, "sd"),
    Case("a_lognormal_around_nothing", "distribution_mean", row("x,demand,need,,lognormal,0,0.1,,,,,,,,"),
         FILE, 2, "mean", "0"),
    Case("a_triangle_out_of_order", "distribution_order", row("x,demand,need,,triangular,,,1,0.5,2,,,,,"),
         FILE, 2, "high", "2"),
    Case("more_than_all_of_it_late", "rate_above_one", row("x,late_transfer,purchaser,,uniform,,,0,,1.5,,,,,"),
         FILE, 2, "factor", "late_transfer"),
    Case("drawn_for_what_has_no_such_key", "uncertainty_place", row("x,demand,offer,,normal,1,0.1,,,,,,,,"),
         FILE, 2, "per", "offer"),
    Case("limited_to_what_has_no_such_key", "uncertainty_place", row("x,demand,need,u1,normal,1,0.1,,,,,,,,"),
         FILE, 2, "undertaker", "u1"),
    Case("a_failure_by_halves", "distribution_unfit", row("x,failure,undertaker,,triangular,,,0,0,0.1,,,,,"),
         FILE, 2, "distribution", "triangular"),
    Case("a_demand_that_happens_or_not", "distribution_unfit", row("x,demand,need,,chance,,,,,,,,0.1,,"),
         FILE, 2, "distribution", "chance"),
    Case("a_number_that_is_not_used", "distribution_unused", row("x,demand,need,,normal,1,0.1,,,2,,,,,"),
         FILE, 2, "high", "2", "warning"),
    Case("a_factor_in_units", "factor_far", row("x,demand,need,,normal,120,10,,,,,,,,"), FILE, 2, "mean", "120",
         "warning"),
    Case("case_45_a_draw_that_misses_every_need", "uncertainty_idle",
         row("x,price,offer,u1,normal,1,0.1,,,,,,,,", item="C02"), FILE, 2, "uncertainty", "x", "warning"),
    Case("a_correlation_alone", "correlation_alone", row("x,demand,need,,normal,1,0.1,,,,,,,,0.4"),
         FILE, 2, "correlation", "0.4", "warning"),
    Case("a_schedule_that_does_not_go_down", "schedule_order", steps("credit = [[0.5, 0], [0.9, 1], [0, -5]]"),
         TOML, 5, "simulation"),
    Case("a_deduction_above_the_payment", "schedule_share", steps("deductions = [[0.9, 0], [0, 1.5]]"),
         TOML, 5, "simulation"),
)  # fmt: skip
