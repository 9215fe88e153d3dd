"""What a map shows of an area, as points with amounts: floor area, points of interest, metres of street."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.catalog import Catalog, Estimate, Mode
from planner.combining import Combining
from planner.intake.study import Streets

Floats = NDArray[np.float64]

_SAMPLE_STEP_M = 10.0


@dataclass(frozen=True)
class Amounts:
    """Something mapped: ``points`` (shapely, metric) and how much lies at each of them."""

    points: NDArray[np.object_]
    amount: Floats

    def within(self, shapes: NDArray[np.object_]) -> Floats:
        """The sum inside each of ``shapes``; a point on a common edge counts for the first."""
        point, shape = shapely.STRtree(shapes).query(self.points, predicate="intersects")
        order = np.lexsort((shape, point))
        first = order[np.unique(point[order], return_index=True)[1]]
        sums = np.bincount(shape[first], weights=self.amount[point[first]], minlength=len(shapes))
        return sums.astype(np.float64)


def mapped_amounts(
    features: gpd.GeoDataFrame, streets: Streets, catalog: Catalog, *, pois: Iterable[str] = ()
) -> dict[str, Amounts]:
    """``homes``, ``offices``, ``buildings`` (floor area of all, m²), ``pick_ups``, ``pois`` (counts), ``streets`` (m).

    ``features`` are as :func:`planner.intake.osm.read_features` gives them, metric, with the keys of :func:`tag_keys`;
    ``pois`` are the tags of points of interest, by default the catalog's.
    """
    built = buildings_of(features)
    middles, floor_m2 = middles_of(built), floor_area_m2(built, catalog.estimate.storeys.value)
    is_home, is_office = uses_of(built, features, catalog.estimate)
    pick_ups = middles_of(features[has_tag(features, catalog.estimate.pick_ups)])
    others = middles_of(features[has_tag(features, pois or catalog.combining.pois)])
    return {
        "homes": Amounts(middles, np.where(is_home, floor_m2, 0.0)),
        "offices": Amounts(middles, np.where(is_office, floor_m2, 0.0)),
        "buildings": Amounts(middles, floor_m2),
        "pick_ups": Amounts(pick_ups, np.ones(len(pick_ups))),
        "pois": Amounts(others, np.ones(len(others))),
        "streets": street_metres(streets, catalog.modes["walk"]),
    }


def tag_keys(catalog: Catalog, combining: Combining) -> tuple[str, ...]:
    """The tag keys that :func:`mapped_amounts` looks at."""
    tags = (*catalog.estimate.pick_ups, *combining.pois)
    return tuple(dict.fromkeys(["building", "landuse", *(tag.partition("=")[0] for tag in tags)]))


def buildings_of(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The features that are buildings drawn as areas."""
    return features[(features["building"] != "") & (features.geom_type != "Point")]


def uses_of(
    buildings: gpd.GeoDataFrame, features: gpd.GeoDataFrame, rules: Estimate
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which buildings are homes and which offices; an untyped one follows the ground it stands on."""
    kind = buildings["building"]
    ground = features[features["landuse"].isin(rules.office_ground) & (features.geom_type != "Point")]
    on_office_ground = np.zeros(len(buildings), dtype=bool)
    if len(ground):
        on_office_ground = shapely.intersects(ground.geometry.union_all(), middles_of(buildings))
    is_office = kind.isin(rules.offices).to_numpy() | ((kind == "yes").to_numpy() & on_office_ground)
    return kind.isin(rules.homes).to_numpy() & ~is_office, is_office


def floor_area_m2(buildings: gpd.GeoDataFrame, storeys: float) -> Floats:
    """Footprint times storeys, ``storeys`` where none are mapped."""
    mapped = pd.to_numeric(buildings["building:levels"], errors="coerce").to_numpy(dtype=float)
    levels = np.where(np.isfinite(mapped) & (mapped > 0), mapped, storeys)
    area: Floats = buildings.area.to_numpy(dtype=np.float64) * levels
    return area


def street_metres(streets: Streets, mode: Mode) -> Amounts:
    """Metres of street that ``mode`` may use, from points every few metres."""
    usable = streets.edges[~streets.edges["highway"].isin(mode.barred)]
    points, metres = [np.array([], dtype=object)], [np.array([])]
    for line in usable.geometry:
        count = max(1, round(line.length / _SAMPLE_STEP_M))
        points.append(shapely.line_interpolate_point(line, (np.arange(count) + 0.5) / count, normalized=True))
        metres.append(np.full(count, line.length / count))
    return Amounts(np.concatenate(points), np.concatenate(metres))


def has_tag(features: gpd.GeoDataFrame, tags: Iterable[str]) -> NDArray[np.bool_]:
    """Which features have one of ``tags``, written ``key=value`` or ``key=*``."""
    found = np.zeros(len(features), dtype=bool)
    for tag in tags:
        key, _, value = tag.partition("=")
        found |= ((features[key] != "") if value == "*" else (features[key] == value)).to_numpy(dtype=bool)
    return found


def middles_of(features: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """A point of each feature that lies on it."""
    points: NDArray[np.object_] = shapely.point_on_surface(features.geometry.to_numpy())
    return points
