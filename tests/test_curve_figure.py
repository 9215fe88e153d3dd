import itertools
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.report.contents.curve_figure import HEIGHT, WIDTH, curve_svg
from planner.report.contents.parts import Curve
from planner.report.files.typesetting import png_of_svg

SVG = "{http://www.w3.org/2000/svg}"


def curve(points, here, **words):
    told = {"title": "t", "x_title": "New sites", "y_title": "Covered", "here_label": "this plan", "note": ""}
    return Curve(points=points, here=here, **{**told, **words})


RISING = curve([(0, 0.41), (1, 0.55), (2, 0.64), (3, 0.70), (4, 0.74), (5, 0.76)], (3, 0.70))


def drawn(one):
    return ElementTree.fromstring(curve_svg(one))


def texts(root):
    return [text.text for text in root.iter(SVG + "text")]


def places(root):
    line = root.find(SVG + "polyline").get("points")
    return [tuple(map(float, pair.split(","))) for pair in line.split()]


def test_the_ticks_are_round_and_every_text_is_there():
    said = texts(drawn(RISING))
    assert said == [
        "40%", "50%", "60%", "70%", "80%", "0", "1", "2", "3", "4", "5", "Covered", "New sites", "this plan",
    ]  # fmt: skip


def test_more_coverage_is_drawn_higher_and_more_sites_further_right():
    found = places(drawn(RISING))
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    assert [y for _, y in found] == sorted((y for _, y in found), reverse=True)
    steps = {round(b[0] - a[0], 1) for a, b in itertools.pairwise(found)}
    assert max(steps) - min(steps) <= 0.11


def test_the_ring_lies_on_the_point_of_the_plan():
    root = drawn(RISING)
    ring = next(c for c in root.iter(SVG + "circle") if c.get("r") == "7")
    assert (float(ring.get("cx")), float(ring.get("cy"))) == places(root)[3]


def test_a_small_rise_does_not_fill_the_picture():
    found = places(drawn(curve([(0, 0.80), (9, 0.82)], (0, 0.80))))
    assert abs(found[0][1] - found[1][1]) < HEIGHT / 5


def test_money_has_thousands_marked():
    assert "300,000" in texts(drawn(curve([(280_000, 0.5), (340_000, 0.6)], (300_000, 0.55))))


def test_a_share_that_is_no_number_is_left_out():
    assert len(places(drawn(curve([(0, math.nan), (1, 0.5), (2, 0.6)], (1, 0.5))))) == 2
    assert "this plan" not in texts(drawn(curve([(0, 0.4), (1, 0.5)], (1, math.nan))))


def test_names_are_text():
    said = texts(drawn(curve([(0, 0.4), (1, 0.5)], (1, 0.5), here_label="<script>&", x_title='"x"')))
    assert "<script>&" in said
    assert '"x"' in said


@pytest.mark.parametrize("points", [[], [(2, 0.5)], [(2, 0.0), (2, 1.0)], [(0, 0.0), (3, 0.0)], [(0, 1.0), (3, 1.0)]])
def test_few_points_are_drawn_too(points):
    assert texts(drawn(curve(points, (2, 0.5))))


@given(
    st.lists(st.tuples(st.floats(0, 1e8), st.floats(0, 1)), min_size=1, max_size=30),
    st.integers(0, 29),
)
def test_all_lies_on_the_paper(points, which):
    root = drawn(curve(points, points[which % len(points)]))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places(root))
    percents = [float(text[:-1]) for text in texts(root) if text.endswith("%")]
    assert 2 <= len(percents) <= 8
    assert all(0 <= percent <= 100 for percent in percents)


def test_typst_can_draw_it():
    assert png_of_svg(curve_svg(RISING), width_mm=100, ppi=100).startswith(b"\x89PNG")
