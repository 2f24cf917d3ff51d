"""Asking for a solve: the same request opens the finished run, another one joins the queue."""

from __future__ import annotations

from gpsopt.checks import check
from gpsopt.desk.files import read_here
from gpsopt.desk.place import Desk
from gpsopt.jobs import Job, advance
from gpsopt.jobs.work import write_snapshot
from gpsopt.runs import Record


def ask_to_solve(
    desk: Desk, name: str, *, gap: float | None = None, time_limit: float | None = None
) -> Record | Job:  # fmt: skip
    """The finished run of this very request, or the job that will make it.

    Raises ScenarioError or InputError with every finding where the inputs cannot be solved.
    """
    from gpsopt.planning import options_of, refuse_errors, request_of

    scenario = read_here(desk, name)
    refuse_errors(check(scenario))
    options = options_of(scenario, gap=gap, time_limit=time_limit)
    request = request_of(scenario, options)
    finished = desk.store.find(desk.owner, request)
    if finished is not None:
        return finished
    job = desk.board.new_name()
    write_snapshot(scenario, desk.board.folder_of(job))
    given = {"name": scenario.name, "options": {"gap": gap, "time_limit": time_limit}, "out": desk.runs}
    titles = (scenario.settings.title_zh, scenario.settings.title)
    posted = desk.board.post(job, desk.owner, "solve", name, titles, request, given)
    advance(desk.board)
    return desk.board.get(desk.owner, posted.job) or posted
