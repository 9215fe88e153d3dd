"""The page from which results are taken along."""

import pytest
from page_runs import opened, planned_shares, shares

from planner.words import say


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figures_stand_above_what_can_be_taken_along(demo_plan, language):
    page = opened("hand_on", language)
    assert shares(page) == planned_shares(demo_plan)
    told = [text.value for text in page.markdown]
    for what in ("report", "map", "all"):
        assert say(f"page.about_{what}", language) in told
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == [say(f"page.download_{what}", language) for what in ("report", "map", "all")]
