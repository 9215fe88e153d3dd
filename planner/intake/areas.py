"""A file of polygons → areas where nothing may stand."""

from __future__ import annotations

from pathlib import Path

import shapely

from planner.errors import Fault, StudyError
from planner.intake.shapes import read_shapes
from planner.scenario import NoGoArea


def read_areas(path: Path, system: str) -> tuple[NoGoArea, ...]:
    """The polygons of a map file as areas for all services, named after the file.

    ``system`` is that of the coordinates where the file does not state its own. Raises ``StudyError`` with all faults;
    a polygon with a hole is one, for an area is told by its outline alone.
    """
    frame, faults = read_shapes(path, system, [])
    parts = [part for shape in frame.geometry for part in shapely.get_parts(shape)]
    holed = [row for row, shape in enumerate(parts, start=1) if shapely.get_num_interior_rings(shape)]
    faults = [*faults, *(Fault(path.name, "area_with_hole", row) for row in holed)]
    if any(fault.is_error for fault in faults):
        raise StudyError(path.name, faults)
    names = [path.stem] if len(parts) == 1 else [f"{path.stem} {number}" for number in range(1, len(parts) + 1)]
    return tuple(
        NoGoArea(name=name, ring=tuple((float(lon), float(lat)) for lon, lat in part.exterior.coords[:-1]))
        for name, part in zip(names, parts, strict=True)
    )
