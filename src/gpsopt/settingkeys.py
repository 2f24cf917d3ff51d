"""Keys of model and scenario files: what is not known, not fitting or contradicting, with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from gpsopt.cells import nearest, plain
from gpsopt.errors import Finding
from gpsopt.settings import GOALS, Departure, Lock, Settings
from gpsopt.text import messages
from gpsopt.tomlfile import KeyPath, TomlFile

ROWS: Final = ("change", "add", "drop")
MODEL_KEYS: Final = tuple(Settings.model_fields)
_SCENARIO_KEYS: Final = (*MODEL_KEYS, *ROWS, "base", "model")
#: those goals that are sums or quotients of sums: the earliest year that meets one can be sought
SOUGHT_GOALS: Final = (
    "coverage", "worst_area", "quality_score", "purchased_share", "purchased_share_basic",
    "purchased_share_non_basic", "contested_share", "social_part", "stranded", "posts",
)  # fmt: skip

#: the decision that a lock holds: need, year, and the offer ("" = the direct quantity)
Decision = tuple[str, int, str]
#: kinds of pydantic errors -> our findings; the rest is `setting_wrong`
_FAULTS: Final = (
    ("missing", "setting_missing"),
    ("literal_error", "setting_not_a_choice"),
    ("int_", "setting_not_integer"),
    ("decimal_", "setting_not_number"),
    ("finite_number", "setting_not_number"),
    ("bool_", "setting_not_true_false"),
    ("string_", "setting_not_text"),
    ("tuple_type", "setting_not_list"),
    ("list_type", "setting_not_list"),
    ("dict_", "setting_not_group"),
    ("model_", "setting_not_group"),
    ("greater_than_equal", "setting_below"),
    ("greater_than", "setting_not_above"),
    ("less_than", "setting_above"),
    ("too_short", "setting_empty"),
)


def unknown_keys(file: TomlFile) -> list[Finding]:
    """Unknown keys anywhere in the file, each with its line and the nearest known name."""
    top = MODEL_KEYS if file.path.name == "model.toml" else _SCENARIO_KEYS
    unknown = _unknown(file.data, Settings, (), top)
    for group in ROWS:
        fields = _model_in(Departure.model_fields[group].annotation)
        entries = file.data.get(group)
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and fields is not None:
                unknown += _unknown(entry, fields, (group, place), tuple(fields.model_fields))
    return [_key_unknown(file, path, known) for path, known in unknown]


def locks_of(file: TomlFile) -> tuple[dict[Decision, tuple[Lock, int | None]], list[Finding]]:
    """The decisions that one file holds by hand, with their lines; two that contradict each other are refused."""
    held: dict[Decision, tuple[Lock, int | None]] = {}
    entries = file.data.get("lock", [])
    if not isinstance(entries, list):
        return {}, [Finding("error", "setting_not_list", str(file.path), row=file.line(("lock",)), column="lock")]
    findings: list[Finding] = []
    for place, entry in enumerate(entries):
        row = file.line(("lock", place))
        try:
            lock = Lock.model_validate(entry)
        except ValidationError as error:
            findings += _blames([file], error, ("lock", place))
            continue
        decision = (lock.need, lock.year, lock.offer or "")
        before = held.get(decision)
        if before is not None and not _agree(before[0], lock):
            findings.append(Finding("error", "lock_contradicts", str(file.path), row=row, column="lock",
                                    value=", ".join(map(str, decision)), details={"first": before[1]}))  # fmt: skip
        elif before is None or before[0].award is not None:
            held[decision] = (lock, row)  # a quantity says more than an award
    return held, findings


def departure_of(file: TomlFile) -> tuple[Departure, list[Finding]]:
    """The row-wise part of a scenario file."""
    try:
        return Departure.model_validate({k: v for k, v in file.data.items() if k in ROWS}), []
    except ValidationError as error:
        return Departure(), _blames([file], error)


def settings_of(files: list[TomlFile], merged: Mapping[str, Any]) -> tuple[Settings | None, list[Finding]]:
    """The merged keys as settings; a fault is laid at the outermost file that says the key."""
    try:
        return Settings.model_validate(merged), []
    except ValidationError as error:
        return None, _blames(files, error)


def _agree(one: Lock, other: Lock) -> bool:
    """Two locks on one decision that can both be kept: the same, or an award and a quantity that fit."""
    if one.free or other.free:
        return one.free == other.free
    if (one.quantity is None) == (other.quantity is None):
        return (one.award, one.quantity, one.direct) == (other.award, other.quantity, other.direct)
    held, award = (one, other) if one.quantity is not None else (other, one)
    return (held.quantity or 0) > 0 if award.award else held.quantity == 0


def _unknown(
    data: dict[str, Any], model: type[BaseModel], path: KeyPath, known: tuple[str, ...]
) -> list[tuple[KeyPath, tuple[str, ...]]]:
    found: list[tuple[KeyPath, tuple[str, ...]]] = []
    for key, value in data.items():
        here = (*path, key)
        if key not in known:
            found.append((here, known))
            continue
        annotation = model.model_fields[key].annotation if key in model.model_fields else None
        inner = _model_in(annotation)
        if key == "goals" and isinstance(value, dict):
            found += [((*here, goal), GOALS) for goal in value if goal not in GOALS]
        if inner is None:
            names = _keys_of(annotation)
            group = value if names and isinstance(value, dict) else {}
            found += [((*here, name), names) for name in group if name not in names]
            continue
        if isinstance(value, dict):
            groups = value.items() if get_origin(annotation) is dict else [("", value)]
            for name, group in groups:
                if isinstance(group, dict):
                    found += _unknown(group, inner, (*here, name) if name else here, _names(inner))
        elif isinstance(value, list):
            for place, entry in enumerate(value):
                if isinstance(entry, dict):
                    found += _unknown(entry, inner, (*here, place), _names(inner))
    return found


def _keys_of(annotation: Any) -> tuple[str, ...]:
    """The keys that an annotation such as `dict[AimName, Decimal]` allows; none where it allows any."""
    key, *_value = get_args(annotation) if get_origin(annotation) is dict else ("",)
    return get_args(key)


def _names(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a group as files write them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The pydantic model inside an annotation such as `Coverage | None` or `tuple[Lock, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a)) is not None), None)


def _key_unknown(file: TomlFile, path: KeyPath, known: tuple[str, ...]) -> Finding:
    if path[:2] == ("clauses", "existing_budget"):
        return Finding("error", "identity_fixed", str(file.path), row=file.line(path), column=".".join(map(str, path)),
                       value=str(path[-1]))  # fmt: skip
    return Finding("error", "key_unknown", str(file.path), row=file.line(path), column=".".join(map(str, path)),
                   value=str(path[-1]), details={"nearest": nearest(str(path[-1]), known)})  # fmt: skip


def _blames(files: list[TomlFile], error: ValidationError, within: KeyPath = ()) -> list[Finding]:
    """Every fault but unknown keys, which `unknown_keys` has said, and lists empty because all in them was refused."""
    errors = [e for e in error.errors() if e["type"] != "extra_forbidden" and e["loc"][-1:] != ("[key]",)]
    found = [_blame(files, e, within) for e in errors]
    inner = tuple(f.column for f in found)
    return [f for f in found if f.code != "setting_empty" or not any(c.startswith(f"{f.column}.") for c in inner)]


def _blame(files: list[TomlFile], error: Any, within: KeyPath = ()) -> Finding:
    """A pydantic error as a finding in the outermost file that says the key."""
    code, details, inner = _fault(error)
    path: KeyPath = (*within, *(p for p in error["loc"] if not str(p).startswith("function-")), *inner)
    file, row = next(
        ((str(f.path), f.line(path[:end])) for f in reversed(files) for end in range(len(path), 0, -1)
         if f.has(path[:end])),
        (str(files[0].path), None),
    )  # fmt: skip
    return Finding("error", code, file, row=row, column=".".join(map(str, path)), value=_shown(error.get("input")),
                   details=details)  # fmt: skip


def _fault(error: Any) -> tuple[str, dict[str, object], KeyPath]:
    """The finding that a pydantic error stands for, its details, and the key within the group to point at."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        code, details, inner, *_ = (*getattr(context.get("error"), "args", ()), {}, ())[:3]
        return (code, details, inner) if f"finding.{code}" in messages("en") else ("setting_wrong", {}, ())
    code = next((ours for start, ours in _FAULTS if kind.startswith(start)), "setting_wrong")
    if code == "setting_not_a_choice":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        near = nearest(_shown(error.get("input")), choices)
        return code, {"choices": ", ".join(choices), "nearest": near}, ()
    if code in ("setting_below", "setting_not_above", "setting_above"):
        return code, {"bound": next((context[k] for k in ("ge", "gt", "le", "lt") if k in context), "")}, ()
    return code, {}, ()


def _shown(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value) if isinstance(value, str | int) else ""


__all__ = [
    "MODEL_KEYS", "ROWS", "Decision", "departure_of", "locks_of", "settings_of", "unknown_keys",
]  # fmt: skip
