"""A plan as a GeoPackage, for QGIS and other mapping programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyogrio

from planner.plan import Plan
from planner.report.files.map_layers import layer_kind, map_layers
from planner.report.files.qgis_styles import qgis_styles
from planner.report.options import ReportOptions
from planner.words import Language

# GDAL stamps each layer with the time; a fixed one makes the same plan the same bytes.
_STAMP: Final = "2000-01-01T00:00:00.000Z"


def write_geopackage(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``plan.gpkg`` in ``folder``: the layers of :func:`planner.report.files.map_layers.map_layers`, and a table
    ``layer_styles`` from which QGIS takes their looks.

    The file names its coordinate system: EPSG:4326, EPSG:4490, or, as GCJ-02 has no code, a system of its own called
    ``GCJ-02 (AMap)``, which no mapping program takes for WGS-84.
    """
    path = folder / "plan.gpkg"
    layers = map_layers(plan, language, options.data_system)
    styles = qgis_styles({name: frame.columns.drop("geometry") for name, frame in layers.items()}, plan, language)
    with _fixed_stamp():
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                frame, path, layer=name, driver="GPKG", geometry_type=layer_kind(name), append=path.exists()
            )
        pyogrio.write_dataframe(styles, path, layer="layer_styles", driver="GPKG", FID="id", append=True)


@contextmanager
def _fixed_stamp() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
