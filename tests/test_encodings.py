import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.encodings import decode, encoding_of

# The characters of GB 2312's first plane, which are the 3,755 that everybody writes.
COMMON = st.text(
    st.sampled_from([bytes([hi, lo]).decode("gb2312") for hi in range(0xB0, 0xD7) for lo in range(0xA1, 0xFF)]),
    min_size=2,
    max_size=30,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_what_offices_write_is_read(encoding):
    text = "网格编码,名称（必填）\n001,学院路街道～东门\n"
    found, told = decode(text.encode(encoding))
    assert found == text
    assert told == {"utf-8-sig": "utf-8", "gbk": "gb18030"}.get(encoding, encoding)


@settings(deadline=None)
@given(COMMON)
def test_chinese_in_gb18030_is_read_or_is_also_utf8(text):
    content = text.encode("gb18030")
    found, encoding = decode(content)
    assert found == (text if encoding == "gb18030" else content.decode("utf-8"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("海淀區中關村街道辦事處", "big5"),
        ("東京都千代田区の地図データ", "shift_jis"),
        ("café, Zürich, señor", "latin-1"),
        ("网格,名称\n1,甲", "utf-16-le"),
    ],
)
def test_what_may_be_something_else_is_refused(text, encoding):
    with pytest.raises(ValueError, match=r"neither|not text"):
        decode(text.encode(encoding))


def test_a_rare_character_in_a_name_does_no_harm():
    text = "姓名,地址\n王喆,朱镕路1号院（北区）\n"
    assert decode(text.encode("gb18030")) == (text, "gb18030")


def test_one_encoding_holds_for_all_texts():
    assert encoding_of([b"abc", "网格".encode("gbk")]) == "gb18030"
    assert encoding_of([b"abc"]) == "utf-8"
    with pytest.raises(ValueError, match="neither"):
        encoding_of([bytes([0xFF, 0xFF, 0xFF])])
