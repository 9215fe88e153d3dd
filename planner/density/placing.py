"""The cell of every position, without converting every position.

The degrees of a file are cut into blocks of some ten metres. A block that lies in one cell as a whole, corners and a
margin, needs no point of its own converted; only points of blocks across an edge are brought to WGS-84 one by one. The
answer is the same as for each point alone: the systems bend a block's sides by less than a hundredth of a millimetre.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner import crs
from planner.density.cells import MIXED, OUTSIDE, Cells, Codes, widened

_BLOCKS_PER_DEGREE: Final = 10_000
# More blocks than these are not remembered, so that memory does not grow with the records.
_MOST_BLOCKS: Final = 5_000_000
OUTSIDE_BOUNDARY: Final = -3


class Placing:
    """Which cell a position of one coordinate system is in; remembers the blocks that it has seen."""

    def __init__(self, system: str, cells: Cells, boundary: shapely.Geometry | None = None) -> None:
        self.system, self.cells, self.boundary = system, cells, boundary
        if boundary is not None:
            shapely.prepare(boundary)
        self._blocks = np.empty(0, dtype=np.int64)
        self._codes = np.empty(0, dtype=np.int64)

    def cells_of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Codes:
        """The cell of each position in degrees of the system; ``OUTSIDE`` of all, or ``OUTSIDE_BOUNDARY``."""
        column = np.floor(lon * _BLOCKS_PER_DEGREE).astype(np.int64)
        block = (column << 32) | np.floor(lat * _BLOCKS_PER_DEGREE).astype(np.int64)
        number, distinct = pd.factorize(block)
        found = self._of_blocks(np.asarray(distinct))[number]
        mixed = np.flatnonzero(found == MIXED)
        found[mixed] = self._one_by_one(lon[mixed], lat[mixed])
        return found

    def _one_by_one(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Codes:
        lon84, lat84 = crs.to_wgs84(lon, lat, self.system)
        found = self.cells.of(lon84, lat84)
        if self.boundary is not None:
            found[~shapely.intersects_xy(self.boundary, lon84, lat84)] = OUTSIDE_BOUNDARY
        return found

    def _of_blocks(self, blocks: Codes) -> Codes:
        order = np.argsort(blocks)
        blocks = blocks[order]
        at = np.searchsorted(self._blocks, blocks)
        known = at < len(self._blocks)
        known[known] = self._blocks[at[known]] == blocks[known]
        codes = np.empty(len(blocks), dtype=np.int64)
        codes[known] = self._codes[at[known]]
        fresh = ~known
        codes[fresh] = self._learn(blocks[fresh])
        if len(self._blocks) + fresh.sum() <= _MOST_BLOCKS:
            self._blocks = np.insert(self._blocks, at[fresh], blocks[fresh])
            self._codes = np.insert(self._codes, at[fresh], codes[fresh])
        answer = np.empty_like(codes)
        answer[order] = codes
        return answer

    def _learn(self, blocks: Codes) -> Codes:
        if not len(blocks):
            return blocks
        column, row = blocks >> 32, blocks & 0xFFFFFFFF
        corners = np.stack([((column + i) << 32) | (row + j) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)
        number, distinct = pd.factorize(corners.ravel())  # neighbours share their corners
        distinct = np.asarray(distinct)
        lon, lat = (distinct >> 32) / _BLOCKS_PER_DEGREE, (distinct & 0xFFFFFFFF) / _BLOCKS_PER_DEGREE
        lon84, lat84 = (c[number].reshape(-1, 4) for c in crs.to_wgs84(lon, lat, self.system))
        found = self.cells.of_quads(lon84, lat84)
        if self.boundary is not None:
            quads = shapely.polygons(np.stack(widened(lon84, lat84), axis=-1))
            touched = shapely.intersects(self.boundary, quads)
            found[~touched] = OUTSIDE_BOUNDARY
            found[touched & ~shapely.contains_properly(self.boundary, quads)] = MIXED
        return found


def is_in_a_cell(codes: Codes) -> NDArray[np.bool_]:
    """Which numbers are those of cells."""
    return ~np.isin(codes, (OUTSIDE, OUTSIDE_BOUNDARY))
