"""Numbers drawn inside compiled code, the same on every machine for a seed."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.siting.compiled import step


def seeded(seed: int) -> NDArray[np.uint64]:
    """The state from which :func:`draw` goes on; never 0, from which it would not."""
    return np.array([0x9E3779B97F4A7C15 ^ (seed * 0xBF58476D1CE4E5B9 % 2**63) or 1], dtype=np.uint64)


@step
def _next(random):
    """The next 31 bits of xorshift64* (Marsaglia 2003; Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33))


@step
def draw(random, below):
    """A whole number from 0 up to, without, ``below``."""
    return _next(random) % below


@step
def draw_share(random):
    """A number from 0 up to, without, 1."""
    return _next(random) / 2147483648.0
