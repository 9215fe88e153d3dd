"""What a study folder becomes once it is past the door: everything in one metric system, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner.catalog import Catalog
from planner.combining import Combining
from planner.errors import Fault
from planner.intake.checkins import empty_checkins
from planner.scenario import Scenario
from planner.words import Text


@dataclass(frozen=True)
class Streets:
    """A street network as it is mapped, before any mode of travel chooses what it may use.

    ``edges`` has a row for every piece of street between two junctions: ``tail`` and ``head`` (node numbers from 0),
    ``geometry`` (a line from tail to head, metric), ``length_m``, ``highway``, ``name``, ``forward`` and ``backward``
    (whether traffic may run from tail to head, and back), ``bridge`` and ``bridge:name``, and a column for each access
    tag, empty where unset.
    """

    edges: gpd.GeoDataFrame
    node_count: int


@dataclass(frozen=True)
class Source:
    """Where one file of a study comes from."""

    role: str
    path: str
    crs: str
    rows: int
    origin: Text | None
    estimated: bool


@dataclass(frozen=True)
class GridTotals:
    """Deliveries a day by grid: kind → (grids, periods), or (grids, 1) where only whole days are stated.

    Rows are in the order of the study's grids; one that is not a number is a grid without data.
    """

    by_period: bool
    per_day: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Study:
    """A street with its needs, its centres and what could be opened; frames are in ``metric_crs``, positions in metres.

    ``cells``: ``cell_id``, ``grid_code``, ``geometry`` (square). ``centre_xy``: (cells, 2) their centres.
    ``deliveries``: kind → (cells, periods) deliveries per day; without a file of cells there are none.
    ``cell_size_m``: the side of a cell. ``grid_totals``: None without such a file.
    ``appeals``: ``appeal_id``, ``category`` (of the catalog, or empty), ``written``, ``date``, ``open``, ``geometry``.
    ``combining``: how these parts make a demand.
    ``grids``: ``grid_code``, ``name``, ``community_code``, ``geometry``. ``communities``: ``community_code``, ``name``.
    ``centres``: ``centre_id``, ``name``, ``services`` (tuple), ``open_hours``, ``floor``, ``address``, ``offers``
    (tuple of the catalog's facilities, None where the file does not say) and ``access`` (how to get in, as written).
    ``hosts``: ``host_id``, ``name``, ``kind``, ``floor``, ``area_m2``, ``yearly_cost_yuan``, ``open_hours`` and
    ``access``.
    ``restricted``: ``name``, ``reason``, ``services`` (tuple, empty for all).
    ``checkins``: ``date``, ``centre_id`` and ``checkins``, a row a day and station; none without such a file.
    ``remarks``: what is to be told of the files though it does not keep them from being read.
    ``ground``, for maps: the OSM tags ``building``, ``natural``, ``waterway``, ``railway``, ``leisure``, ``landuse``.
    ``features``: ground and points of interest, by which demand is spread and learned, with their tags.
    """

    name: Text
    folder: Path
    made_up: bool
    metric_crs: CRS
    catalog: Catalog
    scenarios: Mapping[str, Scenario]
    boundary: BaseGeometry
    communities: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    centre_xy: NDArray[np.float64]
    deliveries: Mapping[str, NDArray[np.float64]]
    centres: gpd.GeoDataFrame
    hosts: gpd.GeoDataFrame
    restricted: gpd.GeoDataFrame
    ground: gpd.GeoDataFrame
    streets: Streets
    sources: tuple[Source, ...]
    combining: Combining
    cell_size_m: float
    grid_totals: GridTotals | None
    appeals: gpd.GeoDataFrame
    features: gpd.GeoDataFrame
    remarks: tuple[Fault, ...] = ()
    checkins: pd.DataFrame = field(default_factory=empty_checkins)

    @property
    def grids_without_data(self) -> int:
        """How many grids have no total of some kind of delivery, nor density cells that say it."""
        if self.grid_totals is None or len(self.cells):
            return 0
        return int(np.any([np.isnan(t).any(axis=1) for t in self.grid_totals.per_day.values()], axis=0).sum())

    @property
    def estimated_roles(self) -> tuple[str, ...]:
        """The files that hold estimates rather than data: ``cells``, ``hosts``, ``grids`` …"""
        return tuple(source.role for source in self.sources if source.estimated)
