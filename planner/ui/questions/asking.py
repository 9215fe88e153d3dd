"""What the form of a question gives back: the work that answers it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from planner.analysis import Answer
from planner.plan import Plan
from planner.words import Language

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asking:
    """What a form knows: the plan in hand and the language; its widgets' keys begin with ``key``."""

    plan: Plan
    language: Language
    key: str


@dataclass(frozen=True)
class Work:
    """``make`` answers the question, calling its argument with how much is done and of how much.

    ``entries`` tell it from the same question with other entries, for the same plan.
    """

    entries: Hashable
    make: Callable[[Progress], Answer]


# A form shows its widgets; without what it needs it says so and gives nothing.
Form = Callable[[Asking], Work | None]
