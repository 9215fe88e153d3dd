from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.catalog import load_catalog
from planner.sites import open_in_periods, sites_for

# morning 06-10, lunch 10-14, afternoon 14-17, dinner 17-21, night 21-06: half of a period is enough.
HOURS = {
    "00:00-24:00": "mladn",
    "08:00-18:00": "mla",  # half of the morning, an hour of dinner
    "08:01-18:59": "la",
    "07:00-19:00": "mlad",
    "09:00-12:00;14:00-18:00": "la",
    "12:00-14:00": "l",
    "12:01-14:00": "",
    "21:00-01:30": "n",  # 4.5 of the night's 9 hours
    "22:00-02:29": "",
    "18:00-06:00": "dn",
}


@pytest.mark.parametrize(("text", "periods"), HOURS.items())
def test_a_site_counts_as_open_when_open_for_half_of_the_period(text, periods):
    found = open_in_periods(pd.Series([text]), load_catalog())
    assert "".join(np.array(list("mladn"))[found[0]]) == periods


def with_hosts(study, *hosts):
    """The study with these hosts alone: kind, floor, area and cost, 100 m apart from the boundary's middle on."""
    middle = study.boundary.centroid
    frame = gpd.GeoDataFrame(
        [
            {"host_id": f"H{i}", "name": f"host {i}", "open_hours": "00:00-24:00", **host}
            for i, host in enumerate(hosts)
        ],
        geometry=[shapely.Point(middle.x + 100 * i, middle.y) for i in range(len(hosts))],
        crs=study.metric_crs,
    )
    return replace(study, hosts=frame, restricted=study.restricted.iloc[:0])


SHOP = {"kind": "shop", "floor": 1, "area_m2": 24.0, "yearly_cost_yuan": 10000.0}


def test_the_siting_rules_say_who_may_hold_a_service(demo_study):
    study = with_hosts(
        demo_study,
        SHOP,
        SHOP | {"kind": "car_park"},
        SHOP | {"floor": 2},
        SHOP | {"floor": -1},
        SHOP | {"area_m2": 11.9},
    )
    sites = sites_for(study, "rest_station")
    assert sites.frame["site_id"][~sites.frame["existing"]].tolist() == ["H0"]
    assert dict(zip(sites.rejected["host_id"], sites.rejected["rule"], strict=True)) == {
        "H1": "kind", "H2": "floor", "H3": "floor", "H4": "area",
    }  # fmt: skip


LOT = {"kind": "vacant_lot", "floor": 1, "area_m2": 400.0, "yearly_cost_yuan": 24000.0}


def test_a_drivers_home_stands_by_a_road_that_trucks_take(demo_study):
    """Lots at 0, 100, 200 and 300 m east of the middle; a trunk road 250 m east of it, and lanes everywhere."""
    study = with_hosts(demo_study, LOT, LOT, LOT, LOT | {"kind": "shop"})
    middle = study.boundary.centroid
    road = shapely.LineString([(middle.x + 250, middle.y - 500), (middle.x + 250, middle.y + 500)])
    lane = shapely.LineString([(middle.x, middle.y - 500), (middle.x, middle.y + 500)])
    rejected = {}
    for kind in ({"highway": "trunk"}, {"hgv": "designated"}, {"highway": "residential"}):
        edges = gpd.GeoDataFrame(
            {"tail": [0, 2], "head": [1, 3], "highway": "residential", "hgv": ""}, geometry=[road, lane],
            crs=study.metric_crs,
        )  # fmt: skip
        for tag, value in kind.items():
            edges.loc[0, tag] = value
        there = replace(study, streets=replace(study.streets, edges=edges))
        sites = sites_for(there, "drivers_home")
        rejected[next(iter(kind.values()))] = dict(zip(sites.rejected["host_id"], sites.rejected["rule"], strict=True))
    assert rejected["trunk"] == rejected["designated"] == {"H0": "roads", "H3": "kind"}  # 150 m away is near enough
    assert rejected["residential"] == {"H0": "roads", "H1": "roads", "H2": "roads", "H3": "kind"}


def test_a_site_pays_for_the_part_of_its_host_that_it_needs(demo_study):
    # 12 of 24 m² of a host at 10,000 yuan a year, and 20,000 of fit-out.
    sites = sites_for(with_hosts(demo_study, SHOP), "rest_station")
    assert sites.frame["cost_yuan"].iloc[-1] == 25000
    assert (sites.frame["cost_yuan"][sites.frame["existing"]] == 0).all()


@pytest.mark.parametrize(
    ("services", "barred"), [(("charging_cabinet",), True), ((), True), (("rest_station",), False)]
)
def test_no_cabinet_stands_where_it_may_not(demo_study, services, barred):
    study = with_hosts(demo_study, SHOP)
    area = gpd.GeoDataFrame(
        {"name": ["消防通道"], "reason": [""], "services": [services]},
        geometry=[study.hosts.geometry.iloc[0].buffer(5)], crs=study.metric_crs,
    )  # fmt: skip
    sites = sites_for(replace(study, restricted=area), "charging_cabinet")
    assert (sites.rejected["rule"].tolist() == ["restricted"]) is barred


def test_existing_centres_come_first_and_only_those_with_the_service(demo_study):
    for service in demo_study.catalog.services:
        sites = sites_for(demo_study, service)
        offering = demo_study.centres["centre_id"][
            demo_study.centres["services"].map(lambda some, s=service: s in some)
        ]
        assert sites.frame["site_id"].iloc[sites.existing].tolist() == offering.tolist()
        assert sites.existing.tolist() == list(range(len(offering)))
        assert sites.open.shape == (len(sites.frame), 5)
        assert len(sites.frame) - len(offering) + len(sites.rejected) == len(demo_study.hosts)
