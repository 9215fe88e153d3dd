"""What coordinate systems are called on the page."""

from __future__ import annotations

from planner.crs import SYSTEMS
from planner.words import Language, say


def system_name(name: str, language: Language) -> str:
    """The name that a clerk knows a system by; another keeps the name that study.toml gives it."""
    return say(f"street.system_{name}", language) if name in SYSTEMS else name
