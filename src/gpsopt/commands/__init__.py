"""The commands, one file each; importing a file adds its command to `app`, in the order of --help."""

# ruff: noqa: F401
# isort: off
from gpsopt.commands import check as _check
from gpsopt.commands import solve as _solve
from gpsopt.commands import verify as _verify
from gpsopt.commands import score as _score
from gpsopt.commands import compare as _compare
from gpsopt.commands import explain as _explain
from gpsopt.commands import simulate as _simulate
from gpsopt.commands import sweep as _sweep
from gpsopt.commands import frontier as _frontier
from gpsopt.commands import alternatives as _alternatives
from gpsopt.commands import goals as _goals
from gpsopt.commands import export as _export
from gpsopt.commands import init as _init
from gpsopt.commands import app as _app
from gpsopt.commands import template as _template
from gpsopt.commands import importing as _importing
from gpsopt.commands import report as _report

from gpsopt.commandline import app

__all__ = ["app"]
