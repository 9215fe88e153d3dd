"""How the siting kernels are compiled: once on a machine, cached, and no more than is needed."""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, misc"
from __future__ import annotations

from typing import Any, Final

from numba import njit

_njit: Any = njit  # its type hints lack the options below

_OPTIONS: Final = {"cache": True, "no_cfunc_wrapper": True}
# A kernel is called from Python; a step only from kernels, so nothing is compiled to reach it from outside.
kernel = _njit(**_OPTIONS)
step = _njit(**_OPTIONS, no_cpython_wrapper=True)
# Its numbers are never NaN and the sign of a 0 does not matter, so the processor may take several at a time.
unordered_step = _njit(**_OPTIONS, no_cpython_wrapper=True, fastmath={"nnan", "nsz"})


# Numba's own copying into an array checks the shapes, and the text of its complaint takes seconds to compile.
@step
def put(values, into):
    """Copy ``values`` into another array as long."""
    for t in range(len(into)):
        into[t] = values[t]
