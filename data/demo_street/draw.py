"""Draws from a seed that give the same numbers on every machine."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A seeded source; every draw goes through ``random()``, whose sequence Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def unit(self) -> float:
        """A number from 0 up to but not including 1."""
        return self._source.random()

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self.unit())

    def chance(self, share: float) -> bool:
        """True in the given share of draws."""
        return self.unit() < share

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(len(items) * self.unit())]

    def mixed(self, items: Sequence[T]) -> list[T]:
        """The items in a drawn order."""
        left = list(items)
        out: list[T] = []
        while left:
            out.append(left.pop(int(len(left) * self.unit())))
        return out
