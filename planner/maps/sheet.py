"""An empty map to put layers on: Leaflet inside, no tiles, a place for each layer in the pile, a panel beside it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from folium.utilities import JsCode
from pyproj import CRS
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from planner.crs import in_crs
from planner.crs.projected import way_between
from planner.maps.offline import leaflet_script, leaflet_style, number_elements

PARTS: Final = Path(__file__).with_name("parts")
Feature = dict[str, Any]
Titles = Mapping[str, str]


class Sheet:
    """A folium map in the making; shapes come in metric coordinates and lie on it in WGS-84 degrees."""

    def __init__(self, area: BaseGeometry, metric_crs: CRS, *, title: str) -> None:
        self._way_to_degrees = way_between(metric_crs, CRS.from_epsg(4326))
        west, south, east, north = self._one_in_degrees(area).bounds
        self._pile: list[tuple[int, MacroElement]] = []
        self.drawn = folium.Map(
            location=[round((south + north) / 2, 6), round((west + east) / 2, 6)],
            zoom_start=14,
            tiles=None,
            prefer_canvas=True,
            attribution_control=False,
            zoom_snap=0.25,
            min_zoom=10,
            max_zoom=20,
        )
        self._fit = _Fit(self.drawn, [[south, west], [north, east]])
        self.drawn.add_child(self._fit)  # before any layer, which would else be laid out twice
        # On the instance: other maps of the same process keep their own.
        self.drawn.default_js = [("leaflet", leaflet_script())]
        self.drawn.default_css = [("leaflet_css", leaflet_style())]
        figure = self.drawn.get_root()
        assert isinstance(figure, Figure)
        self._figure = figure
        self._figure.title = typed(title)
        self._figure.header.add_child(Element(f"<style>{(PARTS / 'map.css').read_text(encoding='utf-8')}</style>"))

    def group(self, name: str | None, *, show: bool = True) -> folium.FeatureGroup:
        """A layer that readers can switch by ``name`` (markup), or one that always shows."""
        group = folium.FeatureGroup(name=name, control=name is not None, show=show)
        self.drawn.add_child(group)
        return group

    def add_shapes(
        self,
        group: folium.FeatureGroup,
        features: Sequence[Feature],
        titles: Titles | None = None,
        *,
        level: int | None = None,
        **style: Any,
    ) -> None:
        """Features of one style; ``titles`` names the properties in their tooltip; a higher ``level`` lies above."""
        if not features:
            return
        layer = folium.GeoJson({"type": "FeatureCollection", "features": list(features)}, control=False, **style)
        if titles:
            names = [typed(title) for title in titles.values()]
            layer.add_child(folium.GeoJsonTooltip(list(titles), names, class_name="planner-tip"))
        group.add_child(layer)
        if level is not None:
            self._pile.append((level, layer))

    def add_layer(self, group: folium.FeatureGroup, layer: MacroElement, *, level: int) -> None:
        """A layer that draws itself; a higher ``level`` lies above."""
        group.add_child(layer)
        self._pile.append((level, layer))

    def add_markers(
        self,
        group: folium.FeatureGroup,
        features: Sequence[Feature],
        titles: Titles,
        *,
        class_name: str,
        size: int,
        above: int = 0,
        interactive: bool = True,
    ) -> None:
        """Markers drawn by the style sheet alone, with a number in them where a feature has ``digits``.

        Markers with a higher ``above`` cover the others.
        """
        draw = (
            "function (feature, at) {"
            " const digits = feature.properties.digits;"
            f' const icon = L.divIcon({{className: "{class_name}", iconSize: [{size}, {size}],'
            ' html: digits === undefined ? "" : String(Number(digits)) });'
            f" return L.marker(at, {{icon: icon, interactive: {str(interactive).lower()}, keyboard: false,"
            f" zIndexOffset: {1000 * above} }}); }}"
        )
        self.add_shapes(group, features, titles, point_to_layer=JsCode(draw))

    def feature(self, shape: BaseGeometry, **told: object) -> Feature:
        """One shape with what a tooltip tells of it."""
        return _feature(self._one_in_degrees(shape), told)

    def features(self, shapes: gpd.GeoSeries, told: Sequence[Mapping[str, object]]) -> list[Feature]:
        """A feature for each shape."""
        return [_feature(shape, facts) for shape, facts in zip(self.in_degrees(shapes), told, strict=True)]

    def finish(self, panel: str, *, lang: str) -> folium.Map:
        """The map with its layer box inside ``panel`` (HTML), and element names that do not change."""
        control = folium.LayerControl(collapsed=False)
        self.drawn.add_child(control)
        shapes = [shape for _, shape in sorted(self._pile, key=lambda pair: pair[0])]
        self.drawn.add_child(_Panel(panel, control, shapes, self._fit, lang))
        number_elements(self._figure)
        return self.drawn

    def in_degrees(self, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
        """Shapes in WGS-84 degrees, to the millionth."""
        degrees = in_crs(shapes, "EPSG:4326")
        return gpd.GeoSeries(shapely.transform(degrees.to_numpy(), lambda lonlat: lonlat.round(6)), degrees.index, 4326)

    def _one_in_degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in metres as :meth:`in_degrees` has it; a series for each of hundreds would be most of the work."""
        way = self._way_to_degrees
        return shapely.transform(shape, lambda xy: np.column_stack(way.transform(*xy.T)).round(6))


class _Fit(MacroElement):
    """The first view, and the function that finds it again."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = {{ this.code }}({{ this.drawn.get_name() }}, {{ this.bounds|tojson }});
        const {{ this.get_name() }}_size = {{ this.get_name() }}();
        {% endmacro %}
        """
    )

    def __init__(self, drawn: folium.Map, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Fit"
        self.drawn, self.bounds = drawn, bounds
        self.code = (PARTS / "fit.js").read_text(encoding="utf-8").rstrip()


class _Panel(MacroElement):
    """Title, headline figures, layer box and legend, and the script that joins them to the map."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}{{ this.content }}{% endmacro %}
        {% macro script(this, kwargs) %}
        {{ this.code }}(
            {{ this._parent.get_name() }}, {{ this.control.get_name() }},
            [{% for shape in this.shapes %}{{ shape.get_name() }},{% endfor %}],
            {{ this.fit.get_name() }}, {{ this.fit.get_name() }}_size, {{ this.lang|tojson }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        content: str,
        control: folium.LayerControl,
        shapes: Sequence[MacroElement],
        fit: _Fit,
        lang: str,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Panel"
        # branca renders this text as a template once more: no brace of a name may open a tag of it.
        self.content = content.replace("{", "&#123;")
        self.code = (PARTS / "map.js").read_text(encoding="utf-8").rstrip()
        self.control, self.shapes, self.fit, self.lang = control, shapes, fit, lang


def typed(text: object) -> str:
    """A text as it was typed, for a place that reads markup: neither HTML nor a template sees anything in it."""
    return html.escape(str(text)).replace("{", "&#123;")


def _feature(shape: BaseGeometry, told: Mapping[str, object]) -> Feature:
    return {"type": "Feature", "properties": dict(told), "geometry": mapping(shape)}
