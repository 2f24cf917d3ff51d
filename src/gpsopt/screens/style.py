"""The little that the theme cannot say: quiet spacing, figures of one width, the mark in the browser's tab."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from PIL import Image, ImageDraw

_CSS = """
<style>
.block-container {padding: 1.1rem 2rem 2.5rem; max-width: 1560px;}
[data-testid="stHeader"] {background: transparent; height: 2.2rem; pointer-events: none;}
[data-testid="stHeader"] button, [data-testid="stHeader"] a {pointer-events: auto;}
[data-testid="stSidebarHeader"] {padding: 1.1rem 0.4rem 0.6rem;}
[data-testid="stMetricValue"], [data-testid="stMetricDelta"], td {font-variant-numeric: tabular-nums;}
[data-testid="stMetricValue"] {font-size: 1.4rem;}
[data-testid="stMetricLabel"] p {font-size: 0.86rem;}
[data-testid="stMetric"] {padding: 0.5rem 0.8rem;}
[data-testid="stMetric"] > div {padding: 0;}
[data-testid="stMarkdownContainer"] code, [data-testid="stCaptionContainer"] code {font-size: inherit;}
[data-testid="stMetric"] label {min-height: 1.2rem;}
[data-testid="stSidebarNav"] a span {font-size: 0.97rem;}
h1 {padding: 0 !important;}
[data-testid="stCaptionContainer"] code {color: inherit;}
input[role="combobox"] {text-overflow: ellipsis;}
[data-testid="stRadioOption"]:not([data-selected]) > div > div:first-child {box-shadow: inset 0 0 0 1.5px #8b98a8;}
[data-testid="stStatusWidget"] button {display: none;}
h2, h3 {letter-spacing: 0;}
</style>
"""
#: in the dark the accent is a light blue, on which white letters cannot be read
_ON_LIGHT_BLUE = """
<style>
[data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseButton-primary"]:not(:disabled) p,
[data-tag], [data-tag] span, [data-tag] svg {color: #0e1116 !important;}
</style>
"""


_INKS = {"light": "#1b1f24", "dark": "#eef1f5"}


def dress(theme: str) -> None:
    """Put the style on the page, and the mark above the navigation."""
    st.html(_CSS + _ON_LIGHT_BLUE if theme == "dark" else _CSS)
    st.logo(_mark(theme), size="large")


@cache
def _mark(theme: str) -> str:
    return Path(__file__).with_name("mark.svg").read_text(encoding="utf-8").replace("{ink}", _INKS[theme])


@cache
def favicon() -> Image.Image:
    """Two bars of one whole: what stays and what is bought."""
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((4, 8, 60, 28), 5, fill="#0072b2")
    draw.rounded_rectangle((4, 36, 60, 56), 5, fill="#009e73")
    return image
