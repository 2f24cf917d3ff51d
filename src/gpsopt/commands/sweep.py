"""gpsopt sweep: many scenarios at once, one table out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gpsopt import terminal
from gpsopt.commandline import Json, Lang, app, finite, there, tongue_of, writable
from gpsopt.terminal import Reply
from gpsopt.text import say


@app.command()
def sweep(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO")],
    vary: Annotated[list[str], typer.Option(metavar="SPEC")],
    out: Annotated[Path, typer.Option()] = Path("sweeps"),
    workers: Annotated[int, typer.Option(min=1, max=256)] = os.cpu_count() or 1,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS")] = None,
    gap: Annotated[float | None, typer.Option(min=0, max=1, callback=finite)] = None,
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

    options = [] if gap is None else ["--gap", str(gap)]
    with terminal.Counted(tongue, "cli.sweeping") as counted:
        answers = terminal.in_background(
            lambda: at_cluster(
                cluster, counted.warn,
                lambda found: run_sweep(points, out.resolve(), options, workers, counted.hear, found),
            )
        )  # fmt: skip
    table = table_of(points, varied, answers)
    table.to_csv(out / "sweep.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    table.to_parquet(out / "sweep.parquet", index=False)
    shown = [c for c in table.columns if c != "run" and not c.startswith("goal_") and not c.endswith("_gap")]
    rows = [tuple("" if v != v else f"{v:,.4f}" if isinstance(v, float) else str(v) for v in row)
            for row in table[shown].itertuples(index=False)]  # fmt: skip
    text = f"{terminal.table(shown, rows)}\n{say('cli.swept', tongue, path=out / 'sweep.csv', points=len(points))}"
    records = [{k: None if v != v else v for k, v in row.items()} for row in table.to_dict("records")]
    return Reply(text=text, document={"path": str(out), "points": len(points), "table": records})
