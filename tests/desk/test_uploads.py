"""Uploads of strangers: what is whole is taken, everything else is refused in words, with nothing stored."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from gpsopt.desk import Desk, open_desk
from gpsopt.desk.incoming import receive
from gpsopt.desk.reading import read
from gpsopt.errors import UsageError
from gpsopt.scenario import read_scenario

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
