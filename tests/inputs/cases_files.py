"""Whole files: the catalogue's numbers 51 to 66, as far as they concern CSV files."""

from __future__ import annotations

from .small import Case, Small

AREAS = "tables/areas.csv"


def areas(raw: str | bytes):
    return lambda small: small.write("areas", raw)


def _encoded(encoding: str):
    return lambda small: small.write("areas", small.texts["areas"].encode(encoding))


def _separated(mark: str):
    return lambda small: small.write("areas", small.texts["areas"].replace(",", mark))


def _unclosed(small: Small) -> None:
    small.write("areas", 'area,name_zh\na1,甲区\na2,"乙区\na3,丙区\n')


def _titles_below(small: Small) -> None:
    small.lines("areas", lambda lines: [lines[0], "区,中文名称,英文名称,常住人口", *lines[1:]])


def _titles_above(small: Small) -> None:
    small.lines("areas", lambda lines: ["各区一览,,,", *lines])


HEAD, FIRST, SECOND = "area,name_zh,name_en,population", "a1,甲区,First,120000", "a2,乙区,Second,80000"

CASES = (
    Case("case_51_empty_file", "file_empty", areas(""), AREAS),
    Case("case_51_blank_lines_only", "file_empty", areas("\n\n , ,\n"), AREAS),
    Case("case_52_header_only", "header_only", lambda s: s.write("performance", "undertaker,item,year\n"),
         "tables/performance.csv", severity="warning"),
    Case("case_53_missing_table", "table_missing", lambda s: s.path("offers").unlink(), "tables/offers.csv"),
    Case("case_53_no_direct_lines", "table_absent", lambda s: s.path("direct_lines").unlink(),
         "tables/direct_lines.csv", severity="note"),
    Case("case_53_file_with_a_wrong_name", "file_unknown", lambda s: s.write("contract", "need\n"),
         "tables/contract.csv", severity="warning"),
    Case("case_54_demand_column_missing", "column_missing",
         lambda s: s.write("needs", s.texts["needs"].replace("demand", "target_quantity", 0).replace(",demand", "")
                           .replace(",60,", ",").replace(",20,", ",")),
         "tables/needs.csv", 1, "demand"),
    Case("case_54_unknown_column", "column_unknown", lambda s: s.cell("offers", 2, "prise", "1"),
         "tables/offers.csv", 1, "prise", "prise"),
    Case("case_54_title_for_a_name", "column_unknown", lambda s: s.cell("areas", 2, "常住人口", "1"),
         AREAS, 1, "常住人口", "常住人口"),
    Case("case_54_titles_for_all_names", "header_titles", areas(f"区,中文名称,英文名称,常住人口\n{FIRST}\n{SECOND}\n"),
         AREAS, 1, "", "区"),
    Case("case_54_column_without_a_name", "column_unnamed", areas(f"{HEAD},\n{FIRST},5\n{SECOND},\n"), AREAS, 1),
    Case("case_55_column_twice", "column_twice", areas(f"{HEAD},area\n{FIRST},a1\n{SECOND},a2\n"), AREAS, 1, "area"),
    Case("case_60_total_row", "total_row", lambda s: s.add("budgets", "合计,,22600.50"),
         "tables/budgets.csv", 6, "purchaser", "合计"),
    Case("case_60_total_row_without_an_id", "total_row", lambda s: s.add("areas", ",Total:,,200000"),
         AREAS, 4, "name_zh", "Total:"),
    Case("case_61_two_header_rows", "header_twice", _titles_below, AREAS, 2),
    Case("case_61_same_header_twice", "header_twice", lambda s: s.add("areas", HEAD), AREAS, 4),
    Case("case_61_title_above_the_header", "header_twice", _titles_above, AREAS, 2),
    Case("case_62_gb18030", "gb18030", _encoded("gb18030"), AREAS, severity="note"),
    Case("case_62_no_encoding", "encoding_unknown", areas(b"area,name_zh\na1,\xff\xff\xff\n"), AREAS),
    Case("case_63_utf16_with_bom", "utf16", _encoded("utf-16"), AREAS, severity="note"),
    Case("case_63_utf16_without_bom", "nul_bytes", _encoded("utf-16-le"), AREAS),
    Case("case_63_half_a_utf16_letter", "encoding_unknown", areas(b"\xff\xfea\x00r"), AREAS),
    Case("case_64_semicolons", "separator_read", _separated(";"), AREAS, value=";", severity="note"),
    Case("case_64_tabs", "separator_read", _separated("\t"), AREAS, value="\\t", severity="note"),
    Case("case_64_separator_said", "separator_read",
         lambda s: s.write("areas", "sep=;\r\n" + s.texts["areas"].replace(",", ";").replace("\n", "\r\n")),
         AREAS, value=";", severity="note"),
    Case("case_65_unclosed_quote", "quote_broken", _unclosed, AREAS, 3),
    Case("case_65_text_after_a_quote", "quote_broken", areas(f'{HEAD}\n"a1"x,甲区,,\n{SECOND}\n'), AREAS, 2),
    Case("case_66_nul_bytes", "nul_bytes", areas(f"{HEAD}\na\x001,甲区,,\n".encode()), AREAS),
    Case("case_64_too_few_cells", "wrong_cell_count", areas(f"{HEAD}\n{FIRST}\n{SECOND}\na3,丙区\n"), AREAS, 4),
    Case("case_64_too_many_cells", "wrong_cell_count", areas(f"{HEAD}\n{FIRST}\n{SECOND}\na3,丙区,,,5\n"), AREAS, 4),
    Case("case_75_more_rows_than_any_model", "too_many_rows",
         areas("area\n" + "".join(f"x{i}\n" for i in range(250_001))), AREAS, 250_002),
    Case("case_76_more_columns_than_any_table", "too_many_columns", areas("area" + ",x" * 20_000 + "\n"), AREAS, 1),
    Case("a_cell_of_a_book", "cell_too_long", areas(f"{HEAD}\na1,{'字' * 40_000},,\n{SECOND}\n"), AREAS, 2),
    Case("an_unclosed_quote_in_a_large_file", "cell_too_long",
         areas(f'{HEAD}\na1,"甲区,,\n' + f"{SECOND}\n" * 9_000), AREAS, 2),
)  # fmt: skip
