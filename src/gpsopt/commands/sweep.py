"""gpsopt sweep: many scenarios at once, one table out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, there, tongue_of, writable
from gpsopt.terminal import Reply
from gpsopt.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gpsopt.sweep.grid import Point, Vary

#: sums whose futures are shown
_LED: Final = ("livelihood_shortfall", "shortfall", "outlay")


@app.command()
def sweep(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    vary: Annotated[list[str], typer.Option(metavar="SPEC")],
    out: Annotated[Path, typer.Option()] = Path("sweeps"),
    workers: Annotated[int, typer.Option(min=1, max=256)] = os.cpu_count() or 1,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
    draws: Annotated[int | None, typer.Option(min=1, max=1_000_000)] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
    lang: Lang = None,
) -> Reply:
    there(scenario)
    writable(out)
    tongue = tongue_of()
    from gpsopt.cluster.connection import at_cluster
    from gpsopt.sweep.grid import points_of, vary_of
    from gpsopt.sweep.run import sweep as run_sweep
    from gpsopt.sweep.run import table_of

    varied = [vary_of(text) for text in vary]
    points = points_of(scenario.resolve(), varied, out.resolve())

    if draws:
        from gpsopt.sweep.futures import refuse_certain

        refuse_certain(scenario)
    options = [] if gap is None else ["--gap", str(gap)]
    with terminal.Counted(tongue, "cli.sweeping") as counted:
        answers = terminal.in_background(
            lambda: at_cluster(
                cluster, counted.warn,
                lambda found: run_sweep(points, out.resolve(), options, workers, counted.hear, found, tongue),
            )
        )  # fmt: skip
    table = table_of(points, varied, answers)
    lines: list[str] = []
    document: dict[str, Any] = {}
    if draws:
        table, document = _with_futures(table, points, varied, answers, out.resolve(), draws, seed, workers, tongue)
        lines.append(say("cli.swept_draws", tongue, path=out / "draws.csv", draws=f"{draws:,}", seed=seed))
    _write(table, out / "sweep.csv")
    labels = {v.label for v in varied}
    lines.insert(0, _shown(table, [c for c in table.columns if c != "run" and not c.startswith("goal_")
                                   and not c.endswith(("_gap", "_mean", "_worst_decile"))], labels))  # fmt: skip
    if any(c.endswith("_mean") for c in table.columns):
        led = [f"{name}_{of}" for name in _LED for of in ("mean", "worst_decile")]
        chosen = ["point", *(v.label for v in varied), *(c for c in led if c in table.columns)]
        lines.insert(1, _shown(table, chosen, labels, 2))
    lines.append(say("cli.swept", tongue, path=out / "sweep.csv", points=len(points)))
    records = [{k: None if v != v else v for k, v in row.items()} for row in table.to_dict("records")]
    return Reply(text="\n".join(lines), document={"path": str(out), "points": len(points), **document,
                                                  "table": records})  # fmt: skip


def _with_futures(
    table: pd.DataFrame, points: list[Point], varied: list[Vary], answers: list[Mapping[str, Any]], out: Path,
    draws: int, seed: int, workers: int, tongue: str,
) -> tuple[pd.DataFrame, dict[str, Any]]:  # fmt: skip
    """The table with what the futures of each plan come to; draws.csv and draws.parquet stand in the folder."""
    from gpsopt.sweep.futures import futures_of, over_futures

    with terminal.Counted(tongue, "cli.sweep_living") as counted:
        futures = terminal.in_background(
            lambda: futures_of(points, varied, answers, out, draws, seed, counted.hear, workers)
        )  # fmt: skip
    _write(futures, out / "draws.csv")
    return table.merge(over_futures(futures), on="point", how="left"), {"draws": draws, "seed": seed}


def _write(table: pd.DataFrame, target: Path) -> None:
    table.to_csv(target, index=False, encoding="utf-8-sig", lineterminator="\n")
    table.to_parquet(target.with_suffix(".parquet"), index=False)


def _shown(table: pd.DataFrame, columns: list[str], as_given: set[str], digits: int = 4) -> str:
    """The columns as a table for people, those that were varied `as_given`."""

    def cell(column: str, value: object) -> str:
        if value != value:
            return ""
        if not isinstance(value, float):
            return str(value)
        return f"{value:.15g}" if column in as_given else f"{value:,.{digits}f}"

    rows = [tuple(cell(c, v) for c, v in zip(columns, row, strict=True))
            for row in table[columns].itertuples(index=False)]  # fmt: skip
    return terminal.table(columns, rows)
