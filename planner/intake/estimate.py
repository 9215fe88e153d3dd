"""A street map alone → an estimate of deliveries, and hosts that could hold a service.

Nothing here is data: every table made from it is marked as an estimate. The factors, with their sources, stand in the
``[estimate]`` table of the catalog.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from planner.catalog import Catalog
from planner.intake.mapped import has_tag, mapped_amounts, middles_of
from planner.intake.study import Streets
from planner.words import Language

Floats = NDArray[np.float64]


def lattice(area: BaseGeometry, side_m: float) -> Floats:
    """Centres (cells, 2) of the squares of a lattice through the origin whose centres lie inside ``area``."""
    west, south, east, north = area.bounds
    x = np.arange(np.floor(west / side_m), np.ceil(east / side_m)) * side_m + side_m / 2
    y = np.arange(np.floor(south / side_m), np.ceil(north / side_m)) * side_m + side_m / 2
    xy = np.array(np.meshgrid(x, y)).reshape(2, -1).T
    return xy[shapely.contains_xy(area, xy[:, 0], xy[:, 1])]


def estimate_deliveries(
    features: gpd.GeoDataFrame, streets: Streets, cells: Floats, catalog: Catalog
) -> dict[str, Floats]:
    """Meals and parcels per day of each cell and period: kind → (cells, periods).

    Residents and workers follow from the floor area of homes and offices (from street length where nothing is built in
    the map); what they order is handed over where they are, and half of each meal counts where it is picked up.
    """
    rules = catalog.estimate
    mapped = mapped_amounts(features, streets, catalog)

    def in_cells(what: str) -> Floats:
        cell = _cell_of(mapped[what].points, cells, rules.cell_size_m)
        return _sums(cell, mapped[what].amount, len(cells))

    if mapped["buildings"].amount.size == 0:
        residents = in_cells("streets") * rules.residents_per_street_m.value
        workers = np.zeros(len(cells))
    else:
        residents = in_cells("homes") * rules.residents_per_m2.value
        workers = in_cells("offices") * rules.workers_per_m2.value
    by_period = {who: np.array([shares[p] for p in catalog.periods]) for who, shares in rules.meals_by_period.items()}
    meals = rules.meals_per_person_per_day.value * (
        np.outer(residents, by_period["homes"]) + np.outer(workers, by_period["offices"])
    )
    pick_ups = in_cells("pick_ups")
    if pick_ups.sum() > 0:
        share = rules.share_at_pick_up.value
        meals = (1 - share) * meals + share * np.outer(pick_ups / pick_ups.sum(), meals.sum(axis=0))
    parcels_by_period = np.array([catalog.deliveries["parcels"].by_period[p] for p in catalog.periods])
    parcels = np.outer(residents * rules.parcels_per_person_per_day.value, parcels_by_period)
    return {"meals": meals.round(2), "parcels": parcels.round(2)}


def hosts_from_features(
    features: gpd.GeoDataFrame, area: BaseGeometry, catalog: Catalog, language: Language
) -> gpd.GeoDataFrame:
    """Candidate hosts among buildings and points of interest inside ``area``: at most one of a kind in each cell, the
    named before the nameless, then the largest. Columns as hosts.csv; ``geometry`` is a point.
    """
    frames = []
    taken = np.zeros(len(features), dtype=bool)
    for name, kind in catalog.host_kinds.items():
        fits = has_tag(features, kind.osm) & ~taken
        taken |= fits
        some = features[fits]
        footprint_m2 = some.area.to_numpy()
        size_m2 = np.where(footprint_m2 > 0, np.minimum(footprint_m2, kind.area_m2), kind.area_m2).round(1)
        title = kind.name.in_language(language)
        frames.append(
            gpd.GeoDataFrame(
                {
                    "host_id": some["osm_id"],
                    "name": [n or f"{title} {i}" for n, i in zip(some["name"], some["osm_id"], strict=True)],
                    "kind": name,
                    "area_m2": size_m2,
                    "yearly_cost_yuan": (size_m2 * kind.yearly_cost_yuan_per_m2).round(0),
                    "open_hours": kind.open_hours,
                    "order": np.where(some["name"] != "", 0, 1),
                },
                geometry=middles_of(some),
                crs=features.crs,
            )
        )
    hosts = pd.concat(frames, ignore_index=True)
    hosts = hosts[shapely.contains(area, hosts.geometry.to_numpy())]
    side = catalog.estimate.cell_size_m
    hosts["column"], hosts["line"] = hosts.geometry.x // side, hosts.geometry.y // side
    hosts = hosts.sort_values(["order", "area_m2", "host_id"], ascending=[True, False, True])
    hosts = hosts.drop_duplicates(["kind", "column", "line"]).sort_values("host_id")
    return hosts.drop(columns=["order", "column", "line"]).assign(floor=1).reset_index(drop=True)


def hosts_at_corners(
    streets: Streets, area: BaseGeometry, catalog: Catalog, kind: str, language: Language
) -> gpd.GeoDataFrame:
    """Where a map has streets alone: the junctions inside ``area``, at most one a cell, as hosts of ``kind``."""
    ends = pd.DataFrame(
        {
            "node": np.concatenate([streets.edges["tail"], streets.edges["head"]]),
            "point": np.concatenate([shapely.get_point(streets.edges.geometry.to_numpy(), i) for i in (0, -1)]),
        }
    )
    corners = ends.groupby("node").agg(point=("point", "first"), streets=("point", "size"))
    corners = corners[corners["streets"] >= 3]
    corners = corners[shapely.contains(area, corners["point"].to_numpy())]
    side, rules = catalog.estimate.cell_size_m, catalog.host_kinds[kind]
    cell = pd.DataFrame(shapely.get_coordinates(corners["point"].to_numpy()) // side, index=corners.index)
    corners = corners[~cell.duplicated()]
    title = rules.name.in_language(language)
    return gpd.GeoDataFrame(
        {
            "host_id": [f"c{node}" for node in corners.index],
            "name": [f"{title} {node}" for node in corners.index],
            "kind": kind,
            "floor": 1,
            "area_m2": rules.area_m2,
            "yearly_cost_yuan": rules.area_m2 * rules.yearly_cost_yuan_per_m2,
            "open_hours": rules.open_hours,
        },
        geometry=corners["point"].to_numpy(),
        crs=streets.edges.crs,
    )


def _cell_of(points: NDArray[np.object_], cells: Floats, side_m: float) -> NDArray[np.int64]:
    """The cell that each point lies in, -1 outside all of them."""
    number = {(x, y): i for i, (x, y) in enumerate(np.floor(cells / side_m).tolist())}
    at = np.floor(shapely.get_coordinates(points) / side_m).tolist()
    return np.array([number.get((x, y), -1) for x, y in at], dtype=np.int64)


def _sums(cell: NDArray[np.int64], amount: Floats, count: int) -> Floats:
    return np.bincount(cell[cell >= 0], weights=amount[cell >= 0], minlength=count).astype(np.float64)
