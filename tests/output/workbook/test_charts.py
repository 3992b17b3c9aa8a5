import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecast_rnn.output.workbook import write_workbook
from forecast_rnn.output.workbook.charts import chart_data, charted
from tests.output.report.outcomes import TASK, outcome_of, waves
from tests.panels import NAN, panel_of


def levels(*sizes):
    return panel_of(*([float(size)] * 30 for size in sizes))


def charts_of(outcome, folder):
    write_workbook(outcome, folder / "forecast.xlsx")
    archive = zipfile.ZipFile(io.BytesIO((folder / "forecast.xlsx").read_bytes()))
    names = [name for name in archive.namelist() if "charts/chart" in name]
    return [archive.read(name).decode() for name in sorted(names)]


def test_few_series_are_all_drawn_in_the_order_of_output():
    panel = replace(levels(1, 2, 3), order=np.array([2, 0, 1]))

    assert charted(panel, TASK, np.full(3, NAN)).tolist() == [2, 0, 1]


def test_of_many_series_the_largest_and_the_worst_of_the_others_are_drawn():
    panel = levels(*range(20))
    error = np.where(np.arange(20) % 3 == 0, 9.0, 1.0)
    error[3] = NAN

    # 15 to 19 are the largest; 0, 6, 9, 12 have the largest known error, then 1 comes first.
    assert charted(panel, TASK, error).tolist() == [0, 1, 6, 9, 12, 15, 16, 17, 18, 19]


def test_a_negative_series_is_large_too_and_one_without_values_is_left_out():
    panel = levels(*range(11), -99)
    panel = replace(panel, values=np.where(panel.values == 10, NAN, panel.values))

    assert 11 in (chosen := charted(panel, TASK, np.zeros(12)))
    assert 10 not in chosen


def test_the_data_of_a_chart_are_the_last_values_and_the_forecast():
    outcome = outcome_of(panel_of(*waves(2)))

    table, blocks = chart_data(outcome.panel, TASK, outcome.forecast, np.array([1]))

    assert [(block.name, block.first, block.end) for block in blocks] == [("b", 0, 28)]
    assert table["time"].to_list() == [str(time) for time in range(16, 44)]
    assert table["actual"].to_list()[:24] == outcome.panel.values[56:80].tolist()
    ahead = outcome.forecast.filter(name="b").with_columns(pl.col(pl.Float64).round_sig_figs(7))
    assert table["forecast"].to_list() == [None] * 24 + ahead["forecast"].to_list()
    assert table["lower"].to_list()[24:] == ahead["q0.1"].to_list()
    assert table["upper"].to_list()[24:] == ahead["q0.9"].to_list()
    assert table["width"].to_list()[24:] == pytest.approx(
        (ahead["q0.9"] - ahead["q0.1"]).to_list(), rel=1e-5
    )


def test_the_interval_begins_at_the_last_known_value():
    panel = panel_of([*range(30), 5.0, NAN])
    outcome = outcome_of(panel)

    table, blocks = chart_data(panel, TASK, outcome.forecast, np.array([0]))

    begins = table.filter(pl.col("width") == 0)
    assert begins.select("lower", "upper").rows() == [(5.0, 5.0)]
    assert table["lower"].count() == blocks[0].end - 24 + 1


def test_a_series_without_a_forecast_is_drawn_without(tmp_path):
    outcome = replace(outcome_of(panel_of(*waves(1))), forecast=None)

    charts = charts_of(outcome, tmp_path)

    assert len(charts) == 1
    assert "<c:areaChart>" not in charts[0]


def test_each_series_has_a_native_chart_of_lines_over_a_band(tmp_path):
    charts = charts_of(outcome_of(panel_of(*waves(12))), tmp_path)

    assert len(charts) == 10
    for chart in charts:
        assert "<c:areaChart>" in chart
        assert chart.count("<c:lineChart>") == 1
        assert "80% interval" in chart


@pytest.mark.parametrize(
    ("values", "axis", "shown"),
    [
        ([20.0, 1000.0], (0.0, 1000.0, 200.0), "#,##0"),
        ([-0.03, 0.21], (-0.05, 0.25, 0.05), "#,##0.00"),
        ([990.0, 1010.0], (990.0, 1010.0, 5.0), "#,##0"),
        ([7.0, 7.0], (6.0, 8.0, 2.0), "#,##0"),
    ],
)
def test_axes_go_from_a_round_number_to_another(values, axis, shown, tmp_path):
    outcome = replace(outcome_of(panel_of(values * 6), windows=0), forecast=None)

    chart = charts_of(outcome, tmp_path)[0]

    value_axis = re.search("<c:valAx>.*</c:valAx>", chart)[0]
    found = dict(re.findall('<c:(min|max|majorUnit) val="(.*?)"', value_axis))
    ends = [float(found[name]) for name in ("min", "max", "majorUnit")]
    assert ends == pytest.approx(axis)
    assert f'formatCode="{shown}"' in value_axis
