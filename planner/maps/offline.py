"""Leaflet from the installed package, as ``data:`` links, and element names that do not change from run to run."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import xstatic.pkg.leaflet as leaflet
from branca.element import Element, Figure


@cache
def leaflet_script() -> str:
    """Leaflet's script as a ``data:`` link."""
    return _data_link("text/javascript", leaflet_sources()[0].encode())


@cache
def leaflet_style() -> str:
    """Leaflet's style sheet as a ``data:`` link, its images inside."""
    return _data_link("text/css", leaflet_sources()[1].encode())


@cache
def leaflet_sources() -> tuple[str, str]:
    """Leaflet's script and its style sheet, with the sheet's images inside."""
    folder = Path(leaflet.BASE_DIR)
    script = (folder / "leaflet.js").read_text(encoding="utf-8").split("//# sourceMappingURL")[0]
    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    style = re.sub(
        r"url\((images/[\w.-]+\.png)\)",
        lambda image: f"url({_data_link('image/png', (folder / image[1]).read_bytes())})",
        style,
    )
    return script, style


def number_elements(figure: Figure) -> None:
    """Replace the random ids of all elements below ``figure`` by their number in the tree.

    The same map is then the same bytes. Call it once everything is added: elements take their names when they render.
    """
    for number, element in enumerate(_tree(figure)):
        element._id = f"{number:04d}"


def _tree(element: Element) -> Iterator[Element]:
    yield element
    parts = (element.header, element.html, element.script) if isinstance(element, Figure) else ()
    for child in (*parts, *element._children.values()):
        yield from _tree(child)


def _data_link(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(content).decode()}"
