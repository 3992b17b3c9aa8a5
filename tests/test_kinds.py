"""Values and classes: every room knows both by its table, and no code asks which it has."""

import ast
from pathlib import Path

import pytest

import forecast_rnn
from forecast_rnn.api.kinds import EVALUATIONS
from forecast_rnn.baselines.fallback import METHODS_IN_WORDS
from forecast_rnn.config import Task, check_is_number
from forecast_rnn.errors import ConfigError
from forecast_rnn.evaluation.metrics import METRICS_OF
from forecast_rnn.kinds import CLASSES, VALUES, kind_of
from forecast_rnn.neural.fitting.kinds import FITTINGS
from forecast_rnn.neural.inference.points import POINTS
from forecast_rnn.output.publish import NAMED
from forecast_rnn.output.report.content import SECTIONS
from forecast_rnn.output.report.evidence import EVIDENCE
from forecast_rnn.tables import COLUMNS

PACKAGE = Path(forecast_rnn.__file__).parent
TABLES = {
    "columns": COLUMNS,
    "metrics": METRICS_OF,
    "baselines": METHODS_IN_WORDS,
    "evaluations": EVALUATIONS,
    "fittings": FITTINGS,
    "points": POINTS,
    "names": NAMED,
    "sections": SECTIONS,
    "evidence": EVIDENCE,
}


@pytest.mark.parametrize("room", TABLES)
def test_a_room_knows_both_kinds(room):
    assert set(TABLES[room]) == {VALUES, CLASSES}


def test_a_task_knows_its_kind():
    values = Task(horizon=1, season_length=1)
    classes = Task(horizon=1, season_length=1, quantile_levels=(), classes=2)

    assert (values.kind, classes.kind) == (VALUES, CLASSES)
    assert (kind_of(0), kind_of(5)) == (VALUES, CLASSES)


def test_what_takes_numbers_is_refused_for_classes_alone():
    check_is_number(VALUES, "leave it out")

    with pytest.raises(ConfigError, match="leave it out"):
        check_is_number(CLASSES, "leave it out")


def asks_for_classes(test: ast.expr) -> bool:
    """Whether a condition is whether there are classes, as `task.classes` or `classes`."""
    test = test.operand if isinstance(test, ast.UnaryOp) else test
    names = {"attr": ast.Attribute, "id": ast.Name}
    return any(isinstance(test, t) and getattr(test, n) == "classes" for n, t in names.items())


def test_only_the_module_of_kinds_asks_whether_there_are_classes():
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.If | ast.IfExp) and asks_for_classes(node.test)
    }

    assert asking == {"kinds.py"}
