"""Long work in processes of its own: a queue, progress, cancelling; it outlives pages, browsers and the server.

`board.py` keeps what is known of every job, `dispatch.py` starts and sweeps processes, `worker.py` is what runs
in them (`python -m gpsopt.jobs.worker`), `work.py` the kinds of work.
"""

from gpsopt.jobs.board import ENDED, Board, Job, News, open_board
from gpsopt.jobs.dispatch import advance, cancel

__all__ = ["ENDED", "Board", "Job", "News", "advance", "cancel", "open_board"]
