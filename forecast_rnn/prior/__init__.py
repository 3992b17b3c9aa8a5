"""A recurrent network that was trained on simulated series and forecasts others as it is."""
