"""The map of the page: layers in, what a reader clicked or drew out. A component of Streamlit (version 2 of its API).

Leaflet and the map's own code (``live_map_parts/``) are one element that never changes, so the browser gets them once;
the map's element carries a run's message: which bodies make up each layer, and those bodies that this session's browser
was not yet sent. A browser that lacks one after all (its page was reloaded, a run was overtaken) asks for it.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from planner.maps.live import Body, LiveLayer, MapEvent, read_event
from planner.maps.live.bodies import body_of
from planner.maps.offline import leaflet_sources
from planner.maps.panel import html_lang
from planner.words import Language, say

Mode = Literal["look", "choose", "point", "area"]

_PARTS: Final = Path(__file__).with_name("live_map_parts")
# Each module after those that it imports.
_MODULES: Final = (
    "store", "grid_index", "decode", "layer", "marks", "painting", "hits", "tool_bar", "tooltip", "panel",
    "canvas_layer", "area_tool", "reader", "live_map", "show",
)  # fmt: skip
_SENT: Final = "live_map.sent"
_WORDS: Final = (
    "map", "panel", "zoom_in", "zoom_out", "whole", "keys", "hint_choose", "hint_point", "hint_area", "finish", "back",
    "cancel", "north", "north_sign",
)  # fmt: skip
# The code's element and the map's meet here, whichever comes first.
_DESK: Final = 'globalThis[Symbol.for("planner.live_map")] ??= {waiting: []}'
_SHOW: Final = f"""
const desk = {_DESK};
export default component => desk.show?.(component) ?? new Promise(arrived => {{
  desk.waiting.push(() => arrived(desk.show(component)));
}});
"""


def live_map(
    layers: Sequence[LiveLayer],
    *,
    key: str,
    mode: Mode = "look",
    height_px: int = 640,
    language: Language,
    marked: tuple[str, str] | None = None,
) -> MapEvent | None:
    """Show ``layers`` as a map; what the reader did on it since the last run, or None.

    ``mode``: ``"look"`` tells of every click what it hit, ``"choose"`` only of candidates and what stands in their
    place, ``"point"`` tells of any click where it was, ``"area"`` lets an area be drawn. ``marked`` is the kind and the
    id of the thing that stands out. The reader's view and switches belong to the street (its boundary's layer), so they
    stay from run to run, from page to page and in both languages.
    """
    sent: set[str] = st.session_state.setdefault(_SENT, set())
    message, now_sent = message_of(layers, sent, mode=mode, height_px=height_px, language=language, marked=marked)
    with st.container(gap=None):
        _code_component()(key=f"{key}.code")
        told = _map_component()(
            key=key,
            data=message,
            height=height_px,
            on_event_change=_nothing,
            on_missing_change=lambda: _forget(key),
        )
    sent |= now_sent
    return read_event(told.get("event"))


def clicked(key: str) -> MapEvent | None:
    """What the reader did on the map of ``key`` since the last run, before :func:`live_map` is called in this one."""
    told = st.session_state.get(key)
    return None if told is None else read_event(told.get("event"))


def message_of(
    layers: Sequence[LiveLayer],
    sent: Iterable[str],
    *,
    mode: Mode,
    height_px: int,
    language: Language,
    marked: tuple[str, str] | None,
) -> tuple[bytes, set[str]]:
    """A run's message, and the digests of the bodies in it; those in ``sent`` are not in it.

    Four bytes (big-endian) say how long the header is, which is JSON and says how long each of the packed bodies is.
    """
    frame, known = _frame(layers, language), frozenset(sent)
    bodies = {body.digest: body for body in (frame, *(body for layer in layers for body in layer.bodies))}
    fresh = [body for digest, body in bodies.items() if digest not in known]
    street = next((layer.shapes.digest for layer in layers if layer.name == "boundary"), "")
    header = {
        "street": street,
        "mode": mode,
        "height_px": height_px,
        "marked": marked,
        "frame": frame.digest,
        "layers": [[layer.shapes.digest, *(b and b.digest for b in (layer.facts, layer.state))] for layer in layers],
        "bodies": [[body.digest, len(body.packed)] for body in fresh],
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    message = b"".join([struct.pack(">I", len(head)), head, *(body.packed for body in fresh)])
    return message, {body.digest for body in fresh}


def _frame(layers: Sequence[LiveLayer], language: Language) -> Body:
    """What of the layers seldom changes: names, styles, legend, and the words of the map itself."""
    words = {name: say(f"live.{name}", language) for name in _WORDS}
    return body_of({"lang": html_lang(language), "words": words, "layers": [layer.plain() for layer in layers]})


def _forget(key: str) -> None:
    """The browser lacks bodies: they are sent with the next message."""
    missing = st.session_state[key].get("missing")
    if isinstance(missing, list):
        st.session_state[_SENT] = st.session_state.get(_SENT, set()) - {str(digest) for digest in missing}


def _nothing() -> None:
    """A component tells only of what has a callback."""


@cache
def _map_component() -> Any:
    return st.components.v2.component("planner_live_map", js=_SHOW)


@cache
def _code_component() -> Any:
    return st.components.v2.component("planner_live_map_code", js=map_code())


@cache
def map_code() -> str:
    """Leaflet, the style sheets and the map's modules as one module, which takes its place at the desk."""
    script, style = leaflet_sources()
    own = (_PARTS / "live_map.css").read_text(encoding="utf-8")
    modules = [_without_links((_PARTS / f"{name}.js").read_text(encoding="utf-8")) for name in _MODULES]
    return "\n".join(
        [
            script,
            "const L = globalThis.L.noConflict();",
            f"const STYLE = {json.dumps(style + own)};",
            *modules,
            f"const desk = {_DESK};",
            "desk.show ??= show;",
            "for (const arrived of desk.waiting.splice(0)) { arrived(); }",
            "export default () => {};",
        ]
    )


def _without_links(module: str) -> str:
    """A module's text without its ``import`` lines and the word ``export``: all modules share one scope.

    Streamlit takes a component's code as one. ``leaflet.js`` and ``live_map.css.js`` are what stands before them.
    """
    return re.sub(r"^export (?=\S)", "", re.sub(r"^import .*;\n", "", module, flags=re.M), flags=re.M)
