from forecast_rnn.errors import ConfigError, no_such

CELLS = ("elman", "lstm", "gru")


def test_a_name_that_is_none_of_the_choices_is_met_with_all_and_the_nearest():
    error = no_such("cell", "lsmt", CELLS)

    assert isinstance(error, ConfigError)
    assert str(error) == (
        "there is no cell 'lsmt'; choose from elman, lstm, gru; did you mean 'lstm'?"
    )


def test_a_name_that_is_like_none_of_the_choices_is_met_with_all():
    assert str(no_such("cell", "xyz", CELLS)) == (
        "there is no cell 'xyz'; choose from elman, lstm, gru."
    )
