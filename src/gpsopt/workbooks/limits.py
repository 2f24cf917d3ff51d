"""How much a file of a stranger may take, and the process that holds it to that."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

MAX_FILE_BYTES: Final = 64_000_000
MAX_UNPACKED_BYTES: Final = 256_000_000
MAX_PARTS: Final = 2_000  # entries of a zip
MAX_PART_BYTES: Final = 32_000_000  # a part of a workbook that is read whole: shared texts, styles
MAX_CELLS: Final = 600_000  # with content, over all sheets that are read
MAX_LETTERS: Final = 32_000_000  # of all cells together
MAX_MARKED_BYTES: Final = 32_000_000  # of the sheets of a workbook of which a marked copy is made
MAX_ROWS: Final = 250_000
MAX_COLUMNS: Final = 200
MEMORY_BYTES: Final = 1_000_000_000
CPU_SECONDS: Final = 20
#: by the clock, for a process that sleeps; work is bound by CPU_SECONDS: a busy machine is no fault of the file
WALL_SECONDS: Final = 300


class RefusedError(Exception):
    """The file cannot be used: `code` names the message, the rest says where and what."""

    def __init__(
        self, code: str, sheet: str = "", row: int | None = None, column: str = "", value: str = "", **details: object
    ) -> None:
        super().__init__(code)
        self.code, self.sheet, self.row, self.column, self.value = code, sheet, row, column, value
        self.details = details


def hold_to_limits() -> None:
    """Bind this process: address space, processor seconds, no core file. Where the system cannot, nothing happens."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is already there
            resource.setrlimit(what, (most, most))


__all__ = ["RefusedError", "hold_to_limits"]
