"""The map's component without a browser: what is sent, and what is made of an answer."""

import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from planner.maps.live import MapEvent, read_event
from planner.maps.live.layers import LiveLayer, Style, facts_body, shapes_body, state_body
from planner.ui import live_map as module
from planner.ui.live_map import map_code, message_of
from planner.words import say

WGS84 = "EPSG:4326"


def layer(name="boundary", state=0, label=""):
    points = np.array([shapely.Point(116, 39), shapely.Point(116.1, 39)])
    return LiveLayer(
        name=name,
        level=1,
        kind="candidate",
        label=label,
        shapes=shapes_body(points, WGS84),
        facts=facts_body(["a", "b"], {"名": ["甲", "乙"]}),
        state=state_body(np.array([state, 0])),
        styles=(Style(shape="ring"), Style(shape="check")),
    )


def sent(layers, known=(), **changes):
    """A message as the browser reads it: its header, its bodies by digest, and the digests that Python notes."""
    asked = {"mode": "look", "height_px": 400, "language": "zh", "marked": None}
    message, noted = message_of(layers, known, **(asked | changes))
    (size,) = struct.unpack(">I", message[:4])
    header, rest, bodies = json.loads(message[4 : 4 + size]), message[4 + size :], {}
    for digest, length in header["bodies"]:
        bodies[digest], rest = json.loads(zlib.decompress(rest[:length])), rest[length:]
    assert rest == b""
    assert set(bodies) == noted
    return header, bodies


def test_a_first_message_has_every_body_once():
    header, bodies = sent([layer(), layer("other")])
    named = {header["frame"], *(digest for row in header["layers"] for digest in row)}
    assert set(bodies) == named
    assert len(named) == 4
    frame = bodies[header["frame"]]
    assert [one["name"] for one in frame["layers"]] == ["boundary", "other"]
    assert frame["words"]["panel"] == say("live.panel", "zh")
    assert header["street"] == layer().shapes.digest


def test_only_what_changed_is_sent():
    header, bodies = sent([layer()])
    again, none = sent([layer()], known=bodies)
    assert none == {}
    assert again["layers"] == header["layers"]
    changed, fresh = sent([layer(state=1)], known=bodies)
    assert list(fresh.values()) == ["10"]
    assert changed["layers"][0][:2] == header["layers"][0][:2]


def test_another_language_sends_words_but_no_shapes():
    _, bodies = sent([layer()])
    header, fresh = sent([layer()], known=bodies, language="en")
    assert list(fresh) == [header["frame"]]
    assert fresh[header["frame"]]["lang"] == "en"


def test_the_code_is_one_module_of_the_parts():
    code = map_code()
    assert "import " not in code.replace("important", "").split("const STYLE")[1].split("class LiveMap")[1]
    assert code.count("export ") == 1
    assert "http" not in "".join(p.read_text(encoding="utf-8") for p in module._PARTS.iterdir())


def test_each_part_imports_from_parts_before_it():
    before = {"leaflet.js", "live_map.css.js"}
    for name in module._MODULES:
        text = (module._PARTS / f"{name}.js").read_text(encoding="utf-8")
        imported = {line.split('"./')[1].split('"')[0] for line in text.splitlines() if line.startswith("import ")}
        assert imported <= before, name
        before.add(f"{name}.js")
    assert {path.name for path in module._PARTS.glob("*.js")} == before - {"leaflet.js", "live_map.css.js"}


def test_what_is_shown_never_comes_in_as_markup():
    for path in module._PARTS.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_parts_are_modules_as_they_stand(tmp_path):
    for path in module._PARTS.glob("*.js"):
        copy = tmp_path / path.with_suffix(".mjs").name
        copy.write_bytes(path.read_bytes())
        subprocess.run(["node", "--check", copy], check=True, capture_output=True)


CLICK = {"kind": "candidate", "id": "H1", "lon": 116.5, "lat": 39.5, "ring": [], "number": 7}


def test_an_answer_becomes_an_event():
    assert read_event(CLICK) == MapEvent("candidate", "H1", 116.5, 39.5, (), 7)
    ring = [[116, 39], [117, 39], [117, 40]]
    area = read_event({**CLICK, "kind": "area", "id": "", "ring": ring})
    assert area is not None
    assert area.ring == ((116.0, 39.0), (117.0, 39.0), (117.0, 40.0))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"kind": ["area"]},
        {"id": 3},
        {"lon": "116"},
        {"lat": float("nan")},
        {"lat": 91},
        {"lon": True},
        {"number": "1"},
        {"number": None},
        {"ring": None},
        {"ring": [[1, 2], [3, 4], [5, 6]]},
        {"kind": "area", "ring": [[1, 2], [3, 4]]},
        {"kind": "area", "ring": [[1, 2], [3, 4], [5]]},
        {"kind": "area", "ring": [[1, 2]] * 1001},
    ],
    ids=str,
)
def test_what_no_map_says_is_no_event(change):
    assert read_event(CLICK | change) is None
    assert read_event(None) is None


def page() -> None:
    """What AppTest runs: it knows nothing of this module but what it imports."""
    import streamlit as st
    from test_live_map import layer

    from planner.ui.live_map import clicked, live_map

    before = clicked("map")
    event = live_map([layer(state=st.session_state.get("state", 0))], key="map", language="zh")
    st.text(f"{before} {event}")


@pytest.fixture
def app(monkeypatch) -> AppTest:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return AppTest.from_function(page, default_timeout=30).run()


def message_in(app):
    code, shown = [element.proto for element in app.get("bidi_component")]
    assert code.component_name == "planner_live_map_code"
    assert not code.WhichOneof("data")
    (size,) = struct.unpack(">I", shown.bytes[:4])
    return json.loads(shown.bytes[4 : 4 + size])


def test_a_session_is_sent_each_body_once(app):
    assert not app.exception
    assert len(message_in(app)["bodies"]) == 4
    assert message_in(app.run())["bodies"] == []
    app.session_state["state"] = 1
    assert len(message_in(app.run())["bodies"]) == 1
    assert app.text[0].value == "None None"


def test_another_session_is_sent_its_own(app):
    other = AppTest.from_function(page, default_timeout=30).run()
    assert message_in(other) == message_in(app)


def test_what_the_browser_lacks_is_sent_again(app):
    digest = message_in(app)["layers"][0][0]
    app.session_state["live_map.sent"].discard(digest)
    assert [body[0] for body in message_in(app.run())["bodies"]] == [digest]
