"""Questions about a finished run or a scenario that take a while: answered as figures in both languages.

`explain` (arguments: run: a run folder within the store, about: offer, need, rule, money or
inputs, and their keys).
`seek` (arguments: name, what: as `gpsopt solve --seek`): the least money or the earliest year, as a scenario's text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gpsopt.jobs.board import Board, Job
from gpsopt.jobs.snapshot import snapshot
from gpsopt.jobs.studies import on_its_desk
from gpsopt.runread import Run, read_run
from gpsopt.text import LANGUAGES

#: prices that a page can show, and those of them that are solved again at larger steps
_PRICES, _LOOKED_INTO = 60, 3


def explain(board: Board, job: Job, watch: Any) -> None:
    """Why, why not, at what price, what a need lacks, what a rule or a yuan is worth."""
    given = job.given
    document = _ABOUT[given["about"]](read_run(board.folder / given["run"]), given)
    _answered(board, job, {lang: document(lang) for lang in LANGUAGES})


def _offer(run: Run, given: dict[str, Any]) -> Callable[[str], Any]:
    from gpsopt.analysis.explain import explain_offer
    from gpsopt.analysis.explain.pages import offer_document

    answer = explain_offer(run, given["offer"], given["need"])
    return lambda lang: offer_document(answer, lang)


def _need(run: Run, given: dict[str, Any]) -> Callable[[str], Any]:
    from gpsopt.analysis.explain import explain_need
    from gpsopt.analysis.explain.pages import need_document

    answer = explain_need(run, given["need"])
    return lambda lang: need_document(answer, lang)


def _rule(run: Run, given: dict[str, Any]) -> Callable[[str], Any]:
    from gpsopt.analysis.explain import explain_rule
    from gpsopt.analysis.explain.pages import rule_document

    aims = explain_rule(run, given["clause"])
    return lambda lang: rule_document(given["clause"], aims, lang)


def _money(run: Run, given: dict[str, Any]) -> Callable[[str], Any]:
    from gpsopt.analysis.explain import explain_prices
    from gpsopt.analysis.explain.pages import prices_document

    answer = explain_prices(run, _LOOKED_INTO)
    shown = replace(answer, prices=answer.prices.head(_PRICES))
    return lambda lang: {**prices_document(shown, lang), "count": len(answer.prices)}


def _inputs(run: Run, _given: dict[str, Any]) -> Callable[[str], Any]:
    from gpsopt.analysis.tornado import tornado

    found = tornado(run)
    return lambda lang: {
        "by": found.by, "base": found.base, "rows": {a: found.rows(a, lang).to_dict("list") for a in found.base},
    }  # fmt: skip


_ABOUT: Final = {"offer": _offer, "need": _need, "rule": _rule, "money": _money, "inputs": _inputs}


def seek(board: Board, job: Job, watch: Any) -> None:
    """The least budgets that meet every target, or the first year in which a goal can be met."""
    from gpsopt.seeking import find

    given = job.given
    found = find(snapshot(board, job), given["what"])
    place = board.folder / "scenarios" / f"{given['name']}.toml"  # only its name is written
    [content] = found.files(place, place.parent).values()
    text = on_its_desk(content.decode("utf-8"), str(given["name"]))
    pages = {lang: found.page(lang) for lang in LANGUAGES}
    _answered(board, job, {**found.document(), "pages": pages, "text": text})


def _answered(board: Board, job: Job, answer: dict[str, Any]) -> None:
    board.end(job.job, "finished", result=json.dumps(answer, ensure_ascii=False))
