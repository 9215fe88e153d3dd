"""What the cells of a folium map tell, taken apart for the tests."""

import json

import numpy as np

from planner.maps.cells import CellLayer, CellTable


def tables_and_layers(drawn, service=0):
    """The cells of one service by id, and the covered bits of its planned and today's layer by id."""
    tables = [child for child in drawn._children.values() if isinstance(child, CellTable)]
    table = tables[service]
    (ids, grid_of, totals, by_period, has, intervals), rings, (grids, *_), *_ = json.loads(f"[{table.told}]")
    cells = {
        name: {
            "grid": grids[grid_of[i]],
            "total": totals[i],
            "by_period": [amounts[i] for amounts in by_period],
            "has": has[i],
            "interval": intervals[i],
            "corners": np.cumsum(np.reshape(rings[i], (-1, 2)), axis=0) / 1e6,
        }
        for i, name in enumerate(ids)
    }
    layers = [
        dict(zip(ids, json.loads(layer.covered), strict=True))
        for group in drawn._children.values()
        for layer in getattr(group, "_children", {}).values()
        if isinstance(layer, CellLayer) and layer.table is table
    ]
    return cells, layers
