"""Locks: the catalogue's numbers 30 and 31."""

from __future__ import annotations

from .small import Case, Small

TOML = "models/small/model.toml"


def lock(*entries: str, also: str = ""):
    text = "".join(f"[[lock]]\n{entry}\n" for entry in entries)
    return lambda small: small.more(also + text)


def on(need: str, year: int, rest: str) -> str:
    return f'need = "{need}"\nyear = {year}\n{rest}'


def with_cells(change, *cells: tuple[str, int, str, str]):
    def both(small: Small) -> None:
        for cell in cells:
            small.cell(*cell)
        change(small)

    return both


O1 = 'offer = "o1"\n'
AWARD, REFUSED = O1 + "award = true", O1 + "award = false"
O2 = 'offer = "o2"\naward = true'

CASES = (
    Case("case_30_lock_on_an_unknown_offer", "lock_unknown", lock(on("n1", 2015, 'offer = "o11"\naward = true')),
         TOML, 5, "lock.offer", "o11"),
    Case("case_30_lock_on_an_unknown_need", "lock_unknown", lock(on("n9", 2015, AWARD)), TOML, 5, "lock.need", "n9"),
    Case("case_30_lock_on_an_unknown_year", "lock_year", lock(on("n1", 2017, AWARD)), TOML, 5, "lock.year", "2017"),
    Case("case_30_lock_on_an_offer_of_another_item", "lock_misfit", lock(on("n2", 2015, AWARD)),
         TOML, 5, "lock.offer", "o1"),
    Case("case_30_lock_in_a_year_without_the_offer", "lock_offer_year",
         with_cells(lock(on("n1", 2016, AWARD)), ("offers", 2, "last_year", "2015")), TOML, 5, "lock.offer", "o1"),
    Case("case_30_lock_without_demand", "lock_without_demand",
         with_cells(lock(on("n2", 2015, 'offer = "o3"\naward = true')), ("needs", 4, "demand", "0")),
         TOML, 5, "lock.need", "n2"),
    Case("case_30_lock_on_a_barred_offer", "lock_barred",
         with_cells(lock(on("n1", 2015, AWARD)), ("undertakers", 2, "record", "no")),
         TOML, 5, "lock.offer", "o1", "warning"),
    Case("case_31_award_and_no_award", "lock_contradicts", lock(on("n1", 2015, AWARD), on("n1", 2015, REFUSED)),
         TOML, 10, "lock", "n1, 2015, o1"),
    Case("case_31_no_award_and_a_quantity", "lock_contradicts",
         lock(on("n1", 2015, REFUSED), on("n1", 2015, O1 + "quantity = 5")), TOML, 10, "lock", "n1, 2015, o1"),
    Case("case_31_two_quantities", "lock_contradicts",
         lock(on("n1", 2015, O1 + "quantity = 6"), on("n1", 2015, O1 + "quantity = 5")),
         TOML, 10, "lock", "n1, 2015, o1"),
    Case("case_31_two_direct_quantities", "lock_contradicts",
         lock(on("n1", 2015, "direct = 6"), on("n1", 2015, "direct = 5")), TOML, 9, "lock", "n1, 2015, "),
    Case("case_31_offers_that_exclude_each_other", "lock_excludes",
         with_cells(lock(on("n1", 2015, AWARD), on("n1", 2015, O2)),
                    ("offers", 2, "excludes", "x"), ("offers", 3, "excludes", "x")), TOML, 10, "lock.offer", "o2"),
    Case("case_31_package_torn_apart", "lock_package",
         with_cells(lock(on("n1", 2015, REFUSED), on("n1", 2015, O2)),
                    ("offers", 2, "package", "x"), ("offers", 3, "package", "x")), TOML, 5, "lock.offer", "o1"),
    Case("case_31_more_awards_than_may_win", "lock_awards",
         with_cells(lock(on("n1", 2015, AWARD), on("n1", 2015, O2)), ("needs", 2, "max_awards", "1")),
         TOML, 10, "lock.offer", "o2"),
    Case("case_31_quantities_above_the_demand", "lock_sum",
         lock(on("n1", 2015, O1 + "quantity = 40"), on("n1", 2015, "direct = 30")), TOML, 5, "lock.quantity", "70"),
    Case("case_31_quantity_above_the_offer", "lock_quantity", lock(on("n1", 2015, O1 + "quantity = 61")),
         TOML, 5, "lock.quantity", "61"),
    Case("case_31_quantity_below_the_offer", "lock_quantity", lock(on("n1", 2015, O1 + "quantity = 0.5")),
         TOML, 5, "lock.quantity", "0.5"),
    Case("case_31_quantity_off_the_grid", "lock_off_grid", lock(on("n1", 2015, O1 + "quantity = 5.005")),
         TOML, 5, "lock.quantity", "5.005"),
    Case("case_31_direct_above_today", "lock_direct_above", lock(on("n1", 2015, "direct = 41")),
         TOML, 5, "lock.direct", "41"),
    Case("case_31_direct_that_comes_back", "lock_direct_rises",
         lock(on("n1", 2016, "direct = 20"), on("n1", 2015, "direct = 10")), TOML, 5, "lock.direct", "20"),
    Case("case_31_lock_of_two_things", "lock_one_decision", lock(on("n1", 2015, AWARD + "\nquantity = 5")),
         TOML, 5, "lock.0"),
)  # fmt: skip
