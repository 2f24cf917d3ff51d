"""Charts as files: SVG, PNG and PDF, made on this machine without any network.

An SVG carries its text as text and names a list of fonts, so whoever opens it draws Chinese with a font of their
own. A PNG or PDF has the letters drawn in: where no installed font has Chinese characters and the chart has some,
it is refused in words rather than written with empty boxes. `GPSOPT_FONTS` names a folder of further fonts.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import altair as alt

from gpsopt.errors import UsageError

FORMATS: Final = ("svg", "png", "pdf")
_HAN: Final = re.compile("[\u3400-\u9fff]")
#: files that hold Chinese characters, where there is no fontconfig to ask
_FILES: Final = re.compile(
    r"(noto.*(cjk|sanssc|sans_sc)|source.?han|wqy|msyh|simhei|simsun|deng|pingfang|hiragino.*gb|stheiti|songti"
    r"|droidsansfallback|arial.?unicode|uming|ukai|fandol|lxgw)",
    re.IGNORECASE,
)
_FOLDERS: Final = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip


def save(chart: alt.TopLevelMixin, path: str | Path, *, scale: float = 2.0) -> Path:
    """Write a chart to `path` (.svg, .png or .pdf) and return it; `scale` is the PNG's pixels per pixel of the chart.

    Raises UsageError where the ending is another one, the file cannot be written, or Chinese cannot be drawn.
    """
    target = Path(path)
    content = picture(chart, target.suffix.removeprefix(".").lower(), scale=scale)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise UsageError("file_not_writable", path=str(target), why=error.strerror or str(error)) from None
    return target


def picture(chart: alt.TopLevelMixin, form: str, *, scale: float = 2.0) -> bytes:
    """A chart as the bytes of an SVG, PNG or PDF."""
    if form not in FORMATS:
        raise UsageError("picture_format", form=form, known=", ".join(FORMATS))
    import vl_convert

    spec = chart.to_dict()
    _register_fonts(os.environ.get("GPSOPT_FONTS", ""))
    if form != "svg" and _HAN.search(json.dumps(spec, ensure_ascii=False)) and not can_draw_han():
        raise UsageError("no_han_font")
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    closed: dict[str, Any] = {"vl_version": f"v{version}", "allowed_base_urls": []}
    if form == "svg":
        return str(vl_convert.vegalite_to_svg(spec, **closed)).encode("utf-8")
    if form == "pdf":
        return bytes(vl_convert.vegalite_to_pdf(spec, **closed))
    return bytes(vl_convert.vegalite_to_png(spec, scale=scale, **closed))


def html(chart: alt.TopLevelMixin) -> str:
    """A chart as one HTML page that needs no network: the drawing library stands in it."""
    stream = io.StringIO()
    chart.save(stream, format="html", inline=True)
    return stream.getvalue()


def can_draw_han() -> bool:
    """Is a font with Chinese characters installed, or in the folder that GPSOPT_FONTS names?"""
    return _han_in_system() or _han_in(os.environ.get("GPSOPT_FONTS", ""))


@cache
def _han_in_system() -> bool:
    asked = shutil.which("fc-list")
    if asked:
        try:
            found = subprocess.run([asked, ":lang=zh-cn", "family"], capture_output=True, timeout=20, check=True)
        except (OSError, subprocess.SubprocessError):
            pass
        else:
            return bool(found.stdout.strip())
    return any(_han_in(folder) for folder in _FOLDERS)


def _han_in(folder: str) -> bool:
    place = Path(folder).expanduser() if folder else None
    if place is None or not place.is_dir():
        return False
    fonts = (path for path in place.rglob("*") if path.suffix.lower() in (".ttf", ".ttc", ".otf", ".otc"))
    return any(_FILES.search(path.name) for path in fonts)


@cache
def _register_fonts(folder: str) -> None:
    """Let the picture maker use the fonts of a folder of the reader's own."""
    if folder and Path(folder).is_dir():
        import vl_convert

        vl_convert.register_font_directory(folder)


__all__ = ["FORMATS", "can_draw_han", "html", "picture", "save"]
