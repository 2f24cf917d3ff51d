"""`report` (arguments: runs: run folders within the store, lang, out): the papers that people need, in one folder.

A brief as PDF, slides, memo and page, the workbook, the papers as workbooks and CSV, and pictures of the PDF's pages to
look at before it leaves the house. The folder appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any, Final

from gpsopt.jobs.board import Board, Job, News
from gpsopt.runread import read_run

FORMS: Final = (".pdf", ".pptx", ".docx", ".html", ".xlsx")


def report(board: Board, job: Job, watch: Any) -> None:
    """Write every form of the report, then the papers; the answer names the files."""
    from gpsopt.report.paperbook import write_papers
    from gpsopt.report.write import brief_pictures, write_report

    given = job.given
    runs = [read_run(board.folder / folder) for folder in given["runs"]]
    lang, place = str(given["lang"]), board.folder / str(given["out"])
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    try:
        steps = len(FORMS) + 2
        for done, form in enumerate(FORMS):
            write_report(runs, fresh / f"{runs[-1].run}-{lang}{form}", lang)
            board.hear(job.job, News(done + 1, steps, "", None, None, None, 0.0))
        pages = brief_pictures(runs, lang)
        for number, content in enumerate(pages, 1):
            (fresh / f"page-{number}.png").write_bytes(content)
        board.hear(job.job, News(steps - 1, steps, "", None, None, None, 0.0))
        write_papers(runs[-1], fresh / "papers", lang, runs[0])
        _packed(fresh / "papers", fresh / f"{runs[-1].run}-{lang}.zip")
        shutil.rmtree(place, ignore_errors=True)  # of an earlier try whose answer was lost
        fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    files = [f"{runs[-1].run}-{lang}{form}" for form in (*FORMS, ".zip")]
    answer = {"folder": given["out"], "files": files, "pages": len(pages)}
    board.end(job.job, "finished", result=json.dumps(answer, ensure_ascii=False))


def _packed(folder: Path, to: Path) -> None:
    """The files of a folder in one archive; the folder goes."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(folder.iterdir()):
            out.write(path, path.name)
    shutil.rmtree(folder)
