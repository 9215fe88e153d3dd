import datetime
import io
import subprocess
import sys

import pypdf
import pytest
from everywhere import MARKUP
from PIL import Image
from read_back import pages_of

from planner.errors import TypesettingError
from planner.report.files import typesetting
from planner.report.files.plain_text import printable
from planner.report.files.typesetting import closed, png_of_svg, typeset

LIST = '#let data = json("data.json")\n#set document(title: data.title)\n#for name in data.names [ #name \\ ]'
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="10" height="10" fill="#000"/></svg>'


@pytest.fixture
def templates(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    (tmp_path / "list.typ").write_text(LIST, encoding="utf-8")
    return tmp_path


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.mark.usefixtures("templates")
def test_names_come_out_as_typed():
    said = "\n".join(pages_of(typeset("list.typ", {"title": MARKUP[0], "names": MARKUP})))
    for name in MARKUP:
        assert name in said, name


@pytest.mark.usefixtures("templates")
def test_a_document_names_its_title_and_day_and_is_tagged():
    data = {"title": MARKUP[0], "names": []}
    document = read(typeset("list.typ", data, made_on=datetime.date(2026, 3, 5)))
    assert document.metadata.title == MARKUP[0]
    assert document.metadata.creation_date.date() == datetime.date(2026, 3, 5)
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.usefixtures("templates")
def test_a_document_without_a_day_carries_no_date():
    document = read(typeset("list.typ", {"title": "a", "names": ["b"]}))
    assert document.metadata.creation_date is None
    assert document.metadata.modification_date is None


def test_another_process_sets_the_same_bytes_and_loads_typst_only_then(templates):
    code = (
        "import planner.report, sys; from pathlib import Path; from planner.report.files import typesetting\n"
        "assert 'typst' not in sys.modules\n"
        f"typesetting.TEMPLATES = Path({str(templates)!r})\n"
        "sys.stdout.buffer.write(typesetting.typeset('list.typ', {'title': '标题', 'names': ['一', '二']}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == typeset("list.typ", {"title": "标题", "names": ["一", "二"]})


@pytest.mark.usefixtures("templates")
def test_all_fonts_are_our_own():
    fonts = set()
    for page in read(typeset("list.typ", {"title": "a", "names": MARKUP})).pages:
        fonts |= {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
    assert {font.partition("+")[2] for font in fonts} == {"NotoSansCJKsc-Thin", "NotoEmoji-Regular"}


def test_control_characters_are_shown_as_such():
    assert printable("a\x00b\x1bc\x85\ud800") == "a\ufffdb\ufffdc\ufffd\ufffd"
    assert printable("a\r\nb\rc\td") == "a\nb\nc\td"


def test_a_writing_direction_ends_with_its_text():
    assert closed("\u202eabc") == "\u202eabc\u202c"
    assert closed("\u2067a\u202eb\u202c") == "\u2067a\u202eb\u202c\u2069"
    assert closed("\u202ea\u2066") == "\u202ea\u2066\u2069\u202c"
    assert closed("a\u202cb") == "a\u202cb"


def test_a_template_that_fails_is_named(templates):
    (templates / "broken.typ").write_text('#panic(json("data.json").why)', encoding="utf-8")
    with pytest.raises(TypesettingError, match=r"broken\.typ.*panicked") as caught:
        typeset("broken.typ", {"why": "no"})
    assert isinstance(caught.value, RuntimeError)


def test_a_picture_has_the_pixels_asked_for():
    picture = Image.open(io.BytesIO(png_of_svg(SQUARE, width_mm=25.4, ppi=300)))
    assert picture.size == (300, 150)
    assert picture.convert("L").getpixel((50, 75)) == 0
    assert picture.convert("L").getpixel((250, 75)) == 255


def test_a_picture_is_set_in_our_font_whatever_it_asks_for():
    text = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><text y="9" font-size="9"{}>直a</text></svg>'
    asked = text.format(' font-family="Times, serif" style="font-family: Courier; fill: black"')
    assert png_of_svg(asked, width_mm=20) == png_of_svg(text.format(""), width_mm=20)


def ink(weight):
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><g {weight}><text y="9">驿站</text></g></svg>'
    pixels = Image.open(io.BytesIO(png_of_svg(text, width_mm=40))).convert("L")
    return sum((255 - value) * count for value, count in enumerate(pixels.histogram()))


def test_the_letters_of_a_picture_are_as_thick_as_it_says():
    plain, bold = ink(""), ink('font-weight="700"')
    assert plain == ink('font-weight="normal"') == ink('style="font-weight: 400"')
    assert bold == ink('style="font-weight: bold"') > 1.2 * plain > 2 * ink('font-weight="100"')


def test_a_picture_that_is_none_is_an_error():
    with pytest.raises(TypesettingError, match=r"picture\.svg"):
        png_of_svg("no picture", width_mm=20)
