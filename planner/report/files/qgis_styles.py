"""How QGIS draws and names the layers of a plan, as the styles (QML) that a GeoPackage carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

import pandas as pd

from planner.maps.shown import CELL_COLOURS, SERVICE_COLOURS
from planner.plan import Plan
from planner.report.files.plain_text import printable
from planner.report.headings import column_headings
from planner.report.tables import column_name, service_name
from planner.words import Language, say

_INK: Final = "#3e4c59"
_GAP: Final = "#8b1a10"
_NEVER: Final = pd.Timestamp("2000-01-01")  # QGIS asks for the column; no clock goes into a file


@dataclass(frozen=True)
class Symbol:
    """One look: a marker or a filled area, lengths in millimetres; no ``fill`` leaves an area open."""

    marker: str = ""
    fill: str = ""
    stroke: str = "#ffffff"
    stroke_mm: float = 0.1
    dashed: bool = False
    size_mm: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True)
class Rule:
    """An entry of the legend: which features, by an expression of QGIS, and how they look; or a heading of others."""

    label: str
    which: str
    symbol: Symbol | None = None
    rules: Sequence[Rule] = ()
    shown: bool = True


@dataclass(frozen=True)
class Label:
    """The column that is written at each feature."""

    column: str
    colour: str
    size_pt: float
    halo: bool = True


def qgis_styles(columns: Mapping[str, Iterable[str]], plan: Plan, language: Language) -> pd.DataFrame:
    """The table ``layer_styles`` as QGIS makes it: a default style a layer. ``columns`` are those of each layer.

    The looks are those of the planner's own map, a legend entry a service: as there, only the first service is switched
    on. Columns are shown by their headings.
    """
    rows = []
    for layer, rules in _rules(plan, language).items():
        style = _document(rules, _LABELS.get(layer), column_headings(columns[layer], plan, language))
        rows.append(
            {
                "f_table_catalog": "",
                "f_table_schema": "",
                "f_table_name": layer,
                "f_geometry_column": "geom",
                "styleName": layer,
                "styleQML": style,
                "styleSLD": "",
                "useAsDefault": True,
                "description": "",
                "owner": "",
                "ui": "",
                "update_time": _NEVER,
            }
        )
    return pd.DataFrame(rows)


_LABELS: Final = {
    "sites": Label("number", "#ffffff", 8, halo=False),
    "gaps": Label("rank", _GAP, 9),
    "grids": Label("name", _INK, 7),
    "hot_spots": Label("rank", "#8a1253", 9),
}


def _rules(plan: Plan, language: Language) -> dict[str, list[Rule]]:
    def word(key: str) -> str:
        return say(f"map.{key}", language)

    found: dict[str, list[Rule]] = {"sites": [], "gaps": [], "cells": [], "hot_spots": []}
    for number, service in enumerate(plan.services):
        colour = SERVICE_COLOURS[number % len(SERVICE_COLOURS)]
        new = Symbol("circle", colour, size_mm=5.5, stroke_mm=0.4)
        centre = Symbol("square", "#ffffff", stroke=_INK, size_mm=2.8, stroke_mm=0.5)
        outline = Symbol(stroke=_GAP, stroke_mm=0.5, dashed=True)
        entries = {
            "sites": [
                Rule(word("layer_new_sites"), _is("status", "new"), new),
                Rule(word("layer_centres"), _is("status", "existing"), centre),
            ],
            "gaps": [
                Rule(word(f"layer_gaps_{stage}"), _is("stage", stage), outline, shown=stage == "planned")
                for stage in ("planned", "today")
            ],
            "cells": [
                Rule(word(f"layer_cells_{stage}"), "", rules=_cells(plan, stage, language), shown=stage == "planned")
                for stage in ("planned", "today")
            ],
            "hot_spots": [Rule(word("layer_hot_spots"), "", Symbol(stroke="#8a1253", stroke_mm=0.6))],
        }
        for layer, rules in entries.items():
            name = service_name(plan, service, language)
            found[layer].append(Rule(name, _is("service", service), rules=rules, shown=number == 0))
    found["grids"] = [Rule(word("layer_grids"), "", Symbol(stroke=_INK, stroke_mm=0.2))]
    dot = {"unanswered": "#b3261e", "answered": "#1b6fb3", "idle": "#c9ccd1"}
    concerned = "\"services\" <> ''"
    which = {
        "unanswered": f'{concerned} AND "answered_planned" = 0',
        "answered": f'{concerned} AND "answered_planned" = 1',
        "idle": "\"services\" = ''",
    }
    found["appeals"] = [
        Rule(word(f"legend_{look}"), which[look], Symbol("circle", colour, size_mm=3, stroke_mm=0.3))
        for look, colour in dot.items()
    ]
    return found


def _cells(plan: Plan, stage: str, language: Language) -> list[Rule]:
    """Cells with demand by whether they are covered in every, in some or in no period; estimates paler and dashed."""
    names = [column_name(period, number) for number, period in enumerate(plan.study.catalog.periods)]
    every = " AND ".join(f'coalesce("{stage}_{name}", 1) = 1' for name in names)
    some = " OR ".join(f'"{stage}_{name}" = 1' for name in names)
    which = {"full": every, "part": f"({some}) AND NOT ({every})", "none": f"NOT coalesce({some}, false)"}
    rules = []
    for state, colour in CELL_COLOURS.items():
        label = say(f"map.cell_{state}", language)
        demand = f'"weight_per_day" > 0 AND {which[state]}'
        counted = Symbol(fill=colour, opacity=0.62)
        rules.append(Rule(label, f'{demand} AND "demand_is_estimate" = 0', counted))
        if any(part.demand.estimated_share > 0 for part in plan.services.values()):
            label = say("report.estimated", language, value=label)
            pale = Symbol(fill=colour, stroke="#1f2933", stroke_mm=0.2, dashed=True, opacity=0.34)
            rules.append(Rule(label, f'{demand} AND "demand_is_estimate" = 1', pale))
    return rules


def _is(column: str, value: str) -> str:
    """An expression of QGIS; in its texts a quote is doubled and a backslash escapes."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"\"{column}\" = '{escaped}'"


