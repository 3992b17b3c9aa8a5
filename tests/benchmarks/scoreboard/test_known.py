import polars as pl
import pytest

from tests.benchmarks.scoreboard.known import HERE, Known, before, best_known


def test_the_lowest_published_value_of_a_set_is_the_best_known(tmp_path):
    path = tmp_path / "best.csv"
    path.write_text("set,mase,method,source\na,1.5,ETS,x\nb,9.0,Theta,x\na,1.2,TBATS,y\n")

    best = best_known(path)

    assert best == {"a": Known(1.2, "TBATS", "y"), "b": Known(9.0, "Theta", "x")}


@pytest.mark.parametrize("name", ["best.csv", "before.csv"])
def test_every_value_has_a_source(name):
    rows = pl.read_csv(HERE / name)

    assert rows.null_count().sum_horizontal().item() == 0
    assert rows.is_unique().all()


def test_of_the_release_before_each_set_has_one_score():
    assert len(before()) == len(pl.read_csv(HERE / "before.csv"))
