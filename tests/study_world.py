"""One tiny study folder, complete and without faults; tests put a fault into a copy of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from osm_world import BEIJING, degrees_at, osm_xml, village

STUDY_TOML = """\
name = "小村"

[files]
boundary = { path = "boundary.geojson", crs = "wgs84" }
grids = { path = "grids.geojson", crs = "wgs84" }
communities = { path = "communities.geojson", crs = "wgs84" }
restricted = { path = "restricted.geojson", crs = "wgs84" }
streets = { path = "streets.osm" }
cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100 }
centres = { path = "centres.csv", crs = "wgs84" }
hosts = { path = "hosts.csv", crs = "wgs84" }

[scenarios.base.services.rest_station]
site_limit = 1
"""


def lon_lat(x: float, y: float, at: tuple[float, float] = BEIJING) -> str:
    """``lon,lat`` of a place in metres, as two cells of a table."""
    lon, lat = degrees_at(at, [(x, y)])[0]
    return f"{lon:.7f},{lat:.7f}"


def box(x: float, y: float, side: float) -> dict[str, object]:
    """A square with its south-west corner at (x, y), as a GeoJSON geometry."""
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return {"type": "Polygon", "coordinates": [degrees_at(BEIJING, corners)]}


def geojson(*features: tuple[Mapping[str, object], object]) -> str:
    """A GeoJSON file of (properties, geometry) pairs."""
    rows = [{"type": "Feature", "properties": dict(p), "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)


def table(header: str, *rows: str) -> str:
    """A CSV file."""
    return "\n".join([header, *rows]) + "\n"


CELLS = "cell_id,lon,lat,period,meals_per_day,parcels_per_day"
CENTRES = "centre_id,name,lon,lat,services,open_hours,floor,address"
APPEALS = "appeal_id,lon,lat,category,date,status"
HOSTS = "host_id,name,kind,lon,lat,floor,area_m2,yearly_cost_yuan,open_hours"


def study_files() -> dict[str, str]:
    """The content of each file: a 600 m square, two grids, two cells 200 m apart, one centre, one host::

    +-------+-------+   600 m
    |   W   |   E   |   grids
    |  c1   |   c2  |   cells at x = -100 and 100, y = 0, on the street
    |  S1   |   H1  |   the centre at c1, the host at c2
    +-------+-------+
    """
    halves = {"W": box(-300, -300, 300), "E": box(0, -300, 300)}
    return {
        "study.toml": STUDY_TOML,
        "boundary.geojson": geojson(({"name": "小村"}, box(-300, -300, 600))),
        "grids.geojson": geojson(
            *(({"grid_code": code, "name": code, "community_code": "1"}, half) for code, half in halves.items())
        ),
        "communities.geojson": geojson(({"community_code": "1", "name": "一社区"}, box(-300, -300, 600))),
        "restricted.geojson": geojson(
            ({"name": "河", "reason": "河道", "services": "charging_cabinet"}, box(200, 200, 50))
        ),
        "streets.osm": osm_xml(**village()),
        "cells.csv": table(
            CELLS,
            f"c1,{lon_lat(-100, 0)},lunch,10,0",
            f"c1,{lon_lat(-100, 0)},dinner,5,1",
            f"c2,{lon_lat(100, 0)},lunch,20,2",
        ),
        "centres.csv": table(CENTRES, f"S1,一号驿站,{lon_lat(-100, 0)},rest_station,08:00-20:00,1,东西街1号"),
        "hosts.csv": table(HOSTS, f"H1,小卖部,shop,{lon_lat(100, 0)},1,60,72000,08:00-22:00"),
    }


def write_study(folder: Path, **changes: str | bytes | None) -> Path:
    """The study with some files changed: ``cells_csv="…"`` writes that text or these bytes, ``None`` leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {name.rpartition("_")[0] + "." + name.rpartition("_")[2]: content for name, content in changes.items()}
    for name, content in (study_files() | given).items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def places(faults: Sequence) -> list[tuple]:
    """What a test compares: (file, row, column, key) of each fault."""
    return [(fault.file, fault.row, fault.column, fault.key) for fault in faults]
