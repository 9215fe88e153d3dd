"""How the siting kernels are compiled: once on a machine, cached, and no more than is needed."""

from __future__ import annotations

from typing import Any

from numba import njit

_njit: Any = njit  # its type hints lack the options below

# A kernel is called from Python; a step only from kernels, so nothing is compiled to reach it from outside.
kernel = _njit(cache=True, no_cfunc_wrapper=True)
step = _njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
# Its numbers are never NaN and the sign of a 0 does not matter, so the processor may take several at a time.
unordered_step = _njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, fastmath={"nnan", "nsz"})
