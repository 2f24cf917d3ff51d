"""The words that Streamlit's own widgets bring along, in the visitor's language; and which language the page is in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

from gpsopt.text import messages

_TAGS = {"zh": "zh-CN", "en": "en"}


def speak(lang: str) -> None:
    """Have the browser say built-in words in `lang`, those that appear later as well."""
    st.html(_script(lang), unsafe_allow_javascript=True)


@cache
def _script(lang: str) -> str:
    code = Path(__file__).with_name("builtin.js").read_text(encoding="utf-8")
    return f"<script>{code}({json.dumps(_TAGS[lang])}, {json.dumps(_pairs(lang), ensure_ascii=False)});</script>"


def _pairs(lang: str) -> list[tuple[str, str]]:
    """(what Streamlit says, what the language says): nothing to change where Streamlit speaks it already."""
    spoken, wanted = messages("en"), messages(lang)
    group = [key for key in spoken if key.startswith("builtin.")]
    return [(spoken[key], wanted[key]) for key in group if spoken[key] != wanted[key]]
