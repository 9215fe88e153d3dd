"""Extracts small enough to draw → streets and features. Node A is the first of each world, and so on."""

import osmium
import osmnx as ox
import pytest
import shapely
from osm_world import BEIJING, BERLIN, SANTIAGO, around, degrees_at, osm_xml, square, village, write_osm
from shared_data import shared_data

from planner.crs import metric_crs
from planner.errors import MissingFileError, StudyError
from planner.intake.osm import read_features, read_streets
from planner.intake.positions import project

LINE = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
SQUARE = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100), "E": (-100, 0)}
CENTIMETRES = 0.05  # an extract has seven decimals


def streets(tmp_path, nodes, ways, *, at=BEIJING, **options):
    return read_streets(write_osm(tmp_path / "w.osm", nodes, ways, at=at, **options), metric_crs(*at))


def legs(network, nodes, *, at=BEIJING):
    """Every passage between junctions as ``"AB"``, in the direction of traffic: name → length in metres."""
    origin = project(*([c] for c in at), network.edges.crs)[0]

    def name(x, y):
        x, y = (x, y) - origin
        return next(n for n, place in nodes.items() if abs(x - place[0]) < 0.1 and abs(y - place[1]) < 0.1)

    found = {}
    for edge in network.edges.itertuples():
        tail, head = name(*edge.geometry.coords[0]), name(*edge.geometry.coords[-1])
        if edge.forward:
            found[tail + head] = edge.length_m
        if edge.backward:
            found[head + tail] = edge.length_m
    return found


def only_fault(caught):
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


@pytest.mark.parametrize(
    ("tags", "passages"),
    [
        ({}, {"AC", "CA"}),
        ({"oneway": "yes"}, {"AC"}),
        ({"oneway": "1"}, {"AC"}),
        ({"oneway": "-1"}, {"CA"}),
        ({"oneway": "reverse"}, {"CA"}),
        ({"oneway": "no"}, {"AC", "CA"}),
        ({"junction": "roundabout"}, {"AC"}),
    ],
)
def test_traffic_runs_as_the_way_says(tmp_path, tags, passages):
    found = legs(streets(tmp_path, LINE, [{"path": "A B C", "highway": "residential", **tags}]), LINE)
    assert found.keys() == passages
    assert all(length == pytest.approx(200, abs=CENTIMETRES) for length in found.values())


def test_a_two_way_street_is_one_row_between_its_junctions(tmp_path):
    """B is no junction: nothing turns off there."""
    network = streets(tmp_path, LINE, [{"path": "A B C", "highway": "residential", "name": "长街"}])
    assert (len(network.edges), network.node_count) == (1, 2)
    assert network.edges["name"].tolist() == ["长街"]


def test_a_street_is_cut_where_another_joins_it(tmp_path):
    ways = [{"path": "A B C", "highway": "residential"}, {"path": "B D", "highway": "service"}]
    nodes = {**LINE, "D": (100, 50)}
    found = legs(streets(tmp_path, nodes, ways), nodes)
    lengths = {"AB": 100, "BA": 100, "BC": 100, "CB": 100, "BD": 50, "DB": 50}
    assert found == pytest.approx(lengths, abs=CENTIMETRES)


def test_a_street_is_cut_where_its_kind_changes(tmp_path):
    ways = [{"path": "A B", "highway": "residential"}, {"path": "B C", "highway": "steps"}]
    network = streets(tmp_path, LINE, ways)
    assert sorted(network.edges["highway"]) == ["residential", "steps"]
    assert network.node_count == 3


def test_two_streets_between_the_same_corners_both_stay(tmp_path):
    ways = [{"path": "A B C", "highway": "residential"}, {"path": "A D C", "highway": "service", "oneway": "yes"}]
    network = streets(tmp_path, SQUARE, ways)
    by_kind = network.edges.set_index("highway")
    assert by_kind["length_m"].to_dict() == pytest.approx({"residential": 200, "service": 200}, abs=CENTIMETRES)
    assert by_kind.loc["residential", ["forward", "backward"]].tolist() == [True, True]
    assert by_kind.loc["service", ["forward", "backward"]].sum() == 1


def test_a_footway_drawn_on_top_of_a_street_does_not_replace_it(tmp_path):
    ways = [{"path": "A B", "highway": "footway"}, {"path": "A B", "highway": "residential"}]
    assert sorted(streets(tmp_path, LINE, ways).edges["highway"]) == ["footway", "residential"]


