"""Write the study folder of a made-up street office: ``python data/make_demo.py [OUT_DIR]``."""

import sys
from pathlib import Path

# Loaded from its path by the tests, this file must still find the package beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from demo_street.appeals import find_appeals
from demo_street.centres import find_centres
from demo_street.checkins import DAYS, find_checkins
from demo_street.deliveries import MEALS, PARCELS, PERIODS, cell_centre, deliver
from demo_street.doors import DOORS
from demo_street.draw import Draw
from demo_street.files import csv, degrees, geojson, osm_xml, save
from demo_street.frame import Frame, make_frame
from demo_street.hosts import find_hosts
from demo_street.net import Net
from demo_street.places import Places, settle
from demo_street.plane import Point
from demo_street.restricted import find_restricted
from demo_street.shape import area, centre
from demo_street.streets import Streets
from demo_street.surroundings import lay_surroundings
from demo_street.texts import README, STUDY
from demo_street.town import Town

SEED = 20240501
_DIGITS = "零一二三四五六七八九"


def write_demo(folder: Path, seed: int = SEED) -> None:
    """Write every file of the study folder."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = Draw(seed)
    frame = make_frame(draw)
    net = Net()
    streets = Streets(frame, net, draw)
    streets.lay()
    town = Town(streets, draw)
    town.build(frame.blocks)
    streets.write()
    lay_surroundings(streets)
    places = settle(frame, net, town)
    counts = _areas(folder, frame) | _tables(folder, streets, places, seed) | _appeals(folder, places, seed)
    save(folder / "streets.osm", osm_xml(net))
    street_nodes = {n for way in net.ways if "highway" in way.tags for n in way.nodes}
    counts |= {"street_nodes": len(street_nodes), "buildings": len(town.houses)}
    size = area(frame.ring(frame.mesh.outline(frame.mesh.faces))) / 1e6
    save(folder / "README.md", README.format(seed=seed, area=f"{size:.2f}", **counts))
    save(folder / "study.toml", STUDY)


def _areas(folder: Path, frame: Frame) -> dict[str, int]:
    """Boundary, communities and grids."""
    mesh = frame.mesh
    rim = frame.ring(mesh.outline(mesh.faces))
    save(folder / "boundary.geojson", geojson("boundary", [({"name": "示范街道"}, rim)]))
    communities: list[tuple[dict[str, str], list[Point]]] = []
    grids: list[tuple[dict[str, str], list[Point]]] = []
    for n, community in enumerate(frame.communities):
        faces = [f for f in mesh.faces if f.community == n]
        properties = {"community_code": community.code, "name": community.name}
        communities.append((properties, frame.ring(mesh.outline(faces))))
        rings = [frame.ring(f.loop) for f in faces]
        # Grids are counted in strips from the north, each strip from the west.
        rings.sort(key=lambda r: (-round(centre(r)[1] / 130), centre(r)[0]))
        for k, ring in enumerate(rings, start=1):
            own = {"grid_code": f"{community.code}{k:03d}", "name": f"{community.name}第{_in_words(k)}网格"}
            grids.append((own | {"community_code": community.code}, ring))
    save(folder / "communities.geojson", geojson("communities", communities))
    save(folder / "grids.geojson", geojson("grids", grids))
    return {"communities": len(communities), "grids": len(grids)}


def _in_words(n: int) -> str:
    """A number below 100 in Chinese."""
    tens, ones = divmod(n, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _tables(folder: Path, streets: Streets, places: Places, seed: int) -> dict[str, int]:
    """Cells, centres and their check-ins, hosts and restricted zones."""
    rows: list[list[str]] = []
    cells = deliver(places)
    for (i, j), parts in cells:
        where = [f"c{j + 20:02d}{i + 20:02d}", *degrees(cell_centre((i, j)))]
        rows += [[*where, period, str(m), str(p)] for period, (m, p) in zip(PERIODS, parts, strict=False)]
    save(folder / "cells.csv", csv("cell_id,lon,lat,period,meals_per_day,parcels_per_day", rows))

    centres = find_centres(places)
    rows = [
        [f"S{n:02d}", c.name, *degrees(c.at), c.services, c.hours, str(c.floor), c.address, *DOORS.get(n, ("", ""))]
        for n, c in enumerate(centres, start=1)
    ]
    save(folder / "centres.csv", csv("centre_id,name,lon,lat,services,open_hours,floor,address,offers,access", rows))

    checkins = find_checkins(centres, cells, seed)
    save(folder / "checkins.csv", csv("date,station,checkins", checkins))

    hosts = find_hosts(streets.net, places)
    rows = [
        [f"H{n:03d}", h.name, h.kind, *degrees(h.at), str(h.floor), str(h.area_m2), str(h.cost), h.hours]
        for n, h in enumerate(hosts, start=1)
    ]
    save(folder / "hosts.csv", csv("host_id,name,kind,lon,lat,floor,area_m2,yearly_cost_yuan,open_hours", rows))

    zones = find_restricted(streets.courses, places, hosts)
    features = [({"name": n, "reason": r, "services": s}, ring) for n, r, s, ring in zones]
    save(folder / "restricted.geojson", geojson("restricted", features))
    return {
        "cells": len(cells),
        "meals": MEALS,
        "parcels": PARCELS,
        "centres": len(centres),
        "checkins": len(checkins),
        "checkin_days": DAYS,
        "hosts": len(hosts),
        "restricted": len(zones),
    }


def _appeals(folder: Path, places: Places, seed: int) -> dict[str, int]:
    """Appeals."""
    appeals = find_appeals(places, seed)
    rows = [[f"Q{n:03d}", *degrees(a.at), a.category, a.date, a.status] for n, a in enumerate(appeals, start=1)]
    save(folder / "appeals.csv", csv("appeal_id,lon,lat,category,date,status", rows))
    return {"appeals": len(appeals), "open_appeals": sum(a.status == "open" for a in appeals)}


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "demo")
