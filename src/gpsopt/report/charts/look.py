"""How every chart looks: language, light or dark, unit of money, colours that colour-blind readers can tell apart.

The palette is Okabe and Ito's (2008), made for readers with any of the common colour deficiencies. No chart
relies on it alone: every mark also has a label, a shape, a sign or a place of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import altair as alt

from gpsopt.runread import Run
from gpsopt.text import say

Chart = TypeVar("Chart", alt.Chart, alt.LayerChart, alt.VConcatChart, alt.HConcatChart, alt.FacetChart)
Unit = Literal["yuan", "wan", "yi"]

#: looked for in this order by whoever draws the text: a browser, an SVG viewer, the picture maker
FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Hiragino Sans GB", "Arial Unicode MS", "sans-serif",
)  # fmt: skip
_YUAN: Final[dict[str, float]] = {"yuan": 1.0, "wan": 1e4, "yi": 1e8}


@dataclass(frozen=True)
class Look:
    """What the reader chose. `width` in pixels; heights follow from what is shown."""

    lang: str = "zh"
    theme: Literal["light", "dark"] = "light"
    unit: Unit = "wan"
    width: int = 640

    def word(self, key: str, **values: object) -> str:
        """A chart's own word in the reader's language."""
        return say(f"chart.{key}", self.lang, **values)

    @property
    def inks(self) -> Inks:
        return _LIGHT if self.theme == "light" else _DARK

    def money(self, yuan: float) -> float:
        """Yuan in the reader's unit."""
        return yuan / _YUAN[self.unit]

    @property
    def money_unit(self) -> str:
        return self.word(f"unit_{self.unit}")

    def amount(self, yuan: float, *, sign: bool = False) -> str:
        """Yuan as short text in the reader's unit: as many decimals as four digits or so need."""
        return number(self.money(yuan), sign=sign)

    def on(self, part: float) -> str:
        """The colour of text on the scale at `part` of the way, 0 to 1."""
        colours = self.inks.scale
        place = min(max(part, 0.0), 1.0) * (len(colours) - 1)
        low = min(int(place), len(colours) - 2)
        return readable(colours[low], colours[low + 1], place - low)


@dataclass(frozen=True)
class Inks:
    """The colours of one theme."""

    paper: str
    ink: str
    faint: str
    grid: str
    direct: str
    purchased: str
    stranded: str
    unspent: str
    cut: str
    line: str
    better: str
    worse: str
    on_colour: str
    scale: tuple[str, ...]  # from nothing served, loud, to all served, quiet: lightness runs one way
    series: tuple[str, ...]


_LIGHT: Final = Inks(
    paper="#ffffff", ink="#1b1f24", faint="#57606a", grid="#e4e8ec",
    direct="#0072b2", purchased="#009e73", stranded="#d55e00", unspent="#aab4be", cut="#cc79a7", line="#56b4e9",
    better="#0072b2", worse="#d55e00", on_colour="#ffffff", scale=("#7f2704", "#e0701b", "#fdd3a5", "#f1f4f7"),
    series=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1b1f24"),
)  # fmt: skip
_DARK: Final = Inks(
    paper="#14181f", ink="#eef1f5", faint="#a9b4c2", grid="#2d3541",
    direct="#3d9bd9", purchased="#1fb58a", stranded="#ef7d2e", unspent="#768393", cut="#dd93bb", line="#7cc8f2",
    better="#56b4e9", worse="#ef7d2e", on_colour="#0e1116", scale=("#ffc48a", "#dd7a2b", "#6b4326", "#232b35"),
    series=("#56b4e9", "#ef7d2e", "#1fb58a", "#dd93bb", "#f0c34a", "#9fd6f5", "#eef1f5"),
)  # fmt: skip


def number(value: float, *, sign: bool = False) -> str:
    """A number people can take in: grouped, about four digits, no idle decimals."""
    size = abs(value)
    places = 0 if size >= 1000 or value == int(value) else 1 if size >= 100 else 2
    text = f"{value:+,.{places}f}" if sign else f"{value:,.{places}f}"
    if "." in text and size < 0.005 and value:
        text = f"{value:+.2g}" if sign else f"{value:.2g}"
    return text.replace("-", "−")


def percent(value: float, places: int = 1) -> str:
    """A share as per cent."""
    return f"{100 * value:.{places}f}%".replace("-", "−")


