"""The sheet that every page is printed on: a console of fixed width whose Chinese lines end where Chinese may end.

Rich breaks lines at spaces only, so that a Chinese sentence with one number in it falls apart at that number.
Here a line may end between any two Chinese characters, but not before a closing mark, after an opening one, or between
a number and its unit (the rules of GB/T 15834 for marks at the ends of lines).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final, TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group
from rich.containers import Lines
from rich.measure import Measurement
from rich.text import Text

_WIDE: Final = "\u2e80-\u303e\u3040-\u9fff\uf900-\ufaff\uff00-\uff60"
_OPENING: Final = "（《「『【〔“‘("
_CLOSING: Final = "，。、；：！？）》」』】〕”’…)%％"
# What stays together: a number and its unit, one Chinese character, or a run of others; with the marks at both ends.
_PIECE: Final = re.compile(
    rf"[{_OPENING}]*(?:[+−-]?\d[\d.,]*\s?(?![{_OPENING}{_CLOSING}])[{_WIDE}]"
    rf"|(?![{_CLOSING}])[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)?[{_CLOSING}]*\s*"
)
_HAS_WIDE: Final = re.compile(f"[{_WIDE}]")


class Sheet(Console):
    """A console that writes plain text of a fixed width, into itself unless a file is given."""

    def __init__(self, width: int, file: TextIO | None = None, **options: Any) -> None:
        super().__init__(
            file=file or io.StringIO(), width=width, force_jupyter=False, highlight=False, markup=False, emoji=False,
            **options,
        )  # fmt: skip

    def print(self, *objects: Any, **options: Any) -> None:
        # A group, because strings side by side are joined to one plain text.
        super().print(*(Group(self.render_str(o)) if isinstance(o, str) else o for o in objects), **options)

    def render_str(self, text: str, **options: Any) -> Text:
        plain = super().render_str(text, **options)
        return _Chinese(str(text)) if not plain.spans and _HAS_WIDE.search(text) else plain

    def text(self) -> str:
        """What was printed, without blanks at the ends of lines."""
        assert isinstance(self.file, io.StringIO)
        return "\n".join(line.rstrip() for line in self.file.getvalue().splitlines())


class _Chinese(Text):
    """A text whose lines may end between Chinese characters."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        if options.get("no_wrap") or self.no_wrap or options.get("overflow") == "ignore":
            return super().wrap(console, width, **options)
        lines = Lines()
        for line in self.split(allow_blank=True):
            pieces = line.divide(_ends(line.plain, width))
            for piece in pieces:
                piece.rstrip_end(width)
            pieces.justify(console, width, justify=options.get("justify") or self.justify or "default")
            lines.extend(pieces)
        return lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((cell_len(line) for line in self.plain.splitlines()), default=0)
        return Measurement(max((cell_len(p.strip()) for p in _pieces(self.plain)), default=longest), longest)


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        end = found.end() if found and found.end() > at else at + 1
        yield text[at:end]
        at = end


def _ends(text: str, width: int) -> list[int]:
    """The offsets at which lines of at most `width` cells end; a piece wider than a line is cut."""
    ends, used, at = [], 0, 0
    for piece in _pieces(text):
        if used and used + cell_len(piece.rstrip()) > width:
            ends.append(at)
            used = 0
        for character in piece:
            size = cell_len(character)
            if used + size > width and not character.isspace():
                ends.append(at)
                used = 0
            used += size
            at += 1
    return ends
