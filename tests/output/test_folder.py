"""The folders that commands write to: claimed before the work, marked, never somebody else's."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.errors import OutputError
from forecast_rnn.neural.bundle.folder import NAMES
from forecast_rnn.output.folder import BUNDLE_FILES, MARK, claimed_folder

TRAIN = ("model/manifest.json", "forecast.csv", "scores.csv", "report.html")
BACKTEST = ("backtest.parquet", "scores.csv", "scores-by-step.csv", "scores-by-series.csv")
OF = {"train": TRAIN, "backtest": BACKTEST}


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("as it was")
    return folder


def written_by(command: str, folder: Path) -> Path:
    with claimed_folder(folder, command):
        folder_with(folder, *OF[command])
    return folder


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def refused(folder: Path, command: str, words: str) -> None:
    before = contents(folder)
    with pytest.raises(OutputError, match=words) as caught, claimed_folder(folder, command):
        pytest.fail("the work must not begin")
    assert str(folder) in str(caught.value)
    assert "--out" in str(caught.value)
    assert contents(folder) == before


def test_a_folder_is_made_with_its_parents(tmp_path):
    with claimed_folder(tmp_path / "a" / "b", "train") as folder:
        (folder / "forecast.csv").touch()

    assert (tmp_path / "a" / "b" / "forecast.csv").exists()


def test_no_folder_is_no_folder():
    with claimed_folder(None, "train") as folder:
        pass

    assert folder is None


@pytest.mark.parametrize("command", OF)
def test_a_folder_says_which_command_made_it(tmp_path, command):
    folder = written_by(command, tmp_path / "out")

    assert json.loads((folder / MARK).read_text()) == {"format": 1, "command": command}


@pytest.mark.parametrize("command", OF)
def test_a_command_may_write_to_its_own_folder_again(tmp_path, command):
    folder = written_by(command, tmp_path / "out")
    (folder / "notes.txt").write_text("mine")

    written_by(command, folder)

    assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(("first", "second"), [("train", "backtest"), ("backtest", "train")])
def test_a_command_leaves_the_folder_of_another_alone(tmp_path, first, second):
    folder = written_by(first, tmp_path / "out")

    refused(folder, second, f"written by '{first}'")


@pytest.mark.parametrize(("first", "second"), [("train", "backtest"), ("backtest", "train")])
def test_the_command_line_refuses_the_folder_of_another_command(tmp_path, first, second):
    folder = written_by(first, tmp_path / "out")
    before = contents(folder)
    data = folder_with(tmp_path, "sales.csv") / "sales.csv"

    result = CliRunner().invoke(app, [second, str(data), "--out", str(folder)])

    assert result.exit_code == 73
    assert f"written by '{first}'" in result.stderr
    assert contents(folder) == before


@pytest.mark.parametrize(("first", "second"), [("train", "backtest"), ("backtest", "train")])
def test_a_folder_from_before_there_were_marks_is_known_by_what_it_holds(tmp_path, first, second):
    folder = folder_with(tmp_path / "out", *OF[first])

    refused(folder, second, f"written by '{first}'")
    written_by(first, folder)


def test_a_backtest_as_csv_is_known_as_well(tmp_path):
    folder = folder_with(tmp_path / "out", "backtest.csv", *BACKTEST[1:])

    written_by("backtest", folder)


def test_a_folder_that_both_wrote_to_is_that_of_the_model(tmp_path):
    folder = folder_with(tmp_path / "out", *TRAIN, *BACKTEST)

    refused(folder, "backtest", "written by 'train'")


@pytest.mark.parametrize("command", OF)
@pytest.mark.parametrize(
    "names",
    [
        ("notes.txt",),
        ("scores.csv",),
        ("backtest.parquet", "scores.csv"),
        ("manifest.json", "weights.safetensors", "series.parquet"),
        ("model/notes.txt",),
        ("model/weights.safetensors", "forecast.csv"),
        ("model/manifest.json", "model/notes.txt"),
        ("model", "forecast.csv"),
    ],
    ids=lambda names: " ".join(names),
)
def test_what_no_command_wrote_is_left_alone(tmp_path, command, names):
    refused(folder_with(tmp_path / "out", *names), command, "something else")


@pytest.mark.parametrize("command", OF)
def test_a_folder_with_an_empty_model_is_nobodys(tmp_path, command):
    (tmp_path / "out" / "model").mkdir(parents=True)

    refused(tmp_path / "out", command, "something else")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": 2, "command": "train"}', '{"format": 1, "command": 3}'],
)
def test_a_mark_that_is_not_understood_is_nobodys(tmp_path, text):
    folder = folder_with(tmp_path / "out", *TRAIN)
    (folder / MARK).write_text(text)

    refused(folder, "train", "something else")


def test_a_strange_file_in_the_model_is_found_before_the_work(tmp_path):
    folder = written_by("train", tmp_path / "out")
    (folder / "model" / "notes.txt").write_text("mine")

    refused(folder, "train", "notes.txt")


def test_the_files_of_a_model_are_those_that_are_written():
    assert set(BUNDLE_FILES) == NAMES


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")

    with pytest.raises(OutputError, match="is a file"), claimed_folder(tmp_path / "out", "train"):
        pytest.fail("the work must not begin")

    assert (tmp_path / "out").read_text() == "mine"


def test_a_new_folder_that_stayed_empty_is_taken_away_when_the_work_fails(tmp_path):
    with pytest.raises(KeyboardInterrupt), claimed_folder(tmp_path / "out", "train"):
        raise KeyboardInterrupt

    assert not (tmp_path / "out").exists()


def test_an_empty_folder_that_was_there_is_as_it_was_when_the_work_fails(tmp_path):
    (tmp_path / "out").mkdir()

    with pytest.raises(ValueError, match="broken"), claimed_folder(tmp_path / "out", "train"):
        raise ValueError("broken")

    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_of_earlier_results_stays_when_the_work_fails(tmp_path):
    folder = written_by("train", tmp_path / "out")
    before = contents(folder)

    with pytest.raises(ValueError, match="broken"), claimed_folder(folder, "train"):
        raise ValueError("broken")

    assert contents(folder) == before


def test_what_a_killed_command_left_is_its_own(tmp_path):
    with claimed_folder(tmp_path / "out", "backtest"):
        left = contents(tmp_path / "out")
    folder_with(tmp_path / "out", "backtest.parquet")

    assert list(left) == [MARK]
    written_by("backtest", tmp_path / "out")


def test_a_place_where_nothing_can_be_made_is_refused_with_the_reason(tmp_path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(OutputError, match="Not a directory"),
        claimed_folder(tmp_path / "file" / "out", "train"),
    ):
        pytest.fail("the work must not begin")
