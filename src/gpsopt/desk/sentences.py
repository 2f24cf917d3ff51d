"""Scenarios without code: what one says of itself as sentences, and sentences with gaps that become its entries.

`told(text, lang)` reads a scenario file; `SENTENCES` are the forms that can be filled in, each with its gaps in
order; `say_it(text, sentence, values)` writes one into a scenario file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import tomlkit

from gpsopt.desk.editing import parsed
from gpsopt.settings import AIMS, SHARE_GOALS, Clauses
from gpsopt.text import say, term


@dataclass(frozen=True)
class Gap:
    """One gap of a sentence: `rows` of a table, `percent`, `number`, or one of `choices`."""

    name: str
    kind: str
    table: str = ""
    choices: tuple[str, ...] = ()
    within: str = ""  # group of the choices' words
    first: float | str | None = None


@dataclass(frozen=True)
class Sentence:
    """A form: its gaps, and what it writes."""

    name: str
    gaps: tuple[Gap, ...]
    write: Callable[[tomlkit.TOMLDocument, Mapping[str, Any]], None]


def scaled(table: str, column: str, by: str) -> Callable[[tomlkit.TOMLDocument, Mapping[str, Any]], None]:
    """Multiply a column by 1 + percent / 100 where `by` is among the chosen codes (all where none is)."""

    def write(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
        entry = tomlkit.table()
        entry["table"] = table
        chosen = list(values.get("which") or ())
        if chosen:
            where = tomlkit.inline_table()
            where[by] = chosen
            entry["where"] = where
        entry["column"] = column
        entry["scale"] = _plain(1 + Decimal(str(values["percent"])) / 100)
        _append(document, "change", entry)

    return write


def put(table: str, column: str, by: str) -> Callable[[tomlkit.TOMLDocument, Mapping[str, Any]], None]:
    """Set a column to percent / 100 where `by` is among the chosen codes."""

    def write(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
        entry = tomlkit.table()
        entry["table"] = table
        chosen = list(values.get("which") or ())
        if chosen:
            where = tomlkit.inline_table()
            where[by] = chosen
            entry["where"] = where
        entry["column"] = column
        entry["set"] = _plain(Decimal(str(values["percent"])) / 100)
        _append(document, "change", entry)

    return write


def without_undertaker(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    """Drop undertakers, their offers with them."""
    entry = tomlkit.table()
    entry["table"] = "undertakers"
    where = tomlkit.inline_table()
    where["undertaker"] = list(values.get("which") or ())
    entry["where"] = where
    _append(document, "drop", entry)


def setting(*path: str) -> Callable[[tomlkit.TOMLDocument, Mapping[str, Any]], None]:
    """Write one setting; the gap is called `value`."""

    def write(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
        _set(document, path, values["value"])

    return write


def share_setting(*path: str) -> Callable[[tomlkit.TOMLDocument, Mapping[str, Any]], None]:
    """Write one setting as a share; the gap is called `percent`."""

    def write(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
        _set(document, path, _plain(Decimal(str(values["percent"])) / 100))

    return write


def struck(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    """Strike a clause."""
    _set(document, ("clauses", str(values["value"]), "enabled"), False)


def aimed(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    """Give an indicator a target, in per cent."""
    _set(document, ("goals", str(values["value"]), "target"), _plain(Decimal(str(values["percent"])) / 100))


def sought(document: tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    """The aims in a new order."""
    _set(document, ("aims", "order"), list(values["order"]))


_ALL: Final = (
    Sentence("budgets", (Gap("which", "rows", "purchasers"), Gap("percent", "percent", first=-10.0)),
             scaled("budgets", "amount", "purchaser")),
    Sentence("demand", (Gap("which", "rows", "items"), Gap("percent", "percent", first=10.0)),
             scaled("needs", "demand", "item")),
    Sentence("prices", (Gap("which", "rows", "items"), Gap("percent", "percent", first=5.0)),
             scaled("offers", "price", "item")),
    Sentence("importance", (Gap("which", "rows", "items"), Gap("percent", "percent", first=200.0)),
             put("needs", "weight", "item")),
    Sentence("floors", (Gap("which", "rows", "items"), Gap("percent", "percent", first=60.0)),
             put("needs", "floor", "item")),
    Sentence("standards", (Gap("which", "rows", "items"), Gap("percent", "percent", first=-5.0)),
             scaled("items", "cost_standard", "item")),
    Sentence("without", (Gap("which", "rows", "undertakers"),), without_undertaker),
    Sentence("regime", (Gap("value", "choice", choices=("fees_follow_the_matter", "fees_stay", "pooled")),),
             setting("regime")),
    Sentence("savings", (Gap("value", "choice", choices=("kept", "returned", "lagged")),), setting("savings")),
    Sentence("thin", (Gap("value", "choice", choices=("flag", "keep_direct", "ignore"), within="on_thin"),),
             setting("clauses", "competition", "on_thin")),
    Sentence("plural", (Gap("percent", "percent", first=30.0),),
             share_setting("clauses", "plural_supply", "max_share")),
    Sentence("social", (Gap("percent", "percent", first=30.0),),
             share_setting("clauses", "social_organisations", "min_share")),
    Sentence("satisfied", (Gap("percent", "percent", first=60.0),),
             share_setting("clauses", "quality_floor", "min_satisfaction")),
    Sentence("strike", (Gap("value", "choice", choices=tuple(Clauses.model_fields), within="clauses"),), struck),
    Sentence("goal", (Gap("value", "choice", choices=SHARE_GOALS, within="goals"),
                      Gap("percent", "percent", first=90.0)), aimed),
    Sentence("order", (Gap("order", "order", choices=tuple(AIMS), within="aims"),), sought),
)  # fmt: skip

#: which clause a sentence needs; the form is not offered where the clause is not there
_NEEDS: Final = {"plural": "plural_supply", "social": "social_organisations", "satisfied": "quality_floor"}
SENTENCES: Final = {s.name: s for s in _ALL if _NEEDS.get(s.name, "coverage") in Clauses.model_fields}


def say_it(text: str, sentence: str, values: Mapping[str, Any]) -> str:
    """The scenario file's text with one sentence more. Raises UsageError where the text is no TOML."""
    document = parsed(text)
    SENTENCES[sentence].write(document, values)
    return tomlkit.dumps(document)


