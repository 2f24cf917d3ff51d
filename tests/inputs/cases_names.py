"""Identifiers and references: the catalogue's numbers 21 to 34, and hostile names 81 to 85."""

from __future__ import annotations

from .small import Case, Small

NEEDS, OFFERS, ITEMS, UNDERTAKERS = (f"tables/{n}.csv" for n in ("needs", "offers", "items", "undertakers"))
LONG = "x" * 101


def _rename(old: str, new: str):
    """One identifier, everywhere it stands."""

    def change(small: Small) -> None:
        for table, text in small.texts.items():
            rows = small.rows(table)
            small.put(table, [[new if cell == old else cell for cell in row] for row in rows])
            assert text

    return change


def _two_zero_codes(small: Small) -> None:
    _rename("C01", "007")(small)
    small.add("items", "7,,public,,no,no,purchasable,,,10,")


def _long_code(small: Small) -> None:
    _rename("C01", "110101199001010000")(small)


def _lone_group(small: Small) -> None:
    small.cell("offers", 2, "excludes", "tier")


def _offer_of_unneeded_item(small: Small) -> None:
    small.add("items", "C03,,public,,no,no,purchasable,,,10,")
    small.add("offers", "o4,u1,C03,,,9,,,,,1,1,,,,,")


def name(value: str):
    return lambda small: small.cell("undertakers", 2, "name_zh", value)