def readable(one: str, other: str, part: float) -> str:
    """The colour of text on what lies `part` of the way from one colour (#rrggbb) to another: dark or light.

    The border is where both contrast equally (relative luminance of WCAG 2).
    """
    ends = [[int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)] for colour in (one, other)]
    mixed = [a + (b - a) * part for a, b in zip(*ends, strict=True)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in mixed]
    return "#111111" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.19 else "#ffffff"


def broken(text: str, pixels: int, size: float) -> list[str]:
    """A text in lines of at most `pixels` at a font of `size`, broken at dots between parts, else at spaces or letters.

    A heading wider than its chart would take the room from the marks.
    """
    if _wide(text, size) <= pixels:
        return [text]
    gap = next((gap for gap in (" · ", " ") if gap in text), "")
    lines = [""]
    for part in text.split(gap) if gap else text:
        longer = f"{lines[-1]}{gap}{part}" if lines[-1] else part
        if _wide(longer, size) <= pixels or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _wide(text: str, size: float) -> float:
    """About how many pixels a text takes: a Chinese letter is as wide as it is high, others half of that."""
    return sum(size if ord(letter) >= 0x2E80 else 0.5 * size for letter in text)


def dressed(chart: Chart, look: Look, title: str, subtitle: str | list[str] = "") -> Chart:
    """The chart with its title, in the look's colours and fonts: the last step of every chart."""
    inks, font = look.inks, ", ".join(FONTS)
    said = [subtitle] if isinstance(subtitle, str) else subtitle
    under = [line for text in said if text for line in broken(text, look.width, 11.5)]
    over = broken(title, look.width, 15)
    heading = alt.Title(
        over if len(over) > 1 else title, subtitle=under or alt.Undefined, anchor="start", fontSize=15,
        fontWeight="bold", color=inks.ink, subtitleColor=inks.faint, subtitleFontSize=11.5, subtitlePadding=6,
        offset=10, font=font, subtitleFont=font, frame="group",
    )  # fmt: skip
    words: dict[str, Any] = {"labelColor": inks.ink, "titleColor": inks.faint, "titleFontWeight": "normal"}
    config = {
        "font": font, "background": inks.paper, "padding": 12,
        "view": {"stroke": None},
        "axis": {**words, "gridColor": inks.grid, "domainColor": inks.faint, "tickColor": inks.faint,
                 "labelFontSize": 11.5, "titleFontSize": 11.5, "labelLimit": 330, "titlePadding": 8},
        "legend": {**words, "labelFontSize": 11.5, "titleFontSize": 11.5, "orient": "bottom", "labelLimit": 260},
        "text": {"color": inks.ink, "fontSize": 11.5},
        "header": {"labelColor": inks.ink, "titleColor": inks.faint},
    }  # fmt: skip
    out = chart.properties(title=heading)
    out.config = alt.Config.from_dict(config)
    return out


def layered(*parts: Any, own_colours: bool = False, **size: Any) -> alt.LayerChart:
    """Charts over each other, of one size; `own_colours`: a layer's colours are not another's scale."""
    out = alt.layer(*parts).properties(**size)
    assert isinstance(out, alt.LayerChart)
    return out.resolve_scale(color="independent") if own_colours else out


def lettering(chart: alt.Chart, **style: Any) -> alt.Chart:
    """The chart's text marks in a style."""
    out: alt.Chart = chart.mark_text(**style)
    return out


def names_of(run: Run, table: str, lang: str) -> dict[str, str]:
    """Key -> name of a table's rows in one language, the other language or the key where there is none."""
    first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    key = {"areas": "area", "items": "item", "purchasers": "purchaser", "undertakers": "undertaker"}[table]
    return {row[key]: row[first] or row[second] or row[key] for _line, row in run.scenario.tables.rows(table)}


def labelled(keys: list[str], names: dict[str, str]) -> dict[str, str]:
    """Key -> label, the key added where two would bear one name."""
    seen = [names.get(key, key) for key in keys]
    return {k: f"{name} ({k})" if seen.count(name) > 1 else name for k, name in zip(keys, seen, strict=True)}


def shown_title(run: Run, look: Look) -> str:
    """What run a chart shows: the scenario's title and the run's name."""
    return f"{run.title(look.lang)} · {run.run}"


__all__ = [
    "FONTS", "Inks", "Look", "Unit", "dressed", "labelled", "layered", "lettering", "names_of", "number", "percent",
    "readable", "shown_title",
]  # fmt: skip
