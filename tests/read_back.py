"""What the files of a report say, read back as somebody else's program would read them."""

import html
import json
import re
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def said_in(path: Path) -> str:
    """All texts of a file, one below the other."""
    return _READERS[path.suffix](path)


def run_together(text: str) -> str:
    """A text without the spaces and line ends that a page breaks it at."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: Path | bytes) -> list[str]:
    """The text of each page of a PDF; a hyphen at the end of a line is a hyphen."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range().replace("\ufffe", "-") for page in document]


def headline_of_layers(read) -> dict[str, tuple[float, float, int, float]]:
    """Covered share today and planned, number and cost of the new sites of each service, counted from the layers that
    ``read(name)`` gives.
    """
    cells, sites = read("cells"), read("sites")
    found = {}
    for service, mine in cells.groupby("service", sort=False):
        total = mine["weight_per_day"].sum()
        new = sites[(sites["service"] == service) & (sites["status"] == "new")]
        today, planned = (mine[f"covered_{when}_per_day"].sum() / total for when in ("today", "planned"))
        found[service] = (today, planned, len(new), new["cost_yuan"].sum())
    return found


def _html(path: Path) -> str:
    page = path.read_text(encoding="utf-8")
    told = [_page(page)]
    told += [_page(html.unescape(inner)) for inner in re.findall(r"srcdoc='([^']*)'", page)]
    return "\n".join(told)


def _page(page: str) -> str:
    """The text of a page, and the texts in its scripts."""
    page = re.sub(r"srcdoc='[^']*'", "", page)
    scripts = "\n".join(re.findall(r"<script(?! src)[^>]*>(.*?)</script>", page, flags=re.S))
    literals = []
    for literal in _LITERAL.findall(scripts):
        try:
            literals += [json.loads(literal), html.unescape(json.loads(literal))]
        except json.JSONDecodeError:
            continue  # a literal of the program itself, in an alphabet of its own
    text = html.unescape(re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page, flags=re.S))
    return "\n".join([text, *literals])


def _pdf(path: Path) -> str:
    return "\n".join(pages_of(path))


def _docx(path: Path) -> str:
    """Paragraph by paragraph, those in tables, headers and footers too."""
    from lxml import etree

    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    told = []
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                root = etree.fromstring(parts.read(name))
                told += ["".join(p.itertext(f"{word}t")) for p in root.iter(f"{word}p")]
    return "\n".join(told)


def _xlsx(path: Path) -> str:
    from openpyxl import load_workbook

    book = load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(str(cell) for cell in cells if cell is not None)


def _gpkg(path: Path) -> str:
    layers = [gpd.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path) if name != "layer_styles"]
    return "\n".join(_frame(layer.drop(columns="geometry")) for layer in layers)


def _geojson(path: Path) -> str:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return "\n".join(str(value) for feature in features for value in feature["properties"].values())


def _csv(path: Path) -> str:
    """A leading apostrophe tells a spreadsheet that what follows is text."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return "\n".join(re.sub(r"^'(?=[=+\-@\t\r])", "", text) for text in frame.to_numpy().ravel())


def _frame(frame: pd.DataFrame) -> str:
    return "\n".join(str(value) for value in frame.to_numpy().ravel())


_READERS = {
    ".html": _html, ".pdf": _pdf, ".docx": _docx, ".xlsx": _xlsx, ".gpkg": _gpkg, ".geojson": _geojson, ".csv": _csv,
}  # fmt: skip