def without(text: str, group: str, place: int) -> str:
    """The scenario file's text without one entry: a change, drop, add or lock by its place, or a setting's group."""
    document = parsed(text)
    if group in ("change", "drop", "add", "lock"):
        entries: Any = document[group]
        del entries[place]
        if not entries:
            document.remove(group)
    elif "." in group:
        head, key = group.split(".", 1)
        inner: Any = document[head]
        inner.remove(key)
    else:
        document.remove(group)
    return tomlkit.dumps(document)


@dataclass(frozen=True)
class Told:
    """One thing that a scenario says: the sentence, and the entry it stands for."""

    words: str
    group: str
    place: int = 0


def told(text: str, lang: str, names: Mapping[str, Mapping[str, str]] | None = None) -> list[Told]:
    """Everything in which a scenario differs from its parent, one sentence each. `names`: table -> code -> name."""
    document: Any = parsed(text).unwrap()
    known = names or {}
    out = [Told(_change(entry, lang, known), "change", i) for i, entry in enumerate(document.get("change", ()))]
    out += [Told(_drop(entry, lang, known), "drop", i) for i, entry in enumerate(document.get("drop", ()))]
    out += [Told(_add(entry, lang), "add", i) for i, entry in enumerate(document.get("add", ()))]
    out += [Told(_lock(entry, lang), "lock", i) for i, entry in enumerate(document.get("lock", ()))]
    for key in ("regime", "savings", "stage", "share", "quantity_step", "years"):
        if key in document:
            value = document[key]
            shown = term(value, lang) if isinstance(value, str) else str(value)
            out.append(Told(say("told.setting", lang, name=term(key, lang), value=shown), key))
    for group in ("clauses", "goals", "aims", "performance", "solver"):
        for key, value in dict(document.get(group, {})).items():
            out.append(Told(_setting(group, key, value, lang), f"{group}.{key}"))
    return out


