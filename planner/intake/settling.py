"""Which system a file is in: the one that ``study.toml`` states, held against the evidence, or a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner.crs import CityGrid, in_crs, metric_crs, to_metric, to_wgs84
from planner.errors import Fault
from planner.intake.candidates import Candidate, Numbers, candidate_systems, in_its_order
from planner.intake.city_grids import system_named
from planner.intake.placing import Evidence, Ground, Placing, ground_of, weigh_systems
from planner.words import LANGUAGES, Language, Text, say

# Two systems that place the points this close to each other are one: EPSG:4548 and cgcs2000_gk_117.
_SAME_DEGREES = 1e-5


@dataclass(frozen=True)
class Settling:
    """What the systems of a study's files are settled by: its own grids, the WGS-84 point it lies about, its ground.

    Until that point is known, files are taken as stated.
    """

    grids: Mapping[str, CityGrid]
    near: tuple[float, float] | None = None
    ground: Ground | None = None

    def about(self, area: BaseGeometry, ground: Ground) -> Settling:
        """As this, of a study whose boundary is ``area``, in metres of the ground."""
        lon, lat = _degrees(area.centroid, ground.metric)
        return replace(self, near=(lon, lat), ground=ground)

    def about_streets(self, edges: gpd.GeoDataFrame) -> Settling:
        """As this, where the boundary is not known yet: by the streets alone, in any metric system."""
        near = _degrees(shapely.box(*edges.total_bounds).centroid, edges.crs)
        return replace(self, near=near, ground=ground_of(in_crs(edges, metric_crs(*near))))

    def settle(
        self, role: str, path: str, stated: str | None, x: Numbers, y: Numbers, *, outlines: bool = False
    ) -> tuple[Candidate, list[Fault]]:
        """The system of a file's coordinates and the order of the two, and what is to be told of it.

        A file that states none is a fault, which shows where its points fall in each system that fits and says what to
        write; the best system is given, so that the rest of the file can be checked. A stated system that the evidence
        clearly speaks against, and a northing in the first column, are remarks.
        """
        if self.near is None:
            return Candidate(stated or "wgs84", system_named(stated or "wgs84", self.grids)), []
        candidates = candidate_systems(x, y, self.near, self.grids)
        if stated is None:
            evidence = self._evidence(x, y, candidates, outlines)
            best = _best(candidates, evidence)
            return best or Candidate("wgs84", "wgs84"), [_question(role, path, best, evidence)]
        told, faults = in_its_order(x, y, stated, system_named(stated, self.grids), self.near), []
        others = [candidate for candidate in candidates if not _alike(x, y, told, candidate)]
        if others:
            evidence = self._evidence(x, y, [told, *others], outlines)
            best = _best([told, *others], evidence)
            if best is not None and evidence.is_clear and best.name == stated:
                told = best  # a city's own grid, where either order lands nearby
            elif best is not None and evidence.is_clear:
                about = {"stated": stated, "best": best.name, "role": role, "figures": figures(evidence)}
                faults.append(Fault(path, "crs_contradicted", values=about, severity="remark"))
        if told.northing_first:
            faults.append(Fault(path, "northing_first", values={"crs": stated}, severity="remark"))
        return told, faults

    def _evidence(self, x: Numbers, y: Numbers, candidates: list[Candidate], outlines: bool) -> Evidence:
        if self.ground is None:
            return Evidence((), 0.0, 0)
        return weigh_systems(x, y, candidates, self.ground, outlines=outlines)


@dataclass(frozen=True)
class WitnessedSettling(Settling):
    """As :class:`Settling`, keeping for each role of a file the evidence for every system that fits, asked or not."""

    seen: dict[str, Evidence] = field(default_factory=dict)

    def settle(  # noqa: D102 - as in Settling
        self, role: str, path: str, stated: str | None, x: Numbers, y: Numbers, *, outlines: bool = False
    ) -> tuple[Candidate, list[Fault]]:
        if self.near is not None:
            candidates = candidate_systems(x, y, self.near, self.grids)
            self.seen[role] = self._evidence(x, y, candidates, outlines)
        return super().settle(role, path, stated, x, y, outlines=outlines)


def figures(evidence: Evidence) -> Text:
    """A line a system of where the points fall, the best first."""
    between: dict[Language, str] = {"zh": "；", "en": "; "}
    return Text(**{lang: between[lang].join(_figures(p, lang) for p in evidence.placings) for lang in LANGUAGES})


def _figures(placing: Placing, language: Language) -> str:
    parts: list[str] = []
    if placing.inside_share is not None:
        parts.append(say("fault.figure_inside", language, share=placing.inside_share))
    if np.isfinite(placing.street_m):
        parts.append(say("fault.figure_street", language, distance_m=placing.street_m))
        parts.append(say("fault.figure_roadway", language, share=placing.roadway_share))
    if placing.building_share is not None:
        parts.append(say("fault.figure_building", language, share=placing.building_share))
    name = placing.system
    if placing.northing_first:
        name = say("fault.figure_northing_first", language, system=name)
    return say("fault.figures", language, system=name, parts=("，" if language == "zh" else ", ").join(parts))


def _question(role: str, path: str, best: Candidate | None, evidence: Evidence) -> Fault:
    if best is None:
        return Fault(path, "crs_fits_none", values={"role": role})
    about: dict[str, object] = {"role": role, "best": best.name, "figures": figures(evidence)}
    return Fault(path, "crs_not_stated" if evidence.is_clear else "crs_unclear", values=about)


def _best(candidates: list[Candidate], evidence: Evidence) -> Candidate | None:
    """The candidate that leads; without evidence the first, and none where there are none."""
    if not evidence.placings:
        return candidates[0] if candidates else None
    first = evidence.placings[0]
    return next(c for c in candidates if (c.name, c.northing_first) == (first.system, first.northing_first))


def _alike(x: Numbers, y: Numbers, one: Candidate, other: Candidate) -> bool:
    """Whether the two place the points in the same spots."""
    here, there = (np.array(to_wgs84(*each.in_order(x, y), each.system)) for each in (one, other))
    gap = np.abs(here - there)
    return bool((gap[np.isfinite(gap)] < _SAME_DEGREES).all()) and bool(np.isfinite(gap).any())


def _degrees(point: shapely.Point, crs: CRS) -> tuple[float, float]:
    lon, lat = to_metric(crs).transform(point.x, point.y, direction="INVERSE")
    return float(lon), float(lat)
