"""A study and its plan → the layers of the page's map, as plain data: coded once, sent once, told apart by digests.

A layer joins up to three bodies. Its *shapes* are heavy and the same for a study; its *facts* are what its tooltips
tell, in one language; its *state* has one character a shape and is all that a change of plan changes. The browser keeps
bodies by their digest, so what it has is not sent again.
"""

from planner.maps.live.bodies import Body
from planner.maps.live.coverage import CellBodies, cell_bodies, planned_layers, today_layers
from planner.maps.live.events import MapEvent, read_event
from planner.maps.live.layers import LiveLayer, Sign, Style
from planner.maps.live.needs import appeal_layers, hot_spot_layers
from planner.maps.live.sites import new_site_layers, proposal_layers, site_layers
from planner.maps.live.street import grid_layers, street_layers

__all__ = [
    "Body",
    "CellBodies",
    "LiveLayer",
    "MapEvent",
    "Sign",
    "Style",
    "appeal_layers",
    "cell_bodies",
    "grid_layers",
    "hot_spot_layers",
    "new_site_layers",
    "planned_layers",
    "proposal_layers",
    "read_event",
    "site_layers",
    "street_layers",
    "today_layers",
]
