"""Studies: work that answers with figures rather than with a run; the answer is kept as JSON on the board.

`frontier` (arguments: name, aims, points): the scenario of the job's folder -> points, each with the text of the
scenario that it is.
`alternatives` (arguments: name, within, count): plans that differ most from the best and are nearly as good.
`waterfall` (arguments: base, other: run folders within the store): which change caused what.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gpsopt.jobs.board import Board, Job, News
from gpsopt.jobs.snapshot import snapshot


def frontier(board: Board, job: Job, watch: Any) -> None:
    """The efficient frontier between two aims."""
    from gpsopt.analysis.frontier import frontier as frontier_of

    given = job.given
    found = frontier_of(snapshot(board, job), given["aims"], given["points"], progress=teller(board, job))
    place = board.folder / "scenarios" / f"{given['name']}.toml"  # only its name is written
    found = replace(found, source=place)
    points = [
        {"point": p.number, "values": p.values, "bounds": p.bounds,
         "text": on_its_desk(found.scenario_text(p, place.parent), str(given["name"]))}
        for p in found.points
    ]  # fmt: skip
    answer = {"aims": list(found.aims), "plans": found.are_plans, "points": points, "tried": found.tried}
    board.end(job.job, "finished", result=json.dumps(answer, ensure_ascii=False))


def alternatives(board: Board, job: Job, watch: Any) -> None:
    """Plans that differ most and are nearly as good: their aims, what they share, and the awards that are open."""
    from gpsopt.analysis.alternatives import alternatives as alternatives_of

    given = job.given
    found = alternatives_of(snapshot(board, job), given["within"], given["count"])
    shared = [None, *(near.shared for near in found.others)]
    plans = [
        {"certified": plan.certified, "shared": part, "awards": len(plan.allocation),
         "aims": {aim["name"]: float(aim["plan_value"]) for aim in plan.summary["aims"]}}
        for plan, part in zip(found.plans, shared, strict=True)
    ]  # fmt: skip
    awards = found.awards[found.awards["state"] == "open"].head(200)
    columns = {str(name): [_said(v) for v in awards[name]] for name in awards.columns}
    pages = {lang: found.page(lang) for lang in ("zh", "en")}
    safe = int((found.awards["state"] == "safe").sum())
    answer = {"plans": plans, "open": columns, "safe": safe, "count": len(found.awards), "pages": pages}
    board.end(job.job, "finished", result=json.dumps(answer, ensure_ascii=False))


def waterfall(board: Board, job: Job, watch: Any) -> None:
    """The difference of two runs, shared out among the changes that lead from one to the other."""
    from gpsopt.analysis.compare import Contrast
    from gpsopt.analysis.compare.attribution import waterfall as waterfall_of
    from gpsopt.runread import read_run

    base, other = (read_run(board.folder / job.given[side]) for side in ("base", "other"))
    found = waterfall_of(Contrast(other.name, base, other), progress=teller(board, job))
    parts = {
        lang: {aim: found.parts(aim, lang).to_dict("list") for aim in found.aims} for lang in ("zh", "en")
    }  # fmt: skip
    answer = {"aims": list(found.aims), "start": {aim: found.start(aim) for aim in found.aims}, "parts": parts,
              "plans": found.are_plans}  # fmt: skip
    board.end(job.job, "finished", result=json.dumps(answer, ensure_ascii=False))


def _said(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, str) else int(value)


def teller(board: Board, job: Job) -> Callable[[int, int], None]:
    """Hands on how many of how many pieces are done."""
    start = time.monotonic()

    def tell(done: int, planned: int) -> None:
        seconds = round(time.monotonic() - start, 2)
        board.hear(job.job, News(done, max(done, planned), "", None, None, None, seconds))

    return tell


def on_its_desk(text: str, name: str) -> str:
    """The text with its parent named as scenarios of one desk name each other."""
    return re.sub(r"(?m)^(base|model) = .*$", f"base = {json.dumps(name, ensure_ascii=False)}", text, count=1)
