"""The heads by name: what turns hidden values into a forecast."""

HEADS = {"quantile": "quantile:QuantileHead"}
