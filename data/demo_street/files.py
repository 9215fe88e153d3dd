"""Writers for OSM XML, GeoJSON and CSV with fixed formatting."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

from .net import Net
from .plane import Point, to_degrees
from .shape import area


def save(path: Path, text: str) -> None:
    """Write text with the same line ends on every system."""
    path.write_bytes(text.encode("utf-8"))


def degrees(point: Point) -> tuple[str, str]:
    """Longitude and latitude with seven decimals."""
    lon, lat = to_degrees(point)
    return f"{lon:.7f}", f"{lat:.7f}"


def geojson(name: str, features: list[tuple[dict[str, str], list[Point]]]) -> str:
    """A feature collection of polygons, counter-clockwise, one feature a line."""
    lines = []
    for properties, ring in features:
        turned = ring if area(ring) > 0 else ring[::-1]
        corners = ",".join(f"[{','.join(degrees(p))}]" for p in [*turned, turned[0]])
        texts = ",".join(f'"{k}":"{v}"' for k, v in properties.items())
        lines.append(
            f'{{"type":"Feature","properties":{{{texts}}},"geometry":{{"type":"Polygon","coordinates":[[{corners}]]}}}}'
        )
    return f'{{"type":"FeatureCollection","name":"{name}","features":[\n' + ",\n".join(lines) + "\n]}\n"


def csv(header: str, rows: list[list[str]]) -> str:
    """A table; no value holds a comma or a quote."""
    for row in rows:
        if any("," in v or '"' in v for v in row):
            raise ValueError(row)
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def osm_xml(net: Net) -> str:
    """The map as OSM XML 0.6; nodes without use are left out."""
    used = set(net.node_tags)
    for way in net.ways:
        used.update(way.nodes)
    ids = {n: 1000001 + k for k, n in enumerate(sorted(used))}
    places = {n: degrees(net.nodes[n]) for n in ids}
    lons = sorted((p[0] for p in places.values()), key=float)
    lats = sorted((p[1] for p in places.values()), key=float)
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="make_demo.py">']
    out.append(f' <bounds minlat="{lats[0]}" minlon="{lons[0]}" maxlat="{lats[-1]}" maxlon="{lons[-1]}"/>')
    for n, number in ids.items():
        lon, lat = places[n]
        head = f' <node id="{number}" version="1" lat="{lat}" lon="{lon}"'
        tags = net.node_tags.get(n)
        out.append(head + "/>" if not tags else head + ">" + _tags(tags) + "</node>")
    for k, way in enumerate(net.ways):
        out.append(f' <way id="{500001 + k}" version="1">')
        out.append("  " + "".join(f'<nd ref="{ids[n]}"/>' for n in way.nodes))
        out.append("  " + _tags(way.tags))
        out.append(" </way>")
    out.append("</osm>")
    return "\n".join(out) + "\n"


def _tags(tags: dict[str, str]) -> str:
    """Tag elements."""
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