@pytest.mark.parametrize("corner", ["A", "B", "C", "D"])
@pytest.mark.parametrize(("tags", "ways_round"), [({}, 2), ({"oneway": "yes"}, 1), ({"junction": "roundabout"}, 1)])
def test_a_loop_starts_and_ends_at_its_junction_and_keeps_its_direction(tmp_path, corner, tags, ways_round):
    """A ring A-B-C-D with one street from E to any of its corners: the ring hangs on that corner alone."""
    ways = [{"path": "A B C D A", "highway": "residential", **tags}, {"path": f"E {corner}", "highway": "service"}]
    network = streets(tmp_path, SQUARE, ways)
    ring = network.edges[network.edges["highway"] == "residential"].iloc[0]
    assert ring["length_m"] == pytest.approx(400, abs=CENTIMETRES)
    assert ring["tail"] == ring["head"]
    assert int(ring["forward"]) + int(ring["backward"]) == ways_round
    origin = project([BEIJING[0]], [BEIJING[1]], network.edges.crs)[0]
    start = shapely.get_coordinates(ring.geometry)[0] - origin
    assert start == pytest.approx(SQUARE[corner], abs=CENTIMETRES)
    if ways_round == 1:  # the ring is drawn against the clock; a line turned round runs backward
        against_the_clock = shapely.LinearRing(ring.geometry.coords).is_ccw
        assert ring["forward"] == against_the_clock


def test_access_tags_come_along_and_are_empty_where_unset(tmp_path):
    way = {"path": "A B", "highway": "residential", "foot": "yes", "access": "private", "oneway:bicycle": "no"}
    edge = streets(tmp_path, LINE, [way]).edges.iloc[0]
    assert edge[["foot", "access", "oneway:bicycle", "bicycle", "motorcar"]].tolist() == [
        "yes",
        "private",
        "no",
        "",
        "",
    ]


@pytest.mark.parametrize("tags", [{"highway": "construction"}, {"highway": "pedestrian", "area": "yes"}, {}])
def test_what_is_no_street_is_left_out(tmp_path, tags):
    ways = [{"path": "A B", "highway": "residential"}, {"path": "B C", **tags}]
    assert legs(streets(tmp_path, LINE, ways), LINE).keys() == {"AB", "BA"}


def test_a_way_cut_by_the_extract_keeps_the_parts_that_are_there(tmp_path):
    network = streets(tmp_path, SQUARE, [{"path": "A B C D E", "highway": "residential"}], absent=["C"])
    assert legs(network, SQUARE).keys() == {"AB", "BA", "DE", "ED"}


def test_nodes_may_come_after_ways(tmp_path):
    world = village()
    usual = streets(tmp_path, world["nodes"], world["ways"])
    other = streets(tmp_path, world["nodes"], world["ways"], order="relation way node")
    assert usual.edges.drop(columns="geometry").equals(other.edges.drop(columns="geometry"))
    assert len(read_features(tmp_path / "w.osm", ["building"])) == 2


def test_new_things_of_an_editor_have_negative_ids(tmp_path):
    text = osm_xml(**village())
    path = tmp_path / "drawn.osm"
    path.write_text(text.replace(' id="', ' id="-').replace('ref="', 'ref="-'), encoding="utf-8")
    assert len(read_streets(path, metric_crs(*BEIJING)).edges) == 4
    assert len(read_features(path, ["building", "shop"])) == 3


@pytest.mark.parametrize("at", [BEIJING, BERLIN, SANTIAGO], ids=["Beijing", "Berlin", "Santiago"])
def test_lengths_are_metres_anywhere(tmp_path, at):
    network = streets(tmp_path, LINE, [{"path": "A B C", "highway": "residential"}], at=at)
    assert legs(network, LINE, at=at) == pytest.approx({"AC": 200, "CA": 200}, abs=CENTIMETRES)


