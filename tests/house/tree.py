"""The repository's own files, as its tests of order read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "gpsopt"
_ROOMS = ("src", "tests", "models", "scenarios", "benchmarks", "docs", "notebooks", ".ci")
_GENERATED = ("__pycache__", ".egg-info")


def files(*suffixes: str) -> Iterator[Path]:
    """Every file of ours with one of these endings (all without), in order."""
    places = [p for p in ROOT.iterdir() if p.is_file() and p.name != ".git"]  # a worktree's pointer
    places += [p for room in _ROOMS for p in (ROOT / room).rglob("*") if p.is_file()]  # `runs/` is no room of ours
    for path in sorted(places):
        generated = any(word in part for part in path.relative_to(ROOT).parts for word in _GENERATED)
        if not generated and (path.suffix in suffixes or not suffixes):
            yield path


def name(path: Path) -> str:
    """The path as people name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    """The dotted name of a file of the package."""
    parts = ("gpsopt", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def modules() -> dict[str, Path]:
    """Every module of the package: dotted name -> file."""
    return {module(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path: Path, *, at_load: bool = False) -> set[str]:
    """Full names that a file imports; `at_load`: only what is imported when the file is loaded."""
    found: set[str] = set()
    for node in _loaded(parsed(path)) if at_load else ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{name(path)}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _loaded(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run on import: nothing inside functions, nothing for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _loaded(node)
