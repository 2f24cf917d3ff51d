"""The words that Streamlit's own widgets bring along, in the visitor's language; and which language the page is in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

from gpsopt.text import messages

#: what Streamlit says for itself that fits neither language here: the key of what is said instead -> its own words
_INSTEAD = {
    "instead.stopped": "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your "
                       "terminal:",
    "instead.command": "streamlit run yourscript.py",
    "instead.silent": "Streamlit server is not responding. Are you connected to the internet?",
    "instead.connecting": "Connecting to Streamlit server",
    "instead.lost": "Unable to connect to Streamlit server",
}  # fmt: skip
_TAGS = {"zh": "zh-CN", "en": "en"}


def speak(lang: str) -> None:
    """Have the browser say built-in words in `lang`, those that appear later as well."""
    st.html(_script(lang), unsafe_allow_javascript=True)


@cache
def _script(lang: str) -> str:
    code = Path(__file__).with_name("builtin.js").read_text(encoding="utf-8")
    return f"<script>{code}({json.dumps(_TAGS[lang])}, {json.dumps(_pairs(lang), ensure_ascii=False)});</script>"


def _pairs(lang: str) -> list[tuple[str, str]]:
    """(what Streamlit says, what the language says): little to change where Streamlit speaks it already."""
    spoken, wanted = messages("en"), messages(lang)
    group = [key for key in spoken if key.startswith("builtin.")]
    return [
        *((spoken[key], wanted[key]) for key in group if spoken[key] != wanted[key]),
        *((words, wanted[key]) for key, words in _INSTEAD.items()),
    ]
