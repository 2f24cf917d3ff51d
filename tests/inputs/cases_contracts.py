"""Contracts that cannot be carried out, books that do not tie, catalogues that do nothing or close a matter."""

from __future__ import annotations

from .small import Case, Small

CONTRACTS, CATALOGUE, BUDGETS = (f"tables/{n}.csv" for n in ("contracts", "catalogue", "budgets"))
LOCK = '[[lock]]\nneed = "n1"\nyear = 2015\noffer = "o1"\naward = false\n'


def signed(row: str):
    """A further contract, need to fixed."""
    return lambda small: small.add("contracts", row)


def _refused(small: Small) -> None:
    small.add("contracts", "n1,o1,2015,5,,2015,yes")
    small.more(LOCK)


def _late(small: Small) -> None:
    small.cell("offers", 2, "last_year", "2015")
    small.add("contracts", "n1,o1,2015,5,,2016,yes")


def _two(small: Small) -> None:
    small.add("contracts", "n1,o1,2015,40,,2015,yes")
    small.add("contracts", "n1,o2,2015,20.01,,2015,yes")


def _one_after_another(small: Small) -> None:
    """Each fits the offer; in 2016 both run."""
    small.cell("offers", 3, "max_quantity", "20")
    small.add("contracts", "n1,o2,2015,11,,2016,yes")
    small.add("contracts", "n1,o2,2016,10,,,yes")


def _held_short(small: Small) -> None:
    small.add("contracts", "n1,o2,2015,11,,2016,yes")
    small.add("contracts", "n1,o2,2016,10,,,yes")
    small.more('[[lock]]\nneed = "n1"\nyear = 2016\noffer = "o2"\nquantity = 20\n')


def _no_demand(small: Small) -> None:
    small.cell("needs", 3, "demand", "0")
    small.cell("relations", 2, "year", "2015")
    small.cell("relations", 3, "year", "2015")
    small.add("contracts", "n1,o2,2016,1,,2016,yes")


def _barred(small: Small) -> None:
    small.cell("offers", 4, "price", "60.01")
    small.add("contracts", "n2,o3,2015,2,,2015,yes")


def _closed_later(small: Small) -> None:
    small.cell("catalogue", 2, "last_year", "2015")
    small.add("catalogue", "C02,,government_only,2016,")


CASES = (
    Case("contract_elsewhere", "contract_elsewhere", lambda s: (
        s.cell("offers", 3, "needs", ""), s.cell("offers", 3, "areas", "a2"),
        s.add("contracts", "n1,o2,2015,1,,2015,yes"))[0],
        CONTRACTS, 3, "offer", "o2", also=("offer_elsewhere",)),
    Case("contract_after_its_offer", "contract_offer_year", _late, CONTRACTS, 3, "offer", "o1"),
    Case("contract_without_demand", "contract_without_demand", _no_demand, CONTRACTS, 3, "need", "n1",
         also=("direct_above_demand",)),
    Case("contract_above_the_offer", "contract_too_large", signed("n1,o1,2015,60.5,,2015,yes"),
         CONTRACTS, 3, "quantity", "60.5", also=("contract_above_demand",)),
    Case("contracts_above_the_offer", "contract_too_large", _one_after_another, CONTRACTS, 4, "quantity", "21"),
    Case("contracts_a_lock_holds_less_of", "contract_lock", _held_short, CONTRACTS, 4, "offer", "o2"),
    Case("contracts_above_the_demand", "contract_above_demand", _two, CONTRACTS, 3, "quantity", "60.01"),
    Case("contract_refused_by_a_lock", "contract_lock", _refused, CONTRACTS, 3, "offer", "o1"),
    Case("contract_of_an_excluded_offer", "contract_barred", _barred, CONTRACTS, 3, "offer", "o3", "warning"),
    Case("contract_at_another_price", "contract_amount", lambda s: s.cell("contracts", 2, "amount", "412.49"),
         CONTRACTS, 2, "amount", "412.49", "warning"),
    Case("books_that_differ", "books_differ", lambda s: s.add("budgets", "civil,2014,4012.49"),
         BUDGETS, 6, "amount", "4,012.49", "warning"),
    Case("books_that_tie", "books_tie", lambda s: s.add("budgets", "civil,2014,4012.50"),
         CONTRACTS, None, "amount", "", "note"),
    Case("catalogue_of_other_years", "catalogue_idle", lambda s: s.add("catalogue", "C01,a1,purchasable,2017,"),
         CATALOGUE, 3, "item", "C01", "note"),
    Case("catalogue_of_a_district_not_filed", "catalogue_unfiled",
         lambda s: s.add("catalogue", "C01,a1,purchasable,2015,"), CATALOGUE, 3, "filed", "", "note"),
    Case("catalogue_that_closes", "catalogue_closes", _closed_later, CATALOGUE, 2, "scope", "government_only",
         "warning"),
)  # fmt: skip
