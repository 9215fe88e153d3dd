"""Whether grids tile the ground: where they overlap, what they leave open, what lies outside the boundary."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.errors import Fault
from planner.intake.codes import read_codes

# Outlines that were drawn apart never meet exactly. What is narrower than this is such a sliver and does not count.
SLIVER_WIDTH_M: Final = 5.0
# Two grids that share more than this of the smaller one are two drawings of one.
_SAME_GROUND_SHARE: Final = 0.5
_OUTSIDE_SHARE: Final = 0.1


def tiling_faults(file: str, grids: gpd.GeoDataFrame, area: BaseGeometry) -> list[Fault]:
    """Remarks on overlaps and holes with their area in m² and the codes beside them, and errors where grids lie on one
    another or nowhere near ``area``. ``grids`` are metric, in the order of the file.
    """
    shapes, codes = grids.geometry.to_numpy(), grids["grid_code"].to_numpy()
    if not len(shapes):
        return []
    if not shapely.intersects(shapes, area).any():
        return [Fault(file, "grids_elsewhere")]
    return [*_overlaps(file, shapes, codes), *_holes(file, shapes, codes, area), *_outside(file, shapes, codes, area)]


def in_communities(
    file: str, grids: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """The grids with the codes of their communities as the communities have them, and those that name none of these."""
    if communities.empty or grids.empty:
        return grids, []
    said = {row: code for row, code in enumerate(grids["community_code"], start=1) if code}
    codes, bad, remarks = read_codes(file, "community_code", said, known=set(communities["community_code"]))
    remarks += [
        Fault(
            file, "community_unknown", row, "community_code", said[row], {"grid": grids["grid_code"][row - 1]}, "remark"
        )
        for row in sorted(bad)
    ]
    whole = [codes.get(row, "") for row in range(1, len(grids) + 1)]
    return grids.assign(community_code=whole), remarks


def _overlaps(file: str, shapes: np.ndarray, codes: np.ndarray) -> list[Fault]:
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted(zip(first[first < second].tolist(), second[first < second].tolist(), strict=True))
    faults = []
    for i, j in pairs:
        shared = shapely.intersection(shapes[i], shapes[j])
        if not _is_wide(shared):
            continue
        share = shared.area / min(shapes[i].area, shapes[j].area)
        about = {"other": codes[i], "area_m2": shared.area, "width_m": SLIVER_WIDTH_M}
        if share > _SAME_GROUND_SHARE:
            faults.append(Fault(file, "grids_same_ground", j + 1, "grid_code", codes[j], about))
        else:
            faults.append(Fault(file, "grids_overlap", j + 1, "grid_code", codes[j], about, "remark"))
    return faults


def _holes(file: str, shapes: np.ndarray, codes: np.ndarray, area: BaseGeometry) -> list[Fault]:
    """What of the area is in no grid, without slivers, the largest piece first."""
    left = shapely.difference(area, shapely.union_all(shapes))
    half = SLIVER_WIDTH_M / 2
    opened = shapely.intersection(left, left.buffer(-half, join_style="mitre").buffer(half, join_style="mitre"))
    pieces = sorted((p for p in shapely.get_parts(opened) if _is_wide(p)), key=lambda piece: -piece.area)
    faults = []
    for piece in pieces:
        near = codes[shapely.distance(shapes, piece) < SLIVER_WIDTH_M]
        about = {"area_m2": piece.area, "near": ", ".join(near[:10]), "width_m": SLIVER_WIDTH_M}
        faults.append(Fault(file, "grids_leave_hole", None, "grid_code", None, about, "remark"))
    return faults


def _outside(file: str, shapes: np.ndarray, codes: np.ndarray, area: BaseGeometry) -> list[Fault]:
    beyond = shapely.difference(shapes, area)
    share = shapely.area(beyond) / shapely.area(shapes)
    return [
        Fault(file, "grid_outside", i + 1, "grid_code", codes[i], {"share": float(share[i])}, "remark")
        for i in np.flatnonzero(share > _OUTSIDE_SHARE).tolist()
        if _is_wide(beyond[i])
    ]


def _is_wide(shape: BaseGeometry) -> bool:
    return not shape.buffer(-SLIVER_WIDTH_M / 2, join_style="mitre").is_empty
