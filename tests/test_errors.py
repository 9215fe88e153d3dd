import ast
import pickle
from pathlib import Path

import pytest

from planner import errors
from planner.errors import (
    ArgumentError,
    DamagedError,
    Fault,
    FetchError,
    MissingFileError,
    OutputError,
    PlannerError,
    StoreError,
    StudyError,
    UnknownNameError,
)
from planner.words import dictionary

PACKAGE = Path(errors.__file__).parent


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (StudyError, ValueError),
        (MissingFileError, FileNotFoundError),
        (UnknownNameError, LookupError),
        (ArgumentError, ValueError),
        (OutputError, OSError),
        (FetchError, ConnectionError),
        (StoreError, OSError),
        (DamagedError, OSError),
    ],
)
def test_each_error_is_also_the_builtin_it_resembles(kind, builtin):
    assert issubclass(kind, PlannerError)
    assert issubclass(kind, builtin)
    assert kind.__name__ in errors.__doc__


def test_every_key_that_the_code_raises_has_words():
    raised = {"error": set(), "fault": set()}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                constants = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if node.func.id == "Fault" and constants:
                    raised["fault"].add(constants[-1])
                elif node.func.id.endswith("Error") and constants and node.func.id in dir(errors):
                    raised["error"].add(constants[0])
    for room, keys in raised.items():
        assert len(keys) > 5
        assert {f"{room}.{key}" for key in keys} <= dictionary("zh").keys()


def test_a_message_is_in_the_language_asked_for(monkeypatch):
    error = UnknownNameError("unknown_service", service="cinema", known="rest_station")
    assert error.message("en") == 'There is no service "cinema". The catalog has: rest_station.'
    assert error.message("zh") == "没有名为“cinema”的服务。目录中有：rest_station。"
    monkeypatch.setenv("PLANNER_LANG", "en")
    assert str(error) == error.message("en")


def test_a_fault_names_the_file_the_row_the_column_and_the_remedy():
    fault = Fault("hosts.csv", "not_a_number", 7, "area_m2", "大约 30")
    assert fault.line("en") == (
        'hosts.csv row 7 column "area_m2": "大约 30" is not a number. Write digits only, without unit or comma.'
    )
    assert "第 7 行" in fault.line("zh")


def test_a_study_error_lists_every_fault():
    error = StudyError("my street", [Fault("a.csv", "empty_file"), Fault("b.csv", "not_utf8")])
    lines = error.message("en").splitlines()
    assert lines[0] == 'The study "my street" has 2 fault(s):'
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    "error",
    [
        ArgumentError("negative", name="weight", index=3),
        OutputError("output_failed", path="out", reason="full"),
        StudyError("s", [Fault("a.csv", "empty_file")]),
    ],
)
def test_errors_travel_between_processes(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert back.message("en") == error.message("en")
