from pathlib import Path

import pytest

from tests.benchmarks.scoreboard.made import record
from tests.benchmarks.scoreboard.records import Key, add, load, made_by, pending, rolling

ONE = record("official", "train", "one", mase=1.5)
TWO = record("official", "train", "two", mase=0.1 + 0.2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


def test_no_file_is_no_record(path):
    assert load(path) == {}


def test_records_are_read_as_they_were_written_to_the_last_digit(path):
    add(path, TWO)
    add(path, ONE)

    assert load(path) == {ONE.key: ONE, TWO.key: TWO}


def test_a_later_record_of_the_same_set_takes_the_place_of_the_first(path):
    add(path, ONE)
    later = record("official", "train", "one", mase=1.4)

    add(path, later)

    assert load(path) == {later.key: later}


def test_lines_stand_in_the_order_of_keys_whatever_ran_first(path, tmp_path):
    other = tmp_path / "other.jsonl"
    for records, file in (((ONE, TWO), path), ((TWO, ONE), other)):
        for one in records:
            add(file, one)

    assert path.read_bytes() == other.read_bytes()


def test_a_run_goes_on_with_the_sets_that_are_not_done():
    keys = [ONE.key, TWO.key]

    assert pending(keys, {ONE.key: ONE}, again=False) == [TWO.key]
    assert pending(keys, {ONE.key: ONE}, again=True) == keys


def test_another_part_command_or_variant_of_a_set_is_not_done():
    keys = [
        ONE.key._replace(part=rolling(1)),
        ONE.key._replace(command="forecast"),
        ONE.key._replace(variant="wide"),
    ]

    assert pending(keys, {ONE.key: ONE}, again=False) == keys


def test_records_say_who_made_them(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho forecast-rnn 9.8.7\n")
    program.chmod(0o755)

    made = made_by([str(program)], ["--members", "3"])

    assert made.version == "9.8.7"
    assert made.options == ("--members", "3")
    assert made.commit
    assert made.cores >= 1


def test_keys_have_names():
    assert Key("official", "train", "", "one") == ONE.key
