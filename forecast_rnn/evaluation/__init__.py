"""How good forecasts are: the backtest, its metrics, and what they say in words."""
