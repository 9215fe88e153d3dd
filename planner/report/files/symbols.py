"""Symbols of what a station offers, drawn in lines on a square of 24 by 24."""

from __future__ import annotations

from typing import Final

_PERSON: Final = "a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0"
_WHEEL: Final = "a3 3 0 1 0 6 0a3 3 0 1 0-6 0"
_LINES: Final = {
    "hot_water": "M5 10h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 11h1.5a2.5 2.5 0 0 1 0 5H16"
    "M8 3c-1 1.5 1 2.5 0 4M12.5 3c-1 1.5 1 2.5 0 4",
    "microwave": "M2.5 6h19v12h-19zM5.5 9h9v6h-9zM18 9.5v.01M18 12v.01M18 14.5v.01",
    "phone_charging": "M6 2.5h12v19H6zM13 6.5l-3.5 5.5h5L11 17.5",
    "ebike_charging": f"M2.5 17.5{_WHEEL}M15.5 17.5{_WHEEL}M8.5 17.5h7l2.5-9h-3.5M5.5 14.5l2-3.5h7"
    "M10.5 1.5L8 5.5h4L9.5 9.5",
    "battery_swap": "M6.5 6h11v15.5h-11zM10 3h4v3h-4zM9.5 11.5h5.5l-2-2M14.5 16H9l2 2",
    "toilet": f"M5 4.5{_PERSON}M4.2 8.5h5v6.5h-1v6H5.2v-6h-1zM15.6 4.5{_PERSON}"
    "M15.8 8.5h3l2 7.5h-2v5h-3v-5h-2zM12 3v18",
    "parcel_sorting": "M4 7.5l8-4.5 8 4.5v9L12 21l-8-4.5zM4 7.5l8 4.5 8-4.5M12 12v9",
    "seats": "M7 3v18M7 13h10v8M7 8h4",
    "air_conditioning": "M12 2.5v19M3.8 7.2l16.4 9.6M3.8 16.8l16.4-9.6M9.5 4l2.5 2.5L14.5 4M9.5 20l2.5-2.5 2.5 2.5",
    "first_aid": "M3 8h18v12.5H3zM9 8V4.5h6V8M12 11v6.5M8.8 14.2h6.4",
    "wifi": "M3 9.5a13 13 0 0 1 18 0M6 13a9 9 0 0 1 12 0M9 16.3a4.5 4.5 0 0 1 6 0M12 19.8v.01",
    "meal_shelves": "M4 3v18M20 3v18M4 9h16M4 16h16M8 9V5.5h4V9M12 16v-4h4.5v4",
    "shower": "M6 21V5.5a2.5 2.5 0 0 1 5 0V7M7.5 10a3.5 3.5 0 0 1 7 0zM8.5 13l-.8 2M11 13v2M13.5 13l.8 2"
    "M8 17.5l-.8 2M11 17.5v2M14 17.5l.8 2",
    "laundry": "M4.5 2.5h15v19h-15zM4.5 7h15M7.5 4.8v.01M7 14a5 5 0 1 0 10 0a5 5 0 1 0-10 0M9 14.5c2-1.5 4 1.5 6 0",
    "parking": "M4 3h16v18H4zM9.5 17.5v-11h3.5a3.3 3.3 0 0 1 0 6.6H9.5",
}


def symbol_svg(facility: str, *, colour: str) -> str | None:
    """The symbol of a facility of the shipped catalog as SVG, None for one that a study names itself."""
    lines = _LINES.get(facility)
    if lines is None:
        return None
    drawn = (
        f'<path d="{lines}" fill="none" stroke="{colour}" stroke-width="1.9"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">{drawn}</svg>'
