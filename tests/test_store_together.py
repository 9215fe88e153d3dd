"""Several who save at once, and one who is killed while saving: in processes of their own, as they are in an office."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from store_world import VILLAGE, beside, draft

from planner.store import open_store

HERE = Path(__file__).parent
PEOPLE = ["王工", "李工", "张工", "赵工"]
TURNS = 5

# A process that forks others, each of which does one act and tells how it ended.
FORKS = """
import os, signal, sys, traceback
sys.path[:0] = {paths}
from sqlalchemy import event
from sqlalchemy.engine import Engine
from store_world import VILLAGE, draft
from planner.store import open_store

def forked(act, *arguments):
    child = os.fork()
    if child:
        return child
    try:
        act(*arguments)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)

def ended(child):
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

"""
SAVE_AT_ONCE = """
place, turns, *people = sys.argv[1:]
start, go = os.pipe()

def save(me):
    os.close(go)
    os.read(start, 1)  # all go on when the last writer has closed it
    with open_store(place) as store:
        for turn in range(int(turns)):
            study = store.save_study("小村", VILLAGE, saved_by=me)
            store.save_study(f"{me} {turn}", VILLAGE | {"own.csv": f"{me} {turn}".encode()}, saved_by=me)
            store.save_plan(draft(study.id, sites=(me, str(turn))), saved_by=me)

children = [forked(save, me) for me in people]
os.close(go)
for child in children:
    ended(child)
"""
DIE_WHILE_SAVING = """
def save(what, store, study):
    if what == "study":
        store.save_study("小镇", VILLAGE | {"big.pbf": os.urandom(8_000_000)}, saved_by="李工")
    elif what == "plan":
        store.save_plan(draft(study), saved_by="李工")
    else:
        store.remove_study(study, removed_by="李工")

def die(what, word, left):
    # Once so many statements that begin with the word are done, and before the transaction is.
    with open_store(sys.argv[1]) as store:
        def count(connection, cursor, statement, *_):
            nonlocal left
            left -= statement.lstrip().startswith(word)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "after_cursor_execute", count)
        save(what, store, sys.argv[2])

for what, word, left in (
    ("study", "INSERT", 1),  # some bytes are in, the study is not
    ("study", "INSERT", 3),  # its files are, its name is not
    ("study", "UPDATE", 1),  # all of it is, and not yet for others
    ("plan", "INSERT", 1),
    ("removal", "UPDATE", 1),
):
    ended(forked(die, what, word, left))
"""
DIE_AFTER_SAVING = """
def die():
    open_store(sys.argv[1]).save_plan(draft(sys.argv[2]), saved_by="李工")
    os.kill(os.getpid(), signal.SIGKILL)

ended(forked(die))
"""

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")


def endings(code, *arguments):
    """How each forked process ended: 0, or the signal that killed it as a negative number."""
    code = FORKS.format(paths=[str(HERE), str(HERE.parent)]) + code
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return [int(line) for line in done.stdout.split()]


@forking
def test_processes_that_start_and_save_at_once_lose_nothing(place):
    """The store is new: they make its tables together, too."""
    assert endings(SAVE_AT_ONCE, place, str(TURNS), *PEOPLE) == [0] * len(PEOPLE)
    with open_store(place) as store:
        plans = store.plans(all_revisions=True)
        assert [plan.revision for plan in plans] == list(range(len(PEOPLE) * TURNS, 0, -1))
        said = {plan.solutions["rest_station"].site_ids: plan.saved_by for plan in plans}
        assert said == {(person, str(turn)): person for person in PEOPLE for turn in range(TURNS)}
        studies = {study.name.zh: study.saved_by for study in store.studies()}
        assert studies.pop("小村") in PEOPLE
        assert studies == {f"{person} {turn}": person for person in PEOPLE for turn in range(TURNS)}


def test_threads_that_share_a_store_lose_nothing(place, tmp_path):
    problems, all_ready = [], threading.Barrier(12)

    def save(number):
        try:
            all_ready.wait()
            study = store.save_study("小村", VILLAGE, saved_by="王工")
            for turn in range(3):
                store.save_plan(draft(study.id, sites=(f"{number}", f"{turn}")), saved_by="王工")
            store.study_folder(study.id, tmp_path / "cache")
        except BaseException as error:
            problems.append(error)

    with open_store(place) as store:
        threads = [threading.Thread(target=save, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        plans = store.plans(all_revisions=True)
        assert [plan.revision for plan in plans] == list(range(36, 0, -1))
        assert len({plan.solutions["rest_station"].site_ids for plan in plans}) == 36
        assert len(store.studies()) == 1
    assert [folder.name for folder in (tmp_path / "cache").iterdir()] == [plans[0].study_id]


@forking
def test_those_who_are_killed_while_saving_leave_the_last_saved_state(place, tmp_path):
    with open_store(place) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
        plan = store.save_plan(draft(study.id), saved_by="王工")
    assert endings(DIE_WHILE_SAVING, place, study.id) == [-9] * 5
    with open_store(place) as store:
        assert (store.studies(), store.studies(removed=True)) == ([study], [])
        assert store.plans(all_revisions=True) == [plan]
        assert (store.study_folder(study.id, tmp_path / "cache") / "hosts.csv").read_bytes() == VILLAGE["hosts.csv"]
        with beside(place) as connection:
            largest = connection.execute(text("SELECT max(size_bytes) FROM planner_contents")).scalar()
            assert largest < 100_000  # nothing is left over of what the others were saving
            if connection.dialect.name == "sqlite":
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert store.save_plan(draft(study.id), saved_by="李工").revision == 2  # nothing is locked


@forking
def test_one_who_is_killed_after_saving_has_saved(place):
    with open_store(place) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
    assert endings(DIE_AFTER_SAVING, place, study.id) == [-9]
    with open_store(place) as store:
        assert [plan.saved_by for plan in store.plans()] == ["李工"]
