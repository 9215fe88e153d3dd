"""The real code of OSMnx against a small server on this machine that answers like Nominatim and Overpass."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlparse

import osmnx as ox
import pytest
from osm_world import BEIJING, degrees_at, village
from study_world import box

from planner import load_study, make_plan
from planner.errors import FetchError, OutputError
from planner.intake.fetch import fetch_extract
from planner.intake.new_study import new_study

PLACE = "小村, 北京"


def overpass_elements() -> list[dict]:
    """The village as Overpass tells it in JSON."""
    world = village()
    number = {name: i for i, name in enumerate(world["nodes"], start=1)}
    places = degrees_at(BEIJING, [tuple(node[:2]) for node in world["nodes"].values()])
    found = []
    for (name, node), (lon, lat) in zip(world["nodes"].items(), places, strict=True):
        tags = {"tags": node[2]} if len(node) > 2 else {}
        found.append({"type": "node", "id": number[name], "lon": lon, "lat": lat} | tags)
    for i, way in enumerate(world["ways"], start=1):
        tags = {k: v for k, v in way.items() if k != "path"}
        refs = [number[name] for name in way["path"].split()]
        found.append({"type": "way", "id": i, "nodes": refs, "tags": tags})
    return found


class Server(BaseHTTPRequestHandler):
    """What the two services answer; ``asked`` keeps the queries, ``broken`` is a status to answer with instead."""

    asked: ClassVar[list[str]] = []
    broken: int | None = None
    knows_place = True

    def do_GET(self):
        self.answer(json.dumps(self.places() if self.knows_place else []))

    def do_POST(self):
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["data"][0]
        self.asked.append(query)
        elements = overpass_elements()
        if "highway" in query:
            elements = [e for e in elements if e["type"] == "node" or "highway" in e["tags"]]
        self.answer(json.dumps({"elements": elements}))

    def places(self):
        assert parse_qs(urlparse(self.path).query)["q"] == [PLACE]
        south, west, north, east = 39.99, 116.34, 40.01, 116.36
        box_of = {"boundingbox": [str(south), str(north), str(west), str(east)], "lat": "40.0", "lon": "116.35"}
        about = {"display_name": PLACE, "osm_type": "relation", "osm_id": 1, "place_id": 1, "importance": 0.5}
        about |= {
            "class": "boundary",
            "type": "administrative",
            "name": "小村",
            "addresstype": "suburb",
            "place_rank": 20,
        }
        return [about | box_of | {"geojson": box(-300, -300, 600)}]

    def answer(self, text):
        body = b"<html>no</html>" if self.broken else text.encode()
        self.send_response(self.broken or 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch) -> Iterator[type[Server]]:
    handler = type("Answers", (Server,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as here:
        threading.Thread(target=here.serve_forever, daemon=True).start()
        point_osmnx_at(monkeypatch, here.server_address[1])
        yield handler
        here.shutdown()


def point_osmnx_at(monkeypatch, port):
    monkeypatch.setattr(ox.settings, "nominatim_url", f"http://127.0.0.1:{port}/")
    monkeypatch.setattr(ox.settings, "overpass_url", f"http://127.0.0.1:{port}/api")
    monkeypatch.setattr(ox.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(ox._http, "_config_dns", lambda _: None)  # asks a public name server for this machine's name
    monkeypatch.setattr(ox._nominatim.time, "sleep", lambda _: None)


def settings():
    return {name: value for name, value in vars(ox.settings).items() if name.islower()}


@pytest.mark.usefixtures("server")
def test_a_fetched_place_becomes_a_plan(tmp_path):
    before = settings()
    found = fetch_extract(PLACE, tmp_path / "extract", timeout_s=7.5)
    assert settings() == before
    assert sorted(p.name for p in (tmp_path / "extract").iterdir()) == [
        "boundary.geojson", "features.geojson", "streets.graphml",
    ]  # fmt: skip
    study = load_study(new_study(tmp_path / "new", found.osm, features=found.features, boundary=found.boundary))
    assert study.boundary.area == pytest.approx(600 * 600, rel=1e-3)
    assert study.streets.edges["length_m"].tolist() == pytest.approx([200] * 4, abs=0.1)
    assert set(study.streets.edges["name"]) == {"东西街", "南北街"}
    assert study.hosts["host_id"].tolist() == ["n15", "w3", "w4"]
    assert study.deliveries["parcels"].sum() == pytest.approx(31.7, abs=0.1)
    assert make_plan(study, study.scenarios["base"]).summary()["new_sites"].sum() > 0


def test_overpass_is_asked_for_whole_seconds(tmp_path, server):
    """It refuses ``[timeout:7.5]``."""
    fetch_extract(PLACE, tmp_path / "extract", timeout_s=7.5)
    assert len(server.asked) >= 2
    assert all(re.search(r"\[timeout:8\]", query) for query in server.asked)


@pytest.mark.usefixtures("server")
def test_access_tags_are_fetched_too(tmp_path, monkeypatch):
    usual = overpass_elements()
    for element in usual:
        if "highway" in element.get("tags", {}):
            element["tags"] |= {"foot": "no", "oneway:bicycle": "no"}
    monkeypatch.setitem(globals(), "overpass_elements", lambda: usual)
    text = fetch_extract(PLACE, tmp_path / "extract").osm.read_text(encoding="utf-8")
    assert 'attr.name="foot"' in text
    assert 'attr.name="oneway:bicycle"' in text


@pytest.mark.usefixtures("server")
def test_what_was_there_is_replaced_only_by_a_whole_extract(tmp_path, monkeypatch):
    folder = tmp_path / "extract"
    old = fetch_extract(PLACE, folder).osm
    old.write_text("old", encoding="utf-8")
    assert fetch_extract(PLACE, folder).osm.read_text(encoding="utf-8") != "old"
    old.write_text("old", encoding="utf-8")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="No space left"):
        fetch_extract(PLACE, folder)
    assert old.read_text(encoding="utf-8") == "old"
    assert len(list(folder.iterdir())) == 3


def assert_one_line_and_nothing_written(folder):
    before = settings()
    with pytest.raises(FetchError) as caught:
        fetch_extract(PLACE, folder, timeout_s=2)
    for language in ("zh", "en"):
        message = caught.value.message(language)
        assert "\n" not in message
        assert PLACE in message
        assert "planner new --osm" in message
    assert isinstance(caught.value, ConnectionError)
    assert settings() == before
    assert not folder.exists()
    return caught.value


def test_without_internet(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]  # nobody listens there once it is closed
    point_osmnx_at(monkeypatch, port)
    error = assert_one_line_and_nothing_written(tmp_path / "extract")
    assert "连不上" in error.message("zh")
    assert "no connection" in error.message("en")


def test_a_place_that_nobody_knows(tmp_path, server):
    server.knows_place = False
    assert_one_line_and_nothing_written(tmp_path / "extract")


@pytest.mark.parametrize("status", [403, 500])
def test_a_service_that_refuses(tmp_path, server, status):
    server.broken = status
    assert_one_line_and_nothing_written(tmp_path / "extract")


@pytest.mark.usefixtures("server")
def test_a_place_without_streets(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "overpass_elements", lambda: [])
    assert_one_line_and_nothing_written(tmp_path / "extract")
