"""The folder of a training."""

import pytest

from forecast_rnn.errors import OutputError
from forecast_rnn.output.folder import claimed_folder


def test_a_folder_is_made_with_its_parents(tmp_path):
    with claimed_folder(tmp_path / "a" / "b") as folder:
        (folder / "forecast.csv").touch()

    assert (tmp_path / "a" / "b" / "forecast.csv").exists()


def test_no_folder_is_no_folder():
    with claimed_folder(None) as folder:
        pass

    assert folder is None


def test_a_new_folder_that_stayed_empty_is_taken_away_when_the_work_fails(tmp_path):
    with pytest.raises(KeyboardInterrupt), claimed_folder(tmp_path / "out"):
        raise KeyboardInterrupt

    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_there_stays_when_the_work_fails(tmp_path):
    (tmp_path / "out" / "model").mkdir(parents=True)

    with pytest.raises(ValueError, match="broken"), claimed_folder(tmp_path / "out"):
        raise ValueError("broken")

    assert (tmp_path / "out" / "model").exists()


@pytest.mark.parametrize("kind", ["file", "other files"])
def test_what_is_not_of_a_training_is_left_alone(tmp_path, kind):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match="out"), claimed_folder(out):
        pytest.fail("the work must not begin")

    assert out.exists()


def test_a_place_where_nothing_can_be_made_is_refused_with_the_reason(tmp_path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(OutputError, match="Not a directory"),
        claimed_folder(tmp_path / "file" / "out"),
    ):
        pytest.fail("the work must not begin")
