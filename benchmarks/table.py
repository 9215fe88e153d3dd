"""The table of what was measured: a row a case, ours, each peer's, and how many times longer the peer took."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from benchmarks.cases import Case

_MAXIMISING = ("max_cover", "capacitated_cover")


@dataclass(frozen=True)
class Measured:
    """What a solver did on a case within ``limit_s``; ``found`` is ``None`` where it gave no answer, for ``reason``."""

    case: Case
    solver: str
    limit_s: float
    found: dict[str, Any] | None
    reason: str

    def line(self) -> str:
        """For the one who waits."""
        if self.found is None:
            return f"{self.case.group}: {self.case.name}: {self.solver}: {self.reason}"
        return (
            f"{self.case.group}: {self.case.name}: {self.solver}: {self.found['seconds']:.2f} s, "
            f"{self.found['objective']:.10g} against {self.found['bound']:.10g}, {self.found['memory_mb']:.0f} MB, "
            f"{self.found['method']}"
        )


def as_markdown(measured: list[Measured]) -> str:
    """A table a group of cases, each with its total. A gap with a star is to the best bound of the row."""
    parts = []
    for group, of_group in groupby(measured, key=lambda one: one.case.group):
        rows = [list(one) for _, one in groupby(of_group, key=lambda one: one.case.name)]
        peers = list(dict.fromkeys(one.solver for row in rows for one in row if one.solver != "planner"))
        head = ["case", "planner, s", "gap", "MB", *(f"{peer}, s (gap), ratio" for peer in peers)]
        lines = [head, ["---", *["---:"] * (len(head) - 1)], *(_cells(row, peers) for row in rows)]
        if len(rows) > 1:
            lines.append(_total(rows, peers))
        parts.append(f"**{group}** – to reach: {rows[0][0].case.reach}\n")
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    return "\n".join(parts)


def _cells(row: list[Measured], peers: list[str]) -> list[str]:
    ours, others = row[0], {one.solver: one for one in row[1:]}
    cells = [ours.case.name, *_ours(ours, row)]
    for peer in peers:
        if peer not in others:
            cells.append("")
        elif others[peer].found is None:
            cells.append(others[peer].reason)
        else:
            cells.append(_theirs(others[peer], ours, row))
    return cells


def _ours(ours: Measured, row: list[Measured]) -> list[str]:
    if ours.found is None:
        return [ours.reason, "", ""]
    gap = _gap(ours, row)
    text = "proven" if gap == 0.0 else f"{gap:.2%}"
    if ours.case.optimum is not None and abs(ours.found["objective"] - ours.case.optimum()) > 1e-3:
        text += ", not the published optimum"
    return [f"{ours.found['seconds']:.2f}", text, f"{ours.found['memory_mb']:.0f}"]


def _theirs(one: Measured, ours: Measured, row: list[Measured]) -> str:
    assert one.found is not None
    gap = _gap(one, row)
    own = not math.isnan(one.found["bound"])
    known = "none" if math.isnan(gap) else "proven" if gap == 0.0 and own else f"{gap:.2%}{'' if own else '*'}"
    text = f"{one.found['seconds']:.2f} ({known})"
    return text if ours.found is None else f"{text} × {one.found['seconds'] / ours.found['seconds']:.1f}"


def _gap(one: Measured, row: list[Measured]) -> float:
    """From the answer to its own bound or, where it gives none, to the best bound of the row; 0 where proven."""
    assert one.found is not None
    upwards = one.case.model in _MAXIMISING
    objective, bound = one.found["objective"], one.found["bound"]
    if math.isnan(bound):
        known = [m.found["bound"] for m in row if m.found is not None and not math.isnan(m.found["bound"])]
        bound = (min(known) if upwards else max(known)) if known else math.nan
    gap = (bound - objective) / bound if upwards else (objective - bound) / objective if objective else 0.0
    return 0.0 if abs(gap) <= 1e-9 else gap


def _total(rows: list[list[Measured]], peers: list[str]) -> list[str]:
    def seconds(solver: str) -> list[float]:
        return [m.found["seconds"] for row in rows for m in row if m.solver == solver and m.found is not None]

    return ["**all**", f"**{sum(seconds('planner')):.2f}**", "", "", *(f"{sum(seconds(p)):.2f}" for p in peers)]
