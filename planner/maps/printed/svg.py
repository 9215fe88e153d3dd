"""SVG 1.1 as text: elements, path data from coordinates in millimetres, and texts that stay texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
FONTS: Final = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, PingFang SC, sans-serif"
# Of a variable font, resvg takes the thinnest for normal weight unless the axis is set.
REGULAR: Final = "'wght' 400"
BOLD: Final = {"font_weight": "bold", "font_variation_settings": "'wght' 700"}
INK: Final = "#1f2933"
STEP_MM: Final = 0.01
# What XML 1.0 cannot hold, and the controls that it could but no page shows.
_NOT_PRINTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDE: Final = ("W", "F", "A")


def number(value: float) -> str:
    """A length in whole hundredths of a millimetre, as short as it can be written."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def element(tag: str, *inside: str, **attributes: object) -> str:
    """An element; underscores in names of attributes stand for hyphens, numbers are lengths, None leaves one out."""
    given = ((name, value) for name, value in attributes.items() if value is not None)
    written = "".join(f" {name.strip('_').replace('_', '-')}={_quoted(value)}" for name, value in given)
    return f"<{tag}{written}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{written}/>"


def svg_page(*inside: str, width_mm: float, height_mm: float) -> str:
    """A whole drawing, a unit of it a millimetre."""
    return element(
        "svg",
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        width=f"{number(width_mm)}mm",
        height=f"{number(height_mm)}mm",
        viewBox=f"0 0 {number(width_mm)} {number(height_mm)}",
        font_family=FONTS,
        font_variation_settings=REGULAR,
    )


def text(words: str, x: float, y: float, size: float, **attributes: object) -> str:
    """A line of text whose baseline begins at (x, y); ``size`` is that of its letters in mm."""
    return element("text", escape(one_line(words)), x=x, y=y, font_size=size, **attributes)


def halo(size: float) -> dict[str, object]:
    """What draws a white edge around letters of ``size``, below their own colour."""
    return {"stroke": "#ffffff", "stroke_width": 0.22 * size, "stroke_linejoin": "round", "paint_order": "stroke"}


def one_line(words: str) -> str:
    """What a page can show of a text: controls as U+FFFD, every run of white space as a space."""
    return _NOT_PRINTED.sub("\ufffd", " ".join(words.split()))


def text_width(words: str, size: float) -> float:
    """About how wide a text is; rather too much than too little."""
    return size * sum(_width(letter) for letter in one_line(words))


def fitted(words: str, size: float, room: float) -> str:
    """The text, cut with an ellipsis where it is wider than ``room``."""
    words = one_line(words)
    if text_width(words, size) <= room:
        return words
    left, kept = room / size - 1.0, 0
    while kept < len(words) and (left := left - _width(words[kept])) >= 0:
        kept += 1
    return words[:kept].rstrip() + "…"


def wrapped(words: str, size: float, room: float) -> list[str]:
    """The text on lines no wider than ``room``: broken at spaces, and between any two Chinese characters."""
    lines = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]\s*", one_line(words)):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [fitted(line, size, room) for line in lines]


def path_data(shapes: Shapes) -> str:
    """Lines and areas in millimetres as path data: steps of hundredths of a millimetre from one point to the next."""
    parts = shapely.get_parts(shapes)
    is_area = shapely.get_dimensions(parts) == 2
    rings = shapely.get_rings(parts[is_area])
    drawn = np.concatenate([rings, parts[shapely.get_dimensions(parts) == 1]])
    at, part = shapely.get_coordinates(drawn, return_index=True)
    whole = np.rint(at / STEP_MM).astype(np.int64)
    starts = np.append(True, part[1:] != part[:-1]) if len(part) else np.empty(0, dtype=bool)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    steps[starts] = whole[starts]
    ends = np.append(starts[1:], True) if len(part) else starts
    kept = starts | ((steps != 0).any(axis=1) & ~(ends & (part < len(rings))))  # z draws a ring's last piece
    steps, starts, part = steps[kept], starts[kept], part[kept]
    different, which = np.unique(steps, return_inverse=True)
    written = np.array([f"{step * STEP_MM:.2f}".rstrip("0").rstrip(".") for step in different.tolist()], dtype=object)
    x, y = written[which.reshape(steps.shape)].T
    in_ring = part < len(rings)
    after_ring = np.append(False, in_ring[:-1]) if len(in_ring) else in_ring
    before = np.where(starts, np.where(after_ring, "zM", "M"), np.where(np.append(False, starts[:-1]), "l", " "))
    data = "".join(np.column_stack([before.astype(object), x, np.full(len(x), " ", dtype=object), y]).ravel())
    return data + ("z" if len(in_ring) and in_ring[-1] else "")


def polygon(corners: Iterable[Sequence[float]], **attributes: object) -> str:
    """A closed outline through ``corners``."""
    points = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
    return element("polygon", points=points, **attributes)


def _quoted(value: object) -> str:
    return quoteattr(number(value) if isinstance(value, float | int) else _NOT_PRINTED.sub("\ufffd", str(value)))


def _width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in _WIDE:
        return 1.0
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    return 0.7 if letter.isupper() or letter in "mw@%—" else 0.3 if letter in " .,:;'|ijl()" else 0.57