def _document(rules: Sequence[Rule], label: Label | None, headings: Mapping[str, str]) -> str:
    root = ElementTree.Element("qgis", version="3.22", styleCategories="Symbology|Labeling|Fields")
    renderer = ElementTree.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    tree = ElementTree.SubElement(renderer, "rules", key="rules")
    symbols = ElementTree.SubElement(renderer, "symbols")
    _add_rules(tree, symbols, rules)
    if label is not None:
        _add_label(root, label)
    aliases = ElementTree.SubElement(root, "aliases")
    for column, heading in headings.items():
        ElementTree.SubElement(aliases, "alias", field=column, name=printable(heading))
    body = ElementTree.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{body}"


def _add_rules(above: ElementTree.Element, symbols: ElementTree.Element, rules: Sequence[Rule]) -> None:
    for rule in rules:
        # A key is any name that no other rule of the layer has.
        key = f"rule-{above.get('key')}-{len(above)}"
        told = {"key": key, "label": printable(rule.label), "filter": printable(rule.which)}
        told["checkstate"] = "1" if rule.shown else "0"
        if rule.symbol is not None:
            told["symbol"] = str(len(symbols))
            _add_symbol(symbols, rule.symbol)
        entry = ElementTree.SubElement(above, "rule", {name: value for name, value in told.items() if value})
        _add_rules(entry, symbols, rule.rules)


def _add_symbol(symbols: ElementTree.Element, symbol: Symbol) -> None:
    kind, layer = ("marker", "SimpleMarker") if symbol.marker else ("fill", "SimpleFill")
    options = {
        "color": _rgba(symbol.fill or "#ffffff"),
        "outline_color": _rgba(symbol.stroke),
        "outline_style": "dash" if symbol.dashed else "solid",
        "outline_width": f"{symbol.stroke_mm:g}",
        "outline_width_unit": "MM",
    }
    if symbol.marker:
        options |= {"name": symbol.marker, "size": f"{symbol.size_mm:g}", "size_unit": "MM"}
    else:
        options["style"] = "solid" if symbol.fill else "no"
    look = {"type": kind, "name": str(len(symbols)), "alpha": f"{symbol.opacity:g}", "force_rhr": "0"}
    entry = ElementTree.SubElement(symbols, "symbol", look, clip_to_extent="1")
    drawn = ElementTree.SubElement(entry, "layer", {"class": layer, "pass": "0", "enabled": "1", "locked": "0"})
    held = ElementTree.SubElement(drawn, "Option", type="Map")
    for name, value in options.items():
        ElementTree.SubElement(held, "Option", name=name, type="QString", value=value)


def _add_label(root: ElementTree.Element, label: Label) -> None:
    labeling = ElementTree.SubElement(root, "labeling", type="simple")
    settings = ElementTree.SubElement(labeling, "settings", calloutType="simple")
    look = {"fieldName": label.column, "isExpression": "0", "fontSize": f"{label.size_pt:g}", "fontSizeUnit": "Point"}
    text = ElementTree.SubElement(settings, "text-style", look, textColor=_rgba(label.colour), fontWeight="75")
    halo = {"bufferDraw": "1" if label.halo else "0", "bufferSize": "0.8", "bufferSizeUnits": "MM"}
    ElementTree.SubElement(text, "text-buffer", halo, bufferColor=_rgba("#ffffff"), bufferOpacity="1")
    ElementTree.SubElement(settings, "placement", placement="1", quadOffset="4", centroidInside="1")
    ElementTree.SubElement(settings, "rendering", drawLabels="1", obstacle="0", displayAll="0")


def _rgba(colour: str) -> str:
    return ",".join([*(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)), "255"])
