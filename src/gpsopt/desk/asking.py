"""Asking for work: the same request opens what is finished already, another one joins the queue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gpsopt.checks import check
from gpsopt.desk.files import digest_now, read_here
from gpsopt.desk.place import Desk
from gpsopt.jobs import Job, advance
from gpsopt.jobs.snapshot import write_snapshot
from gpsopt.runs import Record


def ask_to_solve(
    desk: Desk, name: str, *, gap: float | None = None, time_limit: float | None = None
) -> Record | Job:  # fmt: skip
    """The finished run of this very request, or the job that will make it.

    Raises ScenarioError or InputError with every finding where the inputs cannot be solved.
    """
    from gpsopt.plan.summary import request_of
    from gpsopt.planning import options_of, refuse_errors

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
    return _posted(desk, job, "solve", name, titles, request, given)


def ask_for_frontier(desk: Desk, name: str, aims: Sequence[str], points: int) -> Job:
    """The job that works out, or has worked out, the frontier between two aims of a scenario as it stands now.

    Raises ScenarioError or InputError with every finding where the inputs cannot be solved.
    """
    return _study(desk, "frontier", name, {"aims": list(aims), "points": points})


def ask_for_alternatives(desk: Desk, name: str, within: float, count: int) -> Job:
    """The job that works out, or has worked out, plans nearly as good as the best one; raises as the frontier does."""
    return _study(desk, "alternatives", name, {"within": within, "count": count})


def _study(desk: Desk, kind: str, name: str, asked: Mapping[str, Any]) -> Job:
    """A study of a scenario as it stands now."""
    from gpsopt.planning import refuse_errors

    scenario = read_here(desk, name)
    refuse_errors(check(scenario))
    given = {"name": scenario.name, **asked}
    request = _hashed(scenario.digest(), given)
    done = finished_study(desk, kind, request)
    if done is not None:
        return done
    job = desk.board.new_name()
    write_snapshot(scenario, desk.board.folder_of(job))
    return _posted(desk, job, kind, name, (scenario.settings.title_zh, scenario.settings.title), request, given)


def ask_for_seek(desk: Desk, name: str, what: str) -> Job:
    """The job that seeks, or has sought, the least money or the earliest year; raises as the frontier does."""
    return _study(desk, "seek", name, {"what": what})


def seek_request(desk: Desk, name: str, what: str) -> str:
    """What an answer to that is kept under; empty where the scenario cannot be read."""
    digest = digest_now(desk, name)
    return "" if digest is None else _hashed(digest, {"name": name, "what": what})


def ask_for_waterfall(desk: Desk, base: Record, other: Record) -> Job:
    """The job that shares out, or has shared out, the difference of two runs among the changes that caused it."""
    given = {"base": base.folder, "other": other.folder}
    return _of_run(desk, "waterfall", other, waterfall_request(base, other), given)


def ask_for_risk(desk: Desk, record: Record, draws: int, anew: int, seed: int = 0) -> Job:
    """The job that lives, or has lived, through a run's plan; `anew` futures are planned anew for award stability."""
    given = {"run": record.folder, "draws": draws, "anew": anew, "seed": seed, "out": desk.simulations}
    request = _hashed(record.content, {"draws": draws, "anew": anew, "seed": seed})
    done = finished_study(desk, "risk", request)
    if done is not None:
        return done
    titles = (record.title_zh, record.title_en)
    return _posted(desk, desk.board.new_name(), "risk", record.scenario, titles, request, given)


def ask_for_two_stages(desk: Desk, name: str, futures: int, averse: float) -> Job:
    """The job that decides, or has decided, the awards for many futures at once; raises as the frontier does."""
    return _study(desk, "two_stage", name, {"futures": futures, "averse": averse, "out": desk.simulations})


def waterfall_request(base: Record, other: Record) -> str:
    """What a waterfall of two runs is kept under."""
    return _hashed(base.content, {"other": other.content})


def ask_to_explain(desk: Desk, record: Record, about: Mapping[str, str | None]) -> Job:
    """The job that answers, or has answered, a question about a run (gpsopt.jobs.questions)."""
    given = {"run": record.folder, **about}
    return _of_run(desk, "explain", record, explain_request(record, about), given)


def explain_request(record: Record, about: Mapping[str, str | None]) -> str:
    """What the answer to a question about a run is kept under."""
    return _hashed(record.content, about)


def ask_for_papers(desk: Desk, records: Sequence[Record], lang: str) -> Job:
    """The job that writes, or has written, the papers of runs, the last of which is the one they are about."""
    request = papers_request(records, lang)
    place = f"{desk.folder.relative_to(desk.store.folder).as_posix()}/papers/{request[:20]}"
    given = {"runs": [record.folder for record in records], "lang": lang, "out": place}
    return _of_run(desk, "report", records[-1], request, given, again=not (desk.store.folder / place).is_dir())


def papers_request(records: Sequence[Record], lang: str) -> str:
    """What the papers of runs are kept under."""
    return _hashed(records[-1].content, {"runs": [record.content for record in records], "lang": lang})


def _of_run(
    desk: Desk, kind: str, record: Record, request: str, given: Mapping[str, Any], *, again: bool = False
) -> Job:  # fmt: skip
    """A study of a finished run; `again`: what a finished one left is gone."""
    done = finished_study(desk, kind, request)
    if done is not None and not again:
        return done
    titles = (record.title_zh, record.title_en)
    return _posted(desk, desk.board.new_name(), kind, record.scenario, titles, request, given)


def finished_study(desk: Desk, kind: str, request: str) -> Job | None:
    """The owner's finished study of a request, if there is one."""
    where = "owner = ? AND kind = ? AND request = ? AND state = 'finished' ORDER BY place DESC LIMIT 1"
    return next(iter(desk.board.select(where, desk.owner, kind, request)), None)


def _hashed(what: str, given: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps([what, dict(given)], sort_keys=True).encode()).hexdigest()


def _posted(
    desk: Desk, job: str, kind: str, subject: str, titles: tuple[str, str], request: str, given: Mapping[str, Any]
) -> Job:  # fmt: skip
    posted = desk.board.post(job, desk.owner, kind, subject, titles, request, given)
    advance(desk.board)
    return desk.board.get(desk.owner, posted.job) or posted
