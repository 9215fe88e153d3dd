"""Estimates on a real map: what OpenStreetMap shows of 中关村, with deliveries that follow from it in a known way."""

import numpy as np
import pytest
import shapely
from shared_data import shared_data

from planner.catalog import load_catalog
from planner.crs import metric_crs
from planner.demand.learning import estimate_missing
from planner.intake.mapped import mapped_amounts, tag_keys
from planner.intake.osm import read_features, read_streets

NAMES = ("homes", "offices", "other_buildings", "pick_ups", "pois", "streets")


@pytest.fixture(scope="module")
def quarter():
    """What is mapped in squares of 200 m: features (grids, 6), areas and middles."""
    extract = next(iter(sorted(shared_data("osm/haidian_zhongguancun").glob("*.osm.pbf"))))
    catalog = load_catalog()
    crs = metric_crs(116.32, 39.99)
    features = read_features(extract, tag_keys(catalog, catalog.combining)).to_crs(crs)
    mapped = mapped_amounts(features, read_streets(extract, crs), catalog)
    west, south, east, north = shapely.total_bounds(mapped["buildings"].points)
    x, y = np.meshgrid(np.arange(west, east, 200.0), np.arange(south, north, 200.0))
    corner = np.column_stack([x.ravel(), y.ravel()])
    squares = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 200, corner[:, 1] + 200)
    sums = {name: amounts.within(squares) for name, amounts in mapped.items()}
    sums["other_buildings"] = sums["buildings"] - sums["homes"] - sums["offices"]
    return np.column_stack([sums[name] for name in NAMES]), np.full(len(squares), 40_000.0), corner + 100


def test_the_map_is_read_into_the_squares(quarter):
    features, area, _ = quarter
    assert len(area) > 80
    assert (features.sum(axis=0) > 0).all()
    assert features[:, NAMES.index("streets")].sum() > 20_000  # metres of street on some four square kilometres


def test_a_corner_of_the_quarter_is_estimated_from_the_rest(quarter):
    """Deliveries by floor area and restaurants, times a noise of a quarter; nine holes, one after another."""
    features, area, xy = quarter
    rates = np.array([0.004, 0.008, 0.002, 25.0, 4.0, 0.01])
    day = features @ rates * np.exp(0.25 * np.random.default_rng(7).normal(size=len(area)))
    low, high = xy.min(axis=0), xy.max(axis=0)
    hits, model, mean = [], 0.0, 0.0
    for i in range(3):
        for j in range(3):
            start = low + (high - low) * np.array([i, j]) / 3
            hole = ((start <= xy) & (xy <= start + (high - low) / 3)).all(axis=1)
            found = estimate_missing(features, area, xy, np.where(hole, np.nan, day)[:, None])
            assert found.skill.method == "model"
            assert found.skill.gain > 0.3
            hits += list((found.low[hole] <= day[hole]) & (day[hole] <= found.high[hole]))
            model += np.abs(found.counts[hole, 0] - day[hole]).sum()
            mean += np.abs(day[~hole].mean() - day[hole]).sum()
    assert model < 0.5 * mean
    assert np.mean(hits) == pytest.approx(0.8, abs=0.08)
