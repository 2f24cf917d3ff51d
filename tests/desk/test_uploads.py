"""Uploads of strangers: what is whole is taken, everything else is refused in words, with nothing stored."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gpsopt.desk import Desk, open_desk
from gpsopt.desk.incoming import receive
from gpsopt.desk.reading import read
from gpsopt.errors import UsageError
from gpsopt.scenario import read_scenario
from gpsopt.workbooks.template import write_template

ROOT = Path(__file__).resolve().parents[2]
TOWN = ROOT / "models" / "town"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "runs", tmp_path / "nothing", "somebody")


def tables() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in TOWN.glob("tables/*.csv")}


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return stream.getvalue()


def nothing_stored(desk: Desk) -> bool:
    kept = [p for p in desk.folder.rglob("*") if p.is_file()] if desk.folder.exists() else []
    return desk.models() == [] and kept == []


def test_tables_and_an_archive_become_the_same_model(desk: Desk) -> None:
    toml = (TOWN / "model.toml").read_bytes()
    assert receive(desk, {**tables(), "model.toml": toml}, "one").model == "one"
    packed = zipped({"town/model.toml": toml, **{f"town/tables/{n}": c for n, c in tables().items()}})
    assert receive(desk, {"town.zip": packed}, "two").model == "two"
    digests = {read_scenario(desk.model_folder(name)).digest() for name in ("one", "two")}
    assert digests == {read_scenario(TOWN).digest()}
    assert {path.stem for path in desk.folder.glob("scenarios/*.toml")} == {"one", "two"}


@pytest.mark.slow
def test_tables_alone_get_the_years_of_their_budgets(desk: Desk) -> None:
    receive(desk, tables(), "mine")
    settings = read_scenario(desk.model_folder("mine")).settings
    assert settings.years == (2015, 2016) and settings.base_year == 2014


def test_an_update_keeps_the_other_tables_and_the_version_before(desk: Desk) -> None:
    receive(desk, {**tables(), "model.toml": (TOWN / "model.toml").read_bytes()}, "mine")
    before = read_scenario(desk.model_folder("mine")).digest()
    changed = tables()["budgets.csv"].replace(b"2015", b"2015", 1)
    lines = changed.decode().splitlines()
    changed = "\n".join([lines[0], *(line for line in lines[1:])]).encode()
    first = lines[1].split(",")
    amount = next(cell for cell in first if "." in cell)
    receive(desk, {"budgets.csv": changed.replace(amount.encode(), b"1234.50", 1)}, "mine", onto="mine")
    after = read_scenario(desk.model_folder("mine"))
    assert after.digest() != before and "1234.50" in str(list(after.tables["budgets"]["amount"]))
    kept = desk.folder / "versions" / "models" / "mine" / "0001"
    assert read_scenario(kept).digest() == before


def test_every_wrong_row_is_named_and_nothing_is_stored(desk: Desk) -> None:
    bad = {**tables(), "budgets.csv": tables()["budgets.csv"].replace(b"2016", b"20l6", 1)}
    answer = receive(desk, {**bad, "model.toml": (TOWN / "model.toml").read_bytes()}, "mine")
    wrong = [f for f in answer.findings if f.severity == "error"]
    assert answer.model == "" and wrong[0].file == "tables/budgets.csv" and wrong[0].row and wrong[0].column == "year"
    assert nothing_stored(desk)


def bomb() -> bytes:
    """An archive that unpacks to far more than it may."""
    return zipped({"tables/offers.csv": b"0" * 250_000_000})


def linked() -> bytes:
    """An archive whose table is a symbolic link to another file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        entry = zipfile.ZipInfo("tables/budgets.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(entry, "/etc/passwd")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"town.zip": b"PK\x03\x04 cut off"}, "upload_not_zip"),
        pytest.param({"picture.zip": b"\x89PNG\r\n\x1a\n" + bytes(100)}, "upload_not_zip", marks=pytest.mark.slow),
        pytest.param({"bomb.zip": None}, "upload_too_large", marks=pytest.mark.slow),
        pytest.param({"notes.csv": b"a,b\n1,2\n"}, "upload_unknown_file", marks=pytest.mark.slow),
        pytest.param({"../../etc/passwd": b"root"}, "upload_unknown_file", marks=pytest.mark.slow),
        pytest.param({"town.zip": zipped({"README.md": b"hello"})}, "upload_empty", marks=pytest.mark.slow),
        pytest.param({"areas.csv": b"area\neast\n"}, "upload_no_years", marks=pytest.mark.slow),
        ({"budgets.csv": bytes(21_000_000)}, "upload_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused_in_words(desk: Desk, files: dict[str, bytes | None], code: str) -> None:
    given = {name: bomb() if content is None else content for name, content in files.items()}
    with pytest.raises(UsageError) as refused:
        receive(desk, given, "mine")
    assert refused.value.code == code
    assert refused.value.text("zh") and refused.value.text("en")
    assert nothing_stored(desk)


def test_names_inside_an_archive_never_become_paths(tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "raw").mkdir(parents=True)
    evil = {f"../../../x/tables/{name}": content for name, content in tables().items()}
    (place / "raw" / "0").write_bytes(zipped({**evil, "/abs/model.toml": (TOWN / "model.toml").read_bytes()}))
    (place / "names.json").write_text('{"0": "evil.zip"}', encoding="utf-8")
    answer = read(place)
    assert {f["code"] for f in answer["findings"] if f["severity"] == "error"} <= {"table_missing"}
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert all(name.startswith("place/") for name in written)


@pytest.mark.slow
def test_a_link_in_an_archive_is_text_not_a_file_of_ours(desk: Desk) -> None:
    with pytest.raises(UsageError) as refused:
        receive(desk, {"linked.zip": linked()}, "mine")
    assert refused.value.code == "upload_no_years" and "root:" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "../up", "a/b", "CON:", "a\x00b", "x" * 70, ".hidden", "a\u202eb"])
