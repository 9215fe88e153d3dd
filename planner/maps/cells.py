"""The cells of a service on a map: told once for all layers, and drawn when a layer is first shown."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from branca.element import MacroElement
from folium.template import Template
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.figures import NOTHING, amount_text, interval_text
from planner.maps.sheet import PARTS
from planner.maps.shown import CELL_COLOURS
from planner.maps.wording import Wording
from planner.today import ServiceToday


class CellTable(MacroElement):
    """What is told of each cell with demand, whatever covers it; ``wording`` is without markup."""

    _template = Template(
        "{% macro script(this, kwargs) %}const {{ this.get_name() }} = {{ this.code }}({{ this.told }});{% endmacro %}"
    )

    def __init__(self, part: ServiceToday, degrees: gpd.GeoSeries, wording: Wording) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Cells"
        self.which = np.flatnonzero((part.demand.weight > 0).any(axis=1))
        self.code = (PARTS / "cells.js").read_text(encoding="utf-8").rstrip()
        shapes = degrees.to_numpy()[self.which]
        arguments = [self._cells(part), [_ring(shape) for shape in shapes], *self._words(part, wording)]
        self.told = ",".join(_as_script(argument) for argument in arguments)

    def _cells(self, part: ServiceToday) -> list[Any]:
        """Ids, grids, amounts in all and by period, the periods with demand as bits, intervals of estimates or 0."""
        cells, weight = part.demand.cells.iloc[self.which], part.demand.weight[self.which]
        codes, self.grid_of = np.unique(cells["grid_code"].to_numpy(dtype=str), return_inverse=True)
        self.grid_codes = codes.tolist()
        bounds = part.demand.intervals
        intervals: list[Any] = [0] * len(cells)
        for i in np.flatnonzero(cells["estimated"].to_numpy(dtype=bool)):
            low, high = bounds.loc[cells["grid_code"].iloc[i], ["low_per_day", "high_per_day"]]
            intervals[i] = interval_text(float(low), float(high))
        by_period = [[amount_text(value) if value > 0 else "" for value in column] for column in weight.T.tolist()]
        totals = [amount_text(value) for value in weight.sum(axis=1).tolist()]
        ids = cells["cell_id"].astype(str).tolist()
        return [ids, self.grid_of.tolist(), totals, by_period, _bits(weight > 0), intervals]

    def _words(self, part: ServiceToday, wording: Wording) -> list[Any]:
        unit = wording.study.catalog.demands[part.demand.rule].unit.in_language(wording.language)
        names = [[wording.grid(code) for code in self.grid_codes], unit, wording.term("estimate")]
        titles = [wording.words("cell"), wording.term("grid"), wording.demand_title()]
        titles += [wording.words("nature"), wording.words("grid_interval")]
        titles += [wording.period(key) for key in part.demand.periods]
        return [names, [NOTHING], titles, list(CELL_COLOURS.values())]


class CellLayer(MacroElement):
    """One layer of the cells of ``table``, coloured by ``coverage``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = {{ this.table.get_name() }}({{ this.covered }});
        {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, table: CellTable, coverage: Coverage) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "CellLayer"
        self.table = table
        has = coverage.weight[table.which] > 0
        self.covered = _as_script(_bits(coverage.covered[table.which] & has))


def _bits(periods: NDArray[np.bool_]) -> list[int]:
    """(rows, periods) as one number a row, the first period its lowest bit."""
    found: list[int] = (periods @ (1 << np.arange(periods.shape[1]))).tolist()
    return found


def _ring(shape: shapely.Polygon) -> list[int]:
    """The outline in whole millionths of a degree, each corner told from the one before it; the last is the first."""
    corners = np.rint(shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1] * 1e6).astype(np.int64)
    steps: list[int] = np.diff(corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist()
    return steps


def _as_script(value: object) -> str:
    """Lists of texts and numbers as JavaScript that no page or template takes for its own."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&{\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