@pytest.mark.parametrize("suffix", [".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2"])
def test_every_format_gives_the_same_streets_and_features(tmp_path, suffix):
    source, other = write_osm(tmp_path / "w.osm", **village()), tmp_path / f"w{suffix}"
    with osmium.SimpleWriter(str(other)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    crs = metric_crs(*BEIJING)
    assert read_streets(source, crs).edges.to_wkt().equals(read_streets(other, crs).edges.to_wkt())
    keys = ["building", "shop"]
    assert read_features(source, keys).to_wkt().equals(read_features(other, keys).to_wkt())


@pytest.mark.parametrize("simplify", [True, False])
def test_a_graph_of_osmnx_gives_the_streets_of_its_extract(tmp_path, simplify):
    nodes = {**SQUARE, "F": (200, 50)}
    ways = [
        {"path": "A B C", "highway": "residential", "name": "一街"},
        {"path": "C D A", "highway": "service", "oneway": "yes", "access": "private"},
        {"path": "E A", "highway": "steps"},
        {"path": "C F", "highway": "residential", "name": "二街"},
    ]
    source = write_osm(tmp_path / "w.osm", nodes, ways)
    kept = ox.settings.useful_tags_way
    try:
        ox.settings.useful_tags_way = [*kept, "foot"]
        graph = ox.graph_from_xml(source, simplify=simplify, retain_all=True)
    finally:
        ox.settings.useful_tags_way = kept
    ox.save_graphml(graph, tmp_path / "w.graphml")
    crs = metric_crs(*BEIJING)
    expected, found = (legs(read_streets(tmp_path / name, crs), nodes) for name in ("w.osm", "w.graphml"))
    assert found == pytest.approx(expected)
    kinds = read_streets(tmp_path / "w.graphml", crs).edges.set_index("highway")
    assert kinds.loc["service", "access"] == "private"
    assert read_features(tmp_path / "w.graphml", ["building"]).empty


def test_a_merged_edge_with_several_names_is_still_one_two_way_street(tmp_path):
    """OSMnx merges A-B and B-C and lists their names once in each direction, in two orders."""
    ways = [
        {"path": "A B", "highway": "residential", "name": "乙街"},
        {"path": "B C", "highway": "tertiary", "name": "甲街"},
    ]
    graph = ox.graph_from_xml(write_osm(tmp_path / "w.osm", LINE, ways), simplify=True, retain_all=True)
    ox.save_graphml(graph, tmp_path / "w.graphml")
    network = read_streets(tmp_path / "w.graphml", metric_crs(*BEIJING))
    assert legs(network, LINE).keys() == {"AC", "CA"}
    assert network.edges["highway"].tolist() == ["residential"]


def test_features_are_points_lines_and_areas_with_their_tags(tmp_path):
    found = read_features(write_osm(tmp_path / "w.osm", **village()), ["building", "amenity"]).set_index("osm_id")
    assert found.geom_type.to_dict() == {"n14": "Point", "w3": "Polygon", "w4": "Polygon"}
    assert found.loc["n14", ["amenity", "building", "name"]].tolist() == ["restaurant", "", "面馆"]
    assert found.loc["w3", "building:levels"] == "4"
    assert found.to_crs(metric_crs(*BEIJING)).area["w3"] == pytest.approx(900, abs=1)
    assert found.crs == "EPSG:4326"


def test_a_building_with_a_court_is_a_ring(tmp_path):
    nodes = square("a", 0, 0, 60) | square("b", 20, 20, 20)
    court = {"members": [(1, "outer"), (2, "inner")], "type": "multipolygon", "building": "office"}
    path = write_osm(tmp_path / "w.osm", nodes, [{"path": around("a")}, {"path": around("b")}], [court])
    found = read_features(path, ["building"])
    assert found["osm_id"].tolist() == ["r1"]
    assert found.to_crs(metric_crs(*BEIJING)).area[0] == pytest.approx(60 * 60 - 20 * 20, abs=1)


def test_a_building_cut_by_the_extract_is_left_out(tmp_path):
    nodes = square("a", 0, 0, 60) | square("b", 100, 0, 20)
    ways = [{"path": around("a"), "building": "yes"}, {"path": around("b"), "building": "yes"}]
    path = write_osm(tmp_path / "w.osm", nodes, ways, absent=["a1"])
    assert read_features(path, ["building"])["osm_id"].tolist() == ["w2"]


def test_white_space_in_a_name_is_one_blank(tmp_path):
    nodes = {"A": (0, 0, {"shop": "yes", "name": "  茶\n叶  店 "}), "B": (0, 9, {"shop": "yes", "name": " "})}
    text = osm_xml(nodes).replace("\n叶", "&#10;叶")
    (tmp_path / "w.osm").write_text(text, encoding="utf-8")
    assert read_features(tmp_path / "w.osm", ["shop"])["name"].tolist() == ["茶 叶 店", ""]


@pytest.mark.parametrize("name", ["w.osm", "w.osm.pbf", "w.graphml"])
@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 200, b"<html></html>", b"\xff\xfe<osm/>"])
def test_what_is_no_extract_is_a_fault_that_names_the_file(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        read_streets(path, metric_crs(*BEIJING))
    fault = only_fault(caught)
    assert (fault.file, fault.key) == (name, "osm_unreadable")
    assert "\n" not in fault.line("zh") + fault.line("en")
    if name != "w.graphml":
        with pytest.raises(StudyError, match=name):
            read_features(path, ["building"])


def test_a_download_that_broke_off_is_a_fault(tmp_path):
    text = osm_xml(**village()).encode()
    (tmp_path / "w.osm").write_bytes(text[: len(text) // 2])
    with pytest.raises(StudyError) as caught:
        read_streets(tmp_path / "w.osm", metric_crs(*BEIJING))
    assert only_fault(caught).key == "osm_unreadable"


@pytest.mark.parametrize("content", ["nodes only", "buildings only", "nothing", "ways without nodes"])
def test_an_extract_without_streets_says_so(tmp_path, content):
    world = {
        "nodes only": osm_xml({"A": (0, 0, {"amenity": "cafe"})}),
        "buildings only": osm_xml(square("a", 0, 0, 9), [{"path": around("a"), "building": "yes"}]),
        "nothing": osm_xml({}),
        "ways without nodes": osm_xml(LINE, [{"path": "A B", "highway": "path"}], absent=["A"]),
    }[content]
    (tmp_path / "w.osm").write_text(world, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_streets(tmp_path / "w.osm", metric_crs(*BEIJING))
    assert only_fault(caught).key == "osm_no_streets"


def test_a_graphml_of_something_else_is_a_fault(tmp_path):
    (tmp_path / "w.graphml").write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"><node id="1"/>'
        '<node id="2"/><edge source="1" target="2"/></graph></graphml>',
        encoding="utf-8",
    )
    with pytest.raises(StudyError) as caught:
        read_streets(tmp_path / "w.graphml", metric_crs(*BEIJING))
    assert only_fault(caught).key == "osm_unreadable"


@pytest.mark.parametrize("name", ["w.osm", "w.graphml"])
def test_a_file_that_is_not_there_and_a_folder_in_its_place(tmp_path, name):
    with pytest.raises(MissingFileError, match=name):
        read_features(tmp_path / name, ["building"])
    with pytest.raises(MissingFileError, match=name):
        read_streets(tmp_path / name, metric_crs(*BEIJING))
    (tmp_path / name).mkdir()
    with pytest.raises(MissingFileError, match=name):
        read_streets(tmp_path / name, metric_crs(*BEIJING))


def test_real_pbf_and_xml_give_the_same_streets():
    folder = shared_data("osm/haidian_xueyuanlu")
    crs = metric_crs(*BEIJING)
    pbf, xml = (read_streets(folder / f"haidian_xueyuanlu{suffix}", crs) for suffix in (".osm.pbf", ".osm"))
    assert pbf.edges.to_wkt().equals(xml.edges.to_wkt())
    assert pbf.node_count == xml.node_count
    assert set(pbf.edges["tail"]) | set(pbf.edges["head"]) == set(range(pbf.node_count))


def test_a_truncated_real_pbf_is_a_fault(tmp_path):
    whole = (shared_data("osm/haidian_xueyuanlu") / "haidian_xueyuanlu.osm.pbf").read_bytes()
    (tmp_path / "w.osm.pbf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudyError) as caught:
        read_streets(tmp_path / "w.osm.pbf", metric_crs(*BEIJING))
    assert only_fault(caught).key == "osm_unreadable"


def test_the_drive_graph_of_futian_keeps_every_direction():
    """1,751 nodes and 4,009 directed edges, as its README says."""
    network = read_streets(shared_data("roads/shenzhen_futian_drive.graphml"), metric_crs(114.05, 22.54))
    edges = network.edges
    assert network.node_count == 1751
    both = edges["forward"] & edges["backward"]
    assert (edges["forward"] | edges["backward"]).all()
    assert abs(len(edges) + both.sum() - 4009) <= 5  # a handful are drawn twice or have no length
    assert both.sum() > 1000
    assert set(edges["highway"]) >= {"primary", "secondary", "residential"}


def test_degrees_at_is_true_to_the_metre():
    """The builder of these worlds is itself checked, against the length of a degree of latitude at 40° N."""
    (_, south), (_, north) = degrees_at((117.0, 40.0), [(0, 0), (0, 1000)])
    assert north - south == pytest.approx(1000 / 111_035, rel=1e-3)
