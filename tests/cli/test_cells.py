import json

from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.neural.cells import CELLS


def test_every_cell_is_listed_with_its_paper():
    result = CliRunner().invoke(app, ["cells"])

    assert result.exit_code == 0
    for name in CELLS:
        assert f"\n{name} " in result.stdout
    assert result.stdout.count("https://doi.org/") + result.stdout.count("https://arxiv.org/") >= 3


def test_the_list_fits_into_80_columns():
    result = CliRunner().invoke(app, ["cells"])

    assert max(map(len, result.stdout.splitlines())) <= 80


def test_what_the_textbook_cell_leaves_unused_is_said():
    result = CliRunner().invoke(app, ["cells"])

    assert "computed, never used" in result.stdout


def test_json_is_one_document():
    result = CliRunner().invoke(app, ["cells", "--json"])

    document = json.loads(result.stdout)
    assert list(document) == list(CELLS)
    assert document["gru"]["parameters"] == "3·D·(C + D + 2)"
    assert document["gru"]["gates"] == ["reset r", "update z"]
