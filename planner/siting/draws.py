"""Numbers drawn inside compiled code, the same on every machine for a seed."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def draw(random, below):
    """A number from 0 up to ``below`` by xorshift64* (Marsaglia 2003; Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % below
