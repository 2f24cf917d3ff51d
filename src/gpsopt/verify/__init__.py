"""Re-checks a finished plan from its run folder alone, in exact arithmetic, with no solver and no trust in
anything that the run stored: a file a clause in `clauses/`, imports nothing of the model, compiler or solver."""

from gpsopt.verify.folder import verify_run
from gpsopt.verify.frames import verify_frames
from gpsopt.verify.split import Freed, split_by_rule
from gpsopt.verify.verdict import Fault, Verdict

__all__ = ["Fault", "Freed", "Verdict", "split_by_rule", "verify_frames", "verify_run"]
