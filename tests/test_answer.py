"""What all answers have in common: how their frames are read, and how their figures are drawn."""

from dataclasses import dataclass
from typing import ClassVar

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.font_manager import FontProperties, findfont

from planner.analysis import Answer
from planner.analysis.drawing import FONT, png_of, sheet


@dataclass(frozen=True)
class Small(Answer):
    words: ClassVar[str] = "ask_enough"

    def told(self, language=None):  # noqa: ARG002
        return ()

    def names(self, language):
        return {"service": {"a": {"zh": "甲", "en": "A"}[language]}}

    def figure(self, language=None):  # noqa: ARG002
        with sheet(width_in=2, height_in=1) as figure:
            axes = figure.add_subplot()
            axes.plot([0, 1], [0, 1])
            axes.set_title("覆盖率 −1 $x^2$")
        return figure


FRAME = pd.DataFrame(
    {
        "service": ["a", "=b"],
        "covered_share": [0.256, np.nan],
        "new_sites": [1200, 3],
        "cost_yuan": [12345.6, 0.0],
        "optimality_gap": [0.0, 0.01],
    }
)


def test_a_table_is_read_in_words_and_figures():
    table = Small(FRAME).table("zh")
    assert list(table.columns) == ["服务", "覆盖率", "新增站点", "年费用（元）", "最优性差距"]
    assert table.iloc[0].tolist() == ["甲", "25.6%", "1,200", "12,346", "0.0%"]
    assert table.iloc[1].tolist() == ["=b", "—", "3", "0", "1.0%"]


def test_the_data_keep_their_numbers():
    data = Small(FRAME).data("en")
    assert data["Service"].tolist() == ["A", "=b"]
    assert data["Yearly cost (yuan)"].tolist() == [12345.6, 0.0]


def test_a_truth_and_nothing_are_said_in_words():
    frame = pd.DataFrame({"new_sites": [True, False], "cost_yuan": [None, pd.NA]})
    assert Small(frame).table("en").iloc[0].tolist() == ["yes", "—"]


def test_figures_are_drawn_in_our_font_without_a_change_for_others():
    before = dict(matplotlib.rcParams)
    figure = Small(FRAME).figure()
    assert dict(matplotlib.rcParams) == before
    assert findfont(FontProperties(family=FONT), fallback_to_default=False).endswith("NotoSansSC-Regular.ttf")
    texts = [text for axes in figure.axes for text in (axes.title, *axes.get_xticklabels())]
    assert {text.get_fontfamily()[0] for text in texts} == {FONT}
    assert not any(text.get_parse_math() for text in texts)


def test_the_same_figure_is_the_same_picture_and_shows_itself():
    one, other = Small(FRAME).figure(), Small(FRAME).figure()
    assert png_of(one) == png_of(other) == one._repr_png_()
    assert png_of(one).startswith(b"\x89PNG")
