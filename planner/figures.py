"""Numbers as people read them: shares, amounts with their unit, yuan; a dash where there is no number."""

from __future__ import annotations

import math
from typing import Final

from planner.words import Language, say

NOTHING: Final = "—"


def share_text(share: float) -> str:
    """A share of 0 to 1 as a percentage with one decimal."""
    return f"{share:.1%}" if math.isfinite(share) else NOTHING


def amount_text(value: float, unit: str = "") -> str:
    """An amount with thousands separators, with one decimal below a hundred, and its unit."""
    if not math.isfinite(value):
        return NOTHING
    digits = f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.1f}"
    return f"{digits} {unit}".strip()


def interval_text(low: float, high: float) -> str:
    """From one amount to another, a dash where no bounds can be given."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOTHING
    return f"{amount_text(low)}–{amount_text(high)}"


def yuan_text(value: float, language: Language) -> str:
    """An amount of money."""
    return say("term.unit_yuan", language, value=value) if math.isfinite(value) else NOTHING
