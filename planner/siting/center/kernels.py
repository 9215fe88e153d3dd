# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
"""Compiled parts of the covering decisions of the p-center, on rows and sites as sets of bits."""

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel


@kernel
def extremes(bits, size, largest):
    """Which sets are in no other set (``largest``), or hold no other set; of equal sets the first stays.

    ``bits``: sets × words of 64 bits. ``size``: how many elements each has.
    """
    sets, words = bits.shape
    stays = np.ones(sets, dtype=np.bool_)
    for a in range(sets):
        for b in range(sets):
            if a == b or not stays[b]:
                continue
            small, large = (a, b) if largest else (b, a)
            if size[small] > size[large] or (size[small] == size[large] and a < b):
                continue
            inside = True
            for k in range(words):
                if bits[small, k] & ~bits[large, k]:
                    inside = False
                    break
            if inside:
                stays[a] = False
                break
    return stays