def _change(entry: Mapping[str, Any], lang: str, names: Mapping[str, Mapping[str, str]]) -> str:
    table, column = str(entry.get("table")), str(entry.get("column"))
    if "scale" in entry:
        percent = (Decimal(str(entry["scale"])) - 1) * 100
        how = say("told.scaled", lang, percent=f"{percent.normalize():+f}".replace("-", "−"))
    elif "add" in entry:
        how = say("told.added", lang, amount=f"{Decimal(str(entry['add'])):+,f}".replace("-", "−"))
    else:
        how = say("told.set", lang, value=str(entry.get("set")) or "—")
    where = _where(entry.get("where", {}), table, lang, names)
    return say("told.change", lang, table=term(table, lang), column=term(column, lang, table), where=where, how=how)


def _drop(entry: Mapping[str, Any], lang: str, names: Mapping[str, Mapping[str, str]]) -> str:
    table = str(entry.get("table"))
    where = _where(entry.get("where", {}), table, lang, names)
    return say("told.drop", lang, table=term(table, lang), where=where)


def _add(entry: Mapping[str, Any], lang: str) -> str:
    table = str(entry.get("table"))
    cells = ", ".join(f"{term(k, lang, table)} {_cell(v, lang)}" for k, v in dict(entry.get("row", {})).items())
    return say("told.add", lang, table=term(table, lang), cells=cells)


def _cell(value: Any, lang: str) -> str:
    """A cell of a row as people read it: yes or no in words, whole numbers without a point."""
    if isinstance(value, bool):
        return term("yes" if value else "no", lang)
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _lock(entry: Mapping[str, Any], lang: str) -> str:
    held = {k: v for k, v in entry.items() if k in ("award", "quantity", "direct")}
    shown = ", ".join(f"{term(k, lang)} {_word(v, lang)}" for k, v in held.items())
    return say("told.lock", lang, need=entry.get("need"), year=entry.get("year"), offer=entry.get("offer") or "—",
               held=shown)  # fmt: skip


def _setting(group: str, key: str, value: Any, lang: str) -> str:
    if group == "clauses" and isinstance(value, Mapping):
        if value.get("enabled") is False:
            return say("told.struck", lang, clause=term(key, lang, "clauses"))
        shown = ", ".join(f"{term(k, lang)} {_word(v, lang, k)}" for k, v in value.items())
        return say("told.clause", lang, clause=term(key, lang, "clauses"), values=shown)
    if group == "goals" and isinstance(value, Mapping):
        return say("told.goal", lang, goal=say(f"goal.{key}", lang), target=value.get("target"))
    if key == "order":
        shown = " → ".join(term(str(aim), lang, "aims") for aim in value)
        return say("told.order", lang, order=shown)
    return say("told.setting", lang, name=term(key, lang, group), value=_word(value, lang))


def _where(where: Mapping[str, Any], table: str, lang: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if not where:
        return say("told.all_rows", lang)
    parts = []
    for key, value in where.items():
        codes = [str(v) for v in (value if isinstance(value, list) else [value])]
        known = names.get(f"{key}s", {})
        shown = [known.get(code, code) for code in codes[:4]]
        more = say("told.more", lang, count=len(codes) - 4) if len(codes) > 4 else ""
        mark = "、" if lang == "zh" else ", "
        parts.append(f"{term(key, lang, table)} {mark.join(shown)}{more}")
    return "；".join(parts) if lang == "zh" else "; ".join(parts)


def _word(value: Any, lang: str, within: str = "") -> str:
    if isinstance(value, bool):
        return term("yes" if value else "no", lang)
    return term(value, lang, within) if isinstance(value, str) else str(value)


def _append(document: tomlkit.TOMLDocument, group: str, entry: Any) -> None:
    if group not in document:
        document[group] = tomlkit.aot()
    entries: Any = document[group]
    entries.append(entry)


def _set(document: tomlkit.TOMLDocument, path: tuple[str, ...], value: Any) -> None:
    inner: Any = document
    for key in path[:-1]:
        if key not in inner:
            inner[key] = tomlkit.table(is_super_table=len(path) > 2 and key == path[0])
        inner = inner[key]
    inner[path[-1]] = value


def _plain(value: Decimal) -> Any:
    """A decimal as a TOML number with just its digits."""
    text = f"{value.normalize():f}"
    return tomlkit.item(float(text)) if "." in text else tomlkit.item(int(text))
