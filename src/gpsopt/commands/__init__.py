"""The commands, one file each; importing a file adds its command to `app`, in the order of --help."""

# isort: off
from gpsopt.commands import check as _check, solve as _solve, verify as _verify
from gpsopt.commands import compare as _compare
from gpsopt.commands import init as _init

from gpsopt.commandline import app

__all__ = ["MODULES", "app"]
MODULES = (_check, _solve, _verify, _compare, _init)
