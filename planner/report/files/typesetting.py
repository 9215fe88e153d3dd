"""Documents for paper, set by typst in fonts of our own: the same input gives the same bytes on every machine.

The fonts are those of two packages, Noto Sans CJK and the Noto fonts beside it, never the system's. A page then breaks
in the same places on every machine, an archived file can be compared with one that is made again, and no Chinese
character is missing where an office computer lacks a font.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.etree import ElementTree

from planner.errors import TypesettingError
from planner.report.files.plain_text import printable

if TYPE_CHECKING:
    import typst

TEMPLATES: Final = Path(__file__).with_name("templates")
FONT: Final = "Noto Sans CJK SC"
FONT_PACKAGES: Final = ("manimgx_fonts_cjk", "manimgx_fonts")
_CLOSED_BY: Final = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WEIGHTS: Final = {"normal": "400", "bold": "700"}
ElementTree.register_namespace("", "http://www.w3.org/2000/svg")


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes | str] | None = None,
    made_on: datetime.date | None = None,
) -> bytes:
    """The PDF that ``templates/{template}`` makes of ``data``: tagged, and without any date but ``made_on``.

    ``data`` is what JSON can hold; the template reads it with ``json("data.json")``, so that its texts are never typst
    markup. ``pictures`` are SVG or PNG by file name, read with ``image("pictures/NAME")``; the texts in an SVG are set
    in our font whatever it asks for. Characters that cannot be printed come out as U+FFFD. Raises ``TypesettingError``
    where typst cannot set the template.
    """
    return _compile(template, _files(template, data, pictures or {}, made_on), "pdf")[0]


def typeset_pages(
    template: str, data: Mapping[str, Any], *, pictures: Mapping[str, bytes | str] | None = None, ppi: float = 144
) -> list[bytes]:
    """The same pages as PNG, to look at."""
    return _compile(template, _files(template, data, pictures or {}, None), "png", ppi=ppi)


def png_of_svg(svg: str, *, width_mm: float, ppi: float = 300) -> bytes:
    """An SVG as a PNG of ``width_mm`` at ``ppi`` pixels an inch on white, its height as the SVG's ratio has it."""
    main = f'#set page(width: {width_mm}mm, height: auto, margin: 0mm)\n#image("picture.svg", width: 100%)'
    files = {"main.typ": main.encode(), "picture.svg": _in_our_font(svg, "picture.svg")}
    return _compile("picture.svg", files, "png", ppi=ppi)[0]


def closed(text: str) -> str:
    """A text in which each change of the writing direction ends, so that it turns around nothing that follows it."""
    still_open: list[str] = []
    for mark in _DIRECTIONS.findall(text):
        if mark in _CLOSED_BY:
            still_open.append(_CLOSED_BY[mark])
        elif still_open and still_open[-1] == mark:
            still_open.pop()
    return text + "".join(reversed(still_open))


def _files(
    template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes | str], made_on: datetime.date | None
) -> dict[str, bytes]:
    """All that typst sees, by name: the template with our font and the date, as it would else carry the clock's."""
    files = {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.typ"))}
    date = f"datetime(year: {made_on.year}, month: {made_on.month}, day: {made_on.day})" if made_on else "none"
    head = f'#set document(date: {date})\n#set text(font: "{FONT}")\n'
    files["main.typ"] = head.encode() + files.pop(template)
    files["data.json"] = json.dumps(_cleaned(data), ensure_ascii=False).encode()
    for name, picture in pictures.items():
        files[f"pictures/{name}"] = _in_our_font(picture, name) if isinstance(picture, str) else picture
    return files


def _cleaned(value: Any) -> Any:
    """Printable texts all the way down."""
    if isinstance(value, str):
        return closed(printable(value))
    if isinstance(value, Mapping):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return value


def _in_our_font(svg: str, name: str) -> bytes:
    """An SVG that names no font but ours, as another one would be there on one machine and lack on the next.

    The thickness of its letters is said once more as a variation of the font, which alone is heeded here.
    """
    try:
        root = ElementTree.fromstring(printable(svg))
    except ElementTree.ParseError as error:
        raise TypesettingError("typesetting", template=name, reason=error) from error
    for element in root.iter():
        style = dict(part.partition(":")[::2] for part in element.get("style", "").replace(" ", "").split(";") if part)
        weight = style.pop("font-weight", element.get("font-weight"))
        for family in ("font-family", "font"):
            style.pop(family, None)
            element.attrib.pop(family, None)
        if "style" in element.attrib:
            element.set("style", ";".join(f"{key}:{value}" for key, value in style.items()))
        if weight is not None:
            element.set("font-weight", weight)
            element.set("font-variation-settings", f"'wght' {_WEIGHTS.get(weight, weight)}")
    root.set("font-family", FONT)
    root.attrib.setdefault("font-variation-settings", "'wght' 400")
    return ElementTree.tostring(root)


def _compile(
    template: str,
    files: dict[str, bytes],
    kind: Literal["pdf", "png"],
    *,
    ppi: float | None = None,
) -> list[bytes]:
    import typst

    try:
        made_of = typst.compile(
            files,  # type: ignore[call-overload]  # its stubs leave the dictionary of files out
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format=kind,
            ppi=ppi,
            timestamp=0,
        )
    except typst.TypstError as error:
        raise TypesettingError("typesetting", template=template, reason=error.message) from error
    return made_of if isinstance(made_of, list) else [made_of]


@cache
def _fonts() -> typst.Fonts:
    import typst

    folders = [Path(spec.origin).parent for name in FONT_PACKAGES if (spec := find_spec(name)) and spec.origin]
    if len(folders) < len(FONT_PACKAGES):
        raise TypesettingError("fonts_missing", packages=", ".join(FONT_PACKAGES).replace("_", "-"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