CASES = (
    Case("case_21_duplicate_id", "duplicate_key", lambda s: s.add("undertakers", "u1,,other,,,,,"),
         UNDERTAKERS, 4, "undertaker", "u1"),
    Case("case_21_duplicate_of_two_columns", "duplicate_key", lambda s: s.add("budgets", "civil,2015,9000"),
         "tables/budgets.csv", 6, "purchaser", "civil, 2015"),
    Case("case_22_case", "key_lookalike", lambda s: s.add("undertakers", "U1,,other,,food,,,"),
         UNDERTAKERS, 4, "undertaker", "U1"),
    Case("case_22_space", "key_lookalike", lambda s: s.add("undertakers", "u 1,,other,,food,,,"),
         UNDERTAKERS, 4, "undertaker", "u 1"),
    Case("case_22_width", "key_lookalike", lambda s: s.add("undertakers", "ｕ１,,other,,food,,,"),
         UNDERTAKERS, 4, "undertaker", "ｕ１"),
    Case("case_22_reference_in_other_case", "reference_lookalike", lambda s: s.cell("offers", 4, "undertaker", "U2"),
         OFFERS, 4, "undertaker", "U2"),
    Case("case_23_zeros_lost_in_a_reference", "reference_zeros",
         lambda s: (_rename("C01", "007")(s), s.cell("offers", 2, "item", "7")),
         OFFERS, 2, "item", "7"),
    Case("case_23_two_codes_apart_by_zeros", "key_zeros", _two_zero_codes, ITEMS, 4, "item", "7", "warning"),
    Case("case_24_long_code_rounded", "key_rounded", _long_code, ITEMS, 2, "item", "110101199001010000", "warning"),
    Case("case_24_code_in_scientific_notation", "code_exponent", _rename("C02", "1.10101E+17"),
         ITEMS, 3, "item", "1.10101E+17"),
    Case("case_25_unknown_purchaser", "reference_unknown", lambda s: s.cell("budgets", 5, "purchaser", "streets"),
         "tables/budgets.csv", 5, "purchaser", "streets"),
    Case("case_25_unknown_item", "reference_unknown", lambda s: s.cell("performance", 2, "item", "C99"),
         "tables/performance.csv", 2, "item", "C99"),
    Case("case_25_unknown_area_in_a_list", "reference_unknown", lambda s: s.cell("offers", 2, "areas", "a1;a9"),
         OFFERS, 2, "areas", "a9"),
    Case("case_25_list_with_commas", "list_separator", lambda s: s.cell("offers", 2, "areas", "a1,a2"),
         OFFERS, 2, "areas", "a1,a2", also=("offer_elsewhere",)),
    Case("case_26_offer_for_an_item_nobody_needs", "offer_unwanted", _offer_of_unneeded_item,
         OFFERS, 5, "item", "C03", "warning"),
    Case("case_26_offer_only_where_nobody_needs_it", "offer_elsewhere", lambda s: s.cell("offers", 4, "areas", "a1"),
         OFFERS, 4, "areas", "", "warning"),
    Case("case_26_listed_need_of_another_item", "offer_need_misfit", lambda s: s.cell("offers", 3, "needs", "n1;n2"),
         OFFERS, 3, "needs", "n2", "warning"),
    Case("case_27_group_of_one", "group_of_one", _lone_group, OFFERS, 2, "excludes", "tier", "warning"),
    Case("case_28_affiliated_to_nobody", "reference_unknown",
         lambda s: s.cell("undertakers", 2, "affiliated_to", "health"), UNDERTAKERS, 2, "affiliated_to", "health"),
    Case("case_29_need_without_demand", "need_without_demand",
         lambda s: (s.cell("needs", 4, "demand", "0"), s.cell("needs", 5, "demand", "0")),
         NEEDS, 4, "demand", "n2", "warning"),
    Case("case_29_blank_demand", "cell_missing", lambda s: s.cell("needs", 4, "demand", ""), NEEDS, 4, "demand"),
    Case("case_32_offer_without_undertaker", "cell_missing", lambda s: s.cell("offers", 2, "undertaker", ""),
         OFFERS, 2, "undertaker"),
    Case("case_33_area_without_need", "area_without_need", lambda s: s.add("areas", "a3,丙区,Third,5"),
         "tables/areas.csv", 4, "area", "a3", "warning"),
    Case("case_34_empty_id", "cell_missing", lambda s: s.add("undertakers", ",某社,other,,,,,"),
         UNDERTAKERS, 4, "undertaker"),
    Case("case_81_path_as_a_name", "text_path", name("../../etc/passwd"),
         UNDERTAKERS, 2, "name_zh", "../../etc/passwd", "note"),
    Case("case_81_path_as_an_id", "text_path", _rename("u1", "../../etc/passwd"),
         UNDERTAKERS, 2, "undertaker", "../../etc/passwd", "note"),
    Case("case_82_device_as_a_name", "text_path", name("CON"), UNDERTAKERS, 2, "name_zh", "CON", "note"),
    Case("case_82_backslash_path", "text_path", name("..\\windows"), UNDERTAKERS, 2, "name_zh", "..\\windows", "note"),
    Case("case_82_newline_in_an_id", "key_unseen", _rename("u1", "u\n1"), UNDERTAKERS, 2, "undertaker", "u\n1"),
    Case("case_82_right_to_left_in_an_id", "key_unseen", _rename("u1", "u\u202e1"),
         UNDERTAKERS, 2, "undertaker", "u\u202e1"),
    Case("case_82_right_to_left_in_a_name", "text_unseen", name("社\u202eabc"),
         UNDERTAKERS, 2, "name_zh", "社\u202eabc", "warning"),
    Case("case_82_300_letters_as_a_name", "text_long", name("字" * 300),
         UNDERTAKERS, 2, "name_zh", "字" * 300, "warning"),
    Case("case_82_101_letters_as_an_id", "key_too_long", _rename("u1", LONG), UNDERTAKERS, 2, "undertaker", LONG),
    Case("case_82_semicolon_in_an_id", "key_separator", _rename("n1", "n;1"), NEEDS, 2, "need", "n;1",
         also=("reference_unknown",)),
    Case("case_83_formula_as_a_name", "text_formula", name("=cmd|' /C calc'!A0"),
         UNDERTAKERS, 2, "name_zh", "=cmd|' /C calc'!A0", "warning"),
    Case("case_83_formula_as_an_id", "key_formula", _rename("u1", "=cmd|x"), UNDERTAKERS, 2, "undertaker", "=cmd|x"),
    Case("case_84_script_as_a_name", "text_markup", name("<script>alert(1)</script>"),
         UNDERTAKERS, 2, "name_zh", "<script>alert(1)</script>", "note"),
    Case("case_84_markdown_image_as_a_name", "text_markup", name("![x](http://example.invalid/a.png)"),
         UNDERTAKERS, 2, "name_zh", "![x](http://example.invalid/a.png)", "note"),
    Case("case_59_ref_in_a_name", "text_formula_error", name("#REF!"), UNDERTAKERS, 2, "name_zh", "#REF!", "warning"),
    Case("need_that_changes_its_area", "need_changes", lambda s: s.cell("needs", 3, "area", "a2"),
         NEEDS, 3, "area", "a2"),
)  # fmt: skip
