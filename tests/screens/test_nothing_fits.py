"""Where nothing fits, the page names the clauses in conflict, and a repair becomes a scenario that has a plan."""

from __future__ import annotations

from gpsopt import explain_nofit, plan_or_end
from gpsopt.desk import Desk
from gpsopt.desk.asking import ask_to_solve
from gpsopt.desk.files import digest_now, read_here
from gpsopt.jobs import ENDED, advance
from gpsopt.plan.summary import request_of
from gpsopt.planning import options_of
from gpsopt.runfolder import write_run
from tests.screens.conftest import Open, sound, words


def impossible(desk: Desk) -> int:
    """A scenario whose budgets are far too small for what is guaranteed, as a finished run."""
    change = "".join(f'[[change]]\ntable = "needs"\ncolumn = "{column}"\nset = 1\n' for column in ("floor", "target"))
    desk.write_scenario("strict", f'title = "Everything guaranteed"\nbase = "town"\n{change}')
    scenario = read_here(desk, "strict")
    result = plan_or_end(scenario)
    assert result.status == "infeasible"
    folder = write_run(result, desk.store.folder / desk.runs, explain_nofit(scenario).files())
    return desk.store.record(desk.owner, folder, request_of(scenario, options_of(scenario))).seq


def test_the_conflict_is_shown_and_a_repair_becomes_a_scenario(desk: Desk, show: Open) -> None:
    number = impossible(desk)
    at = sound(show("home", lang="en"))
    assert "No plan is possible" in words(at)
    at = sound(show("runs", lang="en"))
    text = words(at)
    assert "Why there is no plan" in text and "What would mend it" in text and "proven" in text
    buttons = [b for b in at.button if str(b.key).startswith(f"repair_{number}_")]
    assert buttons
    at = sound(buttons[0].click().run())
    assert "Why there is no plan" not in words(at), "the solve that is waited for stands above; the old conflict goes"
    made = [p.stem for p in (desk.folder / "scenarios").glob("strict-*.toml")]
    assert len(made) == 1
    begins = read_here(desk, made[0]).start
    assert begins is not None and begins.path == desk.folder / f"scenarios/{made[0]}.csv"
    assert read_here(desk, made[0]).settings.title == "Everything guaranteed · repair 1"
    job = desk.board.jobs(desk.owner)[0]
    while job.state not in ENDED:
        advance(desk.board)
        job = desk.board.get(desk.owner, job.job) or job
    record = desk.store.get(desk.owner, job.record or 0)
    assert record is not None and record.planned, (job.message("en"), made)
    known = digest_now(desk, made[0])
    assert known == record.digest
    begins.path.write_bytes(begins.path.read_bytes() + b"\n")
    assert digest_now(desk, made[0]) != known, "another plan to begin from makes its runs stale"
    answered = ask_to_solve(desk, "strict")
    assert getattr(answered, "seq", None) == number, "the same request opens its end without a plan"
