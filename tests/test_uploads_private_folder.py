"""The folder of a draft."""

import gc
import os
import stat

from planner.intake.uploads import (
    PrivateFolder,
)


def test_the_folder_is_entered_by_this_user_alone_and_has_a_name_of_its_own():
    one, other = PrivateFolder(), PrivateFolder()
    assert one.path != other.path
    assert len(one.path.name) > len("planner-") + 6
    if os.name == "posix":
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
    one.remove()
    other.remove()


def test_the_folder_goes_with_the_session():
    home = PrivateFolder()
    path = home.path
    (path / "hosts.csv").write_text("x", encoding="utf-8")
    del home
    gc.collect()
    assert not path.exists()
