"""What is said of a comparison, from runs made by hand."""

from forecast_rnn.api.compare.ranking import contrasts_of, rank
from forecast_rnn.api.compare.words import sentences
from tests.api.compare.runs import baseline, cells, made_run


def said(*runs):
    ranking = rank(runs)
    return sentences(ranking, contrasts_of(ranking))


def test_the_best_is_named_with_those_it_beats_and_those_it_may_not_beat():
    found = said(*cells(gru=1.0, lstm=1.001, elman=2.0, slstm=2.5), baseline("seasonal_naive", 3.2))

    assert found == (
        "gru is the most accurate cell (MASE 1.617, over 30 series and 3 seeds).",
        "It beats elman and slstm by more than noise.",
        "Its lead over lstm is no more than noise.",
        "The best baseline is seasonal_naive (MASE 3.815); the error of gru is 58% lower, which is "
        "more than noise.",
    )


def test_a_lead_within_noise_over_all_is_called_that():
    found = said(*cells(gru=1.0, lstm=1.001))

    assert found[1] == "Its lead is no more than noise: lstm may be as good."


def test_a_baseline_that_beats_every_cell_is_told():
    found = said(*cells(gru=1.0, lstm=1.1), baseline("drift", 0.5))

    assert found[-1] == (
        "The best baseline is drift (MASE 1.115), which beats every cell: its error is 31% lower "
        "than that of gru, which is more than noise."
    )


def test_what_the_textbook_cell_costs_is_told_where_both_were_compared():
    beside_the_best = said(*cells(gru=1.0, lstm=1.1, textbook=1.4))[-1]
    beside_lstm = said(*cells(lstm=1.1, textbook=1.4))[-1]

    assert beside_the_best == beside_lstm
    assert beside_the_best == (
        "The textbook cell, whose candidate is never used, costs 17% of accuracy (MASE 2.017 "
        "against 1.717) against a real lstm; the difference is more than noise."
    )
    assert not any("textbook" in sentence for sentence in said(*cells(gru=1.0, textbook=1.4))[2:])


def test_a_textbook_cell_that_costs_nothing_is_told_too():
    found = said(*cells(lstm=1.1, textbook=1.0))[-1]

    assert "costs nothing here (MASE 1.617 against 1.717)" in found


def test_one_seed_and_few_series_are_confessed():
    found = said(made_run("gru", [1.0, 2.0], seed=0), made_run("elman", [5.0, 6.0], seed=0))

    assert found == (
        "gru is the most accurate cell (MASE 1.500, over 2 series and one seed).",
        "That is too few to tell a lead from noise.",
        "With one seed, the luck of a start is not counted as noise; --seeds 3 does.",
    )


def test_a_cell_alone_is_called_that():
    assert said(*cells(gru=1.0))[0].startswith("gru is the only cell (MASE 1.617,")
