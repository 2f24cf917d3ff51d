"""When nothing fits: the clauses in conflict, in the terms of the tables, and the least ways to a plan."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from gpsopt.checks import PROOFS, check
from gpsopt.errors import Finding, InputError
from gpsopt.nofit.conflict import conflicts_of
from gpsopt.nofit.names import money
from gpsopt.nofit.repairs import Repair, repairs_of
from gpsopt.nofit.system import system_of
from gpsopt.nofit.words import Clash, clashes_of
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.text import say

#: on the page: clashes of one clause in a conflict that are shown one by one, and rows named of the others
_SHOWN: Final = 3
_NAMED: Final = 5


@dataclass(frozen=True)
class NoFit:
    """Why a scenario has no plan. `conflict`: the clauses that contradict each other; `repairs`: ways out, best first.

    `findings` are the proofs that need no solver; `seconds`: of the processor; `sought`: were ways out looked for?
    Without a conflict there is a plan (or no proof that there is none).
    """

    conflict: tuple[Clash, ...]
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    sought: bool = True

    def document(self) -> dict[str, Any]:
        """As it stands in conflict.json and in the JSON answer of `gpsopt solve`."""
        conflict = [
            {"clause": c.clause, "source_zh": c.source_zh, "source_en": c.source_en, "text_zh": c.text_zh,
             "text_en": c.text_en, "quote_zh": c.quote_zh, "quote_en": c.quote_en, "keys": list(c.keys),
             "conflict": c.conflict, "whole_awards_only": c.whole, "irreducible": c.irreducible}
            for c in self.conflict
        ]  # fmt: skip
        repairs = [
            {"kind": r.kind, "amount": format(r.amount, "f"), "unit": r.unit, "text_zh": r.text_zh,
             "text_en": r.text_en, "file": name, "proven": r.proven, "least": r.least}
            for name, r in zip(self.names(), self.repairs, strict=True)
        ]  # fmt: skip
        return {"conflict": conflict, "repairs": repairs}

    def names(self) -> list[str]:
        """The file of each repair within the run folder."""
        return [f"repairs/{place}-{repair.kind}.toml" for place, repair in enumerate(self.repairs, 1)]

    def files(self) -> dict[str, bytes]:
        """conflict.json, and of each repair the scenario file and the plan that proves it, from which its own search
        begins; by their place in the run folder."""
        text = json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n"
        files = {"conflict.json": text.encode("utf-8")}
        for name, repair in zip(self.names(), self.repairs, strict=True):
            plan = f"{name.removesuffix('.toml')}.csv"
            begins = f'\n[solver]\nstart = "{plan.removeprefix("repairs/")}"\n'
            files |= {name: (repair.toml + begins).encode("utf-8"), plan: repair.plan}
        return files

    def page(self, lang: str) -> str:
        """The conflict and the menu of repairs, for people."""
        lines = []
        if self.conflict:
            narrow = all(c.irreducible for c in self.conflict)
            lines.append(say("nofit.in_conflict" if narrow else "nofit.in_conflict_wide", lang))
            several = len({c.conflict for c in self.conflict}) > 1
            quoted: set[str] = set()
            for (number, _clause), group in groupby(self.conflict, key=lambda c: (c.conflict, c.clause)):
                clashes = list(group)
                lines.append(f"  {f'{number}. ' if several else ''}{clashes[0].line(lang)}")
                lines += [f"    {clash.text(lang)}" for clash in clashes[1:_SHOWN]]
                lines += _further(clashes[_SHOWN:], clashes, lang)
                quote = clashes[0].quote(lang)
                if quote and quote not in quoted:
                    quoted.add(quote)
                    lines.append(f"    {say('nofit.quoted', lang, quote=quote)}")
            if any(c.whole for c in self.conflict):
                lines.append(say("nofit.only_whole", lang))
        if self.repairs:
            lines.append(say("nofit.ways_out", lang))
            for name, repair in zip(self.names(), self.repairs, strict=True):
                least = say("nofit.not_proven_least", lang) if not repair.least else ""
                lines.append(f"  {repair.text(lang)}{least}\n    {name}")
            lines.append(say("nofit.beside", lang))
        elif self.conflict and self.sought:
            lines.append(say("nofit.no_way_out", lang))
        return "\n".join(lines)


def _further(rest: Sequence[Clash], clashes: Sequence[Clash], lang: str) -> list[str]:
    """One line for the clashes of a clause that are not shown one by one: how many rows, which first, what lacks."""
    keys = [key for clash in rest for key in clash.keys]
    if not keys:
        return []
    shown = say("nofit.comma", lang).join(keys[:_NAMED]) + ("…" if len(keys) > _NAMED else "")
    missing = sum(clash.missing for clash in clashes)
    total = say("nofit.missing_in_all", lang, amount=money(missing, lang)) if missing else ""
    return [f"    {say('nofit.more_like_it', lang, count=len(keys), rows=shown)}{total}"]


def explain_nofit(scenario: Scenario | str, *, seconds: float = 100.0, repairs: bool = True) -> NoFit:
    """Why a scenario (or the file that holds it) has no plan, and the least ways to one.

    `seconds`: about how much of the processor the repairs may take (not of the clock: what else a machine does leaves
    the menu as it is). `repairs=False`: only the conflict. Raises InputError where the
    tables themselves are wrong.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    findings = check(scenario)
    errors = tuple(f for f in findings if f.severity == "error" and f.code not in PROOFS)
    if errors:
        raise InputError(errors)
    start = time.process_time()
    system = system_of(scenario)
    conflicts = conflicts_of(system, seconds / 2)
    clashes = clashes_of(system, conflicts)
    middle = time.process_time()
    found = repairs_of(system, conflicts, seconds - (middle - start)) if repairs and conflicts else ()
    took = {"conflict": round(middle - start, 3), "repairs": round(time.process_time() - middle, 3)}
    return NoFit(clashes, found, tuple(f for f in findings if f.code in PROOFS), took, repairs)


__all__ = ["Clash", "NoFit", "Repair", "explain_nofit"]
