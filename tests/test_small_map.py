"""Several plans on maps small enough to stand side by side."""

import re
from xml.etree import ElementTree

import pytest

from planner.maps.printed import small_map

SVG = "{http://www.w3.org/2000/svg}"


def told(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(SVG + "text")]


@pytest.mark.parametrize(("width", "height"), [(55.0, 100.0), (84.0, 72.0), (172.0, 135.0)])
def test_it_has_the_size_asked_for_and_most_of_it_is_the_map(plans, width, height):
    root = ElementTree.fromstring(small_map(plans["充足"], language="en", width_mm=width, height_mm=height))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    frame = root.find(f".//{SVG}clipPath/{SVG}rect")
    assert float(frame.get("width")) * float(frame.get("height")) > 0.55 * width * height


def test_its_legend_tells_the_services_and_its_scale(plans):
    said = told(small_map(plans["充足"], language="en", width_mm=55, height_mm=100))
    services = plans["充足"].study.catalog.services
    names = [services[key].name.en for key in plans["充足"].services if key != "sorting_point"]
    assert all(any(name in text for text in said) for name in names)
    assert any(re.fullmatch(r"Scale 1:[\d,]+", text) for text in said)


def test_every_new_site_has_its_number(plans):
    plan = plans["充足"]
    digits = [text for text in told(small_map(plan, language="zh", width_mm=55, height_mm=100)) if text.isdigit()]
    assert len(digits) >= sum(len(part.new_sites) for part in plan.services.values())


def test_plans_of_one_study_have_one_scale(plans):
    scales = {
        next(text for text in told(small_map(plan, language="en", width_mm=84, height_mm=96)) if "1:" in text)
        for name, plan in plans.items()
        if name != "另一组"
    }
    assert len(scales) == 1
