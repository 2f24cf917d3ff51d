"""Imports run one way, every file is short, and names say what a file is about."""

from __future__ import annotations

import ast

from tests.house.tree import PACKAGE, files, imported, modules, name, parsed

#: who may import whom: a room knows its own group and those above, never one below
ORDER = (
    ("text", "errors", "money"),
    ("tables", "settings", "figures", "sheet", "cells", "csvfile", "tomlfile", "read", "controls", "unitvalue",
     "settingkeys", "departure", "dictionary", "changes", "givenplan", "scenario"),
    ("checks",),
    ("compiler", "cluster"),
    ("model",),
    ("solving",),
    ("plan",),
    ("verify",),
    ("runfolder", "runread", "planning", "whatif", "nofit", "runs", "starter", "seeking", "written", "handplan",
     "workbooks", "datapackage"),
    ("analysis", "simulation", "sweep"),
    ("report",),
    ("jobs",),
    ("desk",),
    ("terminal",),
    ("helppage",),
    ("commandline",),
    ("commands",),
    ("cli", "screens"),
    ("start",),
    ("__main__",),
)  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
MOST_LINES, MOST_IN_A_FUNCTION = 400, 60


def room(full: str) -> str:
    return full.split(".")[1] if "." in full else ""


def test_every_room_has_its_place() -> None:
    rooms = {room(full) for full in modules()} - {""}
    assert rooms <= set(RANK), f"give these a place in ORDER: {sorted(rooms - set(RANK))}"


def test_imports_run_one_way() -> None:
    wrong = []
    for full, path in modules().items():
        if full == "gpsopt":  # the front door names what stands in the rooms, and loads it at first use
            continue
        for used in imported(path):
            if used.startswith("gpsopt.") and room(used) in RANK and RANK[room(used)] > RANK[room(full)]:
                wrong.append(f"{full} imports {used}")
    assert wrong == []


def test_there_are_no_loops() -> None:
    known = modules()
    edges = {
        full: {m for used in imported(path, at_load=True) for m in (used, used.rpartition(".")[0]) if m in known}
        for full, path in known.items()
    }
    done: set[str] = set()

    def visit(full: str, path: tuple[str, ...]) -> None:
        assert full not in path, " -> ".join((*path[path.index(full) :], full))
        if full not in done:
            for used in sorted(edges[full] - {full}):
                visit(used, (*path, full))
            done.add(full)

    for full in known:
        visit(full, ())


def test_verify_knows_nothing_of_what_makes_the_plan() -> None:
    for full, path in modules().items():
        if room(full) == "verify":
            for used in imported(path):
                assert room(used) not in ("model", "compiler", "solving", "plan", "planning"), f"{full}: {used}"


def test_one_room_speaks_to_the_solver_and_two_to_pyomo() -> None:
    allowed = {"highspy": {"solving"}, "pyomo": {"model", "compiler", "solving"}}
    for full, path in modules().items():
        for used in imported(path):
            outside = used.split(".")[0]
            assert room(full) in allowed.get(outside, {room(full)}), f"{full} imports {used}"


def test_files_and_functions_are_short() -> None:
    wrong = []
    for path in files(".py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines >= MOST_LINES:
            wrong.append(f"{name(path)}: {lines} lines")
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_IN_A_FUNCTION:
                    wrong.append(f"{name(path)}: {node.name} {length} lines")
    assert wrong == []


def test_no_file_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "core", "common", "helpers", "helper", "base", "misc", "shared", "lib"}
    for path in files(".py"):
        assert path.stem not in drawers and not drawers & set(path.parent.parts[-1:]), name(path)


def test_every_file_of_the_package_says_what_it_is() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        text = ast.get_docstring(parsed(path))
        assert text or path.stat().st_size == 0, f"{name(path)} has no docstring"


def test_package_data_is_shipped() -> None:
    """Every file of the package that is no code stands in the list of what an installation contains."""
    import tomllib

    config = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = config["tool"]["setuptools"]["package-data"]["gpsopt"]
    shipped = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    for path in files():
        if path.is_relative_to(PACKAGE) and path.suffix != ".py":
            assert path in shipped, f"{name(path)} is not in package-data"


def test_the_map_in_the_readme_names_every_room() -> None:
    text = (PACKAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    rooms = [p for p in sorted(PACKAGE.iterdir()) if p.suffix == ".py" or (p / "__init__.py").exists()]
    for path in rooms:
        if path.stem not in ("__init__", "__main__"):
            shown = path.name if path.is_file() else f"{path.name}/"
            assert shown in text, f"{shown} is missing in the map of README.md"


def test_only_one_configuration_file() -> None:
    stray = {"setup.py", "setup.cfg", "tox.ini", "pytest.ini", "mypy.ini", "ruff.toml", ".coveragerc", "uv.lock"}
    assert not stray & {path.name for path in files()}


def test_walks_see_the_tree() -> None:
    """The walks above look at something: a room moved elsewhere would otherwise pass unseen."""
    assert len(modules()) > 60 and len(list(files(".py"))) > 100
    assert "gpsopt.errors.Finding" in imported(PACKAGE / "checks" / "__init__.py", at_load=True)
    assert not any("planning" in used for used in imported(PACKAGE / "commands" / "solve.py", at_load=True))
    assert "gpsopt.planning.plan_or_end" in imported(PACKAGE / "commands" / "solve.py")
