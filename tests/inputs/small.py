"""A small model that is right in every cell, on disk, and ways to make one thing wrong in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gpsopt.cells import UNSEEN
from gpsopt.checks import check
from gpsopt.errors import Finding, ScenarioError, visible
from gpsopt.scenario import Scenario, read_scenario

MODEL = """\
title = "Two services, two districts"
title_zh = "两区两项服务"
years = [2015, 2016]
base_year = 2014
"""

TABLES = {
    "areas": """\
area,name_zh,name_en,population
a1,甲区,First,120000
a2,乙区,Second,80000
""",
    "purchasers": """\
purchaser,name_zh,level,kind,area
civil,民政部门,municipal,administrative_organ,
street,街道,district,administrative_organ,a2
""",
    "items": """\
item,name_zh,kind,domain,livelihood,basic,scope,procedure,unit,cost_standard,divisible
C01,助餐,public,养老,yes,yes,purchasable,contract,人次,100,yes
C02,评估,auxiliary,社区,no,no,purchasable,contract,次,60,no
""",
    "budgets": """\
purchaser,year,amount
civil,2015,9000.00
civil,2016,9500.00
street,2015,2000.00
street,2016,2100.50
""",
    "needs": """\
need,purchaser,item,area,year,demand,target,floor,weight,max_awards
n1,civil,C01,a1,2015,60,0.9,0.5,1,2
n1,civil,C01,a1,2016,60,0.9,0.5,1,2
n2,street,C02,a2,2015,20,0.8,,2,
n2,street,C02,a2,2016,20,0.8,,2,
""",
    "direct_lines": """\
need,quantity,expenditure,avoidable,runoff_years,posts
n1,40,3600.00,0.6,3,2
""",
    "undertakers": """\
undertaker,name_zh,kind,group,licences,credit,capacity,contract_limit
u1,甲社,social_organisation,,food,80,500,900000
u2,乙公司,enterprise,,,75,500,
""",
    "offers": """\
offer,undertaker,item,areas,needs,price,setup,min_quantity,max_quantity,capacity,quality,satisfaction,first_year,last_year,growth,excludes,package
o1,u1,C01,a1;a2,,80.50,10,1,60,100,0.8,0.9,2014,2017,,,
o2,u2,C01,,n1,85,,,,,0.7,0.8,,,0.02,,
o3,u2,C02,a2,,50,,2,20,40,0.9,0.9,,,,,
""",
    "capacities": "undertaker,resource,capacity,year\nu1,cook,900,\n",
    "uses": "offer,resource,use\no1,cook,1.5\n",
    "relations": "relation,need,coefficient,at_least,at_most,year\nr1,n1,1,10,,\nr1,n2,-0.5,10,,\n",
    "catalogue": "item,area,scope,first_year,last_year\nC02,,purchasable,2014,2017\n",
    "conditions": "item,licence,purchaser,relation\nC01,food,,供餐须有食品许可\n",
    "contracts": "need,offer,year,quantity,amount,until_year,fixed\nn1,o1,2014,5,412.50,2014,no\n",
    "performance": "undertaker,item,year,quantity,quality,satisfaction\nu1,C01,2014,5,0.8,0.9\n",
    "controls": "table,column,purchaser,year,amount\nbudgets,amount,civil,2015,9000.00\n",
}


@dataclass
class Small:
    """The model's folder; every method changes the files and leaves the rest as it was."""

    folder: Path
    texts: dict[str, str] = field(default_factory=lambda: dict(TABLES))

    def __post_init__(self) -> None:
        (self.folder / "models/small/tables").mkdir(parents=True)
        (self.folder / "scenarios").mkdir()
        self.toml(MODEL)
        for name in self.texts:
            self.write(name, self.texts[name])

    @property
    def model(self) -> Path:
        return self.folder / "models/small"

    def path(self, table: str) -> Path:
        return self.model / "tables" / f"{table}.csv"

    def toml(self, text: str) -> None:
        (self.model / "model.toml").write_text(text, encoding="utf-8")

    def more(self, text: str) -> None:
        """Lines after the model's settings."""
        self.toml(MODEL + text)

    def scenario(self, text: str, name: str = "s") -> Path:
        path = self.folder / "scenarios" / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def write(self, table: str, text: str | bytes) -> None:
        raw = text if isinstance(text, bytes) else text.encode()
        self.path(table).write_bytes(raw)

    def rows(self, table: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.path(table).read_text(encoding="utf-8"), newline="")))

    def put(self, table: str, rows: list[list[str]]) -> None:
        with self.path(table).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)

    def cell(self, table: str, row: int, column: str, value: str) -> None:
        """Write one cell; `row` is the line of the file, the header is 1. A new column is added at the right."""
        rows = self.rows(table)
        if column not in rows[0]:
            rows = [[*cells, ""] for cells in rows]
            rows[0][-1] = column
        rows[row - 1][rows[0].index(column)] = value
        self.put(table, rows)

    def column(self, table: str, column: str, value: str) -> None:
        """Write one value into every row of a column."""
        for row in range(2, len(self.rows(table)) + 1):
            self.cell(table, row, column, value)

    def add(self, table: str, line: str) -> None:
        """A further line at the end of a table."""
        with self.path(table).open("a", encoding="utf-8", newline="") as stream:
            stream.write(line + "\n")

    def lines(self, table: str, change: Callable[[list[str]], list[str]]) -> None:
        self.write(table, "\n".join(change(self.texts[table].splitlines())) + "\n")

    def read(self, path: Path | None = None) -> Scenario:
        return read_scenario(path or self.model)

    def findings(self, path: Path | None = None) -> tuple[Finding, ...]:
        """Everything found, whether the TOML files could be followed or not."""
        try:
            return check(self.read(path))
        except ScenarioError as error:
            return error.findings


#: what is said of the good model: nothing but the clauses that nobody turned on
GOOD = frozenset(("clauses_idle",))


@dataclass(frozen=True)
class Case:
    """One thing wrong, and the one finding that must name it."""

    name: str
    code: str
    change: Callable[[Small], object]
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: str = "error"
    also: tuple[str, ...] = ()  # codes that follow from it


def try_case(case: Case, folder: Path) -> None:
    """Make the change and demand: this finding, here, with this value, in both languages, and no other kind."""
    small = Small(folder)
    made = case.change(small)
    found = small.findings(made if isinstance(made, Path) else None)
    hits = [finding for finding in found if finding.code == case.code]
    assert hits, sorted({finding.code for finding in found})
    finding = hits[0]
    place = (finding.severity, finding.file.removeprefix(f"{folder}/"), finding.row, finding.column, finding.value)
    assert place == (case.severity, case.file, case.row, case.column, case.value), place
    codes = {f.code for f in found} - GOOD
    assert codes == {case.code, *case.also}, codes
    zh, en = finding.line("zh"), finding.line("en")
    said = (finding.text("en") + finding.cure("en")).replace(visible(case.value), "")
    assert _is_chinese(finding.text("zh")) and _is_chinese(finding.cure("zh")), zh
    assert not _is_chinese(said), en
    for line in (zh, en):
        assert "{" not in line and UNSEEN.search(line) is None, line
        assert case.row is None or str(case.row) in line, line


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)
