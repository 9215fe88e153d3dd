import re
import string
from bisect import bisect_left
from pathlib import Path

import pytest

from planner import words
from planner.words import Text, dictionary, reader_language, say


def test_both_languages_have_the_same_keys():
    zh, en = dictionary("zh"), dictionary("en")
    assert zh.keys() == en.keys()
    assert len(zh) > 100


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_is_empty(language):
    assert [key for key, text in dictionary(language).items() if not text.strip()] == []


def test_both_languages_fill_in_the_same_names():
    zh, en = dictionary("zh"), dictionary("en")
    assert {key: (zh[key], en[key]) for key in zh if fields_of(zh[key]) != fields_of(en[key])} == {}


def fields_of(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_every_word_is_used():
    """A key that no line of the program names is dead; keys built from a part are named by that part."""
    package = Path(words.__file__).parent.parent
    kinds = (".py", ".jinja", ".js", ".typ")
    code = "\n".join(p.read_text(encoding="utf-8") for p in package.rglob("*") if p.suffix in kinds)
    code = code.replace("${", "{")  # a part of a key that a script fills in
    behind = sorted(set(re.split(r"[\"'`.]", code)[1:]))  # a quotation mark or a dot

    def stands_there(start):
        at = bisect_left(behind, start)
        return at < len(behind) and behind[at].startswith(start)

    unused = []
    for key in dictionary("zh"):
        _, name = key.split(".")
        built = {name, name.rsplit("_", 1)[0] + "_{", name.split("_", 1)[0] + "_{"}
        if not any(stands_there(start) for start in built):
            unused.append(key)
    assert not unused


def test_say_fills_in_texts_in_the_language_spoken():
    name = Text(zh="驿站", en="rest station")
    assert say("cli.planning", "en", service=name) == "Planning rest station"
    assert say("cli.planning", "zh", service=name) == "规划 驿站"


def test_a_key_that_does_not_exist_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        say("error.there_is_no_such_key")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "PLANNER_LANG": "en"}, "en"),
    ],
)
def test_the_reader_is_chinese_unless_the_system_is_english(monkeypatch, environment, language):
    for variable in ("PLANNER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert reader_language() == language
