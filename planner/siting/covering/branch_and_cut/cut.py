"""What searches for cuts share: the inequality they find, and what they look at first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """Σ amounts · x[columns] ≥ least."""

    least: float
    columns: NDArray[np.int64]
    amounts: Floats


def shared_by_rows(matrix: sp.csr_array, x: Floats) -> sp.csr_array:
    """How much of each two rows the same sites, open as ``x`` says, cover: rows × rows."""
    share = sp.csr_array(matrix.multiply(x[None, :]) @ matrix.T)
    share.sort_indices()
    return share
