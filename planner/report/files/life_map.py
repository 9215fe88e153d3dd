"""The riders' map: one page for a phone with every station, its services, hours and door, and what is open now."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup

from planner.crs import from_wgs84, in_crs
from planner.hours import read_hours
from planner.intake.study import Study
from planner.maps.ground import ground_shapes, street_shapes
from planner.maps.live.coding import coded_shapes
from planner.maps.offline import leaflet_sources
from planner.maps.street_names import street_names
from planner.plan import Plan
from planner.report.files.markup import templates_in
from planner.report.options import ReportOptions
from planner.stations import Station, stations_of
from planner.words import LANGUAGES, Language, Text, dictionary

_TEMPLATES: Final = Path(__file__).with_name("templates") / "life_map"
# In the order in which the page needs them.
_SCRIPTS: Final = ("hours.js", "places.js", "wording.js", "card.js", "ground.js", "page.js")
# Below these zooms a phone is spared what would only blur.
_GROUND_FROM: Final[Mapping[str, int]] = {"building": 16}
_PATHS_FROM: Final = 16
_BOUNDARY: Final = {"color": "#7a4b94", "weight": 2, "dashArray": "6 4"}


def write_life_map(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``life_map.html`` in ``folder``."""
    page = life_map_page(plan, language=language, options=options)
    (folder / "life_map.html").write_text(page, encoding="utf-8", newline="\n")


def life_map_page(plan: Plan, *, language: Language, options: ReportOptions = ReportOptions()) -> str:
    """The riders' map as HTML that needs no other file; it opens in ``language`` and has both.

    Names from files reach the page as data alone, and scripts run by the digest of their text: nothing that a file says
    can become markup or code.
    """
    leaflet_script, leaflet_style = leaflet_sources()
    scripts = [leaflet_script, "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in _SCRIPTS)]
    styles = [leaflet_style, (_TEMPLATES / "life_map.css").read_text(encoding="utf-8")]
    page = templates_in(_TEMPLATES)
    words = dictionary(language)
    return page.get_template("life_map.html.jinja").render(
        lang="zh-CN" if language == "zh" else "en",
        title=f"{words['life_map.title']} – {plan.study.name.in_language(language)}",
        no_script=words["life_map.no_script"],
        data=_as_data(_contents(plan, language, options)),
        scripts=[Markup(text) for text in scripts],
        styles=[Markup(text) for text in styles],
        script_digests=_digests(scripts),
        style_digests=_digests(styles),
    )


def _contents(plan: Plan, language: Language, options: ReportOptions) -> dict[str, Any]:
    """Everything that the page knows; texts for readers in both languages."""
    study, catalog = plan.study, plan.study.catalog
    stations = stations_of(plan)
    services = {key for station in stations for key in station.services}
    offers = {key for station in stations for key in station.offers}
    return {
        "language": language,
        "words": {spoken: _words(spoken) for spoken in LANGUAGES},
        "street": _both(study.name),
        "madeUp": study.made_up,
        "office": options.office,
        "madeOn": options.made_on.isoformat() if options.made_on else "",
        "reviewNumber": options.review_number,
        "internal": options.internal,
        "services": {key: _both(entry.name) for key, entry in catalog.services.items() if key in services},
        "facilities": {key: _both(entry.name) for key, entry in catalog.facilities.items() if key in offers},
        "stations": _stations(stations, study),
        "ground": _ground(study),
        "streetNames": _street_names(study),
    }


def _words(language: Language) -> dict[str, str]:
    return {key.partition(".")[2]: text for key, text in dictionary(language).items() if key.startswith("life_map.")}


def _both(text: Text) -> dict[str, str]:
    return {language: text.in_language(language) for language in LANGUAGES}


def _stations(stations: Iterable[Station], study: Study) -> list[dict[str, Any]]:
    found = list(stations)
    degrees = in_crs(gpd.GeoSeries([station.geometry for station in found], crs=study.metric_crs), "EPSG:4326")
    lon, lat = degrees.x.to_numpy(dtype=np.float64), degrees.y.to_numpy(dtype=np.float64)
    amap_lon, amap_lat = from_wgs84(lon, lat, "gcj02")
    return [
        {
            "number": station.number,
            "name": station.name,
            "services": station.services,
            "offers": station.offers,
            "stated": station.offers_stated,
            "hours": station.open_hours,
            "week": _week(station.open_hours),
            "floor": station.floor,
            "access": station.access,
            "address": station.address,
            "planned": station.state == "planned",
            "at": [round(float(lat[i]), 6), round(float(lon[i]), 6)],
            "gps": f"{lat[i]:.6f},{lon[i]:.6f}",
            "amap": f"{amap_lon[i]:.6f},{amap_lat[i]:.6f}",
        }
        for i, station in enumerate(found)
    ]


def _week(open_hours: str) -> list[list[int]]:
    """The spans of a week in which a place is open, [from, to) in minutes from Monday 00:00."""
    is_open = read_hours(open_hours).week.ravel().astype(np.int8)
    edges = np.flatnonzero(np.diff(is_open, prepend=0, append=0))
    spans: list[list[int]] = edges.reshape(-1, 2).tolist()
    return spans


def _ground(study: Study) -> list[dict[str, Any]]:
    """What lies under the stations, from the bottom up, each look with the zoom from which it is drawn."""
    looks = [(shape, style, _GROUND_FROM.get(kind, 0)) for kind, (shape, style) in ground_shapes(study).items()]
    looks += [(shape, style, 0 if rank else _PATHS_FROM) for rank, (shape, style) in street_shapes(study).items()]
    boundary = shapely.boundary(study.boundary.simplify(1.0))
    drawn = [{"from": zoom, "style": _leaflet_style(style), **_code(shape, study)} for shape, style, zoom in looks]
    return [*drawn, {"from": 0, "style": _BOUNDARY, "outline": True, **_code(boundary, study)}]


def _street_names(study: Study) -> list[list[Any]]:
    """Each name with its [lat, lon] and how far it is turned against the clock."""
    names = street_names(study)
    spots = gpd.GeoSeries(
        shapely.points([(name.x, name.y) for name in names] or np.empty((0, 2))), crs=study.metric_crs
    )
    degrees = in_crs(spots, "EPSG:4326")
    return [
        [name.name, [round(spot.y, 6), round(spot.x, 6)], name.angle] for name, spot in zip(names, degrees, strict=True)
    ]


def _code(shape: Any, study: Study) -> dict[str, Any]:
    code = coded_shapes(np.array([shape], dtype=object), study.metric_crs)
    return {"sizes": code["sizes"], "steps": code["steps"]}


def _leaflet_style(style: Mapping[str, Any]) -> dict[str, Any]:
    """The style with the names that Leaflet has for it."""
    names = {"fill_color": "fillColor", "fill_opacity": "fillOpacity", "dash_array": "dashArray"}
    return {names.get(name, name): value for name, value in style.items()}


def _as_data(contents: Mapping[str, Any]) -> Markup:
    """JSON that no HTML parser finds markup in: ``</script>`` and ``<!--`` are escaped as JSON has it."""
    text = json.dumps(contents, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _digests(texts: Iterable[str]) -> str:
    """What a content security policy allows to run, by content."""
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)
