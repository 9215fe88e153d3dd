import os
import sqlite3
import sys
import threading
import traceback
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from store_world import VILLAGE, beside, draft

from planner.errors import DamagedError, StoreError
from planner.store import open_store
from planner.store.database_errors import told

PASSWORD = "geheim"
NO_SERVER = f"postgresql://planner:{PASSWORD}@127.0.0.1:1/db"


def refused(place, key, **options):
    """The error that opening raises, checked for what it must never say."""
    with pytest.raises(StoreError) as caught:
        open_store(place, **options)
    error = caught.value
    assert error.key == key
    assert error.message("zh") != error.message("en")
    assert PASSWORD not in "".join(traceback.format_exception(error)) + error.message("zh") + repr(error)
    return error


@pytest.fixture
def postgres_place(postgres):
    return postgres.new_database()


def test_a_store_that_is_there_is_opened_with_all_that_it_has(place):
    with open_store(place) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
        plan = store.save_plan(draft(study.id), saved_by="王工")
    with open_store(place) as store:
        assert (store.studies(), store.plans()) == ([study], [plan])


def test_a_folder_that_is_not_there_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store(Path("new/saved")) as store:
        assert (tmp_path / "new" / "saved" / "planner.sqlite").is_file()
        monkeypatch.chdir("/")
        assert store.studies() == []


def test_sqlite_is_set_up_to_outlive_a_crash(tmp_path):
    with open_store(tmp_path) as store, store._database.reading.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_password_is_never_shown(postgres_place):
    with open_store(postgres_place) as store:
        password = make_url(postgres_place).password
        assert len(password) > 10
        assert password not in repr(store) + store.place
        assert store.place.startswith("postgresql://planner@127.0.0.1:")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:geheim@host/db",
        "sqlite:///geheim.db",
        "postgresql://u:geheim@host:5432",
        "postgresql://u:x@geheim/db?@host/db",
        "postgresql://u:geheim@host:port/db",
        "://u:geheim@host/db",
    ],
)
def test_a_wrong_address_is_told_without_what_could_be_its_password(url):
    assert f'"{url.partition("//")[0]}//…"' in refused(url, "store_address").message("en")


def test_a_password_given_as_an_option_is_not_shown_either():
    refused(NO_SERVER + "?sslpassword=geheim", "store_unreachable")


@settings(max_examples=25, deadline=None)
@given(st.text("@:/?#%&=[] 汉", max_size=3), st.text("@:/?#%&=[] 汉", max_size=3))
def test_a_password_is_not_shown_however_it_is_written(before, after):
    with pytest.raises(StoreError) as caught:
        open_store(f"postgresql://planner:{before}{PASSWORD}{after}@127.0.0.1:1/db")
    assert PASSWORD not in "".join(traceback.format_exception(caught.value)) + caught.value.message("zh")


def test_a_server_that_does_not_answer_is_named():
    message = refused(NO_SERVER, "store_unreachable").message("en")
    assert "postgresql://planner@127.0.0.1:1/db cannot be reached" in message


def test_a_wrong_password_and_an_unknown_database_are_told(postgres):
    assert "password" in refused(postgres.url("postgres", password="geheim"), "store_unreachable").message("zh")
    assert "nowhere" in refused(postgres.url("nowhere"), "store_unreachable").message("zh")


def test_a_missing_driver_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert 'pip install "planner[postgres]"' in refused(NO_SERVER, "store_driver").message("zh")


def test_an_address_may_say_postgres_and_the_driver(postgres_place):
    for name in ("postgres", "postgresql+psycopg"):
        with open_store(postgres_place.replace("postgresql", name, 1)) as store:
            assert store.studies() == []


def test_a_user_who_may_make_no_tables_is_told(postgres_place):
    with beside(postgres_place) as connection:
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'geheim'"))
    try:
        refused(f"postgresql://reader:geheim@{postgres_place.partition('@')[2]}", "store_refused")
    finally:
        with beside(postgres_place) as connection:
            connection.execute(text("DROP ROLE reader"))


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "saved").write_bytes(b"")
    for folder in (tmp_path / "saved", tmp_path / "saved" / "below"):
        assert str(folder) in refused(folder, "store_folder").message("zh")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has other permissions")
@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_cannot_be_written_is_told(tmp_path, there):
    folder = tmp_path / "saved"
    if there:
        open_store(folder).close()
    folder.mkdir(exist_ok=True)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    folder.chmod(0o555)
    said = as_somebody_else(lambda: refused(folder, "store_folder"))
    folder.chmod(0o755)
    assert said == ""


