"""What a draft lacks, estimated from the map."""

import io

import geopandas as gpd
import numpy as np
import pandas as pd
from osm_world import BEIJING, degrees_at
from shared_data import shared_data
from upload_world import added, confirmed, village

from planner import load_study
from planner.crs import from_wgs84
from planner.intake.uploads import (
    can_be_estimated,
    check_draft,
    estimate_missing,
    write_study_file,
)


def test_what_is_missing_can_be_estimated_from_the_map_and_is_marked(draft):
    files = dict(village())
    draft = added(draft, ("streets.osm", files["streets.osm"]), ("boundary.geojson", files["boundary.geojson"]))
    assert can_be_estimated(draft) == ()  # while the boundary's system is open
    draft = confirmed(draft)
    assert can_be_estimated(draft) == ("grids", "centres", "hosts", "cells")
    draft = estimate_missing(draft, "zh")
    assert not draft.missing
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert set(study.estimated_roles) == {"grids", "hosts", "cells"}
    assert study.centres.empty
    origin = next(source.origin for source in study.sources if source.role == "cells")
    assert "streets.osm" in origin.zh


def test_the_estimates_stand_where_the_confirmed_boundary_is(draft):
    """A boundary in GCJ-02 is half a kilometre away if it is read as WGS-84."""
    files = dict(village())
    frame = gpd.read_file(io.BytesIO(files["boundary.geojson"]))
    moved = frame.transform(lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], "gcj02")))
    boundary = gpd.GeoDataFrame(geometry=moved, crs=4326).to_json().encode()
    draft = confirmed(added(draft, ("streets.osm", files["streets.osm"]), ("boundary.geojson", boundary)), "gcj02")
    draft = estimate_missing(draft, "zh")
    cells = pd.read_csv(draft.folder / "estimated-cells.csv")
    (west, south), (east, north) = degrees_at(BEIJING, [(-310, -310), (310, 310)])
    assert cells["lon"].between(west, east).all()
    assert cells["lat"].between(south, north).all()


def test_without_an_extract_nothing_is_estimated(draft):
    files = dict(village())
    assert can_be_estimated(confirmed(added(draft, ("boundary.geojson", files["boundary.geojson"])))) == ()


def test_a_real_extract_alone_becomes_a_study_of_estimates(draft):
    path = shared_data("osm/haidian_xueyuanlu/haidian_xueyuanlu.osm.pbf")
    draft = estimate_missing(added(draft, (path.name, path.read_bytes())), "zh")
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert set(study.estimated_roles) == {"boundary", "grids", "hosts", "cells"}
    assert len(study.hosts) > 50
