"""Training the prior: a recurrent network on simulated series, for series of any kind.

Letters: W windows, T rows of each, O origins in each, H steps of each origin, C numbers read
of a row, S numbers told of a step, K base forecasts, Q quantile levels, D width of the state.
"""