def as_somebody_else(act):
    """Run in a child process, as nobody where we are root, whom no permission holds back; what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            act()
            os._exit(0)
        except BaseException as error:
            os.write(writing, "".join(traceback.format_exception(error)).encode())
            os._exit(1)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path):
    file = tmp_path / "planner.sqlite"
    file.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(DamagedError):
        open_store(tmp_path)
    assert file.read_bytes().startswith(b"This is a letter")


def test_a_damaged_database_is_told(tmp_path):
    with open_store(tmp_path) as store:
        store.save_study("小村", VILLAGE | {"big.csv": os.urandom(200_000)}, saved_by="王工")
    file = tmp_path / "planner.sqlite"
    content = bytearray(file.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    file.write_bytes(content)
    with pytest.raises(DamagedError) as caught, open_store(tmp_path) as store:
        store.studies()
    assert str(file) in caught.value.message("zh")


def test_tables_of_a_newer_program_are_told_and_left_alone(place):
    open_store(place).close()
    with beside(place) as connection:
        connection.execute(text("UPDATE planner_schema SET version = 2"))
    message = refused(place, "store_newer").message("en")
    assert "version 2; this program knows 1" in message
    with beside(place) as connection:
        assert connection.execute(text("SELECT version FROM planner_schema")).scalar() == 2


def test_who_waits_too_long_for_another_is_told_and_can_try_again(place):
    with open_store(place, wait_s=0.2) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
        with beside(place) as connection:
            connection.execute(text("UPDATE planner_studies SET size_bytes = size_bytes"))  # and holds the row, or all
            with pytest.raises(StoreError) as caught:
                store.save_plan(draft(study.id), saved_by="李工")
            assert caught.value.key == "store_busy"
            assert store.studies() == [study]  # reading goes on
        assert store.save_plan(draft(study.id), saved_by="李工").revision == 1


def test_who_waits_gets_their_turn(place):
    with open_store(place, wait_s=20) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
        saved = []
        thread = threading.Thread(target=lambda: saved.append(store.save_plan(draft(study.id), saved_by="李工")))
        with beside(place) as connection:
            connection.execute(text("UPDATE planner_studies SET size_bytes = size_bytes"))
            thread.start()
            thread.join(0.3)
            assert saved == []
        thread.join()
        assert saved == store.plans()


def test_a_full_disc_keeps_what_was_saved(tmp_path):
    def few_pages(connection, _record):
        connection.execute("PRAGMA max_page_count = 40")

    event.listen(Engine, "connect", few_pages)
    try:
        with open_store(tmp_path) as store:
            study = store.save_study("小村", VILLAGE, saved_by="王工")
            with pytest.raises(StoreError) as caught:
                store.save_study("小镇", VILLAGE | {"big.pbf": os.urandom(500_000)}, saved_by="王工")
            assert caught.value.key == "store_full"
            assert store.studies() == [study]
            assert store.save_plan(draft(study.id), saved_by="王工").revision == 1
    finally:
        event.remove(Engine, "connect", few_pages)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (psycopg.errors.DiskFull, "store_full"),
        (psycopg.errors.DeadlockDetected, "store_busy"),
        (psycopg.errors.DataCorrupted, "store_damaged"),
        (psycopg.errors.ReadOnlySqlTransaction, "store_refused"),
        (psycopg.errors.AdminShutdown, "store_unreachable"),
        (psycopg.errors.TooManyConnections, "store_unreachable"),
        (psycopg.errors.NumericValueOutOfRange, "store_failed"),
    ],
)
def test_what_postgresql_says_is_told_in_our_words(kind, key):
    with pytest.raises(StoreError) as caught, told("here"):
        raise OperationalError("INSERT", {}, kind("as the server says it\nwith a second line"))
    assert caught.value.key == key
    assert "second line" not in caught.value.message("zh")


def test_a_connection_that_was_cut_is_told_and_made_anew(postgres_place):
    with open_store(postgres_place) as store:
        study = store.save_study("小村", VILLAGE, saved_by="王工")
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'planner' "
            "AND datname = current_database()"
        )

        def cut_off(*_):
            event.remove(Engine, "after_cursor_execute", cut_off)
            with beside(postgres_place) as connection:
                connection.execute(cut)

        event.listen(Engine, "after_cursor_execute", cut_off)
        with pytest.raises(StoreError) as caught:
            store.save_plan(draft(study.id), saved_by="王工")
        assert caught.value.key == "store_unreachable"
        assert store.save_plan(draft(study.id), saved_by="王工").revision == 1
        with beside(postgres_place) as connection:  # as when the server was started anew overnight
            connection.execute(cut)
        assert store.studies() == [study]


def test_sqlite_errors_of_a_kind_we_have_no_words_for_are_passed_on():
    with pytest.raises(StoreError) as caught, told("here"):
        raise OperationalError("INSERT", {}, sqlite3.IntegrityError("as it says"))
    assert "as it says" in caught.value.message("en")