def test_names_that_are_no_names_are_refused(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        receive(desk, tables(), name)
    assert refused.value.code == "name_not_usable" and nothing_stored(desk)


def test_the_shipped_models_may_be_opened_again_and_keep_their_scenarios(tmp_path: Path) -> None:
    shutil.copytree(TOWN, tmp_path / "models" / "town")
    desk = open_desk(tmp_path / "runs", tmp_path, "somebody")
    desk.open_model(desk.offered()[0])
    desk.write_scenario("mine", 'base = "town"\n')
    desk.open_model(desk.offered()[0])
    assert desk.models() == ["town"] and (desk.folder / "scenarios" / "mine.toml").exists()
    assert (desk.folder / "versions" / "models" / "town" / "0001" / "model.toml").exists()


def book(tmp_path: Path, wrong: bool) -> bytes:
    """The town's workbook; with a word where money belongs, if wanted."""
    path = tmp_path / "town.xlsx"
    write_template(path, "zh", read_scenario(TOWN), (TOWN / "model.toml").read_text(encoding="utf-8"))
    if wrong:
        workbook = openpyxl.load_workbook(path)
        sheet = workbook[next(name for name in workbook.sheetnames if "budgets" in name or name == "预算")]
        column = next(c.column for row in sheet.iter_rows(max_row=6) for c in row if c.value == "amount")
        row = next(r for r in range(1, 40) if isinstance(sheet.cell(r, column).value, int | float))
        sheet.cell(row, column).value = "many"
        workbook.save(path)
    return path.read_bytes()


@pytest.mark.slow
def test_a_workbook_becomes_a_model_or_comes_back_in_red(desk: Desk, tmp_path: Path) -> None:
    assert receive(desk, {"town.xlsx": book(tmp_path, wrong=False)}, "mine").model == "mine"
    assert read_scenario(desk.model_folder("mine")).digest() == read_scenario(TOWN).digest()
    (tmp_path / "town.xlsx").unlink()
    answer = receive(desk, {"../我的.xlsx": book(tmp_path, wrong=True)}, "wrong", lang="en")
    assert answer.model == "" and desk.models() == ["mine"]
    [finding] = [f for f in answer.findings if f.severity == "error" and f.value == "many"]
    assert all(f.file.startswith("我的.xlsx") for f in answer.findings), "named as it was sent, also for its settings"
    assert finding.file == "我的.xlsx" and finding.row and finding.column == "amount" and finding.sheet
    marked = openpyxl.load_workbook(io.BytesIO(answer.marked))[finding.sheet]
    comments = [c.comment.text for row in marked.iter_rows() for c in row if c.comment is not None]
    assert any("many" in text for text in comments)


@pytest.mark.slow
def test_what_only_looks_like_a_workbook_is_refused_in_words(desk: Desk) -> None:
    answer = receive(desk, {"picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"0" * 900}, "picture")
    assert answer.model == "" and [f.severity for f in answer.findings] == ["error"] and not answer.marked
    with pytest.raises(UsageError) as refused:
        receive(desk, {"a.xlsx": b"", **tables()}, "both")
    assert refused.value.code == "upload_one_book"
    assert nothing_stored(desk)
