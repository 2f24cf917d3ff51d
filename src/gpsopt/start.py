"""Where the script `gpsopt` begins: Ctrl-C while the program is still being read ends it without a traceback."""

from __future__ import annotations

import signal


def main() -> None:
    """Read the command line's program, then run the command of sys.argv and leave with its exit code."""
    asked = signal.getsignal(signal.SIGINT)
    if asked is signal.default_int_handler:  # else somebody ignores it on purpose
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing has begun that could be left half done
    from gpsopt.cli import main as command

    signal.signal(signal.SIGINT, asked)
    command()
